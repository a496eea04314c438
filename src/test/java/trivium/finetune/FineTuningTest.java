package trivium.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tech.tablesaw.api.Table;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/** Fine-tuning from end to end: letters at random to be answered by the last of them. */
class FineTuningTest {

    private static final String LETTERS = "abcdefgh";
    private static final int ASKED = 6;
    private static final Tokenizer TOKENIZER =
            Tokenizer.characters(List.of(LETTERS + ".")).withSpecials(ChatTemplate.DEFAULT.specials());

    /** The prompts cannot be learned, the answers can. */
    private static Conversations conversations(int n) {
        var random = new SplittableRandom(71);
        return Conversations.of(Stream.generate(() -> prompt(random))
                .limit(n)
                .map(prompt -> new Conversation(prompt, prompt.substring(ASKED - 1) + "."))
                .toList());
    }

    private static String prompt(SplittableRandom random) {
        return random.ints(ASKED, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static Run base() {
        return base(12);
    }

    private static Run base(int context) {
        var model = Transformer.of(Llama.of(context, 32, 1, 2, 1), TOKENIZER.size(), 9);
        var card = RunCard.begin("pretrain", null, Map.of(), new Origin(9, "", "", Map.of()));
        return new Run(card.ended(new Status.Finished()), model, TOKENIZER, Map.of());
    }

    private static FineTuning recipe(Run base) {
        return FineTuning.of(base, conversations(400))
                .epochs(5)
                .batchSize(16)
                .learningRate(0.01)
                .validation(0.1)
                .workers(2)
                .seed(4);
    }

    private static float[] weights(LanguageModel model) {
        return model.parameters().values().toArray();
    }

    private static Map<String, String> numbers(Table metrics) {
        return metrics.columnNames().stream()
                .filter(name -> !name.equals("seconds"))
                .collect(Collectors.toMap(
                        name -> name, name -> metrics.column(name).asList().toString()));
    }

    /** Had the loss a share of the prompt, it could not fall below ln 8 for each of its letters. */
    @Test
    void answersAreLearnedAndPromptsAreNot() {
        var base = base();
        var before = weights(base.model());
        var run = recipe(base).run();
        double promptsShare = ASKED * Math.log(LETTERS.length()) / (ASKED + 4);
        assertTrue(run.last("loss") < 0.1 && promptsShare > 1, run.toString());
        assertTrue(run.last("validation_loss") < 0.1, run.toString());
        assertArrayEquals(before, weights(base.model()), "the base model stays as it was");
        assertFalse(Arrays.equals(before, weights(run.model())));
        assertEquals("finetune", run.card().kind());
        assertEquals(base.id(), run.card().parent());
        assertEquals("finished", run.card().outcome().status().text());
        assertEquals(5, run.last("epoch"));
    }

    @Test
    void theSeedDecidesEveryBitAndTheWorkersNone() {
        var base = base();
        var run = recipe(base).epochs(1).run();
        for (int workers : new int[] {2, 1, 4}) {
            var again = recipe(base).epochs(1).workers(workers).run();
            assertEquals(numbers(run.metrics()), numbers(again.metrics()), workers + " workers");
            assertArrayEquals(weights(run.model()), weights(again.model()));
        }
        var other = recipe(base).epochs(1).seed(5).run();
        assertFalse(Arrays.equals(weights(run.model()), weights(other.model())));
    }

    /** Answers of one to nine letters, so that rows of a batch are of different lengths. */
    private static Conversations uneven(int n) {
        var random = new SplittableRandom(5);
        return Conversations.of(Stream.generate(() -> prompt(random))
                .limit(n)
                .map(prompt -> new Conversation(prompt, (prompt + prompt).substring(0, 1 + random.nextInt(9))))
                .toList());
    }

    /** Every step sees all conversations, so the rows they stand in are all that differs. */
    @Test
    void packedLearnsWhatPaddedLearns() {
        var padded = FineTuning.of(base(48), uneven(40))
                .epochs(6)
                .batchSize(40)
                .learningRate(0.01)
                .validation(0.2);
        var one = padded.run().metrics();
        var other = padded.packed().run().metrics();
        assertEquals(6, other.rowCount());
        for (var name : List.of("loss", "validation_loss", "tokens", "epoch")) {
            for (int step = 0; step < 6; step++) {
                double expected = one.doubleColumn(name).get(step);
                assertEquals(expected, other.doubleColumn(name).get(step), 2e-5 * expected, name + ", step " + step);
            }
        }
        assertTrue(other.doubleColumn("padding").get(0)
                < one.doubleColumn("padding").get(0));
    }

    /** 6 letters and two markers before the answer; the last token, which ends it, is predicted and not read. */
    @Test
    void tokensAreThoseReadAndNotPadding() {
        var conversations = uneven(40);
        var recipe =
                FineTuning.of(base(48), conversations).batchSize(7).epochs(2).validation(0.2);
        long read = 0;
        for (var conversation : conversations.split(0.2).train()) {
            read += ASKED + 2 + conversation.completion().length();
        }
        for (var run : List.of(recipe.run(), recipe.packed().run())) {
            assertEquals(2.0 * read, run.last("tokens"));
        }
    }

    @Test
    void theCardSaysWhetherItWasPacked() {
        var recipe = recipe(base(32)).epochs(1).packed();
        var heard = new ArrayList<String>();
        var run = recipe.progress(new Progress() {
                    @Override
                    public void start(String title, long total) {
                        heard.add(title);
                    }
                })
                .run();
        assertEquals(true, run.card().recipe().get("packed"));
        // 6 letters asked, 1 answered with its full stop, two markers: 10 positions each, and 32 take three of them
        int trained = recipe.conversations().split(0.1).train().size();
        double padding = 100 - 100 * trained * 10 / (Math.ceilDiv(trained, 3) * 32.0);
        var title =
                String.format(Locale.ROOT, "fine-tuning, packed (%.1f %% padding, 68.8 %% with a row each)", padding);
        assertEquals(List.of(title), heard);
    }

    @Test
    void anInterruptedRunKeepsWhatItHas() {
        var base = base();
        var before = weights(base.model());
        var run = recipe(base).progress(new StopAfter(4)).run();
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals("interrupted at step 4", run.card().outcome().status().text());
        assertEquals(4, run.metrics().rowCount());
        assertArrayEquals(before, weights(base.model()));
        assertFalse(Arrays.equals(before, weights(run.model())));
    }

    private record StopAfter(int steps) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == steps) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void conversationsThatAreTooLongAreCountedInTheRun() {
        var list = new ArrayList<>(conversations(40).list());
        for (int i = 0; i < 7; i++) {
            list.set(5 * i, new Conversation(prompt(new SplittableRandom(i)).repeat(3), "a"));
        }
        var heard = new ArrayList<String>();
        var recipe = FineTuning.of(base(), Conversations.of(list))
                .epochs(1)
                .validation(0.3)
                .workers(2);
        var run = recipe.progress(new Heard(heard)).run();
        var notes = List.of(
                "7 of 40 conversations, longer than the context of 12 tokens, were left out",
                "only 12 conversations validate: the validation loss may be chance; give more conversations, or a larger share"
                        + " with validation(…)");
        assertEquals(notes, run.card().origin().notes());
        assertEquals(notes, heard.subList(0, 2));
        assertTrue(heard.get(2).startsWith("answers-left-out, before the first step: 17.5 %"), heard.get(2));
        var fitting =
                FineTuning.of(base(), conversations(40)).epochs(1).workers(2).run();
        assertTrue(fitting.card().origin().notes().stream().noneMatch(note -> note.contains("left out")));
    }

    /** Of a hundred conversations those that would validate do not fit; a share of the others does it then. */
    @Test
    void conversationsThatFitValidate() {
        var all = conversations(100).split(0.04);
        assertTrue(
                all.validation().size() > 1 && all.validation().size() < 12,
                () -> all.validation().toString());
        var list = new ArrayList<>(all.train().list());
        all.validation().forEach(each -> list.add(new Conversation(each.prompt(), "a".repeat(30))));
        var recipe = FineTuning.of(base(), Conversations.of(list))
                .epochs(1)
                .validation(0.04)
                .workers(2);
        var run = recipe.run();
        assertEquals(
                List.of(
                        all.validation().size()
                                + " of 100 conversations, longer than the context of 12 tokens, were left out",
                        "only 1 conversation validates: the validation loss may be chance; give more conversations, or a"
                                + " larger share with validation(…)"),
                run.card().origin().notes());
        assertTrue(run.last("validation_loss") > 0);

        var one = new ArrayList<>(list.subList(0, 1));
        one.addAll(List.of(list.getLast(), new Conversation("abcdef", "h".repeat(40))));
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> FineTuning.of(base(), Conversations.of(one)).run())
                .getMessage();
        assertTrue(
                message.startsWith("only 1 of the 3 conversations fits a context of 12 tokens, but two with different"
                        + " prompts are needed, one to learn from and one to validate: they take 10 to 48;"),
                message);
    }

    private record Heard(List<String> notes) implements Progress {
        @Override
        public void note(String text) {
            notes.add(text);
        }
    }

    @Test
    void saysWhatIsWrong() {
        var base = base();
        assertSentence(() -> recipe(base).epochs(0), "0 epochs");
        assertSentence(() -> recipe(base).validation(0), "validation share", "0.0");
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
