package trivium.pretrain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongFunction;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.model.ModelConfig;
import trivium.model.Models;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.TimedTraining;
import trivium.run.Training;
import trivium.run.WorkingTime;
import trivium.text.Tokenizer;
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
 * Phase 1: a fresh model learns to predict the tokens of a text: the next one (Radford et al. 2018, section 3.1), or
 * what else its {@link Task} says.
 *
 * <p>The run's metrics, one row a step: "loss" (nats per predicted token of the step's batch), "mean_token_accuracy"
 * (the share of them that was the likeliest), "validation_loss" (nats per predicted token) at some steps, over the
 * start of the validation text on the way and over all of it at the last step, always the plain cross entropy; with
 * label smoothing or a z-loss "loss" is their sum and "cross_entropy" the plain one, and "z_loss" the z-loss's part;
 * "learning_rate", "grad_norm", "tokens" (seen so far), "seconds". Beside the validation loss: from left to right
 * "bits_per_byte", with missing middles "validation_middle_loss" (nats per token of middles whose both sides are
 * known), with masked tokens "validation_token_accuracy" (the share of hidden tokens that are found). Table "samples"
 * has what the model wrote along the way.
 *
 * @param architecture the model's shape, a transformer's or another's
 * @param tokenizer its vocabulary
 * @param material what it reads, and what of it is predicted
 * @param evaluation what is measured on the way
 * @param optimisation how long and how fast; a batch is of windows of the model's context
 * @param options the listener that is told of every step, and where the run is kept
 */
