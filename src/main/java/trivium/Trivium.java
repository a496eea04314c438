package trivium;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.BestOfN;
import trivium.align.Distillation;
import trivium.align.Distillation.Lessons;
import trivium.align.Distillation.Student;
import trivium.align.ExpertIteration;
import trivium.align.FrontierStudy;
import trivium.align.JudgedAnswers;
import trivium.align.LogProbShift;
import trivium.align.MajorityVote;
import trivium.align.PolicyOptimisation;
import trivium.align.PreferenceOptimisation;
import trivium.align.ProcessRewardModelling;
import trivium.align.Reward;
import trivium.align.RewardModelling;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.FillInTheMiddle;
import trivium.data.PreferenceLabels;
import trivium.data.StepwiseAnswers;
import trivium.data.Texts;
import trivium.data.TokenFile;
import trivium.data.UnpairedPreferences;
import trivium.data.profile.Overlap;
import trivium.data.profile.Profile;
import trivium.data.profile.TokenProfile;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.measure.Difference;
import trivium.measure.Differences;
import trivium.measure.ExactMatch;
import trivium.measure.FillInTheBlank;
import trivium.measure.Share;
import trivium.measure.TextScore;
import trivium.measure.Verifiable;
import trivium.measure.Verifications;
import trivium.model.ModelConfig;
import trivium.notebook.Exploration;
import trivium.notebook.Notebook;
import trivium.pretrain.Fit;
import trivium.pretrain.Pretraining;
import trivium.pretrained.Export;
import trivium.pretrained.Pretrained;
import trivium.pretrained.PretrainedModels;
import trivium.report.BeforeAfter;
import trivium.report.Better;
import trivium.report.Changes;
import trivium.report.Diagnosis;
import trivium.report.Report;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunDifference;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.run.Runs;
import trivium.run.TableExport;
import trivium.run.Trained;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Search;
import trivium.sweep.Searches;
import trivium.sweep.Sweep;
import trivium.sweep.SweepResult;
import trivium.tensor.Dtype;
import trivium.text.ChatTemplate;
import trivium.text.Pieces;
import trivium.text.Tokenizer;
import trivium.widget.Control;

/**
 * The verbs of a notebook: {@code import static trivium.Trivium.*;} and the three phases are three calls.
 *
 * <pre>{@code
 * var base    = pretrain(Gpt.small(), words, corpus).steps(2_000).run();
 * var tuned   = finetune(base, conversations).epochs(3).run();
 * var judge   = rewardModel(tuned, comparisons).run();
 * var aligned = align(tuned, prompts).reward(judge).run();
 * }</pre>
 *
 * Recipes begun here show their progress below the cell; everything else about them is in their own packages.
 */
public final class Trivium {

    /** Words offered for a blank. */
    private static final int CANDIDATES = 400;

    private static final Sampling VOTING = Sampling.atTemperature(1).maxTokens(128);

    private Trivium() {}

    static {
        Notebook.attach();
    }

    /**
     * Phase 1: a fresh model learns to predict the tokens of a text: the next one, or hidden ones if it looks both ways
     * ({@code Bert}), or what {@code task} says.
     */
    public static Pretraining pretrain(ModelConfig architecture, Tokenizer tokenizer, Corpus corpus) {
        return Pretraining.of(architecture, tokenizer, corpus).progress(Notebook.progress());
    }

    /** The same from a token file, which may be larger than memory; the documents at its end validate. */
    public static Pretraining pretrain(ModelConfig architecture, Tokenizer tokenizer, TokenFile file) {
        return Pretraining.of(architecture, tokenizer, file).progress(Notebook.progress());
    }

    /** The same from a token file to learn from and another to validate. */
    public static Pretraining pretrain(
            ModelConfig architecture, Tokenizer tokenizer, TokenFile train, TokenFile validation) {
        return Pretraining.of(architecture, tokenizer, train, validation).progress(Notebook.progress());
    }

