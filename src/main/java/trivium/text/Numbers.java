package trivium.text;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * Numbers as people read them, in figures, cells, reports, progress and the command line alike: a comma between
 * thousands, a point before decimals, a true minus (U+2212), shares in percent, and no more digits than say something.
 * Files that are read by machines keep plain numbers.
 */
public final class Numbers {

    /** Digits of a measured value. */
    private static final int DIGITS = 4;

    private static final int BRIEF = 3;

    private Numbers() {}

    /** A count: "12,840". */
    public static String count(long count) {
        return minus(String.format(Locale.ROOT, "%,d", count));
    }

    /** A count of something: "1 completion", "12,840 completions", "2 entries". */
    public static String count(long count, String noun) {
        return count(count) + " " + (count == 1 ? noun : plural(noun));
    }

    private static String plural(String noun) {
        if (noun.endsWith("matrix")) {
            return noun.substring(0, noun.length() - 1) + "ces";
        }
        return noun.matches(".*[^aeiou]y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }

    /** A measured value in up to four significant digits: "2.317", "0.3", "12,840", "3.142e−5". */
    public static String value(double value) {
        return whole(value) ? count((long) value) : trimmed(digits(value, DIGITS));
    }

    /** A measured value in three significant digits, for the letters of a figure: "2.32", "0.0312", "12,800". */
    public static String brief(double value) {
        return value == 0 ? "0" : digits(value, BRIEF);
    }

    /**
     * One of several values that stand side by side, in as many decimals as {@code largest} needs for three significant
     * digits.
     */
    public static String beside(double value, double largest) {
        return Double.isFinite(value) ? fixed(value, largest > 0 ? decimals(largest, BRIEF) : 2) : digits(value, BRIEF);
    }

    /** A share between 0 and 1: "93.5 %"; below a tenth of a percent "0.04 %". */
    public static String percent(double share) {
        double percent = 100 * share;
        if (!Double.isFinite(percent)) {
            return digits(percent, BRIEF);
        }
        return fixed(percent, percent != 0 && Math.abs(percent) < 0.1 ? 2 : 1) + " %";
    }

    /** A setting as people write it: 0.001 is "0.001", 1e-4 is "1e−4", 1024 is "1,024". */
    public static String setting(double value) {
        double size = Math.abs(value);
        if (whole(value) && size < 1e9) {
            return count((long) value);
        }
        return size >= 1e-3 && size < 1e6 ? trimmed(fixed(value, decimals(size, BRIEF))) : scientific(value, BRIEF);
    }

    /**
     * Whether a column of this name holds names that happen to be numbers: "seed", "trial". Such numbers get no comma
     * between thousands.
     */
    public static boolean isName(String column) {
        return column.matches("(.*[ _])?(seed|trial|id|port)");
    }

    /** A setting with all digits that are needed to set it again: "3e−4", "0.30000000000000004", "1,000". */
    public static String exact(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || whole(value)) {
            return value(value);
        }
        var decimal = BigDecimal.valueOf(value).stripTrailingZeros();
        if (size >= 1e-3 && size < 1e6) {
            return minus(decimal.toPlainString());
        }
        int power = decimal.precision() - decimal.scale() - 1;
        return minus(decimal.movePointLeft(power).stripTrailingZeros().toPlainString() + "e" + power);
    }

    /** A duration: "0.4 s", "41 s", "3 min 05 s", "2 h 10 min". */
    public static String duration(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3_600) {
            return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%,d h %02d min", whole / 3_600, whole % 3_600 / 60);
    }

    /** A number beside a tick of an axis: "0.04", "−2", "1,500", "200,000", "1.5M", "1e−4". */
    public static String tick(double value) {
        double size = Math.abs(value);
        if (size < 1e-12) {
            return "0";
        }
        if (size >= 1e6 && size < 1e9) {
            return trimmed(fixed(value / 1e6, 4)) + "M";
        }
        return size >= 1e-3 && size < 1e6 ? trimmed(fixed(value, 4)) : scientific(value, 2);
    }

    /**
     * A number beside a tick of an axis, with as many more digits than {@link #tick(double)} as tell its ticks apart:
     * "0.94125", "1.234567M".
     *
     * @param apart a lower bound of the distance between two ticks, above 0
     */
    public static String tick(double value, double apart) {
        double size = Math.abs(value);
        if (size < apart / 100) {
            return "0";
        }
        if (size >= 1e6 && size < 1e9) {
            return trimmed(fixed(value / 1e6, Math.max(4, decimalsOf(apart / 1e6)))) + "M";
        }
        return size >= 1e-3 && size < 1e6
                ? trimmed(fixed(value, Math.max(4, decimalsOf(apart))))
                : smallTick(value, apart);
    }

    /** The same on an axis on which all numbers are small: "2e−4", and so "1e−3" too. */
    public static String smallTick(double value, double apart) {
        double size = Math.abs(value);
        return size < apart / 100
                ? "0"
                : scientific(value, Math.clamp(decimalsOf(apart) + (long) Math.floor(Math.log10(size)) + 1, 2, 16));
    }

    /** Decimals of which the last is the second digit of a number: steps of 0.0025 have four. */
    private static int decimalsOf(double step) {
        return Math.clamp(1 - (long) Math.floor(Math.log10(step)), 0, 400);
    }

    private static boolean whole(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15;
    }

    private static String digits(double value, int digits) {
        double size = Math.abs(value);
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
        }
        return size >= 1e-3 && size < 1e9 ? fixed(value, decimals(size, digits)) : scientific(value, digits);
    }

    private static int decimals(double size, int digits) {
        return Math.clamp(digits - 1 - (long) Math.floor(Math.log10(size)), 0, 6);
    }

    private static String fixed(double value, int decimals) {
        var text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return text.matches("-0(\\.0*)?") ? text.substring(1) : minus(text);
    }

    private static String scientific(double value, int digits) {
        if (!Double.isFinite(value)) {
            return digits(value, digits);
        }
        var parts = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value).split("e");
        return minus(trimmed(parts[0]) + "e" + Integer.parseInt(parts[1]));
    }

    private static String trimmed(String decimal) {
        return decimal.contains(".") && !decimal.contains("e") ? decimal.replaceFirst("\\.?0+$", "") : decimal;
    }

    private static String minus(String text) {
        return text.replace('-', '−');
    }
}
