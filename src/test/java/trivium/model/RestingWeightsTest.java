package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Size.Use;
import trivium.tensor.Batch;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.tensor.Products;

/** Models whose matrices rest in bfloat16, beside twins in float32 whose weights are the same numbers. */
class RestingWeightsTest {

    private static final int ROWS = 5;
    private static final RandomKey KEY = new RandomKey(5, 8);
    private static final Lora LORA = Lora.rank(3).alpha(5);

    /** The same numbers twice. */
    private record Twins(Transformer resting, Transformer float32) {

        static Twins of(Architecture shape) {
            return of(Shapes.model(shape));
        }

        static Twins of(Transformer model) {
            var resting = model.to(Dtype.BF16);
            var float32 = model.copy();
            var values = float32.parameters().values();
            for (var tensor : float32.parameters().tensors()) {
                boolean matrix = tensor.shape().size() > 1 && tensor.role() != Role.POSITION;
                for (long i = tensor.offset(); matrix && i < tensor.end(); i++) {
                    values.set(i, Dtype.BF16.rounded(values.get(i)));
                }
            }
            return new Twins(resting, float32);
        }
    }

    private static Map<String, Lora> adapters() {
        var adapters = new LinkedHashMap<String, Lora>();
        adapters.put("all linear layers", LORA);
        adapters.put("some of them", LORA.targets("attention.q", "mlp.down", "head"));
        adapters.put("queries, keys and values as one", LORA.targets("attention.qkv", "residual"));
        adapters.put("dropout", LORA.dropout(0.3));
        adapters.put("embedding and head in full", LORA.targets("mlp").modulesToSave("tokens", "head"));
        adapters.put("rows of tokens", LORA.targets("mlp").trainableTokens("3", "7"));
        adapters.put("DoRA", LORA.useDora(true).targets("all-linear", "head"));
        adapters.put("DoRA and dropout", LORA.useDora(true).dropout(0.3));
        return adapters;
    }

    private static AdaptedTransformer drawn(AdaptedTransformer model) {
        var random = new SplittableRandom(5);
        for (var tensor : model.parameters().tensors()) {
            for (long i = tensor.offset(); i < tensor.end(); i++) {
                var values = model.parameters().values();
                boolean length = tensor.role() == Role.MAGNITUDE;
                values.set(
                        i, (float) (values.get(i) * (length ? 1.3 : 1) + (length ? 0 : 0.1 * random.nextGaussian())));
            }
        }
        return model;
    }