public record Pretraining(
        ModelConfig architecture,
        Tokenizer tokenizer,
        Material material,
        EvaluationSettings evaluation,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<Pretraining> {

    /** The kind of run this makes. */
    public static final String KIND = "pretrain";

    /** The table of texts written along the way: "step", "prompt", "text". */
    public static final String SAMPLES = "samples";

    private static final int LONGEST_WARMUP = 100;

    private static final EvaluationSettings EVALUATION = new EvaluationSettings(0.05, 10, List.of());

    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Steps(1_000),
            16,
            new LearningRate(1e-3, new Warmup.Fewer(LONGEST_WARMUP, 0.1), new Schedule.Cosine(0.1)),
            AdamW.DEFAULT);

    /**
     * What is read, and what of it is predicted.
     *
     * @param loss of the predictions that are learned from; those of validation text are plain
     */
    public record Material(TextSource text, Task task, CrossEntropy loss) implements Setting {}

    /**
     * What is measured on the way.
     *
     * @param validation the share of the text kept for validation, in (0, 1); 0 where a file of its own validates
     * @param evaluations how often the validation loss is measured and a sample written
     * @param samples how the samples begin, or sentences with {@code ___} to be filled; empty for none
     */
    public record EvaluationSettings(double validation, int evaluations, List<String> samples) implements Setting {

        public EvaluationSettings {
            Checks.atLeast(1, evaluations, "evaluations of the validation loss");
            samples = List.copyOf(samples);
        }
    }

    public Pretraining {
        material.task.check(architecture);
        material.text.check(tokenizer, material.task);
        if (material.text.isShared()) {
            Checks.share(evaluation.validation, "validation share");
        }
    }

    /**
     * 1,000 steps of 16 windows at a learning rate of up to 10⁻³, which rises over 100 steps, or a tenth if that is
     * less, and falls along a cosine to a tenth, as nanoGPT has it; a twentieth of the text validates, ten times. A
     * model that looks to the left only predicts the next token, one that looks both ways hidden ones.
     */
    public static Pretraining of(ModelConfig architecture, Tokenizer tokenizer, Corpus corpus) {
        return of(architecture, tokenizer, new TextSource.Documents(corpus));
    }

    /** The same with the documents at a token file's end for validation. */
    public static Pretraining of(ModelConfig architecture, Tokenizer tokenizer, TokenFile file) {
        return of(architecture, tokenizer, new TextSource.OneFile(file));
    }

    /** The same with a token file to learn from and another to validate. */
    public static Pretraining of(ModelConfig architecture, Tokenizer tokenizer, TokenFile train, TokenFile validation) {
        return of(architecture, tokenizer, new TextSource.TwoFiles(train, validation));
    }

    static Pretraining of(ModelConfig architecture, Tokenizer tokenizer, TextSource text) {
        return new Pretraining(
                architecture,
                tokenizer,
                new Material(text, text.task(architecture.looksAhead()), CrossEntropy.PLAIN),
                text.isShared() ? EVALUATION : new EvaluationSettings(0, EVALUATION.evaluations, EVALUATION.samples),
                OPTIMISATION,
                RunOptions.NONE);
    }

    /**
     * What is predicted: the next token, masked tokens, or missing middles. The tokenizer gets the special tokens that
     * the task needs, behind those it has.
     */
    public Pretraining task(Task task) {
        return with(new Material(material.text, task, material.loss));
    }

    /**
     * Takes the token that is to be predicted for the share 1 − ε only, and each of the vocabulary for an equal part of
     * ε (Szegedy et al. 2016, section 7).
     *
     * @param share ε in [0, 1), such as 0.1; 0 for none
     */
    public Pretraining labelSmoothing(double share) {
        return with(new Material(material.text, material.task, material.loss.labelSmoothing(share)));
    }

    /**
     * Adds this many times log² Z to the loss of each token, Z being the sum of the exponentials of its logits
     * (Chowdhery et al. 2022, section 5).
     *
     * @param coefficient at least 0, such as 1e-4; 0 for none
     */
    public Pretraining zLoss(double coefficient) {
        return with(new Material(material.text, material.task, material.loss.zLoss(coefficient)));
    }

    private Pretraining with(Material changed) {
        return new Pretraining(architecture, tokenizer, changed, evaluation, optimisation, options);
    }

    /** The share of the text kept for validation. */
    public Pretraining validation(double share) {
        if (!material.text.isShared() && share != 0) {
            throw new IllegalArgumentException(
                    "the text to validate with is a file of its own; no share of the other is set aside");
        }
        return evaluation(new EvaluationSettings(share, evaluation.evaluations, evaluation.samples));
    }

    /** How often the validation loss is measured. */
    public Pretraining evaluations(int evaluations) {
        return evaluation(new EvaluationSettings(evaluation.validation, evaluations, evaluation.samples));
    }

    /**
     * Writes a sample each time the validation loss is measured: one that begins so; with masked tokens, the sentence
     * with each {@code ___} filled; with missing middles, what belongs where {@code ___} stands.
     */
    public Pretraining samples(String... prompts) {
        return evaluation(new EvaluationSettings(evaluation.validation, evaluation.evaluations, List.of(prompts)));
    }

    private Pretraining evaluation(EvaluationSettings changed) {
        return new Pretraining(architecture, tokenizer, material, changed, optimisation, options);
    }

    @Override
    public Pretraining with(Optimisation changed) {
        return new Pretraining(architecture, tokenizer, material, evaluation, changed, options);
    }

    @Override
    public Pretraining with(RunOptions changed) {
        return new Pretraining(architecture, tokenizer, material, evaluation, optimisation, changed);
    }

    /**
     * The trained run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted.
     */
    @Override
    public Run run() {
        return Training.run(this, material.text.toKeep(tokenizer), PretrainingTrainer::new);
    }

    /**
     * This for a time, of which seconds are spent, with a word in the card on why it is this.
     *
     * @param pace seconds a step, as measured before
     * @param why of the number of steps
     */
    Run fitted(double minutes, double spent, double pace, LongFunction<String> why) {
        var timed = new TimedTraining(WorkingTime::now, spent, pace);
        return timed.train(minutes(minutes), material.text.toKeep(tokenizer), (recipe, log) -> {
            log.remark(why.apply(((Length.Steps) recipe.optimisation().length()).steps()));
            return new PretrainingTrainer(recipe, log);
        });
    }

    @Override
    public RunCard card() {
        var begun = new LinkedHashMap<>(architecture.settings());
        var equipped = material.task.equip(tokenizer);
        begun.put("vocabulary", equipped.size());
        begun.put("tokenizer_hash", Fingerprint.of(equipped));
        begun.put("data", material.text.name());
        begun.put("corpus", material.text.toString());
        if (!material.text.paths().isEmpty()) {
            begun.put(PastRun.TOKEN_FILES, material.text.paths());
        }
        if (material.text.middleSeed() != 0) {
            begun.put("middle_seed", material.text.middleSeed());
        }
        return RunCard.begin(this, KIND, null, begun, evaluated(), material.text.sha256());
    }

    /** What evaluations measure. */
    private List<String> evaluated() {
        return switch (material.task) {
            case Task.NextToken _ -> List.of("validation_loss", "bits_per_byte");
            case Task.MissingMiddle _ -> List.of("validation_loss", "bits_per_byte", "validation_middle_loss");
            case Task.MaskedTokens _ -> List.of("validation_loss", "validation_token_accuracy");
        };
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<Pretraining> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public Pretraining begin(PastRun past) {
            var text = past.has(PastRun.TOKEN_FILES)
                    ? TextSource.open(past.texts(PastRun.TOKEN_FILES))
                    : new TextSource.Documents(past.corpus());
            return of(Models.config(past.card().recipe(), past.card().id()), past.tokenizer(), text);
        }

        @Override
        public Run train(Pretraining recipe) {
            return recipe.run();
        }

        @Override
        public List<Record> defaults() {
            return List.of(new Material(null, Task.nextToken(), CrossEntropy.PLAIN), EVALUATION, OPTIMISATION);
        }
    }
}
