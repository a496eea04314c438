package trivium.run;

import java.util.Map;
import java.util.Optional;

/**
 * A listener to the progress of a long piece of work, to as much of it as it overrides. Its methods are called from the
 * working thread, at every step; listeners that draw throttle themselves.
 */
public interface Progress {

    /** A listener that does nothing. */
    Progress SILENT = new Progress() {};

    /**
     * Work is being prepared: data is read and tokenized, held-out prompts are answered before the first step.
     * {@link #start} follows, or {@link #finish} where preparing fails. For listeners that show the time.
     */
    default void prepare() {}

    /**
     * Work begins.
     *
     * @param title what is being done, for people: "pre-training"
     * @param total steps (or trials, or rows) until done
     */
    default void start(String title, long total) {}

    /**
     * Work goes on that had been begun before.
     *
     * @param done steps of the total that are finished
     * @param seconds they took
     */
    default void resume(String title, long total, long done, double seconds) {
        start(title + ", going on after step " + done, total);
    }

    /** Something about the work that is worth knowing, in a sentence; after its start and before its end. */
    default void note(String text) {}

    /**
     * {@code done} of the total are finished; {@code metrics} are the newest figures by name, in the order to be shown.
     */
    default void step(long done, Map<String, Double> metrics) {}

    /**
     * A training stands between two steps: after each but the last, once its evaluation is done, and before
     * {@link #stop} is asked. For listeners that look at it or change how it goes on; it waits for them.
     */
    default void between(RunningTraining training) {}

    /**
     * Whether the work is to stop after the step that was told last, and why: a listener that compares trainings says
     * so of those that fall behind. Asked after every step. What was done until then is kept, and the work has ended.
     */
    default Optional<String> stop() {
        return Optional.empty();
    }

    /** Work has ended: "done in 41 s", "interrupted at step 120". */
    default void finish(String outcome) {}
}
