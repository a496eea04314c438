package trivium.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Algorithm;
import trivium.align.Distillation;
import trivium.align.Dpo;
import trivium.align.FDivergence;
import trivium.align.Grpo;
import trivium.align.Kto;
import trivium.align.Learner;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.align.PreferenceOptimisation;
import trivium.align.Reward;
import trivium.align.RewardModel;
import trivium.align.RewardModelling;
import trivium.align.Rewards;
import trivium.align.Rloo;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.FillInTheMiddle;
import trivium.data.TokenFile;
import trivium.finetune.FineTuning;
import trivium.lstm.LstmShape;
import trivium.model.Architecture;
import trivium.model.Architecture.QkNorm;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Lora;
import trivium.pretrain.Pretraining;
import trivium.pretrain.Task;
import trivium.run.Fingerprint;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.tensor.Precision;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.text.TurnTemplate;
import trivium.train.AdamW;
import trivium.train.Muon;
import trivium.train.Schedule;
import trivium.train.Settings;
import trivium.train.Warmup;

/** The cells that a report prints to train its runs again: compiled as they stand, run, and the numbers compared. */
class RerunCodeTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .\"\\\n")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final Reward SHORT = (_, answer) -> -answer.length();

    @TempDir
    static Path folder;

    private static RunStore store;

    /** Each recipe, with no setting left at its default that its card has. */
    @BeforeAll
    static void train() {
        store = RunStore.open(folder.resolve("kept"));
        var base = Pretraining.of(Llama.of(16, 16, 1, 2, 2).qkNorm(QkNorm.HEAD).dropout(0.1), LETTERS, corpus())
                .steps(6)
                .batchSize(3)
                .learningRate(0.01)
                .optimizer(new Muon(0.9, 4, new AdamW(0.8, 0.95, 1e-7, 0.2, true)))
                .validation(0.2)
                .evaluations(3)
                .ema(0.9)
                .labelSmoothing(0.1)
                .zLoss(0.01)
                .samples("a\"b\\\n", "c")
                .gradientAccumulation(2)
                .schedule(new Schedule.Linear(0.2))
                .warmup(2)
                .maxGradNorm(0.5)
                .freeze("norm")
                .seed(5_000_000_000L)
                .keep(store.folder("base"))
                .run();
        var tuned = FineTuning.of(base, Conversations.of(questions()))
                .epochs(2)
                .batchSize(7)
                .validation(0.2)
                .learningRate(0.02)
                .precision(Precision.BF16)
                .seed(6)
                .optimizer(new AdamW(0.8, 0.9, 1e-7, 0, true))
                .warmupRatio(0.3)
                .maxGradNorm(Double.POSITIVE_INFINITY)
                .labelSmoothing(0.2)
                .zLoss(0.02)
                .freeze("embedding", "layers.0.attention")
                .learningRateFactors("norm=0.5", "layers.0.mlp = 2")
                .packed()
                .keepBest("validation_loss")
                .keep(store.folder("tuned"))
                .run();
        FineTuning.of(tuned.best(), Conversations.of(questions()))
                .template(new ChatTemplate(new TurnTemplate(
                        List.of("<|user|>", "<|end|>"),
                        "a",
                        turn("", "\n"),
                        turn("<|user|>", "\\\""),
                        turn("b", "<|end|>"),
                        true,
                        true)))
                .steps(7)
                .lora(Lora.rank(2)
                        .alpha(3)
                        .dropout(0.1)
                        .useDora(true)
                        .targets("attention.q", "mlp")
                        .rankPattern("mlp=3")
                        .modulesToSave("head"))
                .gradientAccumulation(3)
                .gradientCheckpointing(true)
                .schedule(new Schedule.WarmupStableDecay(0.3, 0.1))
                .earlyStopping("validation_loss", 1)
                .keep(store.folder("2nd-tuned"))
                .run();
        var judging = RewardModelling.of(tuned, Comparisons.of(choices()))
                .epochs(1)
                .batchSize(9)
                .margins(false)
                .centerRewardsCoefficient(0.01)
                .validation(0.2)
                .learningRate(0.003)
                .gradientAccumulation(2)
                .optimizer(new AdamW(0.7, 0.8, 1e-6, 0.3, true))
                .schedule(new Schedule.Cosine(0.4))
                .warmup(1)
                .maxGradNorm(0.2)
                .seed(7);
        try (var judge = judging.keep(store.folder("judge")).run()) {
            PolicyOptimisation.of(tuned, prompts())
                    .reward(judge)
                    .gold(Reward.of("short \"ones\"", SHORT))
                    .algorithm(Grpo.numGenerations(3).beta(0.02).epochs(2))
                    .batchSize(2)
                    .maxTokens(5)
                    .temperature(0.9)
                    .exactKl(0.03)
                    .entropyCoefficient(0.02)
                    .heldOut(2)
                    .epochs(1)
                    .learningRate(0.01)
                    .gradientAccumulation(2)
                    .optimizer(new AdamW(0.7, 0.8, 1e-6, 0.3, true))
                    .schedule(new Schedule.Linear())
                    .warmup(new Warmup.Fewer(1, 0.5))
                    .maxGradNorm(0.4)
                    .precision(Precision.BF16)
                    .evaluations(2)
                    .keepBest("eval/reward")
                    .ema(0.7)
                    .seed(8)
                    .keep(store.folder("aligned"))
                    .run();
            PolicyOptimisation.of(tuned, prompts())
                    .reward(judge)
                    .algorithm(Ppo.numGenerations(2)
                            .adaptiveKl(0.5, 40)
                            .valueStart(Ppo.ValueStart.REWARD_MODEL)
                            .minibatches(3)
                            .epochs(2))
                    .steps(2)
                    .heldOut(2)
                    .maxTokens(4)
                    .keep(store.folder("proximal"))
                    .run();
        }
        Distillation.of(
                        tuned,
                        new Distillation.Student.Fresh(Gpt.of(12, 8, 1, 2)),
                        new Distillation.Lessons.Answers(Conversations.of(questions())))
                .beta(0.5)
                .temperature(2)
                .crossEntropy(0.25)
                .validation(0.3)
                .steps(3)
                .batchSize(5)
                .keep(store.folder("distilled"))
                .run();
        var preferring = PreferenceOptimisation.of(tuned, Comparisons.of(choices()))
                .batchSize(9)
                .validation(0.2)
                .learningRate(0.003);
        preferring
                .loss(Dpo.robust(0.2, 0.1).fDivergence(new FDivergence.AlphaDivergence(0.5)))
                .keepBest("validation_rewards/margins")
                .keep(store.folder("preferred"))
                .run();
        preferring.loss(Kto.beta(0.2)).keep(store.folder("liked")).run();
        var lstm = small(Pretraining.of(new LstmShape(12, 8, 1), LETTERS, corpus()))
                .keep(store.folder("class"))
                .run();
        PolicyOptimisation.of(lstm, prompts())
                .reward(SHORT)
                .algorithm(Rloo.numGenerations(2).beta(0.3))
                .steps(2)
                .heldOut(1)
                .maxTokens(4)
                .keep(store.folder("rewarded"))
                .run();
        PolicyOptimisation.of(lstm, Conversations.of(questions()))
                .reward(Rewards.tags("a", "b\""))
                .reward("exact", Rewards.exactAnswer(), -0.5)
                .evaluate("asked", Conversations.of(questions()).limit(3))
                .evaluate("ended", Rewards.ended())
                .algorithm(Rloo.numGenerations(2).beta(0.3))
                .steps(2)
                .heldOut(1)
                .maxTokens(4)
                .keep(store.folder("ruled"))
                .run();
        small(Pretraining.of(Gpt.of(16, 16, 1, 2), LETTERS, corpus()).precision(Precision.BF16))
                .keep(store.folder("bf16"))
                .run();
        small(Pretraining.of(Bert.of(16, 16, 1, 2), LETTERS, corpus())
                        .task(Task.maskedTokens().share(0.3).mix(0.7, 0.2)))
                .keep(store.folder("masked"))
                .run();
        small(Pretraining.of(Gpt.of(32, 16, 1, 2), LETTERS, corpus())
                        .task(Task.missingMiddle().rate(0.6)))
                .keep(store.folder("middle"))
                .run();
        tokenFiles();
    }

    private static Pretraining small(Pretraining recipe) {
        return recipe.steps(3).batchSize(2).evaluations(1).validation(0.3);
    }

    private static void tokenFiles() {
        var words = LETTERS.withSpecials(Tokenizer.END_OF_TEXT).withSpecials(FillInTheMiddle.specials());
        var documents = corpus().documents();
        var plain = TokenFile.build(folder.resolve("plain"), documents.iterator(), words, TokenFile.Listener.SILENT);
        var moved = TokenFile.build(
                folder.resolve("moved"),
                documents.iterator(),
                words,
                FillInTheMiddle.of(words, 3),
                TokenFile.Listener.SILENT);
        small(Pretraining.of(Gpt.of(16, 16, 1, 2), words, plain))
                .keep(store.folder("one-file"))
                .run();
        Pretraining.of(Gpt.of(16, 16, 1, 2), words, moved, plain)
                .steps(3)
                .batchSize(2)
                .keep(store.folder("two-files"))
                .run();
    }

    private static Corpus corpus() {
        var random = new SplittableRandom(3);
        return Corpus.of(Stream.generate(() -> word(random, 20) + ".\n" + word(random, 5))
                .limit(30)
                .toList());
    }

    private static List<Conversation> questions() {
        var random = new SplittableRandom(4);
        return Stream.generate(() -> word(random, 4))
                .limit(40)
                .map(word -> new Conversation(word, word.substring(2)))
                .toList();
    }

    private static List<Comparison> choices() {
        var random = new SplittableRandom(5);
        return Stream.generate(() -> new Comparison(word(random, 3), word(random, 3) + "aa", word(random, 4)))
                .limit(40)
                .toList();
    }

    private static TurnTemplate.Turn turn(String before, String after) {
        return new TurnTemplate.Turn(before, after);
    }

    private static List<String> prompts() {
        return IntStream.range(0, 12)
                .mapToObj(i -> "ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6))
                .toList();
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).collect(Collectors.joining());
    }

    private static String cells(String... ids) {
        return RerunCode.cells(Stream.of(ids).map(store::load).toList());
    }

    /**
     * The cells as one program whose result is every variable; only the folder's place and the functions are put in.
     */
    private Map<String, Object> run(String cells) throws Exception {
        var name = "Cells";
        var code = cells.replaceFirst("RunStore\\.open\\(\"[^\"]*\"\\)", "RunStore.open(\"" + store.folder() + "\")")
                .replaceAll("throw new UnsupportedOperationException\\(.*\\);", "return -completion.length();");
        assertFalse(code.contains("UnsupportedOperationException"), code);
        var body = code.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        var variables = Pattern.compile("^var (\\w+) = ", Pattern.MULTILINE)
                .matcher(body)
                .results()
                .map(found -> found.group(1))
                .toList();
        var source = code.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"))
                + "\npublic final class " + name
                + " {\n@SuppressWarnings(\"all\") public static java.util.Map<String, Object> run() {\n" + body
                + "\nvar all = new java.util.LinkedHashMap<String, Object>();\n"
                + variables.stream()
                        .map(variable -> "all.put(\"" + variable + "\", " + variable + ");\n")
                        .collect(Collectors.joining())
                + "return all;\n}\n}\n";
        var classes = Files.createTempDirectory(folder, "classes");
        var said = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(new Source(name, source)))
                .call();
        assertTrue(compiled, said + "\n" + cells);
        try (var loader = new URLClassLoader(
                new java.net.URL[] {classes.toUri().toURL()}, RerunCodeTest.class.getClassLoader())) {
            @SuppressWarnings("unchecked")
            var all = (Map<String, Object>)
                    loader.loadClass(name).getMethod("run").invoke(null);
            return all;
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause() + "\n" + cells, e.getCause());
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** All a run holds but the time it took. */
    private static Map<String, Object> numbers(Run run) {
        var content = new LinkedHashMap<String, Object>();
        content.put("weights", Fingerprint.of(run));
        content.put("template", run.template());
        run.tables()
                .forEach((name, table) -> table.columns().stream()
                        .filter(column -> !column.name().equals("seconds"))
                        .forEach(column -> content.put(
                                name + "." + column.name(), column.asList().toString())));
        return content;
    }

    private static void assertSame(String id, Object again) {
        var run = again instanceof RewardModel judge ? judge.run() : (Run) again;
        assertEquals(numbers(store.load(id)), numbers(run), id);
    }

    @Test
    void preferencesAreLearnedAgain() throws Exception {
        var all = run(cells("tuned", "preferred", "liked"));
        assertSame("preferred", all.get("preferred"));
        assertSame("liked", all.get("liked"));
    }

    @Test
    void theWholeChainCompilesAndGivesTheSameNumbers() throws Exception {
        var all = run(cells("base", "tuned", "judge", "aligned", "2nd-tuned", "distilled"));
        assertSame("base", all.get("base"));
        assertSame("tuned", all.get("tuned"));
        assertSame("judge", all.get("judge"));
        assertSame("aligned", all.get("aligned"));
        assertSame("distilled", all.get("distilled"));
        assertSame("2nd-tuned", all.get("run2ndTuned"));
    }

    @Test
    void otherShapesTasksPrecisionsAndFilesDoToo() throws Exception {
        var all = run(
                cells("class", "rewarded", "proximal", "ruled", "bf16", "masked", "middle", "one-file", "two-files"));
        assertSame("class", all.get("runclass"));
        assertSame("rewarded", all.get("rewarded"));
        assertSame("proximal", all.get("proximal"));
        assertSame("ruled", all.get("ruled"));
        assertSame("bf16", all.get("bf16"));
        assertSame("masked", all.get("masked"));
        assertSame("middle", all.get("middle"));
        assertSame("one-file", all.get("oneFile"));
        assertSame("two-files", all.get("twoFiles"));
    }

    @Test
    void anArchitectureIsPrintedByItsShortestCall() throws Exception {
        var shapes = new LinkedHashMap<String, Architecture>();
        shapes.put("Gpt.small().context(64)", Gpt.small().context(64));
        shapes.put("Gpt.gpt2()", Gpt.gpt2());
        shapes.put("Gpt.of(16, 24, 3, 2)", Gpt.of(16, 24, 3, 2));
        shapes.put("Bert.small().causal(true)", Gpt.small().biases(Architecture.Biases.BODY));
        shapes.put(
                "Llama.small().rotaryTheta(500000.0).biases(Architecture.Biases.QUERIES_KEYS_VALUES)",
                Llama.small().rotaryTheta(500_000).biases(Architecture.Biases.QUERIES_KEYS_VALUES));
        shapes.put(
                "Gpt.small().activation(Architecture.Activation.RELU_SQUARED)"
                        + ".placement(Architecture.Placement.PARALLEL).dropout(0.1)",
                Gpt.small()
                        .activation(Architecture.Activation.RELU_SQUARED)
                        .placement(Architecture.Placement.PARALLEL)
                        .dropout(0.1));
        shapes.put(
                "Gpt.tiny().attention(new Architecture.Attention(4, 2, true))",
                Gpt.tiny().attention(new Architecture.Attention(4, 2, true)));
        shapes.put("Gpt.tiny().headSize(6).heads(5)", Gpt.tiny().headSize(6).heads(5));
        var imports = new TreeSet<String>();
        var lines = new ArrayList<String>();
        for (var shape : shapes.values()) {
            lines.add("var shape" + lines.size() + " = " + ArchitectureExpression.of(shape, imports) + ";");
        }
        var made = run(imports.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining())
                + String.join("\n", lines));
        assertEquals(List.copyOf(shapes.values()), List.copyOf(made.values()));
        assertEquals(
                shapes.keySet().stream().toList(),
                lines.stream().map(line -> line.replaceAll("^.* = |;$", "")).toList());
    }

    /** What a fresh recipe has is not said; what depends on the data is. */
    @Test
    void onlyWhatDiffersFromAFreshRecipeIsSaid() throws Exception {
        assertTrue(cells("rewarded").endsWith("""
                                var rewarded = align(store.load("class"), rewardedPast.prompts())
                                    .reward(rewardedReward)
                                    .algorithm(new Rloo(2, 0.3, new RatioClip(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY), 1, false, false))
                                    .maxTokens(4)
                                    .heldOut(1)
                                    .steps(2)
                                    .run();"""), cells("rewarded"));
    }

    /** A run whose parents the report does not tell of has them loaded. */
    @Test
    void parentsThatAreNotOnThePageAreLoaded() throws Exception {
        assertSame("aligned", run(cells("aligned")).get("aligned"));
        assertSame("judge", run(cells("judge")).get("judge"));
    }

    @Test
    void whatNoCardHoldsIsSaidWhereItIsMissing() {
        var cells = cells("rewarded", "aligned");
        assertTrue(
                cells.contains(
                        "Reward rewardedReward = (prompt, completion) -> {\n    throw new"
                                + " UnsupportedOperationException(\"write here the function that was the reward of rewarded: a function\");"),
                cells);
        assertTrue(
                cells.contains("Reward alignedGold = Reward.of(\"short \\\"ones\\\"\", (prompt, completion) -> {"),
                cells);
        assertFalse(cells.contains(folder.toString()), "nobody's folders: " + cells);
    }

    private record Mine(int numGenerations) implements Algorithm {
        @Override
        public Learner learner(Learner.Context context) {
            throw new UnsupportedOperationException("never asked");
        }
    }

    @Test
    void anAlgorithmOfOnesOwnIsAskedFor() throws Exception {
        var card = PolicyOptimisation.of(store.load("tuned"), prompts()).algorithm(new Mine(2));
        var was = store.load("rewarded");
        var recipe = new LinkedHashMap<>(was.card().recipe());
        recipe.put("algorithm", Settings.of(card).get("algorithm"));
        var run = new Run(
                new trivium.run.RunCard(
                        "mine",
                        "align",
                        was.card().parent(),
                        recipe,
                        was.card().outcome(),
                        was.card().origin()),
                was.model(),
                was.tokenizer(),
                was.tables());
        var cells = RerunCode.cells(List.of(run));
        assertTrue(cells.contains("write here the algorithm of mine: {name=mine, num_generations=2}"), cells);
        assertTrue(cells.contains(".algorithm(mineAlgorithm)"), cells);
        assertTrue(cells.contains("// Runs that are not saved have no folder to read from"), cells);
    }
}
