package trivium.text.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** The filters of numbers: abs, int, float and round. */
final class Rounding {

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+(?:_\\d+)*");
    private static final Pattern REAL =
            Pattern.compile("[+-]?(?:(?:\\d+(?:_\\d+)*\\.?(?:\\d+(?:_\\d+)*)?|\\.\\d+(?:_\\d+)*)(?:[eE][+-]?\\d+)?"
                    + "|(?i:inf|infinity|nan))");

    private Rounding() {}

    static Object apply(String name, Object value, Arguments arguments) {
        return switch (name) {
            case "abs" -> {
                arguments.bind("the filter abs", 0);
                yield value instanceof Double number
                        ? (Object) Math.abs(number)
                        : (Object) Math.absExact(Values.integer(value, "what abs takes"));
            }
            case "int" -> whole(value, arguments.bind("the filter int", 0, "default", "base"));
            case "float" -> {
                var otherwise = arguments.bind("the filter float", 0, "default").get(0, 0.0);
                var number = real(value);
                yield number == null ? otherwise : number;
            }
            default -> round(value, arguments.bind("the filter round", 0, "precision", "method"));
        };
    }

    private static Object whole(Object value, Arguments.Bound bound) {
        if (value instanceof Text text) {
            var digits = text.chars.strip();
            long base = bound.integer(1, 10);
            try {
                if (base == 10 ? WHOLE.matcher(digits).matches() : base >= 2 && base <= 36) {
                    return Long.parseLong(prefixless(digits.replace("_", ""), base), (int) base);
                }
            } catch (NumberFormatException e) {
                if (base == 10) {
                    throw new Failure("the number " + text.chars + " does not fit into 64 bits");
                }
                // no number of this base
            }
        }
        if (Values.isInteger(value)) {
            return Values.integer(value, "it");
        }
        var number = real(value);
        if (number == null || number.isNaN()) {
            return bound.get(0, 0L);
        }
        if (Math.abs(number) >= 0x1p63) {
            throw new Failure("the number " + Printer.number(number) + " does not fit into 64 bits");
        }
        return number.longValue();
    }

    private static String prefixless(String digits, long base) {
        var prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : null;
        return prefix != null && digits.regionMatches(true, 0, prefix, 0, 2) ? digits.substring(2) : digits;
    }

    /** Null if it is none. */
    private static Double real(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (Values.isNumber(value)) {
            return Values.number(value, "it");
        }
        if (!(value instanceof Text text)) {
            return null;
        }
        var digits = text.chars.strip().replace("_", "");
        if (!REAL.matcher(text.chars.strip()).matches()) {
            return null;
        }
        var small = digits.toLowerCase(Locale.ROOT);
        if (small.endsWith("nan")) {
            return Double.NaN;
        }
        if (small.contains("inf")) {
            return small.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return Double.valueOf(digits);
    }

    private static Object round(Object value, Arguments.Bound bound) {
        int precision = Math.clamp(bound.integer(0, 0), -400, 400);
        var method = bound.text(1) == null ? "common" : bound.text(1).chars;
        if (method.equals("common")) {
            if (Values.isInteger(value)) {
                var rounded =
                        BigDecimal.valueOf(Values.integer(value, "it")).setScale(precision, RoundingMode.HALF_EVEN);
                return precision >= 0 ? Values.integer(value, "it") : (Object) rounded.longValueExact();
            }
            double number = Values.number(value, "what round takes");
            return Double.isFinite(number)
                    ? Math.copySign(
                            new BigDecimal(number)
                                    .setScale(precision, RoundingMode.HALF_EVEN)
                                    .doubleValue(),
                            number)
                    : number;
        }
        double number = Values.number(value, "what round takes") * Math.pow(10, precision);
        return switch (method) {
            case "ceil" -> Math.ceil(number) / Math.pow(10, precision);
            case "floor" -> Math.floor(number) / Math.pow(10, precision);
            default -> throw new Failure("the method of round should be common, ceil or floor");
        };
    }
}
