package trivium.sweep;

import trivium.run.Progress;

/**
 * Many trials of one function under different settings.
 *
 * <pre>{@code
 * var result = Sweep.grid(Knob.logRange("learning_rate", 1e-4, 1e-2, 5), Knob.values("width", 64, 128))
 *         .parallel()
 *         .run(trial -> pretrain(…).learningRate(trial.real("learning_rate")).workers(1).run());
 * result.lowest("validation_loss").trial();
 * }</pre>
 *
 * Trials differ by their settings only, and rows are in the order of the search, so a sweep finds the same on one
 * thread and on many. A trial that fails or diverges is a row that says why. Interrupting the calling thread stops the
 * trials that are running and keeps those that have finished.
 *
 * @param search what to try
 * @param workers how many trials run side by side, each on one thread
 * @param seed every trial's seed
 * @param progress hears of every trial that has ended
 */
public record Sweep(Search search, int workers, long seed, Progress progress) {

    public Sweep {
        if (workers < 1) {
            throw new IllegalArgumentException("a sweep needs at least 1 worker, not " + workers);
        }
    }

    /** Every combination of the knobs' values, one trial at a time, seed 0. */
    public static Sweep grid(Knob... knobs) {
        return of(Searches.grid(knobs));
    }

    /** {@code count} random settings, one trial at a time, seed 0. */
    public static Sweep random(int count, Knob... knobs) {
        return of(Searches.random(count, 0, knobs));
    }

    /** A search of your own, one trial at a time, seed 0. */
    public static Sweep of(Search search) {
        return new Sweep(search, 1, 0, Progress.SILENT);
    }

    /** This many trials side by side. */
    public Sweep parallel(int trials) {
        return new Sweep(search, trials, seed, progress);
    }

    /** As many trials side by side as the machine has cores. */
    public Sweep parallel() {
        return parallel(Runtime.getRuntime().availableProcessors());
    }

    /** Another seed for all trials. */
    public Sweep seed(long other) {
        return new Sweep(search, workers, other, progress);
    }

    /** Somebody to hear of every trial that has ended. */
    public Sweep progress(Progress listener) {
        return new Sweep(search, workers, seed, listener);
    }

    /** Trains a model for every setting; what is kept of each is the newest value of its metrics. */
    public SweepResult run(RunTrainer trainer) {
        return new Trials(this).run(trial -> {
            var run = trainer.train(trial);
            var outcome = run.card().outcome();
            return new Trials.Answer(
                    RunTrainer.lastValues(run), outcome.isFinished() ? TrialResult.FINISHED : outcome.status());
        });
    }

    /** Runs any function of a trial that answers metrics. */
    public SweepResult measure(Trainer trainer) {
        return new Trials(this).run(trial -> new Trials.Answer(trainer.train(trial), TrialResult.FINISHED));
    }
}
