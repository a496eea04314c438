package trivium.text.jinja;

import java.util.List;

/** Python's comparisons. */
final class Comparer {

    private Comparer() {}

    static boolean equal(Object a, Object b, Budget budget) {
        budget.step();
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return numbers(a, b) == 0;
        }
        return switch (a) {
            case null -> b == null;
            case Tuple tuple -> b instanceof Tuple other && equal(tuple.items(), other.items(), budget);
            case List<?> list -> b instanceof List<?> other && equalItems(list, other, budget);
            case Dict dict -> b instanceof Dict other && equal(dict, other, budget);
            case Range range -> b instanceof Range other && range.items().equals(other.items());
            default -> a.equals(b);
        };
    }

    private static boolean equalItems(List<?> a, List<?> b, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i), budget)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Dict a, Dict b, Budget budget) {
        return a.size() == b.size()
                && a.keys().stream().allMatch(key -> b.has(key) && equal(a.get(key), b.get(key), budget));
    }

    /** Less than, equal to or greater than 0; 2 where a number is not one. */
    private static int numbers(Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            double x = Values.number(a, "it");
            double y = Values.number(b, "it");
            return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
        }
        return Long.compare(Values.integer(a, "it"), Values.integer(b, "it"));
    }

    /** @param operator one of &lt; &lt;= &gt; &gt;= */
    static boolean ordered(String operator, Object a, Object b, Budget budget) {
        int order = compare(operator, a, b, budget);
        if (order == 2) {
            return false;
        }
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    /** For sorting: less than, equal to or greater than 0. */
    static int compare(Object a, Object b, Budget budget) {
        int order = compare("<", a, b, budget);
        return order == 2 ? 0 : order;
    }

    private static int compare(String operator, Object a, Object b, Budget budget) {
        budget.step();
        if (a instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return numbers(a, b);
        }
        if (a instanceof Text x && b instanceof Text y) {
            return Integer.signum(x.compareTo(y));
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return items(operator, x.items(), y.items(), budget);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return items(operator, x, y, budget);
        }
        throw new Failure("\"" + operator + "\" does not compare " + Values.type(a) + " with " + Values.type(b));
    }

    private static int items(String operator, List<?> a, List<?> b, Budget budget) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!equal(a.get(i), b.get(i), budget)) {
                return compare(operator, a.get(i), b.get(i), budget);
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Python's {@code in}. */
    static boolean contains(Object container, Object item, Budget budget) {
        if (container instanceof Text text) {
            if (item instanceof Text part) {
                budget.spend(text.chars.length() / 16 + 1);
                return text.chars.contains(part.chars);
            }
            throw new Failure("\"in\" looks for a text in a text, not for " + Values.type(item));
        }
        if (container instanceof Dict dict) {
            return dict.has(item);
        }
        if (!Values.isIterable(container)) {
            throw new Failure("\"in\" needs something with items, not " + Values.type(container));
        }
        var items = Values.iterate(container);
        while (items.hasNext()) {
            var next = items.next();
            if (next == item && !(item instanceof Double) || equal(next, item, budget)) {
                return true;
            }
        }
        return false;
    }
}
