package trivium.notebook;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import trivium.generate.Completions;
import trivium.generate.GeneratedText;
import trivium.generate.Sampling;

/** A text that is shown while it is being written, and ended from another thread. */
final class Writing {

    /** Nanoseconds between two pictures. */
    private static final long INTERVAL = 100_000_000L;

    /** Grows with each end that is asked for. */
    private final AtomicLong ends = new AtomicLong();

    /** Ends what is being written; from any thread. */
    void end() {
        ends.incrementAndGet();
    }

    /** Where what is begun now stands, for {@link #hasEnded}. */
    long begin() {
        return ends.get();
    }

    /** Whether an end was asked for since then. */
    boolean hasEnded(long begun) {
        return ends.get() != begun;
    }

    /**
     * Writes until the completion is over or ended.
     *
     * @param begun what {@link #begin} answered
     * @param draw is given what is written so far, ten times a second at most
     */
    GeneratedText write(
            long begun, Completions completions, int[] prompt, Sampling sampling, Consumer<GeneratedText> draw) {
        long[] drawn = {System.nanoTime()};
        return completions.stream(prompt, sampling, soFar -> {
            long now = System.nanoTime();
            if (now - drawn[0] > INTERVAL) {
                drawn[0] = now;
                draw.accept(soFar.get());
            }
            return !hasEnded(begun);
        });
    }
}
