package trivium.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.model.ModelConfig;
import trivium.model.Models;
import trivium.run.Fingerprint;
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
 * Distillation: a student learns the distribution over the next token that a teacher has at each position, not only the
 * token that came (Hinton et al. 2015; for language models Agarwal et al. 2024). Both read the same tokens, so they
 * have the same tokenizer.
 *
 * <pre>{@code L = (1/N) Σ [ α · (−log p(target)) + (1 − α) · τ² · D(p_τ, q_τ) ]}</pre>
 *
 * over the N answer tokens of conversations, or all tokens of a corpus; q is the teacher's distribution, p the
 * student's, both at temperature τ in the divergence D ({@link trivium.train.Divergence}).
 *
 * <p>The run's metrics, one row a step: "loss" (L), "divergence" (D in nats a token), "mean_token_accuracy",
 * "learning_rate", "grad_norm", "epoch", "tokens", "seconds"; at some steps "validation_loss" (cross entropy, nats a
 * token), "validation_forward_kl" (KL(teacher‖student)) and "validation_reverse_kl" (KL(student‖teacher)), both exact,
 * at temperature 1, in nats a token.
 *
 * @param teacher stays as it is
 * @param student what learns: a run's model, or a fresh one
 * @param lessons the texts at whose tokens both are compared
 * @param matching what the student is to match, and how
 * @param optimisation how long and how fast; a batch is of conversations, or of windows of the corpus
 * @param options the listener that is told of every step, and where the run is kept
 */
