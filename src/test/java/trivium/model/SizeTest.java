package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.QkNorm;
import trivium.model.Size.Use;
import trivium.tensor.Batch;
import trivium.tensor.Floats;

/** What is counted beforehand, against what is made and against published figures. */
class SizeTest {

    private static final double CLOSE = 0.15;

    /** Large enough that the spare floats of each allocation do not count, small enough for a test. */
    private static Map<String, Architecture> shapes() {
        var shapes = new LinkedHashMap<String, Architecture>();
        shapes.put("GPT", Gpt.of(48, 64, 2, 4));
        shapes.put("long GPT", Gpt.of(256, 16, 2, 4));
        shapes.put("Llama", Llama.of(48, 64, 3, 4, 2));
        shapes.put(
                "all choices",
                Llama.of(48, 64, 2, 4, 1)
                        .qkNorm(QkNorm.HEAD)
                        .activation(Activation.RELU_SQUARED)
                        .dropout(0.1));
        shapes.put("BERT", Bert.of(48, 64, 2, 4));
        shapes.put(
                "large heads beside one norm",
                Llama.of(48, 64, 2, 4, 2).headSize(32).placement(Placement.PARALLEL_ONE_NORM));
        shapes.put(
                "OLMo 2",
                Llama.of(48, 64, 2, 4, 2).qkNorm(QkNorm.WIDTH).placement(Placement.AFTER_ATTENTION_POST_NORM));
        shapes.put("gated GELU", Llama.of(48, 64, 2, 4, 2).activation(Activation.GEGLU));
        return shapes;
    }

    @Test
    void parametersAreThoseOfTheLayout() {
        var all = Shapes.all();
        all.putAll(shapes());
        all.forEach((name, architecture) -> {
            for (int outputs : new int[] {1, 29}) {
                var size = new Size(architecture, 29, outputs, 1, 1, Use.SCORING);
                assertEquals(Layout.of(architecture, 29, outputs).size(), size.parameters(), name);
            }
        });
    }

    @Test
    void whatScoringAndGeneratingTake() {
        shapes().forEach((name, architecture) -> {
            int time = architecture.context();
            for (int rows : new int[] {1, 8}) {
                long before = Floats.allocatedBytes();
                var model = Transformer.of(architecture, 300, 1);
                long made = Floats.allocatedBytes();
                try (var slices = new Slices(model, 1)) {
                    int n = rows * time;
                    slices.values(Batch.of(rows, time, new int[n], new int[n]), new float[n]);
                }
                long scored = Floats.allocatedBytes();
                var size = new Size(architecture, 300, 300, rows, time, Use.SCORING);
                assertClose(scored - before, size.bytes(), name + ", scoring " + rows);
                if (architecture.attention().causal()) {
                    model.decoder(rows).prefill(0, new int[] {1});
                    long decoded = Floats.allocatedBytes() - scored + made - before;
                    var generating = Size.generating(architecture, 300, rows);
                    assertClose(decoded, generating.bytes(), name + ", generating " + rows);
                }
            }
        });
    }

    private static void assertClose(long allocated, long counted, String what) {
        assertEquals(1, (double) counted / allocated, CLOSE, what + ": " + counted + " bytes of " + allocated);
    }

    /** 6 N + 12 L H Q T with N without positions, which is what nanoGPT's estimate of GPT-2's work comes to. */
    @Test
    void theWorkOfGpt2() {
        var training = Size.training(Gpt.gpt2(), 50_257, 12, 1_024);
        assertEquals(6L * (124_439_808 - 786_432) + 12L * 12 * 12 * 64 * 1_024, training.flopsPerToken());
        assertEquals(
                training.flopsPerToken() / 3,
                Size.generating(Gpt.gpt2(), 50_257, 1).flopsPerToken());
    }

    /** A head of its own is multiplied by, the embedding it is not tied to only looked up. */
    @Test
    void aLookUpIsNoWork() {
        var untied = Size.training(Llama.of(16, 64, 2, 4, 4), 1_000, 1, 16);
        long head = 6L * 64 * 1_000;
        var scoring = new Size(Llama.of(16, 64, 2, 4, 4), 1_000, 1, 1, 16, Use.TRAINING);
        assertEquals(untied.flopsPerToken() - head, scoring.flopsPerToken() - 6 * 64);
        assertEquals(
                6L * (2 * (4 * 64 * 64 + 3 * 64 * 192 + 2 * 64) + 64) + 12 * 2 * 64 * 16,
                untied.flopsPerToken() - head);
    }

    @Test
    void aModelTooLargeIsRefusedBeforeItIsMade() {
        long before = Floats.allocatedBytes();
        var huge = Llama.of(8_192, 1 << 20, 1_000, 128, 8);
        assertRefused(
                "a model of 11,[0-9,]+ parameters takes 4[0-9],[0-9]{3},[0-9]{3}\\.[0-9] GiB, but of this machine's "
                        + "[0-9,.]+ [GM]iB of memory [0-9,.]+ [GM]iB can be used: make it smaller",
                () -> Transformer.of(huge, 32_000, 1));
        assertEquals(before, Floats.allocatedBytes());
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsTried() {
        int vocabulary = 1 << 19;
        int time = 1 << 20; // logits alone take 2 TiB
        var model = Transformer.of(Gpt.of(time, 2, 1, 1), vocabulary, 1);
        var input = Batch.of(1, time, new int[time], new int[time]);
        long before = Floats.allocatedBytes();
        try (var slices = new Slices(model, 1)) {
            var numbers =
                    "with 3,[0-9,]+ parameters takes [0-9,.]+ GiB, but of this machine's [0-9,.]+ [GM]iB of memory "
                            + "[0-9,.]+ [GM]iB can be used: take fewer rows, a shorter context or a smaller model";
            assertRefused("training on 1 row of 1,048,576 tokens " + numbers, () -> slices.gradients(input, null));
            assertRefused("scoring 1 row of 1,048,576 tokens " + numbers, () -> slices.values(input, null));
            assertRefused("generating 1,000,000 rows of 1,048,576 tokens " + numbers, () -> model.decoder(1_000_000));
        }
        assertEquals(before, Floats.allocatedBytes());
    }

    private static void assertRefused(String sentence, Executable attempt) {
        var message = assertThrows(IllegalArgumentException.class, attempt).getMessage();
        assertTrue(Pattern.matches(sentence, message), message);
    }

    @Test
    void asText() {
        var text = Size.training(Gpt.gpt2(), 50_257, 8, 1_024).toString();
        var start = "124,439,808 parameters; training on 8 rows of 1,024 tokens: 855.2 MFLOP a token, ";
        assertTrue(text.startsWith(start), text);
        // The parameters' 497,759,232 bytes, and three times as many.
        assertTrue(text.contains(" GiB (parameters 474.7 MiB, gradient and moments 1.4 GiB, the rest "), text);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertRefused("rows must be at least 1, not 0", () -> Size.training(Gpt.tiny(), 9, 0, 3));
        assertRefused(
                "time must be from 1 to the context of 64 tokens, not 65", () -> Size.training(Gpt.tiny(), 9, 1, 65));
        assertRefused("a vocabulary needs at least 2 tokens, not 1", () -> Size.training(Gpt.tiny(), 1, 1, 3));
    }
}
