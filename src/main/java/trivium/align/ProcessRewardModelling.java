package trivium.align;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.data.Steps;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.model.MayBeMissing;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Training;
import trivium.run.TrainingData;
import trivium.train.Checks;
import trivium.train.Optimisation;
import trivium.train.Setting;

/**
 * Trains a process reward model on answers whose steps were each found right or wrong (Uesato et al. 2022; Lightman et
 * al. 2023): a copy of a run's model with a head of one number, read behind each step ({@link StepLoss}).
 *
 * @param start the run whose model and tokenizer the reward model begins with
 * @param answers whose steps were judged
 * @param preparation how answers become batches
 * @param optimisation how long and how fast; a batch is of answers
 * @param options the listener that is told of every step, and where the run is kept
 */
public record ProcessRewardModelling(
        Run start, StepwiseAnswers answers, Preparation preparation, Optimisation optimisation, RunOptions options)
        implements Recipe<ProcessRewardModelling> {

    /** The kind of run this makes. */
    public static final String KIND = "process-reward-model";

    /** The setting that names the separator. */
    private static final String SEPARATOR = "step_separator";

    /**
     * How answers become batches.
     *
     * @param validation the share of prompts kept for validation, in (0, 1)
     * @param stepSeparator what stands behind each step, where the step is judged, and where an answer is cut into
     *     steps; TRL's {@code step_separator}
     * @param groupByLength answers of like length in a batch
     */
    public record Preparation(
            double validation,
            String stepSeparator,
            @MayBeMissing boolean groupByLength) implements Setting {

        public Preparation {
            Checks.share(validation, "validation share");
            if (stepSeparator.isEmpty()) {
                throw new IllegalArgumentException("the step separator is an empty text, at which no answer can be cut"
                        + " into steps: expected at least one character, such as a line break");
            }
        }
    }

    /** As {@link RewardModelling#of}, with answers in the place of pairs, whose steps end with a line break. */
    public static ProcessRewardModelling of(Run start, StepwiseAnswers answers) {
        long prompts =
                answers.list().stream().map(StepwiseAnswer::opening).distinct().count();
        return new ProcessRewardModelling(
                start,
                answers,
                new Preparation(HeldOut.validation(prompts), Steps.SEPARATOR, false),
                RewardModelling.OPTIMISATION,
                RunOptions.NONE);
    }

    /** The share of prompts kept for validation. */
    public ProcessRewardModelling validation(double share) {
        return with(new Preparation(share, preparation.stepSeparator(), preparation.groupByLength()));
    }

    /**
     * What stands behind each step, and where answers are cut into steps: a line break unless told otherwise. No step
     * may have it in it.
     */
    public ProcessRewardModelling stepSeparator(String separator) {
        return with(new Preparation(preparation.validation(), separator, preparation.groupByLength()));
    }

    /**
     * Puts answers of like length into a batch, so that little of it is padding, or leaves it to chance, as it is
     * unless told otherwise ({@link trivium.data.ItemBatches#order(int, long, boolean)}); TRL's
     * {@code group_by_length}.
     */
    public ProcessRewardModelling groupByLength(boolean grouped) {
        return with(new Preparation(preparation.validation(), preparation.stepSeparator(), grouped));
    }

    private ProcessRewardModelling with(Preparation changed) {
        return new ProcessRewardModelling(start, answers, changed, optimisation, options);
    }

    @Override
    public ProcessRewardModelling with(Optimisation changed) {
        return new ProcessRewardModelling(start, answers, preparation, changed, options);
    }

    @Override
    public ProcessRewardModelling with(RunOptions changed) {
        return new ProcessRewardModelling(start, answers, preparation, optimisation, changed);
    }

    /**
     * The process reward model. If the thread is interrupted, training stops early: the reward model is as it was then,
     * its run says so, and the thread stays interrupted.
     */
    @Override
    public ProcessRewardModel run() {
        return new ProcessRewardModel(train());
    }

    private Run train() {
        return Training.run(this, TrainingData.of(answers), ProcessRewardModellingTrainer::new);
    }

    @Override
    public Optional<Run> beginning() {
        return Optional.of(start);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        begun.put("data", answers.name());
        begun.put("answers", answers.toString());
        return RunCard.begin(
                this,
                KIND,
                start.id(),
                begun,
                List.of("validation_loss", "validation_step_accuracy", "validation_first_error_accuracy"),
                answers.sha256());
    }

    /** What stands behind each step of the answers of this run. */
    static String separator(Run run) {
        return String.valueOf(run.card().settings().get(SEPARATOR));
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<ProcessRewardModelling> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public ProcessRewardModelling begin(PastRun past) {
            return of(past.start(), past.stepwiseAnswers());
        }

        @Override
        public Run train(ProcessRewardModelling recipe) {
            return recipe.train();
        }

        @Override
        public List<Record> defaults() {
            return List.of(new Preparation(Double.MIN_VALUE, Steps.SEPARATOR, false), RewardModelling.OPTIMISATION);
        }

        @Override
        public Map<String, Object> unsaid() {
            return Map.of(SEPARATOR, Steps.SEPARATOR);
        }
    }
}
