package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All settings that some hyperparameters allow. */
record Space(List<Hyperparameter> hyperparameters) {

    Space {
        hyperparameters = List.copyOf(hyperparameters);
        if (hyperparameters.isEmpty()) {
            throw new IllegalArgumentException("a search needs at least one hyperparameter");
        }
        var before = new LinkedHashMap<String, Hyperparameter>();
        for (var hyperparameter : hyperparameters) {
            check(hyperparameter, before);
            if (before.put(hyperparameter.name(), hyperparameter) != null) {
                throw new IllegalArgumentException("hyperparameter \"" + hyperparameter.name() + "\" is there twice");
            }
        }
    }

    static Space of(Hyperparameter... hyperparameters) {
        return new Space(List.of(hyperparameters));
    }

    private static void check(Hyperparameter hyperparameter, Map<String, Hyperparameter> before) {
        if (hyperparameter instanceof Hyperparameter.Conditional(var inner, var other, var value)) {
            var condition = before.get(other);
            if (condition == null) {
                throw new IllegalArgumentException("hyperparameter \"" + hyperparameter.name() + "\" depends on \""
                        + other + "\", which should be listed before it; there are " + before.keySet());
            }
            if (!condition.values().contains(value)) {
                throw new IllegalArgumentException("hyperparameter \"" + hyperparameter.name() + "\" is active when \""
                        + other + "\" is " + value + ", which it never is; it has " + condition.values());
            }
            check(inner, before);
        }
    }

    /** One setting: a choice for every hyperparameter that matters, asked for in order. */
    Map<String, Object> setting(Function<Hyperparameter, Object> choice) {
        var setting = new LinkedHashMap<String, Object>();
        for (var hyperparameter : hyperparameters) {
            if (hyperparameter.isActive(setting)) {
                setting.put(hyperparameter.name(), choice.apply(hyperparameter));
            }
        }
        return setting;
    }

    /**
     * The setting with these values, each as its hyperparameter has it: a number of a range is a double, a listed value
     * may come as text or as another kind of number. Values of other names are left out.
     *
     * @return empty if a value is missing or none of its hyperparameter's
     */
    Optional<Map<String, Object>> fit(Map<String, ?> values) {
        var setting = new LinkedHashMap<String, Object>();
        for (var hyperparameter : hyperparameters) {
            if (hyperparameter.isActive(setting)) {
                var value = fit(hyperparameter, values.get(hyperparameter.name()));
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                setting.put(hyperparameter.name(), value.get());
            }
        }
        return Optional.of(setting);
    }

    /**
     * A setting that somebody wrote, with its values as {@link #fit} has them.
     *
     * @throws IllegalArgumentException if a name is none of the space, or a value is missing or none of its
     *     hyperparameter's
     */
    Map<String, Object> checked(Map<String, ?> values) {
        return checked(values, Space::fit, false);
    }

    /**
     * The same of a setting that is tried besides those of the search: a number may lie outside its range and a value
     * may not be listed, if it is of a listed one's kind. Values of hyperparameters that are not active are left out.
     */
    Map<String, Object> checkedKinds(Map<String, ?> values) {
        return checked(values, Space::ofKind, true);
    }

    /** Values that were read from a file, as {@link #checkedKinds} had them before they were written. */
    Map<String, Object> typed(Map<String, Object> read) {
        var setting = new LinkedHashMap<>(read);
        for (var hyperparameter : hyperparameters) {
            setting.computeIfPresent(
                    hyperparameter.name(),
                    (_, value) -> ofKind(hyperparameter, value).orElse(value));
        }
        return setting;
    }