    /**
     * A pre-training that has to be over in a given time, and chooses by a few measured steps and a scaling law how
     * large the model is and how many steps it takes: {@code fit(minutes(3), words, stories).run()}.
     */
    public static Fit fit(Duration time, Tokenizer tokenizer, Corpus corpus) {
        return Fit.of(time, tokenizer, corpus).progress(Notebook.progress());
    }

    /** So many minutes, for {@link #fit}; a recipe whose model is chosen already takes {@code minutes(3)} itself. */
    public static Duration minutes(double minutes) {
        return Duration.ofMillis(Math.round(minutes * 60e3));
    }

    /**
     * A model that exists: a Hugging Face folder with config.json, safetensors and tokenizer.json, as a run whose
     * training was elsewhere; or a folder of llama2.c; or of a run of Trivium's own. The context is what the model was
     * made for, up to 4,096 tokens.
     *
     * @throws IllegalArgumentException in one sentence: what in the folder is missing, damaged or not supported
     */
    public static Run load(Path folder) {
        return isRun(folder) ? ownRun(folder) : noted(Pretrained.load(folder));
    }

    /** A Hugging Face folder with this context, in tokens, at most what the model was made for. */
    public static Run load(Path folder, int context) {
        requireForeign(folder);
        return noted(Pretrained.load(folder, context));
    }

    /**
     * A Hugging Face folder whose matrices and embeddings stand in memory in this type, as transformers'
     * {@code from_pretrained(folder, dtype)} has it: {@code load(folder, "bfloat16")} takes half the memory, for a
     * folder in bfloat16 of which adapters are trained ({@code lora(…)}) or that only scores and generates. All numbers
     * are those of float32 weights to the last bit; a training without an adapter begins with a copy in float32.
     *
     * @param dtype {@code "float32"} or {@code "bfloat16"}
     * @throws IllegalArgumentException in one sentence, also if the folder's numbers are of another type: none is
     *     rounded
     */
    public static Run load(Path folder, String dtype) {
        requireForeign(folder);
        return noted(Pretrained.load(folder, Dtype.of(dtype)));
    }

    /** The same with this context, in tokens, at most what the model was made for. */
    public static Run load(Path folder, int context, String dtype) {
        requireForeign(folder);
        return noted(Pretrained.load(folder, context, Dtype.of(dtype)));
    }

    private static void requireForeign(Path folder) {
        if (isRun(folder)) {
            throw new IllegalArgumentException(
                    folder + " is a run of Trivium's own, whose model has its context and the"
                            + " type in which it was saved: load it with load(folder)");
        }
    }

    /** Says what a reader has to know of a model that was loaded, such as that its chat template is not used. */
    private static Run noted(Run loaded) {
        loaded.card().origin().notes().forEach(System.out::println);
        return loaded;
    }

    /**
     * A Hugging Face folder with an adapter beside it that PEFT wrote into a folder of its own (adapter_config.json and
     * adapter_model.safetensors).
     *
     * @throws IllegalArgumentException in one sentence: what in either folder is missing, damaged or not supported
     */
    public static Run load(Path folder, Path adapter) {
        return noted(Pretrained.load(folder, adapter));
    }

    /** The same with matrices and embeddings beneath the adapter in this type ({@link #load(Path, String)}). */
    public static Run load(Path folder, Path adapter, String dtype) {
        return noted(Pretrained.load(folder, adapter, Dtype.of(dtype)));
    }

    private static boolean isRun(Path folder) {
        return Files.exists(folder.resolve("run.json"));
    }

    private static Run ownRun(Path folder) {
        var place = folder.toAbsolutePath().normalize();
        return RunStore.open(place.getParent()).load(place.getFileName().toString());
    }

    /**
     * A model that exists, downloaded once: its folder, in the user's cache. A download that was cut off goes on where
     * it stopped, and one that is complete asks nobody.
     *
     * @param name of {@link PretrainedModels#catalogue}, such as {@code SmolLM2-135M}, or a repository of Hugging Face
     *     as {@code OWNER/NAME} or {@code OWNER/NAME@REVISION}
     * @throws IllegalArgumentException if there is no such model, or its server refuses it or serves something else
     * @throws java.io.UncheckedIOException saying what to do, if it cannot be downloaded
     */
    public static Path download(String name) {
        return PretrainedModels.download(name, Notebook.progress());
    }

