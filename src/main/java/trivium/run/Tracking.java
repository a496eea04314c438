package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tech.tablesaw.api.NumericColumn;
import trivium.run.Tracker.Row;

/**
 * Hands the steps of one training to its trackers, each on a thread of its own about once a second. A tracker that
 * fails is told of in a sentence and hears no more; the training neither waits nor fails.
 */
public final class Tracking {

    private static final long PAUSE_MILLIS = 1_000;

    /** How long the end of a training waits for a tracker that is still writing. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Rows that wait for a disk that does not answer: more would fill the memory. */
    private static final int MOST_WAITING = 100_000;

    private final List<Follower> followers;
    private final Consumer<String> say;

    /**
     * @param done steps that are over already
     * @param say hears in a sentence of a tracker that failed, on the thread that trains
     */
    public Tracking(List<Tracker> trackers, RunCard card, long done, Consumer<String> say) {
        this.say = say;
        followers = trackers.stream()
                .map(tracker -> new Follower(tracker, card, done))
                .toList();
    }

    /** The training has taken a step. */
    public void step(long step, Map<String, Double> metrics) {
        if (followers.isEmpty()) {
            return;
        }
        var row = new Row(step, Instant.now(), new LinkedHashMap<>(metrics));
        followers.forEach(follower -> follower.hear(row));
        tell();
    }

    /** The training is over; what it did is written when this returns, unless a disk does not answer. */
    public void finish(RunCard card) {
        followers.forEach(follower -> follower.end(card));
        followers.forEach(Follower::await);
        tell();
    }

    private void tell() {
        followers.forEach(follower -> {
            if (follower.failure != null && !follower.told) {
                follower.told = true;
                say.accept(follower.failure);
            }
        });
    }

    /** See {@link Tracker#add}. */
    static void add(Tracker tracker, Run run) {
        var card = run.card();
        var rows = new ArrayList<Row>();
        var table = run.metrics();
        for (int i = 0; i < table.rowCount(); i++) {
            var metrics = new LinkedHashMap<String, Double>();
            for (var column : table.columns()) {
                if (column instanceof NumericColumn<?> numbers
                        && !column.name().equals(MetricsTable.STEP)
                        && !column.isMissing(i)) {
                    metrics.put(column.name(), numbers.getDouble(i));
                }
            }
            double seconds = metrics.getOrDefault(Metric.SECONDS.name(), 0.0);
            rows.add(new Row(
                    table.longColumn(MetricsTable.STEP).getLong(i),
                    card.outcome().started().plusMillis(Math.round(seconds * 1e3)),
                    metrics));
        }
        RunFolder.shielded(() -> {
            try {
                var session = tracker.begin(card, 0);
                session.write(rows);
                session.finish(card);
                return rows;
            } catch (IOException e) {
                throw new UncheckedIOException(run.label() + " cannot be written to " + tracker + ": " + why(e), e);
            }
        });
    }

    private static String why(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** One tracker and its thread. */
    private static final class Follower {

        private final Tracker tracker;
        private final RunCard begun;
        private final long done;
        private final LinkedBlockingQueue<Row> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread thread;
        private volatile RunCard ended;
        /** What went wrong, in a sentence, or null. */
        private volatile String failure;

        private boolean told;

        Follower(Tracker tracker, RunCard begun, long done) {
            this.tracker = tracker;
            this.begun = begun;
            this.done = done;
            thread = Thread.ofVirtual().name("tracker").start(this::follow);
        }

        void hear(Row row) {
            if (failure == null && !waiting.offer(row)) {
                failure = failure(row.step(), "it does not answer");
            }
        }

        void end(RunCard card) {
            ended = card;
            over.countDown();
        }

        private void follow() {
            long next = done + 1;
            try {
                var session = tracker.begin(begun, done);
                for (boolean last = false; !last && failure == null; ) {
                    last = over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                    var rows = new ArrayList<Row>();
                    waiting.drainTo(rows);
                    if (!rows.isEmpty()) {
                        next = rows.getFirst().step();
                        session.write(rows);
                        next = rows.getLast().step() + 1;
                    }
                }
                if (failure == null) {
                    session.finish(ended);
                }
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                failure = failure(next, why(e));
            } finally {
                waiting.clear();
            }
        }

        private String failure(long step, String why) {
            return "from step " + step + " on the run is not tracked by " + tracker + ": " + why
                    + "; the training itself goes on as without it";
        }

        /** Waits for the thread; an interrupted caller stays interrupted. */
        void await() {
            boolean interrupted = Thread.interrupted();
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (thread.isAlive() && System.nanoTime() < until) {
                try {
                    thread.join(Duration.ofMillis(100));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (thread.isAlive() && failure == null) {
                failure = "the end of the run is not tracked by " + tracker + ": it does not answer";
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
