package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Decoding with a cache against a full pass over what each row holds. */
class DecoderTest {

    private static final float CLOSE = 1e-5f;

    private final SplittableRandom random = new SplittableRandom(41);

    @Test
    void tokenByTokenIsTheFullPass() {
        Shapes.causal().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var tokens = Shapes.tokens(random, Shapes.CONTEXT);
            for (int prompt = 1; prompt <= tokens.length; prompt++) {
                var decoder = model.decoder(1);
                decoder.prefill(0, Shapes.first(tokens, prompt));
                assertLogits(model, decoder, 0, Shapes.first(tokens, prompt), name + " after the prompt");
                for (int t = prompt; t < tokens.length; t++) {
                    decoder.step(new int[] {0}, new int[] {tokens[t]}, 1);
                    assertLogits(model, decoder, 0, Shapes.first(tokens, t + 1), name + " at " + t);
                }
            }
        });
    }

    /** Rows with prompts of different lengths, of which some step and some wait, some restart and some are copied. */
    @Test
    void rowsGoTheirOwnWays() {
        Shapes.causal().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var decoder = model.decoder(5);
            var held = new ArrayList<int[]>();
            for (int row = 0; row < 5; row++) {
                held.add(Shapes.tokens(random, 1 + row));
                decoder.prefill(row, held.get(row));
                assertLogits(model, decoder, 0, held.get(row), name + ", prompt of row " + row);
            }
            for (int round = 0; round < 25; round++) {
                change(decoder, held);
                step(model, decoder, held, name + ", round " + round);
            }
        });
    }

    private void change(Decoder decoder, List<int[]> held) {
        int row = random.nextInt(5);
        if (random.nextBoolean()) {
            held.set(row, Shapes.tokens(random, 1 + random.nextInt(6)));
            decoder.prefill(row, held.get(row));
        } else {
            int from = random.nextInt(5);
            held.set(row, held.get(from));
            decoder.copyRow(from, row);
        }
        assertEquals(held.get(row).length, decoder.length(row));
    }

    /** Steps some of the rows that have room, in an order that is not theirs; the arrays are longer than needed. */
    private void step(Transformer model, Decoder decoder, List<int[]> held, String what) {
        var rows = new int[6];
        var tokens = new int[6];
        int count = 0;
        for (int row = 4; row >= 0; row--) {
            if (held.get(row).length < Shapes.CONTEXT && random.nextInt(3) > 0) {
                int[] longer = Arrays.copyOf(held.get(row), held.get(row).length + 1);
                longer[longer.length - 1] = random.nextInt(Shapes.VOCABULARY);
                held.set(row, longer);
                rows[count] = row;
                tokens[count++] = longer[longer.length - 1];
            }
        }
        if (count == 0) {
            return;
        }
        decoder.step(rows, tokens, count);
        assertEquals((long) count * Shapes.VOCABULARY, decoder.logits().size());
        for (int i = 0; i < count; i++) {
            assertLogits(model, decoder, i, held.get(rows[i]), what + ", row " + rows[i]);
            assertEquals(held.get(rows[i]).length, decoder.length(rows[i]));
        }
    }

    private static void assertLogits(Transformer model, Decoder decoder, int index, int[] held, String what) {
        var expected = Shapes.outputs(model, held, held.length - 1);
        var found = decoder.logits().toArray((long) index * expected.length, expected.length);
        assertArrayEquals(expected, found, CLOSE, what);
    }

    @Test
    void aLongContextTakesSeveralVectors() {
        var model = Shapes.model(Shapes.LLAMA_IN_GROUPS.context(50));
        var tokens = Shapes.tokens(random, 50);
        var decoder = model.decoder(2);
        decoder.prefill(1, Shapes.first(tokens, 3));
        for (int t = 3; t < 50; t++) {
            decoder.step(new int[] {1}, new int[] {tokens[t]}, 1);
            assertLogits(model, decoder, 0, Shapes.first(tokens, t + 1), "at " + t);
        }
    }

    /**
     * A model too large to be kept near a core: prompts of up to 64 tokens go beside one another, longer ones alone.
     */
    @Test
    void promptsReadBesideOthersAreReadAsByThemselves() {
        int vocabulary = 70_000;
        var model = Transformer.of(Llama.of(80, 32, 2, 4, 2), vocabulary, 3);
        assertEquals(LanguageModel.Batching.TOGETHER, model.batching());
        var prompts = IntStream.of(5, 1, 64, 65, 40, 30, 80, 7)
                .mapToObj(length -> random.ints(length, 0, vocabulary).toArray())
                .toList();
        int[] rows = {7, 2, 0, 3, 4, 1, 6, 5};
        var decoder = model.decoder(rows.length);
        var alone = model.decoder(1);
        decoder.prefill(rows, prompts, (i, logits, offset) -> {
            var prompt = prompts.get(i);
            var found = logits.toArray(offset, vocabulary);
            var outputs = model.pass(1, prompt.length).outputs(prompt, 0, 1, prompt.length);
            assertArrayEquals(
                    outputs.toArray((prompt.length - 1L) * vocabulary, vocabulary), found, 1e-4f, "prompt " + i);
            alone.prefill(0, prompt);
            assertArrayEquals(alone.logits().toArray(0, vocabulary), found, "prompt " + i);
            assertEquals(prompt.length, decoder.length(rows[i]));
        });
        // and their rows hold what they should
        decoder.step(new int[] {0, 7}, new int[] {9, 9}, 2);
        alone.prefill(0, prompts.getFirst());
        alone.step(new int[] {0}, new int[] {9}, 1);
        assertArrayEquals(
                alone.logits().toArray(0, vocabulary), decoder.logits().toArray(vocabulary, vocabulary));
    }

    @Test
    void aFullRowIsRefused() {
        var decoder = Shapes.model(Shapes.GPT).decoder(1);
        decoder.prefill(0, new int[Shapes.CONTEXT]);
        var full = assertThrows(IllegalArgumentException.class, () -> decoder.step(new int[] {0}, new int[] {1}, 1));
        assertTrue(full.getMessage().contains("row 0 already fills the model's context of 11 tokens"));
        for (int length : new int[] {0, Shapes.CONTEXT + 1}) {
            var wrong = assertThrows(IllegalArgumentException.class, () -> decoder.prefill(0, new int[length]));
            assertTrue(wrong.getMessage().contains("the prompt has " + length + " tokens"), wrong.getMessage());
        }
    }
}