    /** The same, into a folder of one's own. */
    public static Path download(String name, Path folder) {
        return PretrainedModels.download(name, folder, Notebook.progress());
    }

    /** Phase 2: a pre-trained model learns to answer. */
    public static FineTuning finetune(Run start, Conversations conversations) {
        return FineTuning.of(start, conversations).progress(Notebook.progress());
    }

    /**
     * A student learns from a teacher's distributions at the answers' tokens of these conversations; a copy of the
     * student's model learns.
     */
    public static Distillation distill(Run teacher, Run student, Conversations conversations) {
        return distill(teacher, new Student.Trained(student), new Lessons.Answers(conversations));
    }

    /** The same by a fresh student of this shape, with the teacher's tokenizer. */
    public static Distillation distill(Run teacher, ModelConfig student, Conversations conversations) {
        return distill(teacher, new Student.Fresh(student), new Lessons.Answers(conversations));
    }

    /** A student learns from a teacher's distributions at every token of a corpus; a copy of its model learns. */
    public static Distillation distill(Run teacher, Run student, Corpus corpus) {
        return distill(teacher, new Student.Trained(student), new Lessons.Windows(corpus));
    }

    /** The same by a fresh student of this shape, with the teacher's tokenizer. */
    public static Distillation distill(Run teacher, ModelConfig student, Corpus corpus) {
        return distill(teacher, new Student.Fresh(student), new Lessons.Windows(corpus));
    }

    private static Distillation distill(Run teacher, Student student, Lessons lessons) {
        return Distillation.of(teacher, student, lessons).progress(Notebook.progress());
    }

    /** Phase 3, first half: a reward model learns what people prefer. */
    public static RewardModelling rewardModel(Run start, Comparisons comparisons) {
        return RewardModelling.of(start, comparisons).progress(Notebook.progress());
    }

    /** Phase 3, first half, step by step: a reward model learns which steps of answers are right. */
    public static ProcessRewardModelling processRewardModel(Run start, StepwiseAnswers answers) {
        return ProcessRewardModelling.of(start, answers).progress(Notebook.progress());
    }

    /** Phase 3, second half: the fine-tuned model learns to earn higher rewards. */
    public static PolicyOptimisation align(Run start, List<String> prompts) {
        return PolicyOptimisation.of(start, prompts).progress(Notebook.progress());
    }

    /** Phase 3 in one: the fine-tuned model learns from comparisons themselves, without a reward model or rollouts. */
    public static PreferenceOptimisation prefer(Run start, Comparisons comparisons) {
        return PreferenceOptimisation.of(start, comparisons).progress(Notebook.progress());
    }

    /** The same from answers that were each found good or bad, with KTO. */
    public static PreferenceOptimisation prefer(Run start, UnpairedPreferences unpaired) {
        return PreferenceOptimisation.of(start, unpaired).progress(Notebook.progress());
    }

    /** The same with prompts whose expected answers are known, for rewards such as {@code Rewards.exactAnswer()}. */
    public static PolicyOptimisation align(Run start, Conversations questions) {
        return PolicyOptimisation.of(start, questions).progress(Notebook.progress());
    }

    /**
     * What best-of-n, PPO, GRPO, RLOO, DPO and IPO earn for the distance they go, by the judge and by gold:
     * {@code Figures.frontier(frontier(tuned, judge, gold, prompts, comparisons).keep(folder).run())}.
     */
    public static FrontierStudy frontier(
            Run tuned, Reward judge, Reward gold, List<String> prompts, Comparisons comparisons) {
        return FrontierStudy.of(tuned, new FrontierStudy.Task(judge, gold, prompts, comparisons))
                .progress(Notebook.progress());
    }

