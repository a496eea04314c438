package trivium.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import trivium.text.jinja.Arguments.Bound;

/** Jinja's filters of what has items. */
final class SequenceFilters {

    private static final Set<String> NAMES = Set.of(
            "dictsort",
            "first",
            "join",
            "last",
            "list",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "reverse",
            "select",
            "selectattr",
            "sort",
            "sum",
            "unique");

    private final Filters filters;
    private final Budget budget;

    SequenceFilters(Filters filters, Budget budget) {
        this.filters = filters;
        this.budget = budget;
    }

    static boolean has(String name) {
        return NAMES.contains(name);
    }

    Object apply(String name, Object value, Arguments arguments) {
        return switch (name) {
            case "map", "select", "reject", "selectattr", "rejectattr" -> chosen(name, value, arguments);
            case "dictsort" -> dictsort(value, bind(name, arguments, "case_sensitive", "by", "reverse"));
            case "first" -> {
                bind(name, arguments);
                var items = Values.iterate(value);
                yield items.hasNext() ? items.next() : new Undefined("there is no first item, for there are none");
            }
            case "last" -> {
                bind(name, arguments);
                var items = reversible(value);
                yield items.isEmpty() ? new Undefined("there is no last item, for there are none") : items.getLast();
            }
            case "list" -> {
                bind(name, arguments);
                yield new ArrayList<>(all(value));
            }
            case "reverse" -> {
                bind(name, arguments);
                yield reversed(value);
            }
            case "join" -> join(value, bind(name, arguments, "d", "attribute"));
            case "sort" -> sort(value, bind(name, arguments, "reverse", "case_sensitive", "attribute"));
            case "sum" -> sum(value, bind(name, arguments, "attribute", "start"));
            case "unique" -> unique(value, bind(name, arguments, "case_sensitive", "attribute"));
            default -> extreme(name, value, bind(name, arguments, "case_sensitive", "attribute"));
        };
    }

    private static Bound bind(String name, Arguments arguments, String... names) {
        return arguments.bind("the filter " + name, 0, names);
    }

    private List<Object> all(Object value) {
        var items = Values.items(value);
        budget.spend(items.size());
        return items;
    }

    private static List<Object> reversible(Object value) {
        if (value instanceof Generator) {
            throw new Failure("items that a filter lets through have no last one; add the filter \"list\"");
        }
        return Values.items(value);
    }

    private Object reversed(Object value) {
        if (value instanceof Text text) {
            return Access.slice(text, null, null, -1L, budget);
        }
        var items = new ArrayList<>(all(value));
        Collections.reverse(items);
        return value instanceof Generator || value instanceof Undefined ? items : new Generator(items);
    }

    private Object chosen(String name, Object value, Arguments arguments) {
        var chosen = new ArrayList<>();
        if (Values.truth(value)) {
            for (var item : all(value)) {
                if (name.equals("map")) {
                    chosen.add(mapped(item, arguments));
                } else {
                    boolean lets = lets(name.endsWith("attr"), item, arguments);
                    if (lets == name.startsWith("select")) {
                        chosen.add(item);
                    }
                }
            }
        }
        return new Generator(chosen);
    }

    private Object mapped(Object item, Arguments arguments) {
        if (!arguments.positional().isEmpty() || !arguments.named().containsKey("attribute")) {
            return filters.named(arguments.positional(), arguments.named(), item);
        }
        var bound = new Arguments(List.of(), arguments.named()).bind("the filter map", 0, "attribute", "default");
        return part(item, bound.get(0), bound.get(1));
    }

    private boolean lets(boolean byAttribute, Object item, Arguments arguments) {
        if (byAttribute && arguments.positional().isEmpty()) {
            throw new Failure("an attribute's name is missing");
        }
        var value = byAttribute ? part(item, arguments.positional().getFirst(), null) : item;
        var rest = arguments.from(byAttribute ? 1 : 0);
        if (rest.positional().isEmpty()) {
            return Values.truth(value);
        }
        if (!(rest.positional().getFirst() instanceof Text test)) {
            throw new Failure("a test's name should be a text");
        }
        return Tests.holds(test.chars, value, rest.from(1), budget);
    }

