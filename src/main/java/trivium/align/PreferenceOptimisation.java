package trivium.align;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.PreferenceData;
import trivium.data.UnpairedPreferences;
import trivium.model.MayBeMissing;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Training;
import trivium.run.TrainingData;
import trivium.train.AdamW;
import trivium.train.Checks;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Schedule;
import trivium.train.Setting;
import trivium.train.Warmup;

/**
 * Learning from preferences without rollouts: a run's model learns from comparisons which answers are preferred, with a
 * loss of the answers' log-probabilities ({@link Dpo} unless told); no reward model, and nothing is generated. Start
 * from a fine-tuned run, whose model already writes answers.
 *
 * <p>The run's metrics, one row a step, of the step's batch before the update: "loss", "rewards/chosen",
 * "rewards/rejected" (mean implied reward of the chosen and of the rejected answers), "rewards/margins" (their
 * difference), "rewards/accuracies" (share of pairs whose chosen answer has the higher one), "logps/chosen",
 * "logps/rejected" (mean Σ log π, nats), "learning_rate", "grad_norm", "tokens" (read so far), "seconds"; at
 * evaluations the same of the validation pairs, with "validation_" before the name, and "eval/NAME" of each
 * {@link #evaluate}.
 *
 * @param start the run to start from; its model stays as it is and is the reference of losses that need one
 * @param data what annotators preferred: comparisons for a {@link PairLoss}, unpaired preferences for an
 *     {@link UnpairedLoss}
 * @param loss what is minimised
 * @param preparation how the data becomes batches
 * @param optimisation how long and how fast; a batch is of comparisons, or of answers that were judged by themselves
 * @param options the listener that is told of every step, and where the run is kept
 */