    /**
     * Of n completions of each prompt the one with the highest reward, drawn at temperature 1, up to 128 tokens each:
     * {@code table()} has them, {@code curve()} what fewer would have brought.
     */
    public static BestOfN bestOfN(Run run, List<String> prompts, Reward reward, int n) {
        return BestOfN.draw(run, prompts, reward, n);
    }

    /** The same with completions drawn in another way. */
    public static BestOfN bestOfN(Run run, List<String> prompts, Reward reward, int n, Sampling sampling) {
        return BestOfN.draw(run, prompts, reward, n, sampling);
    }

    /**
     * Fine-tunes on the best of n completions of each prompt, in rounds, beside a control that learns from one of them
     * at random; each round is an epoch.
     */
    public static ExpertIteration expertIteration(Run start, List<String> prompts, Reward reward) {
        return ExpertIteration.of(
                start,
                prompts,
                reward,
                (run, chosen) -> finetune(run, chosen).epochs(1).run());
    }

    /**
     * Of n answers to each question, drawn at temperature 1, the one that comes most often, beside pass@k and maj@k;
     * answers are compared without white space around them and in lower case.
     */
    public static MajorityVote majorityVote(Run run, Conversations questions, int n) {
        return MajorityVote.of(run, questions, n, VOTING, Trivium::compared);
    }

    /** The same where several answers to a question may be right. */
    public static MajorityVote majorityVote(Run run, Iterable<? extends Verifiable> asked, int n) {
        return MajorityVote.of(run, asked, n, VOTING, Trivium::compared);
    }

    private static String compared(String answer) {
        return answer.strip().toLowerCase(Locale.ROOT);
    }

    /** Trains a run of {@link #runs} again from what its folder says; the numbers are the same. */
    public static Run rerun(String id) {
        return rerun(id, Map.of());
    }

    /** The same where it was rewarded by functions: {@code rerun(id, Map.of("gold", GoldReward::score))}. */
    public static Run rerun(String id, Map<String, Reward> functions) {
        return PastRun.rerun(runs(), id, functions, RunOptions.NONE.progress(Notebook.progress()));
    }

    /** A run of another store, trained again. */
    public static Run rerun(RunStore store, String id) {
        return PastRun.rerun(store, id, Map.of(), RunOptions.NONE.progress(Notebook.progress()));
    }

    /**
     * What is wrong with a run, in sentences: what was seen, what it usually means, what to try. Its {@code figure()}
     * shows what the sentences rest on. Finished runs of a folder can be asked too, those of earlier versions by their
     * metrics.
     */
    public static Diagnosis diagnose(Trained trained) {
        return Diagnosis.of(trained.run());
    }

    /**
     * Whether the second run is better than the first, or whether chance may have made the difference, on what both
     * have in common: the held-out prompts of two alignments, or of one and the run it began with; the documents or
     * questions that both held back.
     */
    public static Difference better(Run a, Run b) {
        return Better.of(a, b);
    }

    /** The same in bits per byte of documents that neither has learned from. */
    public static Difference better(Run a, Run b, Corpus heldOut) {
        return Better.of(a, b, heldOut);
    }

    /** The same by questions answered exactly as expected, always taking the likeliest token. */
    public static Difference better(Run a, Run b, Conversations questions) {
        return Better.of(a, b, questions);
    }

    /** The same by the rewards of answers to these prompts, drawn with the same random numbers. */
    public static Difference better(Run a, Run b, List<String> prompts, Reward reward) {
        return Better.of(a, b, prompts, reward);
    }

    /**
     * Whether the second recipe is better than the first over their seeds, by what all runs measured:
     * {@code better(narrow.seeds(5), wide.seeds(5))}.
     */
    public static Difference better(Runs a, Runs b) {
        return Better.of(a, b);
    }

    /** The same by the newest value of a metric, such as "validation_loss". */
    public static Difference better(String metric, Runs a, Runs b) {
        return Better.of(metric, a, b);
    }

    /** The same over seeds and documents, in bits per byte. */
    public static Difference better(Runs a, Runs b, Corpus heldOut) {
        return Better.of(a, b, heldOut);
    }

