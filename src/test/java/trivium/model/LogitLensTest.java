package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What the logit lens sees after each block, compared with models that end there. */
class LogitLensTest {

    private static final int[] TOKENS = {3, 28, 0, 7, 7, 12};

    /** A model of the first k blocks, with the same embedding, last norm and head, says what the lens sees after k. */
    @Test
    void afterEachBlockItIsTheModelThatEndsThere() {
        Shapes.causal().forEach((name, shape) -> {
            var deep = shape.layers(3);
            var model = Shapes.model(deep);
            model.logitLens(
                    (logProbs, block) -> {
                        assertEquals(TOKENS.length, logProbs.length);
                        if (block > 0) {
                            var ending = Shapes.model(shape.layers(block));
                            ending.parameters().copyFrom(model.parameters());
                            assertSame(name + " after " + block, ending, logProbs);
                        }
                    },
                    TOKENS);
        });
    }

    private static void assertSame(String name, Transformer model, float[]... logProbs) {
        var logits = model.pass(1, TOKENS.length).outputs(TOKENS, 0, 1, TOKENS.length);
        int size = model.vocabulary();
        for (int t = 0; t < TOKENS.length; t++) {
            double sum = 0;
            for (int v = 0; v < size; v++) {
                sum += Math.exp(logits.get((long) t * size + v));
            }
            for (int v = 0; v < size; v++) {
                double expected = logits.get((long) t * size + v) - Math.log(sum);
                assertEquals(expected, logProbs[t][v], 2e-5, name + " at " + t);
            }
        }
    }

    /** Before the first block: the norm and the head of the embedding, by hand. */
    @Test
    void beforeTheFirstBlockOnlyTheEmbeddingSpeaks() {
        var model = Shapes.model(Shapes.LLAMA);
        var weights = model.parameters();
        int width = Shapes.LLAMA.width();
        var x = row(weights, "tokens.weight", 7, width);
        double squares = 0;
        for (double each : x) {
            squares += each * each;
        }
        double root = Math.sqrt(squares / width + Shapes.LLAMA.conventions().epsilon());
        var scale = row(weights, "norm.weight", 0, width);
        var logits = new double[Shapes.VOCABULARY];
        double sum = 0;
        for (int v = 0; v < logits.length; v++) {
            var head = row(weights, "head.weight", v, width);
            for (int i = 0; i < width; i++) {
                logits[v] += x[i] / root * scale[i] * head[i];
            }
            sum += Math.exp(logits[v]);
        }
        double all = Math.log(sum);
        model.logitLens(
                (logProbs, block) -> {
                    for (int v = 0; block == 0 && v < logits.length; v++) {
                        assertEquals(logits[v] - all, logProbs[1][v], 1e-5);
                    }
                },
                2,
                7);
    }

    private static double[] row(Parameters weights, String name, int row, int width) {
        var tensor = weights.tensors().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
        var numbers = new double[width];
        for (int i = 0; i < width; i++) {
            numbers[i] = weights.values().get(tensor.offset() + (long) row * width + i);
        }
        return numbers;
    }

    @Test
    void whatHasNoNextTokensIsRefused() {
        var model = Shapes.model(Shapes.LLAMA);
        assertThrows(IllegalArgumentException.class, () -> model.logitLens((_, _) -> {}));
        var scoring = model.withScalarHead(1);
        assertThrows(IllegalArgumentException.class, () -> scoring.logitLens((_, _) -> {}, TOKENS));
    }
}
