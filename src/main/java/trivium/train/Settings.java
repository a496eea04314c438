package trivium.train;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.model.Compute;
import trivium.model.MayBeMissing;

/**
 * The one way in which records become the settings of a run's card and are read back, by their components:
 *
 * <ul>
 *   <li>Numbers, truth values, texts, enums and lists of texts stand under the component's name in snake_case.
 *   <li>The components of a record within that is a {@link Setting} stand beside them; another record is a group.
 *   <li>A choice, of an interface that is a {@link Setting}, is a group with its "name" and its components. Where the
 *       choices are sealed and told apart by their components, as steps and epochs are, these stand beside the others;
 *       a choice that is null leaves nothing, and is null again where the template's is.
 *   <li>A component that {@link MayBeMissing} stands in the card only where it is something.
 *   <li>Components of any other type are no settings: data, runs and functions. Reading takes them from a template.
 * </ul>
 *
 * Of a recipe, a record that is no {@link Setting} itself, only the components that are settings count.
 */
public final class Settings {

    private static final String NAME = "name";
    private static final String INFINITE = "Infinity";

    private Settings() {}

    /** How a component stands in a card. */
    private enum Form {
        NOT_AT_ALL,
        BY_ITSELF,
        AS_GROUP,
        BESIDE
    }

    /** @param root whether the component is one of the record that was handed in, which may be a recipe */
    private static Form form(RecordComponent component, boolean root) {
        var type = component.getType();
        boolean setting = isSetting(type);
        if (root && !setting && !isSetting(component.getDeclaringRecord())) {
            return Form.NOT_AT_ALL;
        }
        if (type.isRecord()) {
            return setting ? Form.BESIDE : Form.AS_GROUP;
        }
        if (type.isInterface() && setting) {
            return areToldApart(type) ? Form.BESIDE : Form.AS_GROUP;
        }
        boolean texts = component.getGenericType() instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] == String.class;
        boolean plain = type.isPrimitive() || type.isEnum() || type == String.class || texts;
        return plain ? Form.BY_ITSELF : Form.NOT_AT_ALL;
    }

    private static boolean isSetting(Class<?> type) {
        return Setting.class.isAssignableFrom(type) || type == Compute.class;
    }

    /** The settings of a record, in the order of its components. */
    public static Map<String, Object> of(Record whole) {
        var settings = new LinkedHashMap<String, Object>();
        write(whole, true, settings);
        return settings;
    }

    private static void write(Record whole, boolean root, Map<String, Object> settings) {
        for (var component : components(whole.getClass())) {
            var value = value(component, whole);
            switch (form(component, root)) {
                case NOT_AT_ALL -> {}
                case BESIDE -> {
                    if (value != null) {
                        write((Record) value, false, settings);
                    }
                }
                case AS_GROUP -> {
                    if (value != null || !mayBeMissing(component)) {
                        settings.put(name(component), group(value));
                    }
                }
                case BY_ITSELF -> {
                    if (!mayBeMissing(component) || !value.equals(nothing(component))) {
                        settings.put(name(component), value instanceof Enum<?> one ? one.name() : value);
                    }
                }
            }
        }
    }

    private static boolean mayBeMissing(RecordComponent component) {
        return component.isAnnotationPresent(MayBeMissing.class);
    }

    /** What a component that may be missing is where it is missing. */
    private static Object nothing(RecordComponent component) {
        var type = component.getType();
        return type == List.class ? List.of() : Array.get(Array.newInstance(type, 1), 0);
    }

    private static Map<String, Object> group(Object value) {
        var group = new LinkedHashMap<String, Object>();
        if (value instanceof Setting) {
            group.put(NAME, value instanceof Record ? name(value.getClass().getSimpleName()) : called(value));
        }
        if (value instanceof Record whole) {
            write(whole, false, group);
        }
        return group;
    }

    /**
     * The name of a value by its {@code toString}. A lambda, whose text is an address in memory, is called "a
     * function".
     */
    public static String called(Object given) {
        var type = given.getClass();
        if (type.isSynthetic() || type.isHidden()) {
            return "a function";
        }
        var nameless = type.getName() + "@" + Integer.toHexString(given.hashCode());
        return given.toString().equals(nameless) ? type.getSimpleName() : given.toString();
    }

    /**
     * A record with these settings in the place of the template's own.
     *
     * @throws IllegalArgumentException in a sentence if one is missing, of another kind, or impossible
     */
    public static <R extends Record> R read(R template, Map<String, ?> settings) {
        @SuppressWarnings("unchecked") // the class of the template
        var type = (Class<R>) template.getClass();
        return type.cast(read(type, true, template, settings));
    }

    private static Object read(Class<?> type, boolean root, Object template, Map<?, ?> settings) {
        var components = components(type);
        var values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            var component = components[i];
            var within = component.getType();
            var before = template == null ? null : value(component, template);
            var found = settings.get(name(component));
            values[i] = switch (form(component, root)) {
                case NOT_AT_ALL -> before;
                case BESIDE -> {
                    if (within.isRecord()) {
                        yield read(within, false, before, settings);
                    }
                    boolean mayBeMissing = template != null && before == null;
                    var told = toldBy(within, settings);
                    if (told.isEmpty() && !mayBeMissing) {
                        throw missing(within);
                    }
                    yield told.isEmpty() ? null : read(told.get(), false, null, settings);
                }
                case AS_GROUP -> {
                    if (found == null && mayBeMissing(component)) {
                        yield null;
                    }
                    var group = require(found instanceof Map<?, ?> map ? map : null, "settings", component, found);
                    yield read(within.isRecord() ? within : named(within, group.get(NAME)), false, null, group);
                }
                case BY_ITSELF ->
                    found == null && mayBeMissing(component) ? nothing(component) : plain(component, found);
            };
        }
        return make(type, values);
    }

    private static Object plain(RecordComponent component, Object found) {
        var type = component.getType();
        if (type == boolean.class) {
            return require(found instanceof Boolean ? found : null, "true or false in", component, found);
        }
        if (type == String.class) {
            return require(found instanceof String ? found : null, "a text", component, found);
        }
        if (type == List.class) {
            var list = require(found instanceof List<?> texts ? texts : null, "a list", component, found);
            return list.stream().map(String::valueOf).toList();
        }
        if (type.isEnum()) {
            var known = Arrays.stream(type.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equals(found))
                    .findFirst();
            return require(
                    known.orElse(null), "one of " + Arrays.toString(type.getEnumConstants()) + " as", component, found);
        }
        if (type == double.class) {
            var number = INFINITE.equals(found) ? Double.valueOf(Double.POSITIVE_INFINITY) : found;
            return require(number instanceof Number n ? n : null, "a number", component, found)
                    .doubleValue();
        }
        var whole = found instanceof Number number && number.doubleValue() == number.longValue() ? number : null;
        long value = require(whole, "a number", component, found).longValue();
        if (type == long.class) {
            return value;
        }
        return require(value == (int) value ? (Object) (int) value : null, "a smaller number", component, found);
    }

    private static <T> T require(T value, String what, RecordComponent component, Object found) {
        if (value == null) {
            throw new IllegalArgumentException("its recipe should have " + what + " \"" + name(component)
                    + "\", but has " + (found == null ? "none: the version that wrote it had other settings" : found));
        }
        return value;
    }

    /** The choice whose components are among the settings; of several the one with the most. */
    private static Optional<Class<?>> toldBy(Class<?> choice, Map<?, ?> settings) {
        return choices(choice)
                .filter(type -> names(type).stream().allMatch(name -> settings.get(name) != null))
                .max((a, b) -> names(a).size() - names(b).size());
    }

    private static IllegalArgumentException missing(Class<?> choice) {
        return new IllegalArgumentException("its recipe should have a number "
                + choices(choice)
                        .flatMap(type -> names(type).stream())
                        .distinct()
                        .collect(Collectors.joining("\" or \"", "\"", "\""))
                + ", but has none of them");
    }

    private static boolean areToldApart(Class<?> choice) {
        var seen = new HashSet<Set<String>>();
        return choice.isSealed()
                && choices(choice).map(Settings::names).allMatch(names -> !names.isEmpty() && seen.add(names));
    }

    private static Class<?> named(Class<?> choice, Object name) {
        var known = choices(choice).toList();
        return known.stream()
                .filter(type -> name(type.getSimpleName()).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("this version knows no "
                        + name(choice.getSimpleName()).replace('_', ' ') + " called \"" + name + "\"; it knows "
                        + known.stream()
                                .map(type -> name(type.getSimpleName()))
                                .sorted()
                                .collect(Collectors.joining(", "))));
    }

    /**
     * The choices among a record's components that {@link #read} would not find: by the setting's name, the interface.
     * They are a user's own, which only its own program knows.
     */
    public static Map<String, Class<?>> unknown(Record whole, Map<String, ?> settings) {
        var unknown = new LinkedHashMap<String, Class<?>>();
        for (var component : components(whole.getClass())) {
            var type = component.getType();
            if (form(component, true) == Form.BESIDE && type.isRecord()) {
                unknown.putAll(unknown((Record) value(component, whole), settings));
            } else if (form(component, true) == Form.AS_GROUP
                    && type.isInterface()
                    && settings.get(name(component)) instanceof Map<?, ?> group
                    && choices(type)
                            .noneMatch(known -> name(known.getSimpleName()).equals(group.get(NAME)))) {
                unknown.put(name(component), type);
            }
        }
        return unknown;
    }

    /** Beside the interface, not with the thread's loader: a notebook's cells run with one of their own. */
    private static Stream<Class<?>> choices(Class<?> choice) {
        return choice.isSealed()
                ? Arrays.stream(choice.getPermittedSubclasses())
                : ServiceLoader.load(choice, choice.getClassLoader()).stream().map(ServiceLoader.Provider::type);
    }

    /**
     * The settings in which a record differs from another of its class: by the component's name, which is that of a
     * recipe's method, the component's value.
     */
    public static Map<String, Object> changes(Record from, Record to) {
        var changes = new LinkedHashMap<String, Object>();
        for (var component : components(to.getClass())) {
            var before = value(component, from);
            var after = value(component, to);
            var form = form(component, true);
            if (form == Form.NOT_AT_ALL || Objects.equals(before, after)) {
                continue;
            }
            if (form == Form.BESIDE && component.getType().isRecord()) {
                changes.putAll(changes((Record) before, (Record) after));
            } else if (form == Form.BESIDE && after != null && components(after.getClass()).length == 1) {
                var only = components(after.getClass())[0];
                changes.put(only.getName(), value(only, after));
            } else {
                changes.put(component.getName(), after);
            }
        }
        return changes;
    }

    private static Set<String> names(Class<?> type) {
        return Arrays.stream(components(type))
                .filter(component -> !mayBeMissing(component))
                .map(Settings::name)
                .collect(Collectors.toSet());
    }

    private static RecordComponent[] components(Class<?> type) {
        return type.getRecordComponents();
    }

    private static String name(RecordComponent component) {
        return name(component.getName());
    }

    /** In snake_case: "keep_best" of keepBest, "next_token" of NextToken, "adamw" of AdamW. */
    private static String name(String camel) {
        return camel.replaceAll("(?<=.)(?=[A-Z][a-z])", "_").toLowerCase(Locale.ROOT);
    }

    private static Object value(RecordComponent component, Object whole) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component + " of " + whole, e);
        }
    }

    private static Object make(Class<?> type, Object[] values) {
        var types = new ArrayList<Class<?>>();
        Arrays.stream(components(type)).forEach(component -> types.add(component.getType()));
        try {
            var constructor = type.getDeclaredConstructor(types.toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }
}
