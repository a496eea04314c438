package trivium.run;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time in which this process works: without what passes while the machine sleeps, its lid closed, or the process is
 * stopped. A thread asks for the time twice a second; where it hears that much more has passed, nobody was working. So
 * it does not matter how long a step takes.
 */
public final class WorkingTime {

    private static final long TICK_MILLIS = 500;

    /** More than a busy machine or a collection of garbage keeps a thread waiting. */
    private static final long GAP = TimeUnit.SECONDS.toNanos(5);

    private static final WorkingTime HERE = here();

    private final LongSupplier clock;
    private long last;
    private long lost;

    /** By a clock in nanoseconds, which somebody has to look at more often than every five seconds. */
    WorkingTime(LongSupplier clock) {
        this.clock = clock;
        last = clock.getAsLong();
    }

    /** Nanoseconds since some moment, of which only differences mean something; stands in for System.nanoTime. */
    public static long now() {
        return HERE.nanos();
    }

    synchronized long nanos() {
        long now = clock.getAsLong();
        if (now - last > GAP) {
            lost += now - last;
        }
        last = now;
        return now - lost;
    }

    private static WorkingTime here() {
        var time = new WorkingTime(System::nanoTime);
        Thread.ofPlatform().name("working-time").daemon().start(() -> {
            try {
                while (true) {
                    Thread.sleep(TICK_MILLIS);
                    time.nanos();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // nobody interrupts this thread but a JVM that ends
            }
        });
        return time;
    }
}
