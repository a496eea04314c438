package trivium.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tech.tablesaw.api.Table;
import trivium.data.Corpus;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.model.Gpt;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.text.Tokenizer;

/** Pre-training from end to end on a text that repeats itself. */
class PretrainingTest {

    private static final String TEXT = "the cat sat on the mat. the rat saw the cat. ".repeat(60);
    private static final Corpus CORPUS = Corpus.of(TEXT);
    private static final Tokenizer CHARACTERS = Tokenizer.characters(CORPUS);

    private static Pretraining recipe() {
        return Pretraining.of(Gpt.of(16, 32, 1, 2), CHARACTERS, CORPUS)
                .steps(60)
                .batchSize(8)
                .learningRate(0.01)
                .evaluations(3)
                .validation(0.1)
                .workers(2)
                .seed(5);
    }

    /** −Σ p ln p of single characters: what a model reaches that counts letters and sees no order. */
    private static double unigramEntropy() {
        return TEXT.chars().boxed().collect(Collectors.groupingBy(c -> c, Collectors.counting())).values().stream()
                .mapToDouble(n -> -(double) n / TEXT.length() * Math.log((double) n / TEXT.length()))
                .sum();
    }

    /** Every metric of every step but the time it took, to the last digit. */
    private static Map<String, String> numbers(Table metrics) {
        return metrics.columnNames().stream()
                .filter(name -> !name.equals("seconds"))
                .collect(Collectors.toMap(
                        name -> name, name -> metrics.column(name).asList().toString()));
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    /** What is compared with other runs is the plain cross entropy, whatever is minimised. */
    @Test
    void smoothingAndZLossAreInTheLossOnly() {
        var few = recipe().steps(1).learningRate(1e-9);
        var plain = few.run();
        var smoothed = few.labelSmoothing(0.5).zLoss(0.01).run();
        assertEquals(plain.last("loss"), smoothed.last("cross_entropy"), 1e-6);
        for (var compared : List.of("validation_loss", "bits_per_byte")) {
            assertEquals(plain.last(compared), smoothed.last(compared), 1e-5, compared);
        }
        double uniform = smoothed.last("loss") - smoothed.last("z_loss") - 0.5 * smoothed.last("cross_entropy");
        double entropy = Math.log(CHARACTERS.size());
        assertEquals(0.5 * entropy, uniform, 0.15, "a fresh model is near to uniform");
        assertEquals(0.01 * entropy * entropy, smoothed.last("z_loss"), 0.02);
        assertFalse(plain.has("cross_entropy"));
    }

    /** Characters without a token have no bytes: all numbers are those of the text without them, and it is said. */
    @Test
    void bitsPerByteAreOfTheTextThatTokensGiveBack() {
        var strange = Corpus.of(TEXT.replace("the rat", "日the é rat").replace("é ", "日"));
        var recipe = Pretraining.of(Gpt.of(16, 32, 1, 2), CHARACTERS, strange)
                .steps(4)
                .batchSize(8)
                .evaluations(2)
                .validation(0.1)
                .workers(2)
                .seed(5);
        var run = recipe.run();
        assertEquals(
                numbers(recipe().steps(4)
                        .evaluations(2)
                        .learningRate(3e-3)
                        .run()
                        .metrics()),
                numbers(recipe.learningRate(3e-3).run().metrics()));
        assertEquals(
                List.of("120 characters of the text have no token, 12 of them in the validation text; bits per byte are"
                        + " of the text without them"),
                run.card().origin().notes());

        // an unknown token costs nats, and has no bytes either
        var unknown = Pretraining.of(Gpt.of(16, 32, 1, 2), CHARACTERS.withSpecials("<|unknown|>"), strange)
                .steps(4)
                .validation(0.1)
                .run();
        int bytes = TEXT.length() / 10;
        assertEquals(
                unknown.last("validation_loss") * (bytes + 12 - 1) / bytes / Math.log(2),
                unknown.last("bits_per_byte"),
                1e-6);
    }

    @Test
    void moreRowsThanMemoryCanHoldAreASentence() {
        for (int rows : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE / 16}) {
            var thrown = assertThrows(
                    IllegalArgumentException.class,
                    () -> recipe().batchSize(rows).run());
            assertTrue(
                    thrown.getMessage().contains("memory")
                            && thrown.getMessage().contains("fewer rows"),
                    thrown.getMessage());
        }
        var any = assertThrows(
                IllegalArgumentException.class,
                () -> NextTokens.shuffled(Tokens.encode(CORPUS, CHARACTERS), Integer.MAX_VALUE, 16, 1));
        assertTrue(any.getMessage().contains("fewer rows"), any.getMessage());
    }

