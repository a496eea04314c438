package trivium.finetune;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.data.Conversations;
import trivium.model.Compute;
import trivium.run.Fingerprint;
import trivium.run.Journal;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Selection;
import trivium.run.TrainingData;
import trivium.tensor.Precision;
import trivium.train.Checks;

/**
 * Phase 2: a pre-trained model learns to answer (Ouyang et al. 2022, section 3.4: supervised fine-tuning). The loss
 * falls on the answer only; the prompt is read but not learned.
 *
 * <p>The run's metrics, one row a step: "loss" (nats per answer token of the step's batch), "mean_token_accuracy" (the
 * share of them that was the likeliest), "validation_loss" (nats per answer token) at some steps; "learning_rate",
 * "grad_norm", "epoch", "seconds"; "tokens" (read so far, without padding), "padding" (the share of the step's
 * positions that is padding, in [0, 1)).
 *
 * @param start the run whose model and tokenizer it begins with; its model stays as it is
 * @param conversations tasks with expected answers
 * @param validation the share of conversations kept for validation, in (0, 1)
 * @param training how long and how fast
 * @param options who hears of every step, and where it is kept
 */
public record FineTuning(
        Run start, Conversations conversations, double validation, Training training, RunOptions options) {

    /** The kind of run this makes. */
    public static final String KIND = "finetune";

    /**
     * How long and how fast.
     *
     * @param epochs how often each conversation is seen
     * @param rows conversations in a step; rows of several, if they are packed
     * @param learningRate the highest of a schedule with a short warm-up and a cosine's fall to a tenth
     * @param seed order of the conversations
     * @param compute threads, and the precision of products
     * @param packed several conversations to a row
     */
    public record Training(int epochs, int rows, double learningRate, long seed, Compute compute, boolean packed) {

        public Training {
            Checks.atLeast(1, epochs, "epochs");
            Checks.atLeast(1, rows, "rows");
            Checks.positive(learningRate, "learning rate");
        }
    }

    public FineTuning {
        Checks.share(validation, "validation share");
        if (start.model().looksAhead()) {
            throw new IllegalArgumentException("answers are learned token by token, but the model of " + start.id()
                    + " looks both ways and would read them off its input; begin with a causal one");
        }
    }

    /** Three epochs in steps of 32 conversations at a learning rate of 10⁻³; a twentieth validates. */
    public static FineTuning of(Run start, Conversations conversations) {
        return new FineTuning(
                start, conversations, 0.05, new Training(3, 32, 1e-3, 0, Compute.DEFAULT, false), RunOptions.NONE);
    }

    public FineTuning epochs(int epochs) {
        return training(new Training(
                epochs, training.rows, training.learningRate, training.seed, training.compute, training.packed));
    }

    /** Conversations in a step; rows of several, if they are {@link #packed}. */
    public FineTuning batchSize(int rows) {
        return training(new Training(
                training.epochs, rows, training.learningRate, training.seed, training.compute, training.packed));
    }

    public FineTuning learningRate(double rate) {
        return training(
                new Training(training.epochs, training.rows, rate, training.seed, training.compute, training.packed));
    }

    public FineTuning seed(long seed) {
        return training(new Training(
                training.epochs, training.rows, training.learningRate, seed, training.compute, training.packed));
    }

    public FineTuning workers(int workers) {
        return compute(training.compute.withWorkers(workers));
    }

    /**
     * Computes products in this precision: {@code BF16} is faster where the processor multiplies bfloat16 itself, and
     * elsewhere stays in float32 and says so.
     */
    public FineTuning precision(Precision precision) {
        return compute(training.compute.withPrecision(precision));
    }

    private FineTuning compute(Compute changed) {
        return training(new Training(
                training.epochs, training.rows, training.learningRate, training.seed, changed, training.packed));
    }

    /**
     * Packs conversations into rows as long as the model's context, so that little of them is padding
     * ({@link trivium.data.PackedAnswers}). They see nothing of each other: a step learns what it would learn from the
     * same conversations in a row each.
     */
    public FineTuning packed() {
        return training(new Training(
                training.epochs, training.rows, training.learningRate, training.seed, training.compute, true));
    }

    public FineTuning validation(double share) {
        return new FineTuning(start, conversations, share, training, options);
    }

    public FineTuning progress(Progress listener) {
        return options(options.progress(listener));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    public FineTuning keep(Path folder, long every) {
        return options(options.keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("tuned"))}. */
    public FineTuning keep(Path folder) {
        return options(options.keep(folder));
    }

    /**
     * Keeps the state of the best look beside the last one: {@code run.best()}. The metric is one that looks measure,
     * such as "validation_loss"; see {@link Selection} for which way is better.
     */
    public FineTuning keepBest(String metric) {
        return options(options.selecting(new Selection(metric, 0)));
    }

    /** Does that, and stops when {@code patience} looks in a row are no better. */
    public FineTuning earlyStopping(String metric, int patience) {
        Checks.atLeast(1, patience, "looks of patience");
        return options(options.selecting(new Selection(metric, patience)));
    }

    FineTuning options(RunOptions changed) {
        return new FineTuning(start, conversations, validation, training, changed);
    }

    FineTuning training(Training changed) {
        return new FineTuning(start, conversations, validation, changed, options);
    }

    /**
     * The fine-tuned run. If the thread is interrupted, training stops early: the run holds the model as it was then
     * and says so, and the thread stays interrupted.
     */
    public Run run() {
        return Journal.train(card(), TrainingData.of(conversations), options, journal -> {
            try (var tuning = new Tuning(this, journal)) {
                return tuning.run();
            }
        });
    }

    /** The card of a run that begins now. */
    RunCard card() {
        return RunCard.begin(KIND, start.id(), settings(), Origin.here(training.seed, conversations.sha256()));
    }

    /** Everything but seed and data that decides the result; {@link FineTuningAgain} reads it back. */
    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("start_hash", Fingerprint.of(start));
        settings.put("data", conversations.name());
        settings.put("conversations", conversations.toString());
        settings.put("validation", validation);
        settings.put("epochs", training.epochs);
        settings.put("batch_size", training.rows);
        settings.put("learning_rate", training.learningRate);
        settings.put("precision", training.compute.precision().name());
        settings.put("packed", training.packed);
        settings.putAll(options.settings(List.of("validation_loss")));
        return settings;
    }
}