    /** The same over seeds and questions, by exact match. */
    public static Difference better(Runs a, Runs b, Conversations questions) {
        return Better.of(a, b, questions);
    }

    /** The same over seeds and prompts, by the rewards of answers drawn with the same random numbers. */
    public static Difference better(Runs a, Runs b, List<String> prompts, Reward reward) {
        return Better.of(a, b, prompts, reward);
    }

    /**
     * Whether the others of a table of {@link #judged} answers are better than the first, by one of its columns; p is
     * corrected for how many there are.
     */
    public static Differences better(Table judged, String column) {
        return Better.of(judged, column);
    }

    /**
     * Whether the best setting of a sweep over seeds is better than the others, which takes into account that it was
     * picked for being the best: {@code better(result, "validation_loss")}.
     */
    public static Differences better(SweepResult sweep, String metric) {
        return Better.of(sweep, metric);
    }

    /** Whether the second gets more questions right with k sampled answers each (pass@k). */
    public static Difference better(MajorityVote a, MajorityVote b, int k) {
        return Better.of(a, b, k);
    }

    /**
     * What each phase of a training changed: {@code changes(base, tuned, aligned)}, runs in the order of the phases, or
     * any two of which the second began with the first. Bits per byte, form, exact match, reward, length, entropy and
     * diversity of answers with their intervals, the KL to the phase before, sizes and ranks of the changes of weights,
     * attention and logit lens. What is asked, {@code prompts(…)}, {@code questions(…)}, {@code reward(judge)} and the
     * like say; without them it is what the runs held back themselves.
     */
    public static Changes changes(Run... phases) {
        return Changes.of(phases).progress(Notebook.progress());
    }

    /** What differs between two runs or reward models in recipe, data and outcome. */
    public static RunDifference diff(Trained a, Trained b) {
        return RunDifference.of(a.run(), b.run());
    }

    /** What differs between two runs of {@link #runs} in recipe, data and outcome. */
    public static RunDifference diff(String a, String b) {
        return runs().diff(a, b);
    }

    /** Every combination of these hyperparameters' values. */
    public static Sweep sweep(Hyperparameter... hyperparameters) {
        return sweep(Searches.grid(hyperparameters));
    }

    /** What a search suggests, such as {@code Tpe.of(Goal.lowest("validation_loss"), 40, hyperparameters)}. */
    public static Sweep sweep(Search search) {
        return Sweep.of(search).progress(Notebook.sweepProgress());
    }

    /** How the model goes on from {@code beginning}, up to 60 tokens at temperature 0.8, drawn with this seed. */
    public static String complete(Run run, String beginning, long seed) {
        return run.completions()
                .continuation(
                        beginning, Sampling.atTemperature(0.8).maxTokens(60).seed(seed));
    }

    /**
     * A field for a prompt and sliders for how tokens are drawn, to be touched in the cell; several runs, such as
     * before and after, write side by side with the same random numbers ({@code docs/controls.md}).
     */
    public static Control<?> play(String prompt, Run... runs) {
        return Notebook.play(prompt, List.of(runs));
    }

    /** The same, beginning without a prompt. */
    public static Control<?> play(Run... runs) {
        return play("", runs);
    }

    /** A conversation with a model in its chat template, to be led in the cell ({@code docs/controls.md}). */
    public static Control<?> chat(Run run) {
        return Notebook.chat(run);
    }

    /**
     * A figure of one column of a table over another, with the choice of both, of a column for the colours, of the
     * scales and of the smoothing, to be touched in the cell ({@code docs/controls.md}). Begins with the loss over the
     * step where the table has them.
     */
    public static Control<?> explore(Table table) {
        return Exploration.of(table);
    }

    /** The same, beginning with these columns along x and y. */
    public static Control<?> explore(Table table, String x, String y) {
        return Exploration.of(table, x, y);
    }