    /** @param inactive whether values of hyperparameters that are not active are left out, not refused */
    private Map<String, Object> checked(
            Map<String, ?> values, BiFunction<Hyperparameter, Object, Optional<Object>> take, boolean inactive) {
        var setting = new LinkedHashMap<String, Object>();
        for (var hyperparameter : hyperparameters) {
            var name = hyperparameter.name();
            if (hyperparameter.isActive(setting)) {
                setting.put(
                        name,
                        take.apply(hyperparameter, values.get(name))
                                .orElseThrow(() -> refused(
                                        values,
                                        values.containsKey(name)
                                                ? "\"" + name + "\" should not be " + values.get(name)
                                                : "it lacks \"" + name + "\"")));
            }
        }
        for (var name : values.keySet()) {
            if (hyperparameters.stream().noneMatch(each -> each.name().equals(name))) {
                throw refused(values, "the search has no hyperparameter \"" + name + "\"");
            }
            if (!inactive && !setting.containsKey(name)) {
                throw refused(values, "\"" + name + "\" is not active there");
            }
        }
        return setting;
    }

    private IllegalArgumentException refused(Map<String, ?> values, String why) {
        return new IllegalArgumentException("the setting " + values + " cannot be enqueued, for " + why
                + "; expected a value of each hyperparameter: "
                + hyperparameters.stream().map(Space::shown).collect(Collectors.joining("; ")));
    }

    private static String shown(Hyperparameter hyperparameter) {
        return switch (hyperparameter) {
            case Hyperparameter.Conditional(var inner, var other, var value) ->
                shown(inner) + ", where " + other + " is " + value;
            case Hyperparameter.Range range -> range.name() + " from " + range.from() + " to " + range.to();
            case Hyperparameter.Listed listed -> listed.name() + " one of " + listed.values();
        };
    }

    private static Optional<Object> fit(Hyperparameter hyperparameter, Object value) {
        return switch (hyperparameter) {
            case Hyperparameter.Conditional conditional -> fit(conditional.hyperparameter(), value);
            case Hyperparameter.Range range ->
                value instanceof Number number
                                && number.doubleValue() >= range.from()
                                && number.doubleValue() <= range.to()
                        ? Optional.of(number.doubleValue())
                        : Optional.empty();
            case Hyperparameter.Listed listed ->
                listed.values().stream().filter(each -> isSame(each, value)).findFirst();
        };
    }

    private static Optional<Object> ofKind(Hyperparameter hyperparameter, Object value) {
        return switch (hyperparameter) {
            case Hyperparameter.Conditional conditional -> ofKind(conditional.hyperparameter(), value);
            case Hyperparameter.Range range -> like(range.from(), value);
            case Hyperparameter.Listed listed ->
                fit(listed, value)
                        .or(() -> listed.values().stream()
                                .flatMap(each -> like(each, value).stream())
                                .findFirst());
        };
    }

    /** A value as the kind of another; a whole number may stand for a real one, and the other way round. */
    private static Optional<Object> like(Object other, Object value) {
        return switch (other) {
            case Number number ->
                value instanceof Number given && Double.isFinite(given.doubleValue())
                        ? Optional.of(like(number, given))
                        : Optional.empty();
            case String _, Boolean _ -> other.getClass().isInstance(value) ? Optional.of(value) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Object like(Number other, Number value) {
        if (!(other instanceof Double || other instanceof Float) && value.doubleValue() == value.longValue()) {
            return other instanceof Integer && value.longValue() == value.intValue()
                    ? (Object) value.intValue()
                    : (Object) value.longValue();
        }
        return value.doubleValue();
    }

    /** Whether a value is the listed one, also where it was written to a file and read. */
    private static boolean isSame(Object listed, Object value) {
        return value != null
                && (listed.toString().equals(value.toString())
                        || listed instanceof Number one
                                && value instanceof Number other
                                && one.doubleValue() == other.doubleValue());
    }

    /** Every combination of the hyperparameters' values; the last hyperparameter varies fastest. */
    List<Map<String, Object>> grid() {
        List<Map<String, Object>> settings = List.of(Map.of());
        for (var hyperparameter : hyperparameters) {
            var longer = new ArrayList<Map<String, Object>>();
            for (var setting : settings) {
                if (!hyperparameter.isActive(setting)) {
                    longer.add(setting);
                    continue;
                }
                for (var value : hyperparameter.values()) {
                    var next = new LinkedHashMap<>(setting);
                    next.put(hyperparameter.name(), value);
                    longer.add(next);
                }
            }
            settings = longer;
        }
        return settings;
    }
}