public record PreferenceOptimisation(
        Run start,
        PreferenceData data,
        PreferenceLoss loss,
        Preparation preparation,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<PreferenceOptimisation> {

    /** The kind of run this makes. */
    public static final String KIND = "prefer";

    /** The card's word for unpaired preferences. */
    public static final String UNPAIRED = "unpaired_preferences";

    private static final String COMPARISONS = "comparisons";

    private static final LossSettings LOSS_SETTINGS = new LossSettings(new Dpo());

    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Epochs(1),
            16,
            new LearningRate(1e-4, new Warmup.Ratio(0.1), new Schedule.Linear()),
            new AdamW(0.9, 0.999, 1e-8, 0, false));

    /** What a card holds of the loss. */
    private record LossSettings(PreferenceLoss loss) implements Setting {}

    /**
     * How comparisons become batches.
     *
     * @param validation the share of prompts kept for validation, in (0, 1)
     * @param evaluations what is measured of the model's answers to these prompts, or to prompts of their own
     * @param groupByLength comparisons or answers of like length in a batch
     */
    public record Preparation(
            double validation,
            List<Evaluation> evaluations,
            @MayBeMissing boolean groupByLength) implements Setting {

        public Preparation {
            Checks.share(validation, "validation share");
            evaluations = List.copyOf(evaluations);
        }
    }

    public PreferenceOptimisation {
        if (start.model().looksAhead()) {
            throw new IllegalArgumentException(
                    start.id() + " looks both ways and sees the answers whose tokens it gives"
                            + " probabilities to; learning from preferences needs a causal model, such as Llama");
        }
        if (!(loss instanceof PairLoss || loss instanceof UnpairedLoss)) {
            throw new IllegalArgumentException(
                    "the loss " + loss + " is neither a PairLoss nor an UnpairedLoss: implement one of the two");
        }
        if (loss instanceof PairLoss && data instanceof UnpairedPreferences) {
            throw new IllegalArgumentException(
                    loss + " compares two answers, but these are answers that were each judged by themselves (" + data
                            + "): give comparisons, or take a loss of single answers, such as Kto.beta(0.1)");
        }
        if (loss instanceof UnpairedLoss && data instanceof Comparisons comparisons) {
            data = comparisons.unpaired();
        }
    }

    /**
     * DPO with β = 0.1: one epoch in batches of 16 pairs at a learning rate of up to 10⁻⁴, which rises over a tenth of
     * the steps and falls linearly to 0; a tenth of the prompts validates, or more where that would be fewer than 30,
     * up to three tenths.
     */
    public static PreferenceOptimisation of(Run start, Comparisons comparisons) {
        return of(start, comparisons, LOSS_SETTINGS.loss);
    }

    /** KTO with β = 0.1, the same otherwise; a batch is of 16 answers. */
    public static PreferenceOptimisation of(Run start, UnpairedPreferences unpaired) {
        return of(start, unpaired, new Kto());
    }

    private static PreferenceOptimisation of(Run start, PreferenceData data, PreferenceLoss loss) {
        long prompts = data.openings().stream().distinct().count();
        var preparation = new Preparation(HeldOut.validation(prompts), List.of(), false);
        return new PreferenceOptimisation(start, data, loss, preparation, OPTIMISATION, RunOptions.NONE);
    }

    /**
     * What is minimised, such as {@code Dpo.ipo(0.1)}. A loss of single answers, such as {@link Kto}, takes the answers
     * of comparisons one by one ({@link Comparisons#unpaired}).
     */
    public PreferenceOptimisation loss(PreferenceLoss other) {
        return new PreferenceOptimisation(start, data, other, preparation, optimisation, options);
    }

    /** The share of prompts kept for validation. */
    public PreferenceOptimisation validation(double share) {
        return preparation(new Preparation(share, preparation.evaluations, preparation.groupByLength));
    }

    /**
     * Puts comparisons of like length into a batch, so that little of it is padding, or leaves it to chance, as it is
     * unless told otherwise ({@link trivium.data.ItemBatches#order(int, long, boolean)}); TRL's
     * {@code group_by_length}.
     */
    public PreferenceOptimisation groupByLength(boolean grouped) {
        return preparation(new Preparation(preparation.validation, preparation.evaluations, grouped));
    }

    /** Lets the model answer the validation prompts at every evaluation, and measures the answers: "eval/NAME". */
    public PreferenceOptimisation evaluate(String name, Reward checker) {
        return evaluate(Evaluation.of(name, checker));
    }

    /**
     * Measures at every evaluation how many of these questions, which nothing is learned from, are answered exactly.
     */
    public PreferenceOptimisation evaluate(String name, Conversations questions) {
        return evaluate(Evaluation.exactMatch(name, questions));
    }

    /** One more thing to measure at every evaluation, in the place of what had its name. */
    public PreferenceOptimisation evaluate(Evaluation evaluation) {
        return preparation(new Preparation(
                preparation.validation,
                Evaluation.adding(preparation.evaluations, evaluation),
                preparation.groupByLength));
    }

    private PreferenceOptimisation preparation(Preparation changed) {
        return new PreferenceOptimisation(start, data, loss, changed, optimisation, options);
    }

    @Override
    public PreferenceOptimisation with(Optimisation changed) {
        return new PreferenceOptimisation(start, data, loss, preparation, changed, options);
    }

    @Override
    public PreferenceOptimisation with(RunOptions changed) {
        return new PreferenceOptimisation(start, data, loss, preparation, optimisation, changed);
    }

    /**
     * The trained run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted.
     */
    @Override
    public Run run() {
        return run(new HashMap<>());
    }

    /**
     * The same where trainings on the same data begin with the same model and differ in the loss or the seed only.
     *
     * @param known what the reference said in those before; receives what it is asked here
     */
    Run run(Map<String, double[]> known) {
        return Training.run(
                this, TrainingData.of(data), (recipe, log) -> new PreferenceOptimisationTrainer(recipe, log, known));
    }

    @Override
    public Optional<Run> beginning() {
        return Optional.of(start);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        begun.put("data", data.name());
        begun.put(data instanceof Comparisons ? COMPARISONS : UNPAIRED, data.toString());
        RewardCard.describe(preparation.evaluations, begun);
        return RunCard.begin(this, KIND, start.id(), begun, measured(), data.sha256());
    }

    /** What evaluations measure. */
    private List<String> measured() {
        var ofData = data instanceof Comparisons
                ? List.of("validation_loss", "validation_rewards/margins", "validation_rewards/accuracies")
                : List.of("validation_loss", "validation_rewards/margins");
        return Stream.concat(ofData.stream(), preparation.evaluations.stream().map(Evaluation::metric))
                .toList();
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<PreferenceOptimisation> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public PreferenceOptimisation begin(PastRun past) {
            var fresh = past.has(UNPAIRED)
                    ? of(past.start(), past.unpairedPreferences())
                    : of(past.start(), past.comparisons());
            return fresh.preparation(new Preparation(
                    fresh.preparation.validation, RewardCard.evaluations(past), fresh.preparation.groupByLength));
        }

        @Override
        public Run train(PreferenceOptimisation recipe) {
            try {
                return recipe.run();
            } finally {
                // loaded here; functions belong to their owner
                RewardCard.judges(null, recipe.preparation().evaluations()).forEach(RewardModel::close);
            }
        }

        @Override
        public List<Record> defaults() {
            return List.of(LOSS_SETTINGS, new Preparation(Double.MIN_VALUE, List.of(), false), OPTIMISATION);
        }
    }
}