    /**
     * Asks which of two answers to each prompt is better, not saying where they come from: two of one run, or one of
     * each of two. Every answer is on the disk at once as {@code {prompt, chosen, rejected}}, and the same cell goes on
     * where it stopped ({@code docs/controls.md}). Shows controls; where nothing can be touched it asks on standard
     * input and shows what was labelled.
     *
     * @param file such as {@code Path.of("labels.jsonl")}, of one person or of several who share the prompts
     */
    public static Object label(List<String> prompts, Path file, Run... runs) {
        return Notebook.label(prompts, file, List.of(runs));
    }

    /**
     * The same where nobody may be there, as when a program runs the notebook: then a stand-in chooses of two answers
     * the one that its rule scores higher, and says so. Its labels stand in a file of their own and are never taken for
     * a person's; {@link #labels} has those that count.
     *
     * @param standIn such as {@code Reward.of("the shorter one", (prompt, answer) -> -answer.length())}
     */
    public static Object label(List<String> prompts, Path file, Reward standIn, Run... runs) {
        return Notebook.label(prompts, file, standIn, List.of(runs));
    }

    /**
     * The labels that a person has given to answers to these prompts with {@code label(prompts, file, …)}, or the
     * stand-in's where nobody was there. Fewer than ten that chose, of fewer than twenty prompts than half as many, are
     * refused in a sentence that says what to do while there are prompts left to label.
     */
    public static PreferenceLabels labels(List<String> prompts, Path file) {
        return Notebook.labels(prompts, file);
    }

    /** What the model answers, always taking the likeliest token. */
    public static String ask(Run run, String prompt) {
        return answers(run, List.of(prompt), Sampling.greedy()).getFirst();
    }

    /** What the model answers to each prompt, in the chat template. */
    public static List<String> answers(Run run, List<String> prompts, Sampling sampling) {
        return run.completions().answers(prompts, run.template(), sampling);
    }

    /**
     * Answers to the same prompts with the same random numbers, before and after, or for as many runs as there are:
     * {@code compare(prompts, base, tuned, aligned)}. Words that changed are marked, tokens shaded by how sure the
     * model was that wrote them. {@code table()} has the column "prompt" and one for each run, of two "before" and
     * "after" unless they have names ({@link Run#named}); {@code save("compared.tex")} writes it, as {@code .md} and
     * {@code .csv} too.
     */
    public static BeforeAfter compare(List<String> prompts, Run... runs) {
        return BeforeAfter.of(prompts, runs);
    }

    /** The answers to an alignment's held-out prompts before and after, and the reward of each. */
    public static BeforeAfter compare(Run aligned) {
        return BeforeAfter.of(aligned);
    }

    /** Answers of each seed of a recipe to the same prompts with the same random numbers. */
    public static BeforeAfter compare(List<String> prompts, Runs series) {
        return BeforeAfter.of(
                prompts, series.list().stream().map(Trivium::bySeed).toArray(Run[]::new));
    }

    private static Run bySeed(Run run) {
        return run.named("seed " + run.card().origin().seed());
    }

    /**
     * Answers of several runs to the same prompts with the same random numbers, and what judges say of them:
     * {@code judged(prompts, Map.of("reward", judge, "gold", gold), tuned, aligned)}. Columns "run", "prompt", "text",
     * "length" (tokens), "kl" (nats from the first run, which is the reference), and one for each judge. Several
     * figures draw it, such as {@link Figures#winRates}.
     */
    public static Table judged(List<String> prompts, Map<String, Reward> judges, Run reference, Run... others) {
        return JudgedAnswers.table(prompts, judges, reference, others);
    }

    /**
     * What two models make of each token of both answers of comparisons, for {@link Figures#movedByPosition} and
     * {@link Figures#movedByToken}.
     */
    public static Table moved(Run before, Run after, Comparisons comparisons) {
        return LogProbShift.table(before, after, comparisons);
    }

    /** The same of the answers of conversations. */
    public static Table moved(Run before, Run after, Conversations conversations) {
        return LogProbShift.table(before, after, conversations);
    }

