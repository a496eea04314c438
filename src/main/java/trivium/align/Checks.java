package trivium.align;

/** Settings that are out of range, in one sentence each. */
final class Checks {

    private Checks() {}

    static void atLeast(int least, int value, String what) {
        if (value < least) {
            throw new IllegalArgumentException(value + " " + what + ": expected at least " + least);
        }
    }

    static void positive(double value, String what) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " " + value + ": expected a number above 0");
        }
    }
}
