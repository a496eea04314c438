package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Size.Use;
import trivium.tensor.Batch;
import trivium.tensor.Floats;

/** A training that keeps little and computes it again, beside one that keeps everything. */
class CheckpointingTest {

    private static final int ROWS = 5;
    private static final RandomKey KEY = new RandomKey(5, 8);

    private final SplittableRandom random = new SplittableRandom(17);

    private static Map<String, LanguageModel> models() {
        var models = new LinkedHashMap<String, LanguageModel>();
        Shapes.all().forEach((name, shape) -> models.put(name, Shapes.model(shape.layers(3))));
        models.put("a scalar head", Shapes.scoring(Shapes.LLAMA));
        for (var frozen : new String[] {"blocks.0", "blocks.1", "tokens"}) {
            var model = Shapes.model(Shapes.GPT_WITH_BIASES.layers(3));
            model.parameters().freeze(tensor -> tensor.name().startsWith(frozen));
            models.put("frozen " + frozen, model);
        }
        var low = Shapes.model(Shapes.OLMO2.layers(3));
        low.parameters()
                .freeze(tensor ->
                        tensor.offset() < low.layout().blocks().get(1).down().end());
        models.put("all but the last block frozen", low);
        return models;
    }

    @Test
    void theSameBits() {
        models().forEach((name, model) -> assertSame(name, model));
    }

    private void assertSame(String name, LanguageModel model) {
        int n = ROWS * Shapes.CONTEXT;
        var batch = Batch.of(ROWS, Shapes.CONTEXT, Shapes.tokens(random, n), Shapes.tokens(random, n));
        try (var kept = new Slices(model, Compute.DEFAULT.withWorkers(2));
                var again = new Slices(model, Compute.DEFAULT.withWorkers(2), true);
                var alone = new Slices(model, Compute.DEFAULT.withWorkers(1), true)) {
            for (int parts : new int[] {1, 2}) {
                double loss = kept.gradients(batch, parts, KEY, CheckpointingTest::loss);
                assertEquals(loss, again.gradients(batch, parts, KEY, CheckpointingTest::loss), name);
                assertEquals(loss, alone.gradients(batch, parts, KEY, CheckpointingTest::loss), name);
                assertEquals(kept.norm(), again.norm(), name);
                for (var tensor : model.parameters().trained()) {
                    var expected = of(tensor, kept.gradient());
                    assertArrayEquals(expected, of(tensor, again.gradient()), name + ", " + tensor.name());
                    assertArrayEquals(expected, of(tensor, alone.gradient()), name + ", " + tensor.name());
                }
            }
        }
    }

    private static float[] of(Parameters.Tensor tensor, Floats gradient) {
        return gradient.toArray(tensor.offset(), (int) tensor.size());
    }

    private static double loss(int slice, int from, int to, float[] values, float[] gradients) {
        double sum = 0;
        for (int i = from * Shapes.CONTEXT; i < to * Shapes.CONTEXT; i++) {
            sum += values[i] * values[i];
            gradients[i] = 2 * values[i];
        }
        return sum;
    }

    @Test
    void theSameBitsOfAnAdapter() {
        for (var lora : new Lora[] {
            Lora.rank(3), Lora.rank(2).dropout(0.4), Lora.rank(2).useDora(true)
        }) {
            for (var shape : new Architecture[] {Shapes.OLMO2, Shapes.GPT_WITH_BIASES}) {
                var adapted = Shapes.model(shape.layers(3)).withAdapter(lora, 7);
                var numbers = adapted.parameters();
                for (long i = 0; i < numbers.count(); i++) {
                    numbers.values().set(i, numbers.values().get(i) + 0.1f * (float) random.nextGaussian());
                }
                assertSame(lora + " beside " + shape, adapted);
            }
        }
    }

    /** What it is for. */
    @Test
    void theMemoryIsThatOfTheFormula() {
        var deep = Llama.of(48, 64, 12, 4, 2);
        long kept = allocated(deep, false);
        long little = allocated(deep, true);
        assertEquals(1, (double) new Size(deep, 300, 300, 8, 48, Use.CHECKPOINTING).bytes() / little, 0.1);
        assertEquals(1, (double) new Size(deep, 300, 300, 8, 48, Use.TRAINING).bytes() / kept, 0.1);
        assertTrue(little < kept / 2, little + " bytes of " + kept);
    }

    /** With the moments that the formula counts, which slices do not have. */
    private static long allocated(Architecture shape, boolean checkpointing) {
        long before = Floats.allocatedBytes();
        var model = Transformer.of(shape, 300, 1);
        int n = 8 * 48;
        try (var slices = new Slices(model, Compute.DEFAULT.withWorkers(1), checkpointing)) {
            slices.gradients(Batch.of(8, 48, new int[n], new int[n]), (slice, from, to, values, gradients) -> 0);
        }
        return Floats.allocatedBytes() - before + 2 * 4 * model.parameters().count();
    }
}
