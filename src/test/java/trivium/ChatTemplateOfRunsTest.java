package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.PolicyOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.CompletionBatches;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.TurnTemplate;

/** The chat template is chosen in fine-tuning and goes with the run from there on, through folders and phases. */
class ChatTemplateOfRunsTest {

    /** Without the default template's special tokens: whoever uses that template is refused. */
    private static final Tokenizer LETTERS =
            Tokenizer.characters(List.of("abcdef .\nuserasistant")).withSpecials(ChatTemplate.CHATML.specials());

    private static final Conversations LESSONS = Conversations.of(IntStream.range(0, 24)
            .mapToObj(i ->
                    new Conversation("ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6), i % 2 == 0 ? "a." : "fe"))
            .toList());

    /** Another template with the same special tokens. */
    private static final ChatTemplate PLAIN = new ChatTemplate(new TurnTemplate(
            ChatTemplate.CHATML.form().markers(),
            "",
            new TurnTemplate.Turn("", ""),
            new TurnTemplate.Turn("", ""),
            new TurnTemplate.Turn("<|im_start|>", "<|im_end|>"),
            true,
            false));

    @TempDir
    static Path folder;

    private static RunStore store;
    private static Run base;
    private static Run tuned;

    @BeforeAll
    static void train() {
        store = RunStore.open(folder.resolve("runs"));
        base = Pretraining.of(
                        Llama.of(64, 16, 1, 2, 2),
                        LETTERS,
                        Corpus.of(IntStream.range(0, 60)
                                .mapToObj(i -> "abc def. face " + i)
                                .toList()))
                .steps(2)
                .validation(0.4)
                .batchSize(2)
                .keep(store.folder("base"))
                .run();
        tuned = FineTuning.of(base, LESSONS)
                .template(ChatTemplate.CHATML)
                .epochs(1)
                .batchSize(4)
                .validation(0.2)
                .learningRate(0.05)
                .keep(store.folder("tuned"))
                .run();
    }

    @Test
    void trainingReadsConversationsInIt() {
        var split = CompletionBatches.split(LESSONS, LETTERS, ChatTemplate.CHATML, 64, 0.2);
        // <|im_start|> user⏎ abca <|im_end|> ⏎ <|im_start|> assistant⏎ a. [<|im_end|>], the last one predicted, not
        // seen
        int seen = 1 + 5 + 4 + 1 + 1 + 1 + 10 + 2;
        assertEquals(seen * split.train().size(), tuned.last("tokens"));
    }

    @Test
    void whatARunIsAskedStandsInIt() {
        var prompts = List.of("abcd", "fee", "bad", "cab");
        var sampling = Sampling.atTemperature(1).maxTokens(12).seed(3);
        var words = prompts.stream()
                .map(prompt -> Stream.of(
                                new int[] {special("<|im_start|>")},
                                LETTERS.encode("user\n" + prompt),
                                new int[] {special("<|im_end|>")},
                                LETTERS.encode("\n"),
                                new int[] {special("<|im_start|>")},
                                LETTERS.encode("assistant\n"))
                        .flatMapToInt(IntStream::of)
                        .toArray())
                .toList();
        var expected = new Generator(tuned.model())
                .generate(words, sampling.stop(special("<|im_end|>"))).stream()
                        .map(generation -> LETTERS.decode(generation.said()))
                        .toList();
        assertEquals(expected, Trivium.answers(tuned, prompts, sampling));
        assertNotEquals(expected, Trivium.answers(tuned.with(PLAIN), prompts, sampling));
    }

    private static int special(String name) {
        return LETTERS.special(name).orElseThrow();
    }

    @Test
    void everyLaterPhaseAndVerbInheritsIt() throws IOException {
        var loaded = store.load("tuned");
        assertEquals(ChatTemplate.CHATML, loaded.template());
        var pairs = IntStream.range(0, 20)
                .mapToObj(i -> new Comparison("ab" + "cdef".charAt(i % 4) + "abcde".charAt(i % 5), "aa", "fff"))
                .toList();
        var prompts = LESSONS.prompts().subList(0, 12).stream().distinct().toList();
        try (var judge = RewardModelling.of(loaded, Comparisons.of(pairs))
                .epochs(1)
                .validation(0.3)
                .keep(store.folder("judge"))
                .run()) {
            var aligned = PolicyOptimisation.of(loaded, prompts)
                    .reward(judge)
                    .steps(1)
                    .heldOut(2)
                    .maxTokens(4)
                    .keep(store.folder("aligned"))
                    .run();
            assertEquals(ChatTemplate.CHATML, store.load("judge").template());
            assertEquals(ChatTemplate.CHATML, store.load("aligned").template());
            Trivium.compare(prompts, tuned, aligned);
            Trivium.exactMatch(aligned, LESSONS.limit(2));
            var page = Trivium.report(store, "aligned").save(folder.resolve("report.md"));
            assertTrue(Files.readString(page.file().orElseThrow()).contains(".template(ChatTemplate.CHATML)"));
        }
        assertEquals("chatml", store.card("aligned").recipe().get("template"));
        var again = Trivium.rerun(store, "tuned");
        assertEquals(ChatTemplate.CHATML, again.template());
        assertEquals(tuned.last("loss"), again.last("loss"));
        assertEquals(
                ChatTemplate.CHATML, FineTuning.of(tuned, LESSONS).start().template(), "fine-tuning goes on in it");
        assertTrue(Trivium.tokens(tuned, LESSONS.get(0)).toString().contains("[a . <|im_end|>]"));
    }

    /** Packed, so that a row holds several conversations. */
    @Test
    void aTrainingThatWasStoppedGoesOnInItAndInNoOther() {
        var recipe = FineTuning.of(base, LESSONS)
                .template(ChatTemplate.CHATML)
                .packed()
                .epochs(3)
                .batchSize(2)
                .validation(0.2);
        var whole = recipe.run();
        var kept = recipe.keep(store.folder("stopped"));
        kept.progress(new Progress() {
                    @Override
                    public void step(long step, Map<String, Double> metrics) {
                        if (step == 3) {
                            Thread.currentThread().interrupt();
                        }
                    }
                })
                .run();
        assertTrue(Thread.interrupted());
        var other = recipe.template(PLAIN).keep(store.folder("stopped"));
        var refused = assertThrows(IllegalArgumentException.class, other::run);
        assertTrue(refused.getMessage().contains("template"), refused.getMessage());
        var resumed = kept.run();
        assertEquals(whole.last("loss"), resumed.last("loss"));
        assertEquals(Fingerprint.of(whole), Fingerprint.of(resumed));
        assertEquals(ChatTemplate.CHATML, resumed.template());
    }

    @Test
    void aFolderFromBeforeThereWasOneHasTheDefault() throws IOException {
        assertEquals(ChatTemplate.DEFAULT, store.load("base").template());
        var place = store.folder("old");
        Files.createDirectories(place);
        try (var files = Files.list(store.folder("base"))) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Files.copy(file, place.resolve(file.getFileName()));
            }
        }
        Files.delete(place.resolve("template.json"));
        var card = Files.readString(place.resolve("run.json"));
        assertTrue(card.contains("\"template.json\": "), card);
        Files.writeString(
                place.resolve("run.json"),
                card.replace("\"base\"", "\"old\"").replaceAll(",\\s*\"template\\.json\": \"\\w+\"", ""));
        assertEquals(ChatTemplate.DEFAULT, store.load("old").template());
        assertFalse(store.card("base").recipe().containsKey("template"), "as cards were");
    }

