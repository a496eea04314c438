package trivium.run;

import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {

    private Numbers() {}

    /** A duration: "0.4 s", "41 s", "3 min 05 s", "2 h 10 min". */
    static String seconds(double seconds) {
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
        return String.format(Locale.ROOT, "%d h %02d min", whole / 3_600, whole % 3_600 / 60);
    }

    /** A measured value in four significant digits: "2.317", "0.0003", "12840". */
    static String metric(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return Long.toString((long) value);
        }
        double size = Math.abs(value);
        if (size >= 1e-3 && size < 1e5) {
            int decimals = Math.clamp(3 - (long) Math.floor(Math.log10(size)), 0, 6);
            return String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
        return String.format(Locale.ROOT, "%.2e", value);
    }
}
