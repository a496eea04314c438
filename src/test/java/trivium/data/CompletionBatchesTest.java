package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.ChatTemplate.Example;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Conversations and comparisons as batches. */
class CompletionBatchesTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.DEFAULT;
    private static final Tokenizer BYTES = Tokenizers.bytes().withSpecials(TEMPLATE.specials());
    private static final int USER = 256;
    private static final int ASSISTANT = 257;
    private static final int END = 258;

    /** Conversation i asks for the letter i, so that a batch says what it holds. */
    private static Conversations letters(int n) {
        return Conversations.of(IntStream.range(0, n)
                .mapToObj(i -> new Conversation(String.valueOf((char) ('a' + i)), "x".repeat(i)))
                .toList());
    }

    private static List<Integer> prompts(Batch batch) {
        return IntStream.range(0, batch.rows())
                .mapToObj(row -> batch.tokens()[row * batch.time() + 1] - 'a')
                .toList();
    }

    @Test
    void rowsAreShiftedMaskedAndPaddedToTheLongest() {
        var answers = CompletionBatches.encode(
                Conversations.of(new Conversation("p", "ab"), new Conversation("q", "")), BYTES, TEMPLATE, 100);
        var batch = answers.sequential(2).at(0);
        assertEquals(5, batch.time());
        assertArrayEquals(new int[] {USER, 'p', ASSISTANT, 'a', 'b', USER, 'q', ASSISTANT, 0, 0}, batch.tokens());
        assertArrayEquals(new int[] {'p', ASSISTANT, 'a', 'b', END, 'q', ASSISTANT, END, 0, 0}, batch.targets());
        assertArrayEquals(new float[] {0, 0, 1, 1, 1, 0, 0, 1, 0, 0}, batch.weights());
        assertEquals(1, batch.group());
    }

    /** Three answers of one chat: loss falls on each of them and on its end, once, packed or not. */
    @Test
    void everyAnswerOfAChatIsLearned(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("chat.jsonl"), """
                {"messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hi."}, \
                {"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Mia"}, \
                {"role": "user", "content": "Bye."}, {"role": "assistant", "content": "See you"}]}
                """);
        var answers = CompletionBatches.encode(Conversations.read(file), BYTES, TEMPLATE, 200);
        assertEquals(1, answers.size(), "one row, in which the later answers see the earlier turns");
        assertEquals(List.of("Hi.", "Mia", "See you"), learned(answers.sequential(3)));
        var packed = PackedCompletionBatches.pack(answers, 200);
        assertEquals(List.of("Hi.", "Mia", "See you"), learned(packed.sequential(1)));
        int learned = 3 + 1 + 3 + 1 + 7 + 1;
        assertEquals(
                learned,
                IntStream.range(0, packed.sequential(1).at(0).tokens().length)
                        .filter(i -> packed.sequential(1).at(0).weights()[i] == 1)
                        .count());
    }

    /** What has weight 1, cut at the ends of answers. */
    private static List<String> learned(FiniteBatches batches) {
        var said = new ArrayList<String>();
        var answer = new StringBuilder();
        batches.stream().forEach(batch -> {
            for (int i = 0; i < batch.targets().length; i++) {
                if (batch.weights()[i] == 1 && batch.targets()[i] == END) {
                    said.add(answer.toString());
                    answer.setLength(0);
                } else if (batch.weights()[i] == 1) {
                    answer.append((char) batch.targets()[i]);
                }
            }
        });
        assertEquals("", answer.toString(), "an answer without its end");
        return said;
    }

    @Test
    void rolloutsNeedNoEnd() {
        var batch = Rows.completions(List.of(new Example(new int[] {5, 6, 7}, 1), new Example(new int[] {8, 9}, 2)));
        assertArrayEquals(new int[] {5, 6, 8, 0}, batch.tokens());
        assertArrayEquals(new int[] {6, 7, 9, 0}, batch.targets());
        assertArrayEquals(new float[] {1, 1, 0, 0}, batch.weights(), "a completion without tokens teaches nothing");
        CorpusTest.assertMessage(() -> Rows.completions(List.of(new Example(new int[] {5}, 1))), "at least two tokens");
        CorpusTest.assertMessage(() -> Rows.completions(List.of()), "at least one row");
    }

    @Test
    void everyConversationComesOncePerEpoch() {
        var answers = CompletionBatches.encode(letters(10), BYTES, TEMPLATE, 100);
        assertEquals(4, answers.stepsPerEpoch(3));
        var batches = answers.shuffled(3, 42);
        var epochs = new ArrayList<List<Integer>>();
        for (int epoch = 0; epoch < 5; epoch++) {
            var order = LongStream.range(epoch * 4L, epoch * 4L + 4)
                    .mapToObj(batches::at)
                    .flatMap(batch -> prompts(batch).stream())
                    .toList();
            assertEquals(
                    IntStream.range(0, 10).boxed().toList(),
                    order.stream().sorted().toList());
            epochs.add(order);
        }
        assertEquals(5, epochs.stream().distinct().count(), "each epoch has an order of its own");

        var again = answers.shuffled(3, 42);
        for (int step : new int[] {19, 0, 7, 8, 3, 7}) {
            int from = step % 4 * 3;
            assertEquals(epochs.get(step / 4).subList(from, Math.min(from + 3, 10)), prompts(again.at(step)));
        }
        assertNotEquals(
                prompts(answers.shuffled(10, 42).at(0)),
                prompts(answers.shuffled(10, 43).at(0)));
    }

    /**
     * Transformers' get_length_grouped_indices on the order by chance: its batches, in an order by chance, and the one
     * that is not full is the last.
     */
    @Test
    void rowsOfLikeLengthShareABatch() {
        var random = new SplittableRandom(8);
        var answers = CompletionBatches.encode(
                Conversations.of(random.ints(103, 0, 40)
                        .mapToObj(n -> new Conversation("a", "x".repeat(n)))
                        .toList()),
                BYTES,
                TEMPLATE,
                100);
        var plain = answers.order(4, 7);
        var grouped = answers.order(4, 7, true);
        for (int epoch = 0; epoch < 3; epoch++) {
            var byChance = LongStream.range(epoch * 26L, epoch * 26L + 26)
                    .mapToObj(plain)
                    .flatMapToInt(IntStream::of)
                    .boxed()
                    .toList();
            var expected = new ArrayList<List<Integer>>();
            for (int mega = 0; mega < 103; mega += 24) { // 103 / (4 · 4) = 6 batches
                var sorted = new ArrayList<>(byChance.subList(mega, Math.min(mega + 24, 103)));
                sorted.sort(Comparator.comparingInt((Integer item) -> -answers.length(item)));
                for (int i = 0; i < sorted.size(); i += 4) {
                    expected.add(sorted.subList(i, Math.min(i + 4, sorted.size())));
                }
            }
            var found = LongStream.range(epoch * 26L, epoch * 26L + 26)
                    .mapToObj(grouped)
                    .map(items -> IntStream.of(items).boxed().toList())
                    .toList();
            assertEquals(expected.getLast(), found.getLast());
            assertEquals(Set.copyOf(expected), Set.copyOf(found));
            assertNotEquals(expected, found);
        }
        assertArrayEquals(plain.apply(77), answers.order(4, 7, false).apply(77));
        var few = answers.order(200, 7, true).apply(0);
        assertEquals(103, IntStream.of(few).distinct().count());
    }

    @Test
    void allOrdersAreAlikeLikely() {
        var answers = CompletionBatches.encode(letters(3), BYTES, TEMPLATE, 100);
        var batches = answers.shuffled(3, 1);
        var counts = new java.util.TreeMap<String, Integer>();
        for (long step = 0; step < 6_000; step++) {
            counts.merge(prompts(batches.at(step)).toString(), 1, Integer::sum);
        }
        assertEquals(6, counts.size());
        double chiSquare = counts.values().stream()
                .mapToDouble(n -> Math.pow(n - 1000, 2) / 1000)
                .sum();
        assertTrue(
                chiSquare < 20.5, "chi-square " + chiSquare + " with 5 degrees of freedom exceeds the 0.001 quantile");
    }

    @Test
    void whatDoesNotFitIsCounted() {
        // <|user|> letter <|assistant|> x…x <|end|>: conversation i is 4 + i tokens, of which all but the last are
        // seen.
        var answers = CompletionBatches.encode(letters(10), BYTES, TEMPLATE, 6);
        assertEquals(4, answers.size());
        assertEquals(6, answers.skipped());
        assertEquals(6, answers.sequential(10).at(0).time());
        CorpusTest.assertMessage(
                () -> CompletionBatches.encode(letters(10), BYTES, TEMPLATE, 2),
                "none of the 10",
                "context of 2",
                "3 to 12");
    }

    @Test
    void pairsAreScoredAtTheirLastToken() {
        var comparisons = Comparisons.of(new Comparison("p", "good", "no"), new Comparison("q", "", "bad"));
        var pairs = PreferenceBatches.encode(comparisons, BYTES, TEMPLATE, 8);
        var batch = pairs.sequential(2).at(0);
        assertEquals(2, batch.group());
        assertEquals(4, batch.rows());
        assertEquals(8, batch.time());
        assertEquals(4, batch.counted());
        var texts = new ArrayList<String>();
        for (int row = 0; row < 4; row++) {
            int last = row * 8;
            while (batch.weights()[last] == 0) {
                last++;
            }
            texts.add(BYTES.decode(Arrays.copyOfRange(batch.tokens(), row * 8, last + 1)));
        }
        assertEquals(
                List.of(
                        "<|user|>p<|assistant|>good<|end|>",
                        "<|user|>p<|assistant|>no<|end|>",
                        "<|user|>q<|assistant|><|end|>",
                        "<|user|>q<|assistant|>bad<|end|>"),
                texts);
    }

    @Test
    void pairsCanBeReadTokenByToken() {
        var comparisons = Comparisons.of(new Comparison("p", "ab", "c"));
        var batch = PreferenceBatches.encode(comparisons, BYTES, TEMPLATE, 8)
                .completions()
                .sequential(1)
                .at(0);
        assertEquals(2, batch.group());
        assertArrayEquals(new float[] {0, 0, 1, 1, 1, 0, 0, 1, 1, 0}, batch.weights());
    }

    @Test
    void pairsStayTogetherWhenShuffledAndLongOnesAreCounted() {
        var list = IntStream.range(0, 9)
                .mapToObj(i -> new Comparison("" + (char) ('a' + i), "+", i < 7 ? "-" : "too long"))
                .toList();
        var pairs = PreferenceBatches.encode(Comparisons.of(list), BYTES, TEMPLATE, 5);
        assertEquals(7, pairs.size());
        assertEquals(2, pairs.skipped());
        var seen = new ArrayList<Integer>();
        for (long step = 0; step < pairs.stepsPerEpoch(2); step++) {
            var batch = pairs.shuffled(2, 9).at(step);
            for (int row = 0; row < batch.rows(); row += 2) {
                int start = row * batch.time();
                assertEquals(batch.tokens()[start + 1], batch.tokens()[start + batch.time() + 1]);
                assertEquals('+', batch.tokens()[start + 3]);
                assertEquals('-', batch.tokens()[start + batch.time() + 3]);
                seen.add(batch.tokens()[start + 1] - 'a');
            }
        }
        assertEquals(
                IntStream.range(0, 7).boxed().toList(), seen.stream().sorted().toList());
    }
}