    @Test
    void specialTokensThatTheBaseLacksAreAdded() {
        var before = base.model().parameters();
        var recipe = FineTuning.of(base, LESSONS).template(ChatTemplate.LLAMA2).epochs(2);
        var tuned = recipe.keep(store.folder("grown")).run();
        assertEquals(LETTERS.size() + 2, tuned.tokenizer().size());
        assertEquals(LETTERS.size() + 2, tuned.model().outputs());
        assertEquals(
                List.of(
                        "<s>, </s> of the chat template were not in the vocabulary of base and were added, each with the"
                                + " mean of the other tokens' rows"),
                tuned.card().origin().notes().stream()
                        .filter(note -> note.contains("added"))
                        .toList());
        assertEquals(LETTERS.size(), base.tokenizer().size(), "the run it starts from stays as it is");
        assertEquals(before.count(), base.model().parameters().count());
        var loaded = store.load("grown");
        assertEquals(
                Trivium.ask(tuned, LESSONS.get(0).prompt()),
                Trivium.ask(loaded, LESSONS.get(0).prompt()));
        var again = PastRun.rerun(store, "grown", Map.of(), RunOptions.NONE);
        assertEquals(
                tuned.metrics().doubleColumn("loss").asList(),
                again.metrics().doubleColumn("loss").asList());
    }
}
