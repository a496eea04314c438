package trivium.align;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.data.Comparison;
import trivium.data.Comparisons;
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
 * Trains a reward model on comparisons (Ouyang et al. 2022, section 3.4): a copy of a run's model with a head of one
 * number, fitted so that chosen answers score above rejected ones ({@link BradleyTerry}). Start from a fine-tuned run:
 * it already knows what an answer looks like.
 *
 * @param start the run whose model and tokenizer the judge begins with
 * @param comparisons what annotators preferred
 * @param validation the share of prompts kept for validation, in (0, 1)
 * @param training how it is fitted
 * @param options who hears of every step, and where it is kept
 */
public record RewardModelling(
        Run start, Comparisons comparisons, double validation, Training training, RunOptions options) {

    /** The kind of run this makes. */
    public static final String KIND = "reward-model";

    /**
     * How a reward model is fitted.
     *
     * @param epochs how often each comparison is seen; more than a few fit the annotators' slips
     * @param pairs comparisons per step
     * @param learningRate the highest of a schedule with a short warm-up and a cosine's fall to a tenth
     * @param seed order of the comparisons, and the new head
     * @param compute threads, and the precision of products
     */
    public record Training(int epochs, int pairs, double learningRate, long seed, Compute compute) {

        public Training {
            Checks.atLeast(1, epochs, "epochs");
            Checks.atLeast(1, pairs, "pairs per step");
            Checks.positive(learningRate, "learning rate");
        }
    }

    public RewardModelling {
        Checks.share(validation, "validation share");
    }

    /**
     * Two epochs in steps of 16 pairs at a learning rate of 5·10⁻⁴; a tenth of the prompts validates, or more where
     * that would be fewer than 30, up to three tenths.
     */
    public static RewardModelling of(Run start, Comparisons comparisons) {
        long prompts =
                comparisons.list().stream().map(Comparison::opening).distinct().count();
        double share = Math.clamp((double) HeldOut.ENOUGH / Math.max(1, prompts), 0.1, HeldOut.MOST);
        return new RewardModelling(
                start, comparisons, share, new Training(2, 16, 5e-4, 0, Compute.DEFAULT), RunOptions.NONE);
    }

    public RewardModelling validation(double share) {
        return new RewardModelling(start, comparisons, share, training, options);
    }

    public RewardModelling epochs(int epochs) {
        return training(new Training(epochs, training.pairs, training.learningRate, training.seed, training.compute));
    }

    public RewardModelling batchSize(int pairs) {
        return training(new Training(training.epochs, pairs, training.learningRate, training.seed, training.compute));
    }

    public RewardModelling learningRate(double rate) {
        return training(new Training(training.epochs, training.pairs, rate, training.seed, training.compute));
    }

    public RewardModelling seed(long seed) {
        return training(new Training(training.epochs, training.pairs, training.learningRate, seed, training.compute));
    }

    public RewardModelling workers(int workers) {
        return compute(training.compute.withWorkers(workers));
    }

    /**
     * Computes products in this precision: {@code BF16} is faster where the processor multiplies bfloat16 itself, and
     * elsewhere stays in float32 and says so.
     */
    public RewardModelling precision(Precision precision) {
        return compute(training.compute.withPrecision(precision));
    }

    private RewardModelling compute(Compute changed) {
        return training(new Training(training.epochs, training.pairs, training.learningRate, training.seed, changed));
    }

    public RewardModelling progress(Progress listener) {
        return options(options.progress(listener));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    public RewardModelling keep(Path folder, long every) {
        return options(options.keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("judge"))}. */
    public RewardModelling keep(Path folder) {
        return options(options.keep(folder));
    }

    /**
     * Keeps the state of the best look beside the last one: {@code run.best()}. The metric is one that looks measure,
     * such as "validation_loss"; see {@link Selection} for which way is better.
     */
    public RewardModelling keepBest(String metric) {
        return options(options.selecting(new Selection(metric, 0)));
    }

    /** Does that, and stops when {@code patience} looks in a row are no better. */
    public RewardModelling earlyStopping(String metric, int patience) {
        Checks.atLeast(1, patience, "looks of patience");
        return options(options.selecting(new Selection(metric, patience)));
    }

    RewardModelling options(RunOptions changed) {
        return new RewardModelling(start, comparisons, validation, training, changed);
    }

    RewardModelling training(Training changed) {
        return new RewardModelling(start, comparisons, validation, changed, options);
    }

    /**
     * The judge. If the thread is interrupted, training stops early: the judge is as good as it has become, its run
     * says so, and the thread stays interrupted.
     */
    public RewardModel run() {
        return new RewardModel(Journal.train(card(), TrainingData.of(comparisons), options, journal -> {
            try (var fitting = new RewardFitting(this, journal)) {
                return fitting.run();
            }
        }));
    }

    /** The card of a run that begins now. */
    RunCard card() {
        return RunCard.begin(KIND, start.id(), settings(), Origin.here(training.seed, comparisons.sha256()));
    }

    /** Everything but seed and data that decides the result; {@link RewardModellingAgain} reads it back. */
    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("start_hash", Fingerprint.of(start));
        settings.put("data", comparisons.name());
        settings.put("comparisons", comparisons.toString());
        settings.put("validation", validation);
        settings.put("epochs", training.epochs);
        settings.put("batch_size", training.pairs);
        settings.put("learning_rate", training.learningRate);
        settings.put("precision", training.compute.precision().name());
        settings.putAll(options.settings(List.of("validation_loss", "validation_accuracy")));
        return settings;
    }
}