    /** What the model answers in the place of the last answer of each conversation, given the turns before it. */
    public static List<String> answers(Run run, Conversations conversations, Sampling sampling) {
        return run.completions()
                .turns(
                        conversations.list().stream()
                                .map(Conversation::promptMessages)
                                .toList(),
                        run.template(),
                        sampling);
    }

    /**
     * How many of these questions the model answers exactly as expected, always taking the likeliest token; of a
     * conversation of several turns, the last answer given the turns before it.
     */
    public static Share exactMatch(Run run, Conversations questions) {
        var expected = questions.list().stream().map(Conversation::completion).toList();
        return ExactMatch.of(answers(run, questions, Sampling.greedy()), expected, questions.prompts());
    }

    /**
     * How many of these prompts the model does as asked, whatever words it finds, always taking the likeliest token.
     */
    public static Share verified(Run run, Iterable<? extends Verifiable> asked) {
        return Verifications.share(asked, answers(run, prompts(asked), Sampling.greedy()));
    }

    /** What the model makes of each prompt: columns "kind", "prompt", "completion", "right" and "why" (not). */
    public static Table verifications(Run run, Iterable<? extends Verifiable> asked) {
        return Verifications.table(asked, answers(run, prompts(asked), Sampling.greedy()));
    }

    private static List<String> prompts(Iterable<? extends Verifiable> asked) {
        var prompts = new ArrayList<String>();
        asked.forEach(one -> prompts.add(one.prompt()));
        return prompts;
    }

    /**
     * What the model makes of these texts: log p of each token given those before it, in nats; columns "text", "token"
     * and "log_p". How many texts are longer than the model's context, and so are scored in parts, is said on standard
     * output.
     */
    public static Table scores(Run run, List<String> texts) {
        var scores = TextScore.of(run.model(), run.tokenizer(), texts);
        TextScore.sentence(scores, run.model().context()).ifPresent(System.out::println);
        return TextScore.table(run.tokenizer(), scores);
    }

    /**
     * What the model writes between two texts, up to 60 tokens at temperature 0.8, drawn with this seed; for models
     * that learned it, with {@code task(Task.missingMiddle())}.
     */
    public static String fillMiddle(Run run, String before, String after, long seed) {
        var sampling = Sampling.atTemperature(0.8).maxTokens(60).seed(seed);
        return run.completions()
                .middles(List.of(new FillInTheMiddle.Gap(before, after)), sampling)
                .getFirst();
    }

    /**
     * The words a model would put where the sentence has {@code ___}, with probabilities. A causal model scores the
     * whole sentence with each, one that looks both ways reads them off in its place; the candidates are the most
     * frequent words of the corpus.
     */
    public static Table fillBlank(Run run, String sentence, Corpus corpus) {
        var candidates = FillInTheBlank.vocabulary(String.join("\n", corpus), CANDIDATES);
        return new FillInTheBlank(run.model(), run.tokenizer()).words(sentence, candidates);
    }

    /** The likeliest words of {@link #fillBlank} as a figure. */
    public static Figure blankFigure(Table words, int most) {
        int n = Math.min(most, words.rowCount());
        return Figures.words(
                words.name(),
                IntStream.range(0, n).mapToObj(words.stringColumn("word")::get).toList(),
                IntStream.range(0, n)
                        .mapToDouble(words.doubleColumn("probability")::getDouble)
                        .toArray());
    }

    /**
     * What two models would put where the sentence has {@code ___}: the words that the second finds likeliest, with the
     * probabilities both give them.
     */
    public static Figure blankFigure(String sentence, Corpus corpus, int most, Run before, Run after) {
        var first = fillBlank(before, sentence, corpus);
        var second = fillBlank(after, sentence, corpus);
        int n = Math.min(most, second.rowCount());
        var words =
                IntStream.range(0, n).mapToObj(second.stringColumn("word")::get).toList();
        var places = first.stringColumn("word").asList();
        return Figures.bars(
                sentence,
                "probability among the " + second.rowCount() + " words offered",
                words,
                words.stream()
                        .mapToDouble(word -> first.doubleColumn("probability").getDouble(places.indexOf(word)))
                        .toArray(),
                IntStream.range(0, n)
                        .mapToDouble(second.doubleColumn("probability")::getDouble)
                        .toArray());
    }