    @TestFactory
    Stream<DynamicTest> everyShapeComputesAndDecodesTheSameBits() {
        return Shapes.all().entrySet().stream()
                .map(shape -> DynamicTest.dynamicTest(shape.getKey(), () -> {
                    var twins = Twins.of(shape.getValue());
                    assertEquals(Dtype.BF16, twins.resting.parameters().dtype());
                    assertSameAnswers(twins.float32, twins.resting);
                    assertSameAnswers(twins.float32, twins.resting.copy());
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyAdapterLearnsAndIsMergedTheSame() {
        return adapters().entrySet().stream()
                .flatMap(lora -> Stream.of(Shapes.LLAMA_IN_GROUPS, Shapes.GPT_WITH_BIASES, Shapes.GEMMA)
                        .map(shape -> DynamicTest.dynamicTest(lora.getKey() + ", " + shape, () -> {
                            var twins = Twins.of(shape);
                            var expected = drawn(twins.float32.withAdapter(lora.getValue(), 4));
                            var adapted = drawn(twins.resting.withAdapter(lora.getValue(), 4));
                            assertArrayEquals(numbers(expected.parameters()), numbers(adapted.parameters()));
                            assertSameAnswers(expected, adapted);
                            assertSameAnswers(expected.merge(), adapted.merge());
                            for (var precision : Precision.values()) {
                                if (precision.available()) {
                                    assertSameGradients(expected, adapted, precision);
                                }
                            }
                            assertSameGradients(
                                    expected.withScalarHead(3), adapted.withScalarHead(3), Precision.FLOAT32);
                        })));
    }

    private static void assertSameAnswers(LanguageModel expected, LanguageModel model) {
        int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
        assertArrayEquals(Shapes.outputs(expected, tokens, 7), Shapes.outputs(model, tokens, 7));
        if (!model.looksAhead()) {
            assertArrayEquals(decoded(expected, tokens), decoded(model, tokens), "decoding");
        }
    }

    private static float[] decoded(LanguageModel model, int[] tokens) {
        var decoder = model.decoder(2);
        decoder.prefill(0, Shapes.first(tokens, 3));
        decoder.prefill(1, Shapes.first(tokens, 2));
        for (int t = 3; t < 7; t++) {
            decoder.step(new int[] {0, 1}, new int[] {tokens[t], tokens[t + 1]}, 2);
        }
        return decoder.logits().toArray();
    }

    private static void assertSameGradients(LanguageModel expected, LanguageModel model, Precision precision) {
        int n = ROWS * Shapes.CONTEXT;
        var random = new SplittableRandom(17);
        var batch = Batch.of(ROWS, Shapes.CONTEXT, Shapes.tokens(random, n), Shapes.tokens(random, n));
        var compute = Compute.DEFAULT.withWorkers(2).withPrecision(precision);
        for (boolean checkpointing : new boolean[] {false, true}) {
            try (var one = new Slices(expected, compute, checkpointing);
                    var other = new Slices(model, compute, checkpointing)) {
                double loss = one.gradients(batch, 1, KEY, RestingWeightsTest::loss);
                assertEquals(loss, other.gradients(batch, 1, KEY, RestingWeightsTest::loss));
                assertArrayEquals(one.gradient().toArray(), other.gradient().toArray(), precision + " gradient");
                assertTrue(one.norm() > 0);
            }
        }
    }

    private static double loss(int slice, int from, int to, float[] values, float[] gradients) {
        double sum = 0;
        for (int i = from * Shapes.CONTEXT; i < to * Shapes.CONTEXT; i++) {
            sum += values[i] * values[i];
            gradients[i] = 2 * values[i];
        }
        return sum;
    }

    private static float[] numbers(Parameters parameters) {
        return parameters.toArray(0, Math.toIntExact(parameters.count()));
    }

    /** What is larger than a panel, with every number of outputs in the last one that ends otherwise. */
    @Test
    void layersOfSeveralPanelsGiveTheSameBits() {
        int in = 1_001;
        int step = Weights.PANEL / in / 384 * 384;
        var random = new SplittableRandom(3);
        int most = 2 * step + 1_500;
        var weight = new Tensor("matrix", 0, List.of(most, in), Role.MATRIX);
        var bias = new Tensor("bias", weight.end(), List.of(most), Role.BIAS);
        var numbers = drawn(bias.end(), random);
        var resting = Weights.resting(List.of(weight, bias));
        resting.write(0, numbers, 0, bias.end());
        resting.read(0, numbers, 0, bias.end());
        var x = drawn(3L * in, random);
        var before = drawn(3L * most, random).toArray();
        for (int more : new int[] {1, 385, 767, 768, 1_500}) {
            int outs = 2 * step + more;
            var layer = new Linear(0, bias.offset(), in, outs);
            int n = 1 + more % 3;
            var y = Floats.of(before);
            var expected = Floats.of(before);
            layer.forward(numbers, x, expected, n, true);
            resting.forward(layer, x, y, n, true);
            assertClose(expected, y, outs + " outputs");
            var dx = Floats.zeros((long) n * in);
            var expectedDx = Floats.zeros((long) n * in);
            layer.inputGradient(numbers, expected, n, expectedDx);
            resting.inputGradient(layer, expected, n, dx);
            assertClose(expectedDx, dx, "input gradient of " + outs + " outputs");
        }
    }

    /** Sums are cut where oneDNN cuts them itself on AVX-512; elsewhere they may be cut in other places. */
    private static void assertClose(Floats expected, Floats found, String what) {
        assertArrayEquals(expected.toArray(), found.toArray(), Products.keepBitsWhateverTheRows() ? 0 : 1e-3f, what);
    }

    private static Floats drawn(long size, SplittableRandom random) {
        var floats = Floats.zeros(size);
        for (long i = 0; i < size; i++) {
            floats.set(i, (float) random.nextDouble(-1, 1));
        }
        return floats;
    }

    @TempDir
    Path folder;

    @Test
    void aSavedModelRestsAgain() throws Exception {
        var twins = Twins.of(Shapes.GPT_WITH_BIASES);
        for (var lora : new Lora[] {null, LORA}) {
            LanguageModel model = lora == null ? twins.resting : drawn(twins.resting.withAdapter(lora, 4));
            LanguageModel twin = lora == null ? twins.float32 : drawn(twins.float32.withAdapter(lora, 4));
            Models.save(model, folder.resolve("resting"));
            Models.save(twin, folder.resolve("float32"));
            var again = Models.load(folder.resolve("resting"));
            assertEquals(Dtype.BF16, again.beneath().orElse(again.parameters()).dtype());
            assertSameAnswers(twin, again);
            assertSameAnswers(twin, Models.load(folder.resolve("float32")));
            assertEquals(Models.identity(twin), Models.identity(again));
            long saved = Files.size(folder.resolve("float32").resolve("model.safetensors"))
                    - Files.size(folder.resolve("resting").resolve("model.safetensors"));
            long matrices = twins.resting.parameters().weights().restingCount();
            assertEquals(2.0 * matrices, saved, 1_000, "the file is smaller by two bytes a number that rests");
        }
    }

    /** New rows are the mean of the others, as everywhere, and then rounded as the others were. */
    @Test
    void aLargerVocabularyRestsAsWell() {
        var twins = Twins.of(Shapes.LLAMA);
        var grown = twins.resting.withVocabulary(Shapes.VOCABULARY + 2);
        assertEquals(Dtype.BF16, grown.parameters().dtype());
        var expected = Twins.of(twins.float32.withVocabulary(Shapes.VOCABULARY + 2)).float32;
        assertSameAnswers(expected, grown);
        var adapted = twins.resting.withAdapter(LORA, 1).withVocabulary(Shapes.VOCABULARY + 2);
        assertEquals(Dtype.BF16, adapted.withoutAdapter().parameters().dtype());
    }

    @Test
    void whatRestsIsNotTrained() {
        var resting = Twins.of(Shapes.LLAMA).resting;
        var sentence = assertThrows(
                        IllegalStateException.class, () -> resting.parameters().values())
                .getMessage();
        assertTrue(sentence.contains("train an adapter beside them (lora(…)) or a copy() of the model"), sentence);
        resting.copy().parameters().values();
        sentence = assertThrows(IllegalArgumentException.class, () -> resting.to(Dtype.F16))
                .getMessage();
        assertEquals("a model's weights stand in memory as float32 or bfloat16, not as float16", sentence);
    }

    /** Two bytes a number that rests, whatever is done with the model. */
    @Test
    void theMemoryIsThatOfTheFormula() {
        var shape = Llama.of(16, 128, 3, 4, 2);
        int words = 4_000;
        var source = Transformer.of(shape, words, 1);
        for (var lora : new Lora[] {null, LORA}) {
            for (var use : Use.values()) {
                if (lora == null && use != Use.SCORING && use != Use.GENERATING) {
                    continue;
                }
                var taken = new ArrayList<Long>();
                for (var dtype : new Dtype[] {Dtype.F32, Dtype.BF16}) {
                    long before = Floats.allocatedBytes();
                    var base = source.to(dtype);
                    LanguageModel model = lora == null ? base : drawn(base.withAdapter(lora, 1));
                    use(model, use);
                    taken.add(Floats.allocatedBytes() - before);
                    assertEquals(
                            1,
                            (double) model.size(2, 16, use).orElseThrow().bytes() / taken.getLast(),
                            0.1,
                            lora + " " + use + " " + dtype);
                }
                long matrices = source.to(Dtype.BF16).parameters().weights().restingCount();
                double saved = taken.getFirst() - taken.getLast();
                assertTrue(saved > 1.8 * matrices, lora + " " + use + " saves " + saved);
            }
        }
    }

    private static void use(LanguageModel model, Use use) {
        int n = 2 * 16;
        var batch = Batch.of(2, 16, new int[n], new int[n]);
        switch (use) {
            case GENERATING -> model.decoder(2).prefill(0, new int[] {1});
            case SCORING -> {
                try (var slices = new Slices(model, 1)) {
                    slices.values(batch, new float[n]);
                }
            }
            case TRAINING, CHECKPOINTING -> {
                try (var slices = new Slices(model, Compute.DEFAULT.withWorkers(1), use == Use.CHECKPOINTING)) {
                    slices.gradients(batch, (slice, from, to, values, gradients) -> 0);
                }
            }
        }
    }
}
