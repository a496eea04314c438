package trivium.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import trivium.model.DivergedException;

/**
 * What work takes once it is compiled. The first steps of a Java process take many times what later ones take, so steps
 * are taken, one window of time after the other, until the mean of a window is within a tenth of that of the window
 * before it. The very first step, in which most of the compiling is waited for, counts in no window.
 *
 * @param clock in nanoseconds
 * @param window seconds, in which three steps are taken at least
 * @param most seconds after the first step, after which the last window counts, steady or not
 */
record Pace(LongSupplier clock, double window, double most) {

    private static final int FEWEST = 3;
    private static final double STEADY = 0.1;

    /** The share of the time that a window takes, and the seconds of a window, in a shorter time a larger share. */
    private static final double WINDOW = 0.03;

    private static final double WARM = 2.5;
    private static final double WARM_SHARE = 0.05;

    /** The share of the time that measuring steps takes at most, after the first. */
    static final double MOST = 0.25;

    /** The share of the most that is worth another look. */
    private static final double WORTH = 0.05;

    /** For a training of so many seconds. */
    static Pace of(LongSupplier clock, double seconds) {
        return new Pace(clock, Math.max(WINDOW * seconds, Math.min(WARM, WARM_SHARE * seconds)), MOST * seconds);
    }

    /**
     * Seconds a step.
     *
     * @param before what they were found to be a moment ago, which counts as a window; 0 where they were not
     */
    double step(Trainer work, double before) {
        long at = clock.getAsLong();
        work.step(0); // one that diverges is thrown: the training itself would not get further
        double first = since(at);
        long from = clock.getAsLong();
        var windows = new ArrayList<Double>();
        if (before > 0) {
            windows.add(before);
        }
        var seconds = new ArrayList<Double>();
        long step = 1;
        try {
            while (!isSteady(windows) && (step < FEWEST || since(from) < most)) {
                if (Thread.interrupted()) {
                    throw new CancellationException("interrupted");
                }
                if (first + since(from) > most / MOST) {
                    break; // not even one more fits into the whole time
                }
                at = clock.getAsLong();
                work.step(step++);
                seconds.add(since(at));
                if (seconds.size() >= FEWEST && sum(seconds) >= window) {
                    windows.add(sum(seconds) / seconds.size());
                    seconds.clear();
                }
            }
        } catch (DivergedException _) {
            // the steps until then say enough
        }
        if (isSteady(windows)) {
            return (windows.getLast() + windows.get(windows.size() - 2)) / 2;
        }
        if (seconds.size() < FEWEST && !windows.isEmpty()) {
            return windows.getLast();
        }
        return seconds.isEmpty() ? first : laterHalf(seconds);
    }

    private static boolean isSteady(List<Double> windows) {
        int count = windows.size();
        return count > 1 && Math.abs(windows.getLast() / windows.get(count - 2) - 1) <= STEADY;
    }

    private static double laterHalf(List<Double> seconds) {
        return sum(seconds.subList(seconds.size() / 2, seconds.size())) / (seconds.size() - seconds.size() / 2);
    }

    /**
     * Seconds that work takes which is done so many times: done until it takes what it took before, if it takes enough
     * to be worth that.
     */
    double again(Runnable work, long times) {
        long from = clock.getAsLong();
        double before = seconds(work);
        double now = before;
        while (now * times > WORTH * most && since(from) + now < most / MOST / 2) {
            before = now;
            now = seconds(work);
            if (now > before * (1 - STEADY)) {
                break;
            }
        }
        return Math.min(before, now);
    }

    private double seconds(Runnable work) {
        long at = clock.getAsLong();
        work.run();
        return since(at);
    }

    private static double sum(List<Double> seconds) {
        return seconds.stream().mapToDouble(Double::doubleValue).sum();
    }

    private double since(long nanos) {
        return (clock.getAsLong() - nanos) / 1e9;
    }
}
