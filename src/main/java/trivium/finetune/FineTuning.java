package trivium.finetune;

import java.util.List;
import java.util.Optional;
import trivium.data.Conversations;
import trivium.model.MayBeMissing;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Training;
import trivium.run.TrainingData;
import trivium.text.ChatTemplate;
import trivium.train.AdamW;
import trivium.train.Checks;
import trivium.train.CrossEntropy;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Schedule;
import trivium.train.Setting;
import trivium.train.Warmup;

/**
 * Phase 2: a pre-trained model learns to answer (Ouyang et al. 2022, section 3.4: supervised fine-tuning). The loss
 * falls on the answer only; the prompt is read but not learned.
 *
 * <p>The run's metrics, one row a step: "loss" (nats per answer token of the step's batch), "mean_token_accuracy" (the
 * share of them that was the likeliest), "validation_loss" (nats per answer token) at some steps, always the plain
 * cross entropy; with label smoothing or a z-loss "loss" is their sum and "cross_entropy" the plain one, and "z_loss"
 * the z-loss's part; "learning_rate", "grad_norm", "epoch", "seconds"; "tokens" (read so far, without padding),
 * "padding" (the share of the step's positions that is padding, in [0, 1)).
 *
 * @param start the run whose model and tokenizer it begins with; its model stays as it is
 * @param conversations tasks with expected answers
 * @param preparation how conversations become batches
 * @param loss of the answers that are learned from; those of validation answers are plain
 * @param optimisation how long and how fast; a batch is of conversations, or of rows of several, if they are packed
 * @param options the listener that is told of every step, and where the run is kept
 */