    /**
     * One page on these runs and reward models, parents first: {@code report(base, tuned, judge).save("report.html")}.
     * It opens without a network; {@code save("report.md")} writes Markdown.
     */
    public static Report report(Trained... runs) {
        return Report.of(runs);
    }

    /** One page on the seeds of recipes, with the mean of their losses and its interval. */
    public static Report report(Runs... series) {
        return Report.of(series);
    }

    /** One page on a run of a store and on all that it came from. */
    public static Report report(RunStore store, String id) {
        return Report.of(store, id);
    }

    /** The card that a data set shows in a cell, with lengths in tokens beside those in words. */
    public static Profile card(Texts data, Tokenizer tokenizer) {
        return Profile.of(data, tokenizer);
    }

    /** The card of a token file, with text in place of ids. */
    public static TokenProfile card(TokenFile file, Tokenizer tokenizer) {
        return TokenProfile.of(file, tokenizer);
    }

    /** What held-out data has in common with training data of the same kind. */
    public static Overlap overlap(Texts train, Texts heldOut) {
        return Overlap.of(train, heldOut);
    }

    /** The tokens of a text, one by one. */
    public static Pieces tokens(Tokenizer tokenizer, String text) {
        return Pieces.of(tokenizer, tokenizer.encode(text));
    }

    /** A conversation as a run's model reads it, in its chat template, with the tokens marked that it learns to say. */
    public static Pieces tokens(Run run, Conversation conversation) {
        return tokens(run.tokenizer(), run.template(), conversation);
    }

    /** The same in the default template. */
    public static Pieces tokens(Tokenizer tokenizer, Conversation conversation) {
        return tokens(tokenizer, ChatTemplate.DEFAULT, conversation);
    }

    private static Pieces tokens(Tokenizer tokenizer, ChatTemplate template, Conversation conversation) {
        var words = tokenizer.withSpecials(template.specials());
        return template.training(words, conversation.messages()).pieces(words);
    }

    /** Saves a table for a report as .csv, .md or .tex: {@code save(runs().table(), "runs.tex")}. */
    public static Path save(Table table, String file) {
        return TableExport.save(table, Path.of(file));
    }

    /**
     * A run on its way to other programs: {@code save(run).huggingFace(folder)} writes what transformers'
     * {@code AutoModelForCausalLM.from_pretrained} loads.
     */
    public static Export save(Run run) {
        return Export.of(run);
    }

    /** Shows a value below the cell. */
    public static void show(Object value) {
        Notebook.display(value);
    }

    /** Where a data set of the project is: {@code dataset("toytown/stories.txt")}, wherever the notebook runs. */
    public static Path dataset(String name) {
        var file = home().resolve("datasets").resolve(name);
        var here = Path.of("").toAbsolutePath();
        // Relative where it can be (not on another drive), so that what a notebook shows reads alike on every machine.
        return Objects.equals(file.getRoot(), here.getRoot()) ? here.relativize(file) : file;
    }

    /** The runs of this project, in the folder {@code runs}. */
    public static RunStore runs() {
        return RunStore.open(home().resolve("runs"));
    }

    /**
     * The project's folder: what TRIVIUM_HOME says, or the first folder from here upwards that has {@code datasets}.
     */
    private static Path home() {
        var told = System.getenv("TRIVIUM_HOME");
        if (told != null && !told.isBlank()) {
            return Path.of(told);
        }
        var here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, folder -> folder != null, Path::getParent)
                .filter(folder -> Files.isDirectory(folder.resolve("datasets")))
                .findFirst()
                .orElse(here);
    }

    /**
     * This many; with {@code TRIVIUM_SMOKE=1} in the environment a hundredth of them, so that a whole notebook runs in
     * seconds.
     */
    public static int scale(int full) {
        return "1".equals(System.getenv("TRIVIUM_SMOKE")) ? Math.max(2, full / 100) : full;
    }
}
