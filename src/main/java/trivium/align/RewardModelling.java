package trivium.align;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.data.Comparison;
import trivium.data.Comparisons;
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
import trivium.train.Settings;
import trivium.train.Warmup;

/**
 * Trains a reward model on comparisons (Ouyang et al. 2022, section 3.4): a copy of a run's model with a head of one
 * number, fitted so that chosen answers score above rejected ones ({@link BradleyTerry}). Start from a fine-tuned run,
 * whose model already writes answers.
 *
 * @param start the run whose model and tokenizer the reward model begins with
 * @param comparisons what annotators preferred
 * @param preparation how comparisons become batches
 * @param loss what is minimised
 * @param optimisation how long and how fast; a batch is of pairs. More than a few epochs fit the annotators' slips
 * @param options the listener that is told of every step, and where the run is kept
 */
public record RewardModelling(
        Run start,
        Comparisons comparisons,
        Preparation preparation,
        Loss loss,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<RewardModelling> {

    /** The kind of run this makes. */
    public static final String KIND = "reward-model";

    static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Epochs(2),
            16,
            new LearningRate(5e-4, new Warmup.Ratio(0.05), new Schedule.Cosine(0.1)),
            AdamW.DEFAULT);

    /**
     * How comparisons become batches.
     *
     * @param validation the share of prompts kept for validation, in (0, 1)
     * @param groupByLength comparisons of like length in a batch
     */
    public record Preparation(
            double validation, @MayBeMissing boolean groupByLength) implements Setting {

        public Preparation {
            Checks.share(validation, "validation share");
        }
    }

    /**
     * What is minimised ({@link BradleyTerry}).
     *
     * @param margins whether the {@link Comparison#margin} of each pair is used
     * @param centerRewardsCoefficient c, at least 0
     */
    public record Loss(boolean margins, double centerRewardsCoefficient) implements Setting {

        private static final Loss DEFAULT = new Loss(true, 0);

        public Loss {
            if (!(centerRewardsCoefficient >= 0) || Double.isInfinite(centerRewardsCoefficient)) {
                throw new IllegalArgumentException("a coefficient of " + centerRewardsCoefficient
                        + " for centring rewards: expected a number of at least 0, such as 0.01");
            }
        }
    }

    /**
     * Two epochs in batches of 16 pairs at a learning rate of up to 5·10⁻⁴, which rises over a twentieth of the steps
     * and falls along a cosine to a tenth; a tenth of the prompts validates, or more where that would be fewer than 30,
     * up to three tenths.
     */
    public static RewardModelling of(Run start, Comparisons comparisons) {
        long prompts =
                comparisons.list().stream().map(Comparison::opening).distinct().count();
        var preparation = new Preparation(HeldOut.validation(prompts), false);
        return new RewardModelling(start, comparisons, preparation, Loss.DEFAULT, OPTIMISATION, RunOptions.NONE);
    }

    /** The share of prompts kept for validation. */
    public RewardModelling validation(double share) {
        return with(new Preparation(share, preparation.groupByLength()));
    }

    /**
     * Puts comparisons of like length into a batch, so that little of it is padding, or leaves it to chance, as it is
     * unless told otherwise ({@link trivium.data.ItemBatches#order(int, long, boolean)}); TRL's
     * {@code group_by_length}.
     */
    public RewardModelling groupByLength(boolean grouped) {
        return with(new Preparation(preparation.validation(), grouped));
    }

    /**
     * Whether chosen answers are to score above rejected ones by the {@link Comparison#margin} of their pair (Touvron
     * et al. 2023, equation 2), which they are unless told otherwise. Pairs without a margin are not changed by this.
     */
    public RewardModelling margins(boolean used) {
        return with(new Loss(used, loss.centerRewardsCoefficient()));
    }

    /**
     * Adds c · (s⁺ + s⁻)² to the loss of each pair, which keeps raw scores around 0 (Eisenstein et al. 2023; TRL's
     * {@code center_rewards_coefficient}, for which 0.01 is usual); 0, the default, adds nothing.
     */
    public RewardModelling centerRewardsCoefficient(double c) {
        return with(new Loss(loss.margins(), c));
    }

    private RewardModelling with(Preparation changed) {
        return new RewardModelling(start, comparisons, changed, loss, optimisation, options);
    }

    private RewardModelling with(Loss changed) {
        return new RewardModelling(start, comparisons, preparation, changed, optimisation, options);
    }

    @Override
    public RewardModelling with(Optimisation changed) {
        return new RewardModelling(start, comparisons, preparation, loss, changed, options);
    }

    @Override
    public RewardModelling with(RunOptions changed) {
        return new RewardModelling(start, comparisons, preparation, loss, optimisation, changed);
    }

    /**
     * The reward model. If the thread is interrupted, training stops early: the reward model is as it was then, its run
     * says so, and the thread stays interrupted.
     */
    @Override
    public RewardModel run() {
        return new RewardModel(train());
    }

    private Run train() {
        return Training.run(this, TrainingData.of(comparisons), RewardModellingTrainer::new);
    }

    @Override
    public Optional<Run> beginning() {
        return Optional.of(start);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        begun.put("data", comparisons.name());
        begun.put("comparisons", comparisons.toString());
        return RunCard.begin(
                this, KIND, start.id(), begun, List.of("validation_loss", "validation_accuracy"), comparisons.sha256());
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<RewardModelling> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public RewardModelling begin(PastRun past) {
            return of(past.start(), past.comparisons());
        }

        @Override
        public Run train(RewardModelling recipe) {
            return recipe.train();
        }

        @Override
        public List<Record> defaults() {
            return List.of(new Preparation(Double.MIN_VALUE, false), Loss.DEFAULT, OPTIMISATION);
        }

        @Override
        public Map<String, Object> unsaid() {
            return Settings.of(new Loss(false, 0));
        }
    }
}
