package trivium.text.jinja;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The methods of Python's types. */
final class Methods {

    private static final Set<String> OF_TEXTS = Set.of(
            "capitalize",
            "count",
            "endswith",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isdigit",
            "islower",
            "isspace",
            "isupper",
            "join",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "title",
            "upper");

    private static final Set<String> OF_TEXTS_LACKING = Set.of(
            "casefold",
            "center",
            "encode",
            "expandtabs",
            "format",
            "format_map",
            "isascii",
            "isdecimal",
            "isidentifier",
            "isnumeric",
            "isprintable",
            "istitle",
            "ljust",
            "maketrans",
            "rindex",
            "rjust",
            "swapcase",
            "translate",
            "zfill");

    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Methods() {}

    /** The method of this name; null if the type has none. */
    static Object of(Object value, String name, Budget budget) {
        return switch (value) {
            case Text text
            when OF_TEXTS.contains(name) ->
                method(value, name, arguments -> TextMethods.call(text, name, arguments, budget));
            case Text text
            when OF_TEXTS_LACKING.contains(name) ->
                method(value, name, arguments -> {
                    throw new Failure("the method " + name + " of str is not supported; supported are "
                            + String.join(", ", new TreeSet<>(OF_TEXTS)));
                });
            case Dict dict -> ofDict(dict, name);
            case List<?> list
            when name.equals("index") || name.equals("count") ->
                method(value, name, arguments -> search(list, name, arguments, budget));
            case Tuple tuple
            when name.equals("index") || name.equals("count") ->
                method(value, name, arguments -> search(tuple.items(), name, arguments, budget));
            case List<?> list when name.equals("copy") -> method(value, name, arguments -> list);
            case List<?> list when LIST_CHANGES.contains(name) -> changes(value, name);
            case null, default -> null;
        };
    }

    private static Function method(Object value, String name, Function.Body body) {
        return new Function("the method " + name + " of " + Values.type(value), body);
    }

    private static Undefined changes(Object value, String name) {
        return new Undefined(
                "the method " + name + " would change a " + Values.type(value) + ", which a chat template may not do");
    }

    private static Object ofDict(Dict dict, String name) {
        return switch (name) {
            case "keys" ->
                method(dict, name, arguments -> {
                    arguments.bind("keys", 0);
                    return new View("dict_keys", dict.keys());
                });
            case "values" ->
                method(dict, name, arguments -> {
                    arguments.bind("values", 0);
                    return new View("dict_values", dict.values());
                });
            case "items" ->
                method(dict, name, arguments -> {
                    arguments.bind("items", 0);
                    return new View("dict_items", dict.items());
                });
            case "copy" -> method(dict, name, arguments -> dict);
            case "get" ->
                method(dict, name, arguments -> {
                    var bound = arguments.bind("get", 1, "key", "default");
                    return dict.has(bound.get(0)) ? dict.get(bound.get(0)) : bound.get(1);
                });
            case "fromkeys" ->
                method(dict, name, arguments -> {
                    throw new Failure("the method fromkeys of dict is not supported");
                });
            default -> DICT_CHANGES.contains(name) ? changes(dict, name) : null;
        };
    }

    private static Object search(List<?> items, String name, Arguments arguments, Budget budget) {
        var sought = arguments.bind(name, 1, "value").get(0);
        long found = 0;
        for (int i = 0; i < items.size(); i++) {
            if (Comparer.equal(items.get(i), sought, budget)) {
                if (name.equals("index")) {
                    return (long) i;
                }
                found++;
            }
        }
        if (name.equals("index")) {
            throw new Failure("the value is not in the list");
        }
        return found;
    }
}