public record Distillation(
        Run teacher, Student student, Lessons lessons, Matching matching, Optimisation optimisation, RunOptions options)
        implements Recipe<Distillation> {

    /** The kind of run this makes. */
    public static final String KIND = "distill";

    private static final String TEACHER = "teacher_name";
    private static final String CONVERSATIONS = "conversations";
    private static final String TEMPLATE = "template";

    private static final Matching MATCHING = new Matching(0, 1, 0, 0.05);

    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Epochs(3),
            32,
            new LearningRate(1e-3, new Warmup.Ratio(0.05), new Schedule.Cosine(0.1)),
            AdamW.DEFAULT);

    /** What learns. */
    public sealed interface Student {

        /** The model of a run that was trained before; it stays as it is, a copy learns. */
        record Trained(Run run) implements Student {}

        /** A fresh model of this shape, with the teacher's tokenizer. */
        record Fresh(ModelConfig architecture) implements Student {}

        /** The longest sequence it can see, in tokens. */
        default int context() {
            return switch (this) {
                case Trained(var run) -> run.model().context();
                case Fresh(var architecture) -> architecture.context();
            };
        }
    }

    /** Texts at whose tokens teacher and student are compared. */
    public sealed interface Lessons {

        /** Compared at the tokens of the answers. */
        record Answers(Conversations conversations) implements Lessons {}

        /** Compared at every token of windows of the text. */
        record Windows(Corpus corpus) implements Lessons {}
    }

    /**
     * What the student is to match.
     *
     * @param beta β of the divergence, in [0, 1]: 0 for forward KL(teacher‖student), 1 for reverse KL(student‖teacher),
     *     in between the generalised Jensen-Shannon divergence (TRL's GKDConfig.beta)
     * @param temperature τ at which both distributions are compared, above 0; with τ² before the divergence, whose
     *     gradient falls as 1/τ² (Hinton et al. 2015, section 2)
     * @param crossEntropy α in [0, 1], the weight of the cross entropy with the text's own tokens; the divergence has 1
     *     − α. At 1 nothing is learned from the teacher, which is the control
     * @param validation the share of conversations or of the corpus kept for validation, in (0, 1)
     */
    public record Matching(double beta, double temperature, double crossEntropy, double validation) implements Setting {

        public Matching {
            if (!(beta >= 0 && beta <= 1)) {
                throw new IllegalArgumentException(
                        "beta " + beta + ": expected 0 (forward KL) to 1 (reverse KL), such as 0.5 for Jensen-Shannon");
            }
            Checks.positive(temperature, "temperature");
            if (!(crossEntropy >= 0 && crossEntropy <= 1)) {
                throw new IllegalArgumentException("a weight of " + crossEntropy
                        + " for the cross entropy: expected 0 (the teacher alone) to 1 (the text alone)");
            }
            Checks.share(validation, "validation share");
        }
    }

    public Distillation {
        check(teacher.model().looksAhead(), "teacher " + teacher.id());
        if (student instanceof Student.Fresh(var architecture)) {
            check(architecture.looksAhead(), "student's architecture");
        }
        if (student instanceof Student.Trained(var run)) {
            check(run.model().looksAhead(), "student " + run.id());
            if (!Fingerprint.of(run.tokenizer()).equals(Fingerprint.of(teacher.tokenizer()))) {
                throw new IllegalArgumentException("the student " + run.id()
                        + " has another tokenizer than the teacher "
                        + teacher.id() + ", so their distributions are over different tokens; distil into a model that"
                        + " was pre-trained with the teacher's tokenizer, or into a fresh one of an architecture");
            }
        }
    }

    private static void check(boolean looksAhead, String who) {
        if (looksAhead) {
            throw new IllegalArgumentException("the " + who + " looks both ways and has no distribution over the next"
                    + " token; distillation needs causal models");
        }
    }

    /**
     * By forward KL at temperature 1 from the teacher alone: three epochs in batches of 32 conversations or windows at
     * a learning rate of up to 10⁻³, which rises over a twentieth of the steps and falls along a cosine to a tenth; a
     * twentieth of the data validates.
     */
    public static Distillation of(Run teacher, Student student, Lessons lessons) {
        return new Distillation(teacher, student, lessons, MATCHING, OPTIMISATION, RunOptions.NONE);
    }

    /** The student is to be likely to say all that the teacher may say: KL(teacher‖student). */
    public Distillation forwardKl() {
        return beta(0);
    }

    /** The student is to say only what the teacher is likely to say: KL(student‖teacher). */
    public Distillation reverseKl() {
        return beta(1);
    }

    /** Between forward (0) and reverse KL (1): the generalised Jensen-Shannon divergence. */
    public Distillation beta(double beta) {
        return with(new Matching(beta, matching.temperature, matching.crossEntropy, matching.validation));
    }

    /** The temperature at which distributions are compared. */
    public Distillation temperature(double temperature) {
        return with(new Matching(matching.beta, temperature, matching.crossEntropy, matching.validation));
    }

    /** The weight of the cross entropy with the text's own tokens. */
    public Distillation crossEntropy(double weight) {
        return with(new Matching(matching.beta, matching.temperature, weight, matching.validation));
    }

    /** The share of the data kept for validation. */
    public Distillation validation(double share) {
        return with(new Matching(matching.beta, matching.temperature, matching.crossEntropy, share));
    }

    private Distillation with(Matching changed) {
        return new Distillation(teacher, student, lessons, changed, optimisation, options);
    }

    @Override
    public Distillation with(Optimisation changed) {
        return new Distillation(teacher, student, lessons, matching, changed, options);
    }

    @Override
    public Distillation with(RunOptions changed) {
        return new Distillation(teacher, student, lessons, matching, optimisation, changed);
    }

    /** The longest sequence that both can see, in tokens. */
    int context() {
        return Math.min(teacher.model().context(), student.context());
    }

    /**
     * The student's run, with the teacher's chat template. If the thread is interrupted, training stops early: the run
     * holds the model as it was then and says so, and the thread stays interrupted.
     */
    @Override
    public Run run() {
        var data = switch (lessons) {
            case Lessons.Answers(var conversations) -> TrainingData.of(conversations);
            case Lessons.Windows(var corpus) -> TrainingData.of(corpus, null);
        };
        return Training.run(this, data, DistillationTrainer::new);
    }

    @Override
    public Optional<Run> beginning() {
        return student instanceof Student.Trained(var run) ? Optional.of(run) : Optional.empty();
    }

    @Override
    public RunCard card() {
        Map<String, Object> begun = new LinkedHashMap<>();
        String parent = null;
        switch (student) {
            case Student.Trained(var run) -> {
                begun.putAll(run.startSettings());
                parent = run.id();
            }
            case Student.Fresh(var architecture) -> begun.putAll(architecture.settings());
        }
        begun.remove(TEMPLATE);
        var taught = teacher.startSettings();
        if (taught.containsKey(TEMPLATE)) {
            begun.put(TEMPLATE, taught.get(TEMPLATE));
        }
        begun.put(TEACHER, teacher.id());
        begun.put("teacher_hash", Fingerprint.of(teacher));
        var measured = List.of("validation_loss", "validation_forward_kl", "validation_reverse_kl");
        return switch (lessons) {
            case Lessons.Answers(var conversations) -> {
                begun.put("data", conversations.name());
                begun.put(CONVERSATIONS, conversations.toString());
                yield RunCard.begin(this, KIND, parent, begun, measured, conversations.sha256());
            }
            case Lessons.Windows(var corpus) -> {
                begun.put("data", corpus.name());
                begun.put("corpus", corpus.toString());
                yield RunCard.begin(this, KIND, parent, begun, measured, corpus.sha256());
            }
        };
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<Distillation> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public Distillation begin(PastRun past) {
            var teacher = past.other(past.text(TEACHER), "its teacher was");
            Student student = past.card().parent() == null
                    ? new Student.Fresh(
                            Models.config(past.card().recipe(), past.card().id()))
                    : new Student.Trained(past.start());
            Lessons lessons = past.has(CONVERSATIONS)
                    ? new Lessons.Answers(past.conversations())
                    : new Lessons.Windows(past.corpus());
            return of(teacher, student, lessons);
        }

        @Override
        public Run train(Distillation recipe) {
            return recipe.run();
        }

        @Override
        public List<Record> defaults() {
            return List.of(MATCHING, OPTIMISATION);
        }
    }
}
