package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's operators of arithmetic; whole numbers have 64 bits here. */
final class Arithmetic {

    private Arithmetic() {}

    static Object unary(String operator, Object value) {
        return switch (value) {
            case Double number -> operator.equals("-") ? -number : number;
            case Undefined undefined -> throw undefined.failure();
            case null, default -> {
                if (!Values.isInteger(value)) {
                    throw new Failure("the sign \"" + operator + "\" needs a number, not " + Values.type(value));
                }
                long number = Values.integer(value, "it");
                yield operator.equals("-") ? whole("-", 0, number) : number;
            }
        };
    }

    static Object binary(String operator, Object a, Object b, Budget budget) {
        if (a instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (operator.equals("%") && a instanceof Text text) {
            return budget.made(Percent.format(text, b, budget));
        }
        if (Values.isNumber(a) && Values.isNumber(b)) {
            boolean real = a instanceof Double || b instanceof Double || operator.equals("/");
            return real
                    ? real(operator, Values.number(a, "it"), Values.number(b, "it"))
                    : whole(operator, Values.integer(a, "it"), Values.integer(b, "it"));
        }
        var made = operator.equals("+") ? sum(a, b) : operator.equals("*") ? product(a, b) : null;
        if (made == null) {
            throw new Failure("\"" + operator + "\" does not take " + Values.type(a) + " and " + Values.type(b));
        }
        if (made instanceof Text text) {
            return budget.made(text);
        }
        budget.spend(Values.length(made));
        return made;
    }

    private static Object sum(Object a, Object b) {
        if (a instanceof Text x && b instanceof Text y) {
            return x.plus(y);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return joined(x, y);
        }
        return a instanceof Tuple x && b instanceof Tuple y ? new Tuple(joined(x.items(), y.items())) : null;
    }

    private static List<Object> joined(List<?> a, List<?> b) {
        var all = new ArrayList<Object>(a);
        all.addAll(b);
        return all;
    }

    private static Object product(Object a, Object b) {
        if (Values.isInteger(a) && !Values.isInteger(b)) {
            return product(b, a);
        }
        if (!Values.isInteger(b)) {
            return null;
        }
        int times = Math.clamp(Values.integer(b, "it"), 0, Integer.MAX_VALUE);
        return switch (a) {
            case Text text -> {
                TextBuilder.check((long) text.chars.length() * times);
                var builder = new TextBuilder();
                for (int i = 0; i < times && !text.isEmpty(); i++) {
                    builder.add(text);
                }
                yield builder.build().safe(text.safe);
            }
            case List<?> list -> repeated(list, times);
            case Tuple tuple -> new Tuple(repeated(tuple.items(), times));
            case null, default -> null;
        };
    }

    private static List<Object> repeated(List<?> list, int times) {
        TextBuilder.check((long) list.size() * times);
        var all = new ArrayList<Object>();
        for (int i = 0; i < times && !list.isEmpty(); i++) {
            all.addAll(list);
        }
        return all;
    }

    private static Object real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new Failure("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> floorDivision(a, b);
            case "%" -> remainder(a, b);
            default -> power(a, b);
        };
    }

    /** As {@code float_floor_div} of CPython rounds it. */
    private static double floorDivision(double a, double b) {
        double quotient = (a - remainder(a, b)) / b;
        if (quotient == 0) {
            return Math.copySign(0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double a, double b) {
        double power = Math.pow(a, b);
        if (Double.isNaN(power) && !Double.isNaN(a) && !Double.isNaN(b)) {
            throw new Failure("a negative number has no power with a fraction here");
        }
        if (Double.isInfinite(power) && Double.isFinite(a) && Double.isFinite(b)) {
            throw new Failure(a == 0 ? "0 has no negative power" : "a power is too large for a number");
        }
        return power;
    }

    /** With the sign of {@code b}. */
    private static double remainder(double a, double b) {
        double remainder = a % b;
        return remainder == 0 ? Math.copySign(0, b) : remainder < 0 != b < 0 ? remainder + b : remainder;
    }

    private static Object whole(String operator, long a, long b) {
        if (b == 0 && (operator.equals("//") || operator.equals("%"))) {
            throw new Failure("division by zero");
        }
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDivExact(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> b < 0 ? (Object) power((double) a, b) : wholePower(a, b);
            };
        } catch (ArithmeticException e) {
            throw new Failure(a + " " + operator + " " + b + " does not fit into 64 bits");
        }
    }

    private static long wholePower(long a, long b) {
        if (a == 0 || a == 1) {
            return b == 0 ? 1 : a;
        }
        if (a == -1) {
            return b % 2 == 0 ? 1 : -1;
        }
        long power = 1;
        for (long i = 0; i < b; i++) {
            power = Math.multiplyExact(power, a); // ends soon, since |a| is at least 2
        }
        return power;
    }
}
