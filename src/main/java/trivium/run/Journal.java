package trivium.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import tech.tablesaw.api.Table;

/**
 * Takes a training's steps one after the other and writes down what each measured. Interrupted, it stops between steps
 * and keeps what there is.
 */
public final class Journal {

    private final MetricsTable metrics = new MetricsTable();
    private final Progress progress;
    private final long started = System.nanoTime();
    private RunCard card;
    private boolean interrupted;
    private boolean ended;

    public Journal(RunCard card, Progress progress) {
        this.card = card;
        this.progress = progress;
    }

    /**
     * Runs steps 0 … {@code steps - 1}. A loss that is not a number ends the training.
     *
     * @param step does the work and answers its metrics, "loss" among them
     */
    public void take(String title, long steps, LongFunction<Map<String, Double>> step) {
        progress.start(title, steps);
        long done = 0;
        try {
            while (done < steps) {
                stopIfInterrupted();
                var measured = new LinkedHashMap<>(step.apply(done));
                done++;
                measured.put("seconds", (System.nanoTime() - started) / 1e9);
                metrics.add(done, measured);
                progress.step(done, measured);
                if (!Double.isFinite(measured.get("loss"))) {
                    card = card.failed("the loss is not a number at step " + done + "; try a lower learning rate");
                    ended = true;
                    return;
                }
            }
        } catch (CancellationException e) {
            interrupted = true;
            ended = true;
            card = card.interrupted(done);
        }
    }

    /**
     * Work beside a step, such as a look at the validation loss. An interrupt ends it and, after this step, the
     * training; the step itself has been taken and counts.
     */
    public static void beside(Runnable work) {
        try {
            work.run();
        } catch (CancellationException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What follows the steps, also after an interrupt: the work was stopped, not its judgement. Another interrupt skips
     * it.
     */
    public <T> Optional<T> afterwards(Supplier<T> work) {
        try {
            return Optional.of(work.get());
        } catch (CancellationException e) {
            interrupted = true;
            return Optional.empty();
        }
    }

    /**
     * The work is over, tables and all. A thread that was interrupted stays interrupted, so that whatever else it has
     * to do at length stops too.
     */
    public RunCard finish() {
        card = ended ? card : card.finished();
        progress.finish(card.outcome().toString());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return card;
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    public Table metrics() {
        return metrics.table();
    }
}