public record FineTuning(
        Run start,
        Conversations conversations,
        Preparation preparation,
        CrossEntropy loss,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<FineTuning> {

    /** The kind of run this makes. */
    public static final String KIND = "finetune";

    private static final Preparation PREPARATION = new Preparation(0.05, false, false, 0);

    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Epochs(3),
            32,
            new LearningRate(1e-3, new Warmup.Ratio(0.05), new Schedule.Cosine(0.1)),
            AdamW.DEFAULT);

    /**
     * How conversations become batches.
     *
     * @param validation the share of conversations kept for validation, in (0, 1)
     * @param packed several conversations to a row
     * @param groupByLength conversations of like length in a batch
     * @param neftuneNoiseAlpha α of the noise on their embeddings while training; 0 for none
     */
    public record Preparation(
            double validation,
            boolean packed,
            @MayBeMissing boolean groupByLength,
            @MayBeMissing double neftuneNoiseAlpha)
            implements Setting {

        public Preparation {
            Checks.share(validation, "validation share");
            if (!(neftuneNoiseAlpha >= 0 && neftuneNoiseAlpha < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("noise of " + neftuneNoiseAlpha
                        + " on embeddings: expected a number of at least 0, such as 5, or 0 for none");
            }
        }
    }

    public FineTuning {
        if (start.model().looksAhead()) {
            throw new IllegalArgumentException("answers are learned token by token, but the model of " + start.id()
                    + " looks both ways and would read them off its input; begin with a causal one");
        }
    }

    /**
     * Three epochs in batches of 32 conversations at a learning rate of up to 10⁻³, which rises over a twentieth of the
     * steps and falls along a cosine to a tenth; a twentieth of the conversations validates.
     */
    public static FineTuning of(Run start, Conversations conversations) {
        return new FineTuning(start, conversations, PREPARATION, CrossEntropy.PLAIN, OPTIMISATION, RunOptions.NONE);
    }

    /** The share of conversations kept for validation. */
    public FineTuning validation(double share) {
        return with(
                new Preparation(share, preparation.packed, preparation.groupByLength, preparation.neftuneNoiseAlpha));
    }

    /**
     * Packs conversations into rows as long as the model's context, so that little of them is padding
     * ({@link trivium.data.PackedCompletionBatches}). They see nothing of each other: a step learns what it would learn
     * from the same conversations in a row each.
     */
    public FineTuning packed() {
        return packed(true);
    }

    /** Packs conversations into rows, or gives each a row of its own. */
    public FineTuning packed(boolean packed) {
        return with(new Preparation(
                preparation.validation, packed, preparation.groupByLength, preparation.neftuneNoiseAlpha));
    }

    /**
     * Puts conversations of like length into a batch, or leaves it to chance, as it is unless told otherwise
     * ({@link trivium.data.ItemBatches#order(int, long, boolean)}); TRL's {@code group_by_length}.
     */
    public FineTuning groupByLength(boolean grouped) {
        return with(
                new Preparation(preparation.validation, preparation.packed, grouped, preparation.neftuneNoiseAlpha));
    }

    /**
     * Adds noise to the embeddings of tokens while training (NEFTune, Jain et al. 2023, arXiv:2310.05914): to each
     * number of a row of L tokens one of its own, uniform within ± α / √(L C), C being the width.
     *
     * @param alpha α, at least 0, such as 5; 0 for none, as it is unless told otherwise
     */
    public FineTuning neftuneNoiseAlpha(double alpha) {
        return with(new Preparation(preparation.validation, preparation.packed, preparation.groupByLength, alpha));
    }

    /**
     * Writes conversations in this chat template, such as {@code ChatTemplate.CHATML}, from here on: in what the run is
     * asked, and in every later phase. Without it the template is that of the run it starts from, and the default one
     * for a base model. Special tokens of the template that the run's tokenizer lacks are added to the vocabulary, with
     * rows in the model that begin as the mean of the others ({@link Run#withTemplateTokens}).
     */
    public FineTuning template(ChatTemplate template) {
        return new FineTuning(start.with(template), conversations, preparation, loss, optimisation, options);
    }

    /**
     * Takes each token of an answer for the share 1 − ε only, and each of the vocabulary for an equal part of ε
     * (Szegedy et al. 2016, section 7).
     *
     * @param share ε in [0, 1), such as 0.1; 0 for none
     */
    public FineTuning labelSmoothing(double share) {
        return with(loss.labelSmoothing(share));
    }

    /**
     * Adds this many times log² Z to the loss of each token, Z being the sum of the exponentials of its logits
     * (Chowdhery et al. 2022, section 5).
     *
     * @param coefficient at least 0, such as 1e-4; 0 for none
     */
    public FineTuning zLoss(double coefficient) {
        return with(loss.zLoss(coefficient));
    }

    private FineTuning with(CrossEntropy changed) {
        return new FineTuning(start, conversations, preparation, changed, optimisation, options);
    }

    private FineTuning with(Preparation changed) {
        return new FineTuning(start, conversations, changed, loss, optimisation, options);
    }

    @Override
    public FineTuning with(Optimisation changed) {
        return new FineTuning(start, conversations, preparation, loss, changed, options);
    }

    @Override
    public FineTuning with(RunOptions changed) {
        return new FineTuning(start, conversations, preparation, loss, optimisation, changed);
    }

    /**
     * The fine-tuned run. If the thread is interrupted, training stops early: the run holds the model as it was then
     * and says so, and the thread stays interrupted.
     */
    @Override
    public Run run() {
        return Training.run(this, TrainingData.of(conversations), FineTuningTrainer::new);
    }

    @Override
    public Optional<Run> beginning() {
        return Optional.of(start);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        begun.put("data", conversations.name());
        begun.put("conversations", conversations.toString());
        return RunCard.begin(this, KIND, start.id(), begun, List.of("validation_loss"), conversations.sha256());
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<FineTuning> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public FineTuning begin(PastRun past) {
            return of(past.start(), past.conversations()).template(past.template());
        }

        @Override
        public Run train(FineTuning recipe) {
            return recipe.run();
        }

        @Override
        public List<Record> defaults() {
            return List.of(PREPARATION, CrossEntropy.PLAIN, OPTIMISATION);
        }
    }
}
