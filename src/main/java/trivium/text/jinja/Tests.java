package trivium.text.jinja;

import java.util.Set;
import java.util.TreeSet;

/** Jinja's tests (jinja2 3.1, {@code tests.py}). */
final class Tests {

    private static final Set<String> OF_ONE = Set.of(
            "boolean",
            "callable",
            "defined",
            "escaped",
            "even",
            "false",
            "filter",
            "float",
            "integer",
            "iterable",
            "lower",
            "mapping",
            "none",
            "number",
            "odd",
            "sequence",
            "string",
            "test",
            "true",
            "undefined",
            "upper");

    private static final Set<String> OF_TWO = Set.of(
            "!=",
            "<",
            "<=",
            "==",
            ">",
            ">=",
            "divisibleby",
            "eq",
            "equalto",
            "ge",
            "greaterthan",
            "gt",
            "in",
            "le",
            "lessthan",
            "lt",
            "ne",
            "sameas");

    private Tests() {}

    static boolean holds(String name, Object value, Arguments arguments, Budget budget) {
        budget.step();
        if (OF_ONE.contains(name)) {
            arguments.bind("the test " + name, 0);
            return holds(name, value, budget);
        }
        if (OF_TWO.contains(name)) {
            return holds(
                    name, value, arguments.bind("the test " + name, 1, "other").get(0), budget);
        }
        var names = new TreeSet<>(OF_ONE);
        names.addAll(OF_TWO);
        throw new Failure("the test \"" + name + "\" is not supported; supported are " + String.join(", ", names));
    }

    private static boolean holds(String name, Object value, Budget budget) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof Text;
            case "mapping" -> value instanceof Dict;
            case "iterable" -> value instanceof Generator || value instanceof Loop || Values.isIterable(value);
            case "sequence" -> !(value instanceof View) && !(value instanceof Loop) && Values.length(value) >= 0;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "odd" -> remainder(value, 2L, budget, 1L);
            case "even" -> remainder(value, 2L, budget, 0L);
            case "callable" -> value instanceof Function || value instanceof Undefined;
            case "escaped" -> value instanceof Text text && text.safe;
            case "lower" -> TextMethods.isCase(Printer.str(value, budget), false);
            case "upper" -> TextMethods.isCase(Printer.str(value, budget), true);
            case "filter" -> value instanceof Text text && Filters.has(text.chars);
            default -> value instanceof Text text && (OF_ONE.contains(text.chars) || OF_TWO.contains(text.chars));
        };
    }

    private static boolean holds(String name, Object a, Object b, Budget budget) {
        return switch (name) {
            case "==", "eq", "equalto" -> Comparer.equal(a, b, budget);
            case "!=", "ne" -> !Comparer.equal(a, b, budget);
            case "<", "lt", "lessthan" -> Comparer.ordered("<", a, b, budget);
            case "<=", "le" -> Comparer.ordered("<=", a, b, budget);
            case ">", "gt", "greaterthan" -> Comparer.ordered(">", a, b, budget);
            case ">=", "ge" -> Comparer.ordered(">=", a, b, budget);
            case "in" -> Comparer.contains(b, a, budget);
            case "sameas" -> isSame(a, b);
            default -> remainder(a, b, budget, 0L);
        };
    }

    private static boolean remainder(Object value, Object by, Budget budget, long expected) {
        return Comparer.equal(Arithmetic.binary("%", value, by, budget), expected, budget);
    }

    private static boolean isSame(Object a, Object b) {
        return a == b || a instanceof Boolean && a.equals(b) || a instanceof Long && a.equals(b);
    }
}
