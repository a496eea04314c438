package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.Distillation;
import trivium.align.Dpo;
import trivium.align.FDivergence;
import trivium.align.Gae;
import trivium.align.Grpo;
import trivium.align.KlEstimator;
import trivium.align.Kto;
import trivium.align.Overlong;
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
import trivium.finetune.FineTuning;
import trivium.lstm.LstmShape;
import trivium.model.Architecture.QkNorm;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunDifference;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.AdamW;

/** A run is trained again from its folder, and from nothing else: the same numbers, to the last bit. */
class RerunTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .\r\n")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final Reward SHORT = (_, answer) -> -answer.length();

    @TempDir
    static Path folder;

    private static final Grpo WITHOUT_DEFAULTS = new Grpo(
            3,
            Grpo.LossType.SAPO,
            Grpo.ScaleRewards.BATCH,
            new Grpo.Ratio(Grpo.ImportanceSampling.SEQUENCE, 0.3, 0.4, 2, 0.9, 1.1),
            new Grpo.Kl(0.02, KlEstimator.K2, Grpo.KlIn.REWARD, false),
            new Grpo.Use(2, true, true, new Overlong(0.3, 0.5)));

    private static RunStore store;

    /** The whole chain, with no setting left at its default. */
    @BeforeAll
    static void train() {
        store = RunStore.open(folder.resolve("runs"));
        var random = new SplittableRandom(3);
        var documents = Stream.generate(() -> word(random, 30) + ".\r\n \"\u2028" + word(random, 5))
                .limit(30)
                .toList();
        var base = Pretraining.of(
                        Llama.of(16, 16, 1, 2, 2).qkNorm(QkNorm.HEAD).dropout(0.1), LETTERS, Corpus.of(documents))
                .steps(6)
                .batchSize(3)
                .learningRate(0.01)
                .optimizer(new AdamW(0.8, 0.95, 1e-7, 0.2, true))
                .validation(0.2)
                .evaluations(3)
                .labelSmoothing(0.1)
                .zLoss(0.01)
                .samples("ab", "c")
                .seed(5)
                .keep(store.folder("base"))
                .run();
        var tuned = FineTuning.of(base, Conversations.of(questions(new SplittableRandom(4))))
                .epochs(2)
                .batchSize(7)
                .validation(0.2)
                .learningRate(0.02)
                .seed(6)
                .labelSmoothing(0.2)
                .zLoss(0.02)
                .freeze("embedding", "layers.0.attention")
                .learningRateFactors("norm=0.5", "layers.0.mlp = 2")
                .packed()
                .keep(store.folder("tuned"))
                .run();
        var judging = RewardModelling.of(tuned, Comparisons.of(choices(new SplittableRandom(5))))
                .epochs(1)
                .batchSize(9)
                .validation(0.2)
                .learningRate(0.003)
                .seed(7);
        try (var judge = judging.run()) {
            // saved afterwards, as notebooks do
            var saved = store.save(judge.run());
            PolicyOptimisation.of(tuned, prompts())
                    .reward(new RewardModel(saved))
                    .gold(Reward.of("short", SHORT))
                    .algorithm(WITHOUT_DEFAULTS)
                    .batchSize(2)
                    .maxTokens(5)
                    .temperature(0.9)
                    .exactKl(0.03)
                    .entropyCoefficient(0.02)
                    .heldOut(2)
                    .evaluations(2)
                    .steps(3)
                    .learningRate(0.01)
                    .warmup(2)
                    .seed(8)
                    .keep(store.folder("aligned"))
                    .run();
        }
        var preferring = PreferenceOptimisation.of(tuned, Comparisons.of(choices(new SplittableRandom(5))))
                .loss(Dpo.ipo(0.3).fDivergence(new FDivergence.AlphaDivergence(0.7)))
                .batchSize(9)
                .validation(0.2)
                .seed(7);
        preferring.keep(store.folder("preferred")).run();
        preferring
                .loss(Kto.beta(0.2).undesirableWeight(1.3))
                .keep(store.folder("liked"))
                .run();
        var asked = Conversations.of(questions(new SplittableRandom(6)));
        PolicyOptimisation.of(tuned, asked)
                .reward(Rewards.length(1, 2))
                .reward("format", Rewards.regex("^[a\\-c]"), 0.2)
                .reward("said", Rewards.exactAnswer(), 2)
                .gold(Rewards.repetition(2))
                .evaluate("exact", asked.limit(7))
                .evaluate("ended", Rewards.ended())
                .algorithm(Rloo.numGenerations(2))
                .batchSize(2)
                .maxTokens(5)
                .heldOut(3)
                .evaluations(2)
                .steps(3)
                .keep(store.folder("ruled"))
                .run();
    }

    /** With no setting left at its default; a fresh student, and one that was trained. */
    @Test
    void aDistillationIsTrainedAgain() {
        var places = RunStore.open(folder.resolve("distilled"));
        var teacher = places.save(store.load("tuned"));
        var fresh = Distillation.of(
                        teacher,
                        new Distillation.Student.Fresh(Llama.of(12, 8, 1, 2, 2)),
                        new Distillation.Lessons.Answers(Conversations.of(questions(new SplittableRandom(4)))))
                .beta(0.3)
                .temperature(1.5)
                .crossEntropy(0.2)
                .validation(0.3)
                .epochs(2)
                .batchSize(9)
                .seed(11)
                .keep(places.folder("fresh"))
                .run();
        Distillation.of(
                        teacher,
                        new Distillation.Student.Trained(fresh),
                        new Distillation.Lessons.Windows(Corpus.of("abc def. ".repeat(60))))
                .reverseKl()
                .steps(3)
                .batchSize(4)
                .keep(places.folder("trained"))
                .run();
        for (var id : List.of("fresh", "trained")) {
            var second = PastRun.rerun(places, id, Map.of(), RunOptions.NONE);
            assertEquals(numbers(places.load(id)), numbers(second));
        }
        assertEquals(
                Map.of("start", "fresh", "teacher", "tuned"),
                places.card("trained").parents());
    }

    private static List<Conversation> questions(SplittableRandom random) {
        return Stream.generate(() -> word(random, 4))
                .limit(40)
                .map(word -> new Conversation(word, word.substring(2)))
                .toList();
    }

    private static List<Comparison> choices(SplittableRandom random) {
        return Stream.generate(() -> new Comparison(word(random, 3), word(random, 3) + "aa", word(random, 4)))
                .limit(40)
                .toList();
    }

    private static List<String> prompts() {
        return IntStream.range(0, 12)
                .mapToObj(i -> "ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6))
                .toList();
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).collect(Collectors.joining());
    }

    private static String judge() {
        return store.ids().stream()
                .filter(id -> id.startsWith("reward-model"))
                .findFirst()
                .orElseThrow();
    }

    private static Run again(String id) {
        return PastRun.rerun(store, id, Map.of("gold", Reward.of("short", SHORT)), RunOptions.NONE);
    }

    /** All a run holds but the time it took. */
    private static Map<String, Object> numbers(Run run) {
        var content = new LinkedHashMap<String, Object>();
        content.put("weights", Fingerprint.of(run));
        run.tables()
                .forEach((name, table) -> table.columns().stream()
                        .filter(column -> !column.name().equals("seconds"))
                        .forEach(column -> content.put(
                                name + "." + column.name(), column.asList().toString())));
        return content;
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "tuned", "reward-model", "aligned", "ruled", "preferred", "liked"})
    void trainedAgainTheNumbersAreTheSame(String name) {
        var id = name.equals("reward-model") ? judge() : name;
        var first = store.load(id);
        var second = again(id);
        assertEquals(numbers(first), numbers(second));
        assertFalse(first.id().equals(second.id()), "the first one stays what it was");
        var difference = RunDifference.of(first, second);
        assertTrue(difference.isSame(), difference.toString());
        // and from a folder that only the second training filled
        var other = RunStore.open(folder.resolve("again-" + name));
        store.chain(id).runs().forEach(parent -> other.save(store.load(parent)));
        var third = PastRun.rerun(
                other, other.save(second).id(), Map.of("gold", Reward.of("short", SHORT)), RunOptions.NONE);
        assertEquals(numbers(first), numbers(third));
    }

    @Test
    void anLstmAndReinforceAreTrainedAgain() {
        var places = RunStore.open(folder.resolve("others"));
        var base = Pretraining.of(new LstmShape(12, 8, 1), LETTERS, Corpus.of("abc def. ".repeat(60)))
                .steps(3)
                .keep(places.folder("lstm"))
                .run();
        PolicyOptimisation.of(base, prompts())
                .reward(SHORT)
                .algorithm(Rloo.numGenerations(2).beta(0.3))
                .steps(2)
                .heldOut(1)
                .maxTokens(4)
                .keep(places.folder("policy"))
                .run();
        for (var id : List.of("lstm", "policy")) {
            var second = PastRun.rerun(places, id, Map.of("reward", SHORT), RunOptions.NONE);
            assertEquals(numbers(places.load(id)), numbers(second));
        }
        assertSentence(
                () -> PastRun.rerun(places, "policy", Map.of(), RunOptions.NONE),
                "cannot train policy again: its reward was a function, which no folder can hold",
                "Map.of(\"reward\"");
    }

    /** With no setting of PPO left at its default. */
    @Test
    void ppoIsTrainedAgain() {
        var places = RunStore.open(folder.resolve("ppo"));
        places.save(store.load("base"));
        PolicyOptimisation.of(store.load("base"), prompts())
                .reward(SHORT)
                .algorithm(ppo())
                .batchSize(3)
                .steps(3)
                .heldOut(2)
                .maxTokens(5)
                .learningRate(0.01)
                .keep(places.folder("policy"))
                .run();
        var second = PastRun.rerun(places, "policy", Map.of("reward", SHORT), RunOptions.NONE);
        assertEquals(numbers(places.load("policy")), numbers(second));
    }

    private static Ppo ppo() {
        return Ppo.numGenerations(2)
                .beta(0.3)
                .klEstimator(KlEstimator.K3)
                .adaptiveKl(0.5, 40)
                .gamma(0.9)
                .lambda(0.7)
                .whitening(Gae.Whitening.SCALE)
                .epsilon(0.1)
                .valueClip(0.4)
                .valueLearningRate(0.003)
                .valueCoefficient(0.5)
                .epochs(2)
                .minibatches(3)
                .targetKl(0.5)
                .missingEosPenalty(0.25);
    }

    @Test
    void aRunThatWasKilledIsTrainedAgainFromItsBeginning() {
        var whole = store.load("tuned");
        var places = RunStore.open(folder.resolve("killed"));
        places.save(store.load("base"));
        var recipe = FineTuning.of(store.load("base"), Conversations.of(questions(new SplittableRandom(4))))
                .epochs(2)
                .batchSize(7)
                .validation(0.2)
                .learningRate(0.02)
                .seed(6)
                .labelSmoothing(0.2)
                .zLoss(0.02)
                .freeze("embedding", "layers.0.attention")
                .learningRateFactors("norm=0.5", "layers.0.mlp = 2")
                .packed();
        assertThrows(
                IllegalStateException.class,
                () -> recipe.keep(places.folder("killed")).progress(new Fall(3)).run());
        assertEquals(
                "ended early at step 3",
                places.card("killed").outcome().status().text());
        assertEquals(numbers(whole), numbers(PastRun.rerun(places, "killed", Map.of(), RunOptions.NONE)));
    }

    /** Stands for whatever ends a process. */
    private record Fall(long last) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == last) {
                throw new IllegalStateException("fallen");
            }
        }
    }

    @Test
    void theTableCountsTheParametersThatWereTrained() {
        var table = store.table();
        var base = table.where(table.stringColumn("id").isEqualTo("base"));
        assertEquals(
                store.load("base").model().parameters().count(),
                base.numberColumn("parameters").getDouble(0));
    }

    @Test
    void theChainIsWalkedFromThePolicyToTheTokenizer() {
        var judge = judge();
        var tokenizer = Fingerprint.of(LETTERS);
        var chain = store.chain("aligned");
        assertEquals(List.of("base", "tuned", judge, "aligned"), chain.runs());
        assertEquals("tokenizer " + tokenizer + " → base → tuned → " + judge + " → aligned", chain.toString());
        var serves = chain.table().stringColumn("serves as");
        assertEquals("tokenizer of base", serves.get(0));
        assertEquals(
                List.of("start of " + judge, "start of aligned"),
                List.of(serves.get(2).split(", ")).stream().sorted().toList().reversed());
        assertEquals("reward of aligned", serves.get(3));
        assertEquals(
                Map.of("start", "tuned", "reward", judge), store.card("aligned").parents());
    }

    /** A file of which a record was left out, and the records that the run's folder has, are the same data. */
    @Test
    void theSameDataInOtherWordsIsNoDifference() throws IOException {
        var rows = questions(new SplittableRandom(4)).stream()
                .map(question -> question.prompt() + "," + question.completion())
                .collect(Collectors.joining("\n", "prompt,completion\n", "\nab,\n"));
        var file = Files.writeString(folder.resolve("own.csv"), rows);
        var own = FineTuning.of(store.load("base"), Conversations.read(file))
                .epochs(1)
                .keep(store.folder("own"))
                .run();
        var difference = RunDifference.of(own, again("own"));
        assertTrue(difference.isSame(), difference.toString());
        assertTrue(difference.lines().isEmpty(), difference.toString());
    }

    @Test
    void onlyWhatDiffersIsShown() {
        var steps = store.load("base").metrics().rowCount();
        var first = store.load("tuned");
        var second = FineTuning.of(store.load("base"), Conversations.of(questions(new SplittableRandom(9))))
                .epochs(2)
                .batchSize(8)
                .validation(0.2)
                .learningRate(0.02)
                .seed(6)
                .labelSmoothing(0.2)
                .zLoss(0.02)
                .freeze("embedding", "layers.0.attention")
                .learningRateFactors("norm=0.5", "layers.0.mlp = 2")
                .packed()
                .run();
        var difference = RunDifference.of(first, second);
        var lines = difference.lines().stream()
                .collect(Collectors.groupingBy(
                        RunDifference.Line::part,
                        LinkedHashMap::new,
                        Collectors.mapping(RunDifference.Line::name, Collectors.toList())));
        assertEquals(List.of("batch_size"), lines.get("recipe"));
        assertEquals(List.of("SHA-256"), lines.get("data"));
        assertTrue(lines.get("outcome").containsAll(List.of("loss", "validation_loss")), lines.toString());
        assertFalse(lines.get("outcome").contains("seconds"));
        assertEquals("7", difference.table().stringColumn("tuned").get(0));
        assertTrue(difference.equal() > 10 && steps > 0, difference.toString());
    }

    @Test
    void whatIsMissingIsOneSentence() throws IOException {
        assertSentence(
                () -> PastRun.rerun(store, "aligned", Map.of(), RunOptions.NONE),
                "its gold was \"short\", which no folder can hold",
                "Map.of(\"gold\"");
        assertSentence(
                () -> PastRun.rerun(store, "aligned", Map.of("gold", Reward.of("long", SHORT)), RunOptions.NONE),
                "gold_name was short there and is long here");
        var alone = RunStore.open(folder.resolve("alone"));
        alone.save(store.load("tuned"));
        assertEquals(
                "not in this store", alone.chain("tuned").links().getFirst().outcome());
        assertSentence(
                () -> PastRun.rerun(alone, "tuned", Map.of(), RunOptions.NONE),
                "it started from base",
                "not among the runs in");
        var other = Pretraining.of(Llama.of(16, 16, 1, 2, 2), LETTERS, Corpus.of("abc ".repeat(90)))
                .steps(2)
                .keep(alone.folder("base"))
                .run();
        assertEquals("base", other.id());
        assertSentence(() -> PastRun.rerun(alone, "tuned", Map.of(), RunOptions.NONE), "start_hash was");
        var card = alone.folder("base").resolve("run.json");
        var said = Files.readString(card);
        Files.writeString(card, said.replace("\"evaluations\"", "\"masking\": 0.15, \"evaluations\""));
        assertSentence(
                () -> PastRun.rerun(alone, "base", Map.of(), RunOptions.NONE),
                "masking was 0.15 there and is null here");
        Files.writeString(card, said.replace("\"steps\"", "\"stages\""));
        assertSentence(() -> PastRun.rerun(alone, "base", Map.of(), RunOptions.NONE), "should have a number \"steps\"");
    }

    /** Where the data is not in the folder, for it was too large, the file is read again. */
    @Test
    void aFileThatChangedIsRefused() throws IOException {
        var text = folder.resolve("text.txt");
        Files.writeString(text, "abc def.\r\n".repeat(50));
        var places = RunStore.open(folder.resolve("files"));
        var run = Pretraining.of(Llama.of(16, 16, 1, 2, 2), LETTERS, Corpus.text(text))
                .steps(2)
                .keep(places.folder("read"))
                .run();
        Files.delete(places.folder("read").resolve("data.jsonl.gz"));
        assertEquals(numbers(run), numbers(PastRun.rerun(places, "read", Map.of(), RunOptions.NONE)));
        Files.writeString(text, "abc def.\r\n".repeat(51));
        assertSentence(
                () -> PastRun.rerun(places, "read", Map.of(), RunOptions.NONE),
                "text.txt does not hold the data that it read",
                run.card().origin().dataHash());
        Files.delete(text);
        assertSentence(() -> PastRun.rerun(places, "read", Map.of(), RunOptions.NONE), "neither in", "text.txt");
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertFalse(message.contains("\n"), message);
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