    @Test
    void learnsTheOrderOfLetters() {
        var run = recipe().run();
        assertEquals(
                Math.log(CHARACTERS.size()), run.metrics().doubleColumn("loss").get(0), 0.4, "it knows nothing yet");
        assertTrue(run.last("loss") < unigramEntropy() / 2, run + ", unigram entropy " + unigramEntropy());
        assertTrue(run.last("validation_loss") < unigramEntropy() / 2, run.toString());
        // One byte a character, so bits per byte are the loss in bits.
        double characters = TEXT.length() - (int) (TEXT.length() * 0.9);
        double predicted = (characters - 1) / characters;
        assertEquals(run.last("validation_loss") / Math.log(2), run.last("bits_per_byte"), 0.02 / predicted);
        assertEquals(60, run.metrics().rowCount());
        assertEquals(3, run.curve("validation_loss").rowCount());
        assertEquals(60 * 8 * 16, run.last("tokens"));
        assertEquals("finished", run.card().outcome().status().text());
        assertEquals("pretrain", run.card().kind());
        assertEquals(CORPUS.sha256(), run.card().origin().dataHash());
    }

    @Test
    void theSeedDecidesEveryBitAndTheWorkersNone() {
        var run = recipe().steps(25).run();
        for (int workers : new int[] {2, 1, 4}) {
            var again = recipe().steps(25).workers(workers).run();
            assertEquals(numbers(run.metrics()), numbers(again.metrics()), workers + " workers");
            assertArrayEquals(weights(run), weights(again));
        }
        var other = recipe().steps(25).seed(6).run();
        assertNotEquals(run.last("loss"), other.last("loss"));
        assertFalse(Arrays.equals(weights(run), weights(other)));
    }

    /** Stops the training after so many steps, as a notebook's button does. */
    private record Stop(int after, List<String> heard) implements Progress {
        @Override
        public void start(String title, long total) {
            heard.add("start of " + total);
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            heard.add(done + "");
            if (done == after) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void finish(String outcome) {
            heard.add(outcome);
        }
    }

    @Test
    void anInterruptedRunKeepsWhatItHas() {
        var heard = new ArrayList<String>();
        var run = recipe().progress(new Stop(3, heard)).run();
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals("interrupted at step 3", run.card().outcome().status().text());
        assertEquals(3, run.metrics().rowCount());
        assertEquals(List.of("start of 60", "1", "2", "3", "interrupted at step 3"), heard);
        var whole = recipe().run();
        assertEquals(
                numbers(whole.metrics().first(3)).get("loss"),
                numbers(run.metrics()).get("loss"));
        assertFalse(Arrays.equals(weights(whole), weights(run)));
    }

    @Test
    void writesSamplesOnTheWay() {
        var table =
                recipe().steps(6).evaluations(2).samples("the ", "cat").run().table(Pretraining.SAMPLES);
        assertEquals(List.of("step", "prompt", "text"), table.columnNames());
        assertEquals(
                List.of("the ", "cat", "the ", "cat"),
                table.stringColumn("prompt").asList());
        assertEquals("[3, 3, 6, 6]", table.column("step").asList().toString());
        for (var text : table.stringColumn("text")) {
            assertTrue(text.chars().allMatch(c -> TEXT.indexOf(c) >= 0), text);
        }
    }

    @Test
    void aTrainingThatDivergesSaysSo() {
        var run = recipe().learningRate(1e39).run();
        var status = run.card().outcome().status().text();
        assertTrue(status.matches("diverged: the loss is not a number at step \\d+.*lower.*"), status);
        assertTrue(run.metrics().rowCount() < 60);
    }

    @Test
    void saysWhatIsWrong() {
        assertSentence(() -> recipe().steps(0), "0 steps");
        assertSentence(() -> recipe().batchSize(-1), "batch size of -1");
        assertSentence(() -> recipe().learningRate(Double.NaN), "learning rate", "NaN");
        assertSentence(() -> recipe().workers(0), "0 workers");
        assertSentence(() -> recipe().validation(1), "validation share", "1.0");
        assertSentence(() -> recipe().evaluations(0), "0");
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
