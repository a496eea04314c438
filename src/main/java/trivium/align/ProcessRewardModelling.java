package trivium.align;

import java.util.List;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.TrainingData;
import trivium.run.TrainingLog;
import trivium.train.Optimisation;

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
        Run start,
        StepwiseAnswers answers,
        RewardModelling.Preparation preparation,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<ProcessRewardModelling> {

    /** The kind of run this makes. */
    public static final String KIND = "process-reward-model";

    /** As {@link RewardModelling#of}, with answers in the place of pairs. */
    public static ProcessRewardModelling of(Run start, StepwiseAnswers answers) {
        long prompts =
                answers.list().stream().map(StepwiseAnswer::opening).distinct().count();
        return new ProcessRewardModelling(
                start,
                answers,
                new RewardModelling.Preparation(HeldOut.validation(prompts)),
                RewardModelling.OPTIMISATION,
                RunOptions.NONE);
    }

    /** The share of prompts kept for validation. */
    public ProcessRewardModelling validation(double share) {
        return new ProcessRewardModelling(
                start, answers, new RewardModelling.Preparation(share), optimisation, options);
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
    public ProcessRewardModel run() {
        return new ProcessRewardModel(train());
    }

    private Run train() {
        return TrainingLog.train(this, TrainingData.of(answers), ProcessRewardModellingTrainer::new);
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
            return List.of(new RewardModelling.Preparation(Double.MIN_VALUE), RewardModelling.OPTIMISATION);
        }
    }
}
