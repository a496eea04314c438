package trivium.text.jinja;

import java.util.concurrent.CancellationException;

/** How much a template may still do, so that one that would never end is stopped; one thread at a time. */
final class Budget {

    /** Seconds at most; the longest conversations with the longest published templates need a thousandth. */
    static final long STEPS = 10_000_000;

    private static final int BETWEEN_INTERRUPTS = 1 << 12;

    private long left = STEPS;
    private long sinceInterrupt;

    void step() {
        spend(1);
    }

    /** @param steps as many as there are things to do or to copy */
    void spend(long steps) {
        left -= steps;
        if (left < 0) {
            throw new Failure("the template takes more than the " + STEPS
                    + " steps that a rendering may take; does a loop in it end?");
        }
        sinceInterrupt += steps;
        if (sinceInterrupt >= BETWEEN_INTERRUPTS) {
            sinceInterrupt = 0;
            if (Thread.interrupted()) {
                throw new CancellationException("rendering a template was interrupted");
            }
        }
    }

    /** Passes a text on that has been made. */
    Text made(Text text) {
        spend(1 + text.chars.length() / 4);
        return text;
    }
}
