package trivium.run;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.LongSupplier;
import trivium.text.Numbers;
import trivium.text.Printable;

/** Progress for a terminal or a log: a line at the start, at most one a second, and one at the end. */
public final class ConsoleProgress implements Progress {

    private static final long INTERVAL_NS = 1_000_000_000L;

    private final PrintStream out;
    private final LongSupplier clock;
    private String title = "training"; // until it says what it is
    private long total;
    private long started;
    private long printed;
    private boolean begun;

    /** Prints to standard output. */
    public ConsoleProgress() {
        this(System.out, System::nanoTime);
    }

    /** Prints to {@code out}; {@code clock} gives nanoseconds. */
    public ConsoleProgress(PrintStream out, LongSupplier clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public synchronized void start(String title, long total) {
        this.title = title;
        this.total = total;
        begun = true;
        started = clock.getAsLong();
        printed = started;
        print(title + (total > 0 ? ", " + Numbers.count(total, title.equals("sweep") ? "trial" : "step") : ""));
    }

    @Override
    public synchronized void resume(String title, long total, long done, double seconds) {
        Progress.super.resume(title, total, done, seconds);
        started -= Math.round(seconds * 1e9);
    }

    @Override
    public synchronized void note(String text) {
        print(title + ": " + text);
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        long now = clock.getAsLong();
        if (now - printed >= INTERVAL_NS) {
            printed = now;
            print(new ProgressState(title, done, total, (now - started) / 1e9, metrics).line());
        }
    }

    @Override
    public synchronized void finish(String outcome) {
        if (!begun && outcome.startsWith("failed: ")) {
            return; // what refuses to begin says so itself
        }
        print(title + ": " + outcome);
        out.flush();
    }

    /** Titles and notes quote data, which must not act on a terminal. */
    private void print(String line) {
        out.println(Printable.of(line));
    }
}
