package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate.Example;

class PackedCompletionBatchesTest {

    /** An example that takes {@code seen} positions; its ids are found nowhere else. */
    private static Example example(int number, int seen) {
        return new Example(
                IntStream.range(1_000 * number, 1_000 * number + seen + 1).toArray(), 1 + seen / 2);
    }

    private static CompletionBatches answers(int... seen) {
        return new CompletionBatches(
                IntStream.range(0, seen.length)
                        .mapToObj(i -> example(i, seen[i]).chat())
                        .toList(),
                0);
    }

    private static List<List<Integer>> lengths(PackedCompletionBatches packed) {
        return packed.rows().stream()
                .map(row ->
                        row.stream().map(example -> example.ids().length - 1).toList())
                .toList();
    }

    @Test
    void rowsAreFilledByHand() {
        // 7 and 6 open rows; 4 fits beside 6, then 3 beside 7; 2 opens a row
        var packed = PackedCompletionBatches.pack(answers(2, 3, 4, 6, 7), 10);
        assertEquals(List.of(List.of(7, 3), List.of(6, 4), List.of(2)), lengths(packed));
        assertEquals(1 - 22 / 30.0, packed.padding(), 1e-12);
        assertEquals(1 - 22 / 50.0, packed.paddingUnpacked(), 1e-12);
        assertEquals(
                "5 conversations in 3 rows of 10 tokens: 26.7 % padding (56.0 % with a row each)", packed.toString());
    }

    /** Rows chosen by looking at every row for the least room that is enough. */
    @Test
    void thePlainSearchChoosesTheSameRoom() {
        var random = new SplittableRandom(8);
        for (int round = 0; round < 200; round++) {
            int context = random.nextInt(5, 40);
            int[] seen = random.ints(random.nextInt(1, 60), 1, context + 1).toArray();
            var room = new ArrayList<Integer>();
            IntStream.of(seen).boxed().sorted(Comparator.reverseOrder()).forEach(length -> {
                int best = -1;
                for (int row = 0; row < room.size(); row++) {
                    if (room.get(row) >= length && (best < 0 || room.get(row) < room.get(best))) {
                        best = row;
                    }
                }
                if (best < 0) {
                    room.add(context - length);
                } else {
                    room.set(best, room.get(best) - length);
                }
            });
            var packed = PackedCompletionBatches.pack(answers(seen), context);
            var left = lengths(packed).stream()
                    .map(row ->
                            context - row.stream().mapToInt(Integer::intValue).sum())
                    .sorted()
                    .toList();
            assertEquals(room.stream().sorted().toList(), left);
        }
    }

    /** Whatever is learned unpacked, and nothing else, is learned packed: token, target, and what stands before it. */
    @Test
    void theSamePredictionsAreLearned() {
        var random = new SplittableRandom(2);
        var answers = answers(random.ints(70, 1, 31).toArray());
        var packed = PackedCompletionBatches.pack(answers, 64);
        var expected = learned(answers.sequential(8).stream()).sorted().toList();
        assertEquals(expected, learned(packed.sequential(5).stream()).sorted().toList());
        var epoch = packed.shuffled(5, 9);
        var shuffled = LongStream.range(0, packed.stepsPerEpoch(5)).mapToObj(epoch::at);
        assertEquals(expected, learned(shuffled).sorted().toList());
    }

    /** Each prediction with the tokens before it that belong to its conversation, whose ids share their thousands. */
    private static Stream<String> learned(Stream<Batch> batches) {
        return batches.flatMap(batch -> IntStream.range(0, batch.tokens().length)
                .filter(i -> batch.weights()[i] != 0)
                .mapToObj(i -> {
                    int target = batch.targets()[i];
                    int from = i - i % batch.time();
                    var before = Arrays.stream(batch.tokens(), from, i + 1)
                            .filter(id -> id / 1_000 == target / 1_000)
                            .boxed()
                            .distinct()
                            .toList();
                    return before + " -> " + target;
                }));
    }

    @Test
    void whatIsReadIsAllButPadding() {
        var answers = answers(5, 4, 3, 3, 2, 1);
        assertEquals(
                18,
                PackedCompletionBatches.pack(answers, 7).sequential(2).stream()
                        .mapToInt(Batch::read)
                        .sum());
        assertEquals(18, answers.sequential(4).stream().mapToInt(Batch::read).sum());
    }

    @Test
    void everyPositionPredictsItsOwnConversation() {
        var packed = PackedCompletionBatches.pack(answers(5, 4, 3, 3, 2, 1), 9);
        packed.sequential(2).stream().forEach(batch -> {
            for (int i = 0; i < batch.tokens().length; i++) {
                assertTrue(batch.weights()[i] == 0 || batch.targets()[i] == batch.tokens()[i] + 1);
            }
            assertTrue(batch.time() <= 9);
            for (int row = 0; row < batch.rows(); row++) {
                for (int i = 0; i < batch.layout().documents(row); i++) {
                    int from = row * batch.time() + batch.layout().start(row, i);
                    int to = row * batch.time() + batch.layout().start(row, i + 1);
                    int[] document = Arrays.copyOfRange(batch.tokens(), from, to);
                    int first = document[0];
                    assertEquals(0, first % 1_000, "a document begins where a conversation does");
                    assertArrayEquals(IntStream.range(first, first + to - from).toArray(), document);
                    assertEquals(first + to - from, batch.targets()[to - 1], "and ends where it does");
                }
            }
        });
    }

    @Test
    void whatDoesNotFitIsRefused() {
        CorpusTest.assertMessage(() -> PackedCompletionBatches.pack(answers(3, 11), 10), "11 tokens", "context of 10");
    }
}
