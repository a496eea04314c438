package trivium.lstm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.util.CrashReportingUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.ModelConfig;
import trivium.model.Models;
import trivium.tensor.Floats;
import trivium.tensor.Precision;

class LstmTest {

    private static final int VOCABULARY = 13;

    /** The equations on the page, number by number in double precision, from the tensors by name. */
    private static final class Twin {
        private final Map<String, float[]> weights = new HashMap<>();
        private final LstmShape shape;

        Twin(Lstm model) {
            shape = model.shape();
            for (var tensor : model.parameters().tensors()) {
                var values = model.parameters().values().toArray(tensor.offset(), (int) tensor.size());
                weights.put(tensor.name(), values);
            }
        }

        /** Logits after the last token. */
        double[] logits(int... tokens) {
            int width = shape.width();
            var h = new double[shape.layers()][width];
            var c = new double[shape.layers()][width];
            for (int token : tokens) {
                var x = new double[width];
                for (int i = 0; i < width; i++) {
                    x[i] = weights.get("tokens.weight")[i * VOCABULARY + token];
                }
                for (int layer = 0; layer < shape.layers(); layer++) {
                    step("layers." + layer + ".", x, h[layer], c[layer]);
                    x = h[layer];
                }
            }
            var logits = new double[VOCABULARY];
            for (int v = 0; v < VOCABULARY; v++) {
                logits[v] = weights.get("head.bias")[v] + product("head.weight", v, h[shape.layers() - 1]);
            }
            return logits;
        }

        private void step(String name, double[] x, double[] h, double[] c) {
            int width = shape.width();
            var z = new double[4 * width];
            for (int i = 0; i < 4 * width; i++) {
                z[i] = weights.get(name + "bias")[i]
                        + product(name + "input.weight", i, x)
                        + product(name + "recurrent.weight", i, h);
            }
            for (int i = 0; i < width; i++) {
                double candidate = Math.tanh(z[i]);
                double forget = logistic(z[width + i]);
                double output = logistic(z[2 * width + i]);
                double input = logistic(z[3 * width + i]);
                c[i] = forget * c[i] + input * candidate;
                h[i] = output * Math.tanh(c[i]);
            }
        }

        private double product(String name, int row, double[] x) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += weights.get(name)[row * x.length + i] * x[i];
            }
            return sum;
        }

        private static double logistic(double z) {
            return 1 / (1 + Math.exp(-z));
        }
    }

    @Test
    void computesTheEquationsOfThePage() {
        var random = new SplittableRandom(5);
        for (int layers = 1; layers <= 3; layers++) {
            var model = Lstm.of(new LstmShape(9, 6, layers), VOCABULARY, 2);
            for (long i = 0; i < model.parameters().count(); i++) {
                model.parameters().values().set(i, (float) random.nextGaussian());
            }
            var tokens = random.ints(9, 0, VOCABULARY).toArray();
            var expected = new Twin(model).logits(tokens);
            var found = model.pass(1, 9).outputs(tokens, 0, 1, 9);
            for (int v = 0; v < VOCABULARY; v++) {
                assertEquals(expected[v], found.get(8L * VOCABULARY + v), 1e-5, layers + " layers");
            }
        }
    }

    @Test
    void freshWeightsHaveTheirSpreadAndForgetLittle() {
        var model = Lstm.of(new LstmShape(8, 100, 2), 50, 7);
        for (var tensor : model.parameters().tensors()) {
            var values = model.parameters().values().toArray(tensor.offset(), (int) tensor.size());
            double sum = 0;
            double squares = 0;
            for (float v : values) {
                sum += v;
                squares += v * v;
            }
            double mean = sum / values.length;
            double deviation = Math.sqrt(squares / values.length);
            if (tensor.name().startsWith("layers.") && tensor.name().endsWith("bias")) {
                for (int i = 0; i < values.length; i++) {
                    assertEquals(i / 100 == 1 ? 1 : 0, values[i]);
                }
            } else if (tensor.shape().size() > 1) {
                // A uniform number within ±b deviates by b/√3.
                double expected = tensor.name().equals("tokens.weight") ? 1 : 0.1 / Math.sqrt(3);
                assertEquals(0, mean, 0.05 * expected, tensor.name());
                assertEquals(expected, deviation, 0.05 * expected, tensor.name());
            } else {
                assertArrayEquals(new float[values.length], values);
            }
        }
    }

    @Test
    void keepsAllThatItComputes() {
        var model = Lstm.of(new LstmShape(4, 6, 1), VOCABULARY, 2);
        var refused =
                assertThrows(IllegalArgumentException.class, () -> model.checkpointingPass(1, 4, Precision.FLOAT32));
        assertEquals(
                "a model of the class Lstm keeps all that it computes until the gradient is known: leave out"
                        + " gradientCheckpointing(true)",
                refused.getMessage());
    }

    @Test
    void equalSizesAreEqual() {
        for (ModelConfig other : new ModelConfig[] {Llama.small(), Gpt.of(64, 32, 3, 4), new LstmShape(10, 50, 1)}) {
            for (int vocabulary : new int[] {29, 860, 4096}) {
                var shape = LstmShape.asLargeAs(other, vocabulary);
                assertEquals(other.context(), shape.context());
                long wanted = other.fresh(vocabulary, 1).parameters().count();
                long found = shape.fresh(vocabulary, 1).parameters().count();
                long wider = shape.width(shape.width() + 1).parameters(vocabulary);
                long narrower = shape.width(shape.width() - 1).parameters(vocabulary);
                assertTrue(Math.abs(found - wanted) <= Math.abs(wider - wanted));
                assertTrue(Math.abs(found - wanted) <= Math.abs(narrower - wanted));
            }
        }
    }

    @Test
    void impossibleShapesAreRefused(@TempDir Path folder) throws IOException {
        assertThrows(IllegalArgumentException.class, () -> new LstmShape(0, 4, 1));
        assertThrows(IllegalArgumentException.class, () -> new LstmShape(4, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LstmShape(4, 4, 0));
        Models.save(Lstm.of(new LstmShape(8, 4, 1), VOCABULARY, 1), folder);
        var file = folder.resolve("model.json");
        var json = Files.readString(file);
        Files.writeString(file, json.replace("\"width\":4", "\"width\":-4"));
        var thrown = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertEquals(file + ": width must be at least 1, not -4", thrown.getMessage());
        Files.writeString(file, json.replace("\"width\":4", "\"width\":5"));
        thrown = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertTrue(thrown.getMessage().contains("tensor tokens.weight has shape [4, 13] but the model needs [5, 13]"));
    }

    /** Deeplearning4j would describe the machine through OSHI, which is left out, and leave a file where it stands. */
    @Test
    void whenMemoryIsShortDeeplearning4jWritesNoFile() throws IOException {
        var shape = new LstmShape(8, 8, 1);
        var network = Network.over(Floats.zeros(shape.parameters(5)), shape, 5, 5);
        CrashReportingUtil.writeMemoryCrashDump(network, new OutOfMemoryError("made up by a test"));
        try (var files = Files.list(Path.of(System.getProperty("user.dir")))) {
            assertEquals(
                    List.of(),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.contains("crash-dump"))
                            .toList());
        }
    }
}