    /** What an attribute of attributes ("a.b.0") of an item is. */
    private Object part(Object item, Object attribute, Object otherwise) {
        var value = item;
        for (var key : keys(attribute)) {
            value = Access.item(value, key, budget);
            if (value instanceof Undefined && otherwise != null) {
                value = otherwise;
            }
        }
        return value;
    }

    private static List<Object> keys(Object attribute) {
        if (!(attribute instanceof Text text)) {
            return attribute == null ? List.of() : Values.list(attribute);
        }
        var keys = new ArrayList<>();
        for (var part : text.chars.split("\\.", -1)) {
            boolean number =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            keys.add(number ? (Object) Long.valueOf(part) : Text.of(part));
        }
        return keys;
    }

    /** How items are compared: by an attribute if there is one, texts in small letters unless case matters. */
    private UnaryOperator<Object> key(Object attribute, boolean caseMatters) {
        return item -> {
            var value = part(item, attribute, null);
            return !caseMatters && value instanceof Text text ? text.lower() : value;
        };
    }

    private Comparator<Object> order(UnaryOperator<Object> key, boolean reverse) {
        Comparator<Object> order = (a, b) -> Comparer.compare(key.apply(a), key.apply(b), budget);
        return reverse ? order.reversed() : order;
    }

    private Object dictsort(Object value, Bound bound) {
        if (!(value instanceof Dict dict)) {
            throw new Failure("the filter dictsort takes a dict, not " + Values.type(value));
        }
        var by = bound.text(1) == null ? "key" : bound.text(1).chars;
        if (!by.equals("key") && !by.equals("value")) {
            throw new Failure("the filter dictsort sorts by \"key\" or \"value\"");
        }
        var items = dict.items();
        items.sort(order(key(by.equals("key") ? 0L : 1L, bound.truth(0, false)), bound.truth(2, false)));
        return items;
    }

    private Object sort(Object value, Bound bound) {
        var items = new ArrayList<>(all(value));
        boolean caseMatters = bound.truth(1, false);
        if (bound.get(2) instanceof Text several && several.chars.indexOf(',') >= 0) {
            var keys = new ArrayList<UnaryOperator<Object>>();
            for (var attribute : several.chars.split(",", -1)) {
                keys.add(key(Text.of(attribute), caseMatters));
            }
            items.sort(order(
                    item -> {
                        var values = new ArrayList<>();
                        keys.forEach(key -> values.add(key.apply(item)));
                        return values;
                    },
                    bound.truth(0, false)));
        } else {
            var key = key(bound.get(2), caseMatters);
            items.sort(order(item -> Values.list(key.apply(item)), bound.truth(0, false)));
        }
        return items;
    }

    private Object join(Object value, Bound bound) {
        var between = Printer.str(bound.get(0, Text.EMPTY), budget);
        var builder = new TextBuilder();
        boolean more = false;
        for (var item : all(value)) {
            if (more) {
                builder.add(between);
            }
            builder.add(Printer.str(bound.get(1) == null ? item : part(item, bound.get(1), null), budget));
            more = true;
        }
        return budget.made(builder.build());
    }

    private Object sum(Object value, Bound bound) {
        var sum = bound.get(1, 0L);
        if (sum instanceof Text) {
            throw new Failure("the filter sum adds no texts; use the filter \"join\"");
        }
        for (var item : all(value)) {
            sum = Arithmetic.binary("+", sum, bound.get(0) == null ? item : part(item, bound.get(0), null), budget);
        }
        return sum;
    }

    private Object unique(Object value, Bound bound) {
        var key = key(bound.get(1), bound.truth(0, false));
        var seen = new HashSet<>();
        var unique = new ArrayList<>();
        for (var item : all(value)) {
            if (seen.add(Dict.hashed(key.apply(item)))) {
                unique.add(item);
            }
        }
        return new Generator(unique);
    }

    private Object extreme(String name, Object value, Bound bound) {
        var items = all(value);
        if (items.isEmpty()) {
            return new Undefined("there is no " + name + " of no items");
        }
        var key = key(bound.get(1), bound.truth(0, false));
        var best = items.getFirst();
        for (var item : items.subList(1, items.size())) {
            boolean better = Comparer.ordered(name.equals("max") ? ">" : "<", key.apply(item), key.apply(best), budget);
            best = better ? item : best;
        }
        return best;
    }
}
