package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
