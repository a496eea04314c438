package trivium.train;

import java.util.Arrays;

/** Settings that are out of range, in one sentence each. */
public final class Checks {

    private Checks() {}

    public static void atLeast(long least, long value, String what) {
        if (value < least) {
            throw new IllegalArgumentException(value + " " + what + ": expected at least " + least);
        }
    }

    /** Refuses null where there has to be something. */
    public static void given(Object value, String what) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is null: expected a value");
        }
    }

    /** Refuses null for one of these choices, of which there are two at least. */
    public static <E extends Enum<E>> void given(E value, String what, E[] choices) {
        if (value == null) {
            var names = Arrays.stream(choices).map(Enum::name).toList();
            throw new IllegalArgumentException(what + " is null: expected "
                    + String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast());
        }
    }

    public static void positive(double value, String what) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " " + value + ": expected a number above 0");
        }
    }

    /** From 0 to 1. */
    public static void ratio(double value, String what) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " " + value + ": expected a number from 0 to 1");
        }
    }

    /** Strictly between 0 and 1. */
    public static void share(double value, String what) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException(what + " " + value + ": expected a number between 0 and 1, such as 0.1");
        }
    }
}
