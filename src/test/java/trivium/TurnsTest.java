package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Conversations of several turns through fine-tuning, reward modelling, their folders, and training again. */
class TurnsTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef HumanAssistant:\n")).withSpecials(ChatTemplate.DEFAULT.specials());

    private static final Conversation TALK = Conversation.of(
            Message.system("fed"),
            Message.user("ab"),
            Message.assistant("ba"),
            Message.user("cd"),
            Message.assistant("dc"));

    /** The same in the words of a transcript, as one message of a user. */
    private static final Conversation FLAT = new Conversation(TALK.prompt(), TALK.completion());

    private static final List<Conversation> LESSONS = List.of(
            TALK,
            new Conversation("a", "f"),
            Conversation.of(Message.user("e"), Message.assistant("ff"), Message.user("c"), Message.assistant("aa")),
            new Conversation("b", "e"));

    @TempDir
    private Path folder;

    private Run base() {
        return Pretraining.of(Llama.of(64, 16, 1, 2, 2), LETTERS, Corpus.of(List.of("abc def ".repeat(60))))
                .steps(1)
                .batchSize(2)
                .seed(1)
                .run();
    }

    @Test
    void trainedAgainFromTheFolder() throws IOException {
        var store = RunStore.open(folder);
        var base = store.save(base());
        var tuned = FineTuning.of(base, Conversations.of(LESSONS))
                .epochs(2)
                .batchSize(2)
                .validation(0.4)
                .seed(2)
                .keep(store.folder("tuned"))
                .run();
        assertEquals(
                "{\"messages\":[{\"role\":\"system\",\"content\":\"fed\"},{\"role\":\"user\",\"content\":\"ab\"},"
                        + "{\"role\":\"assistant\",\"content\":\"ba\"},{\"role\":\"user\",\"content\":\"cd\"},"
                        + "{\"role\":\"assistant\",\"content\":\"dc\"}]}",
                lines(store.folder("tuned")).getFirst());
        assertEquals(
                "{\"prompt\":\"a\",\"completion\":\"f\"}",
                lines(store.folder("tuned")).get(1));
        assertEquals(LESSONS, PastRun.of(store, "tuned").conversations().list());
        assertSame(tuned, PastRun.rerun(store, "tuned", Map.of(), RunOptions.NONE));

        var pairs = LESSONS.stream()
                .map(talk -> new Comparison(talk.promptMessages(), talk.completion(), "e"))
                .toList();
        RewardModelling.of(tuned, Comparisons.of(pairs))
                .epochs(1)
                .batchSize(2)
                .validation(0.4)
                .seed(3)
                .keep(store.folder("judge"))
                .run()
                .close();
        assertEquals(pairs, PastRun.of(store, "judge").comparisons().list());
        assertSame(store.load("judge"), PastRun.rerun(store, "judge", Map.of(), RunOptions.NONE));
    }

    @Test
    void aTranscriptIsAnotherData() {
        assertNotEquals(Conversations.of(TALK).sha256(), Conversations.of(FLAT).sha256());
        var turned = List.of(Message.user("ba"), Message.assistant("ab"));
        assertNotEquals(
                Comparisons.of(new Comparison(turned, "a", "b")).sha256(),
                Comparisons.of(new Comparison(List.of(Message.assistant("ba"), Message.user("ab")), "a", "b"))
                        .sha256());
        assertNotEquals(
                Conversations.of(TALK, TALK).sha256(),
                Conversations.of(new Conversation(Stream.concat(TALK.messages().stream(), TALK.messages().stream())
                                .toList()))
                        .sha256());
    }

    @Test
    void whatIsNoConversationIsRefused() throws IOException {
        assertTrue(refusal(() -> Conversation.of(Message.user("a"))).contains("its last message is the user's"));
        assertTrue(refusal(() -> Conversation.of(new Message("tool", "4"), Message.assistant("a")))
                .contains("role is \"tool\""));
        var store = RunStore.open(folder);
        FineTuning.of(store.save(base()), Conversations.of(LESSONS))
                .epochs(1)
                .validation(0.4)
                .keep(store.folder("tuned"))
                .run();
        var file = store.folder("tuned").resolve("data.jsonl.gz");
        for (var damaged : List.of(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"ab\"}]}",
                "{\"messages\":[{\"role\":\"user\"}]}",
                "{\"messages\":[3]}",
                "{\"messages\":{}}")) {
            try (var out =
                    new PrintWriter(new GZIPOutputStream(Files.newOutputStream(file)), false, StandardCharsets.UTF_8)) {
                out.println(damaged);
            }
            var sentence = refusal(() -> PastRun.of(store, "tuned").conversations());
            assertTrue(sentence.contains("data.jsonl.gz line 1 is damaged"), sentence);
        }
    }

    private static String refusal(Executable attempt) {
        return assertThrows(IllegalArgumentException.class, attempt).getMessage();
    }

    private static List<String> lines(Path run) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(run.resolve("data.jsonl.gz")))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static void assertSame(Run first, Run again) {
        assertEquals(
                first.metrics().doubleColumn("loss").asList(),
                again.metrics().doubleColumn("loss").asList());
    }
}
