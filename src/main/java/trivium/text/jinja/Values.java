package trivium.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Values as Python has them. None is null, a str a {@link Text}, an int a {@link Long}, a float a {@link Double}, a
 * bool a {@link Boolean}, a list a {@link List}, a dict a {@link Dict}.
 */
final class Values {

    private Values() {}

    /**
     * A Java value: null, text, number, boolean, list or map of these, as JSON has them.
     *
     * @param origin where its texts come from
     */
    static Object of(Object value, char origin) {
        return switch (value) {
            case null -> null;
            case Sourced sourced -> of(sourced.value(), (char) sourced.source());
            case CharSequence text -> Text.of(text.toString(), origin);
            case Boolean truth -> truth;
            case Float number -> number.doubleValue();
            case Double number -> number;
            case Long number -> number;
            case Integer number -> number.longValue();
            case Map<?, ?> map -> {
                var dict = new Dict();
                map.forEach((key, item) -> dict.put(Text.of(String.valueOf(key), origin), of(item, origin)));
                yield dict;
            }
            case Iterable<?> items -> {
                var list = new ArrayList<>();
                items.forEach(item -> list.add(of(item, origin)));
                yield list;
            }
            default ->
                throw new IllegalArgumentException("a template takes texts, numbers, truth values, lists and maps, not "
                        + value.getClass().getSimpleName());
        };
    }

    static boolean truth(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case Text text -> !text.isEmpty();
            case Undefined undefined -> false;
            default -> length(value) != 0;
        };
    }

    /** Python's name of the type. */
    static String type(Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean truth -> "bool";
            case Long number -> "int";
            case Double number -> "float";
            case Text text -> "str";
            case List<?> list -> "list";
            case Tuple tuple -> "tuple";
            case Dict dict -> "dict";
            case Range range -> "range";
            case View view -> view.type();
            case Generator generator -> "generator";
            case Undefined undefined -> "undefined";
            case Namespace namespace -> "namespace";
            case Loop loop -> "loop";
            default -> "function";
        };
    }

    /** The number of items, or -1 if there is no such number. */
    static int length(Object value) {
        return switch (value) {
            case Text text -> text.length();
            case Undefined undefined -> 0;
            case Dict dict -> dict.size();
            case Loop loop -> loop.length();
            case null, default -> {
                var items = sequence(value);
                yield items == null ? -1 : items.size();
            }
        };
    }

    /** The items of a list, tuple, range or view; null if it is none of these. */
    static List<Object> sequence(Object value) {
        return switch (value) {
            case List<?> list -> objects(list);
            case Tuple tuple -> tuple.items();
            case Range range -> range.items();
            case View view -> view.items();
            case null, default -> null;
        };
    }

    @SuppressWarnings("unchecked") // lists of values hold objects and are only read
    static List<Object> objects(List<?> list) {
        return (List<Object>) list;
    }

    static boolean isIterable(Object value) {
        return value instanceof Generator || length(value) >= 0;
    }

    /** The items one after the other: characters of a text, keys of a dictionary. */
    static Iterator<Object> iterate(Object value) {
        return value instanceof Generator generator ? generator : items(value).iterator();
    }

    /** All items; a generator has none afterwards. */
    static List<Object> items(Object value) {
        return switch (value) {
            case Text text -> characters(text);
            case Undefined undefined -> List.of();
            case Dict dict -> dict.keys();
            case Generator generator -> {
                var items = new ArrayList<>();
                generator.forEachRemaining(items::add);
                yield items;
            }
            case null, default -> {
                var items = sequence(value);
                if (items == null) {
                    throw new Failure(type(value) + " has no items to go through");
                }
                yield items;
            }
        };
    }

    private static List<Object> characters(Text text) {
        var characters = new ArrayList<>(text.chars.length());
        for (int i = 0; i < text.chars.length(); ) {
            int next = i + Character.charCount(text.chars.codePointAt(i));
            characters.add(text.slice(i, next).safe(false));
            i = next;
        }
        return characters;
    }

    /** Whether it is an int; a bool is one. */
    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    /** @param what for the message if it is none */
    static long integer(Object value, String what) {
        return switch (value) {
            case Long number -> number;
            case Boolean truth -> truth ? 1 : 0;
            case Undefined undefined -> throw undefined.failure();
            case null, default -> throw new Failure(what + " should be a whole number, not " + type(value));
        };
    }

    static double number(Object value, String what) {
        return value instanceof Double number ? number : integer(value, what);
    }

    static List<Object> list(Object... items) {
        return new ArrayList<>(Arrays.asList(items));
    }
}
