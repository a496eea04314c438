package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trivium.lstm.Lstm;
import trivium.lstm.LstmShape;
import trivium.model.Architecture.QkNorm;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.model.Models;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Size.Use;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.tensor.Workers;

/** Training with frozen tensors, against a training of everything in which their gradients are set to 0 by hand. */
class FrozenTest {

    private static final int TIME = 7;
    private static final int WORDS = 13;
    private static final int STEPS = 3;
    private static final double RATE = 0.02;
    /** Without decay, so that a gradient of 0 is no step. */
    private static final AdamW PLAIN = new AdamW(0.9, 0.99, 1e-8, 0, false);

    private static final Map<String, Predicate<Tensor>> FROZEN = new LinkedHashMap<>();

    static {
        FROZEN.put("embedding", t -> t.role() == Role.EMBEDDING);
        FROZEN.put("matrices", t -> t.role() == Role.MATRIX || t.role() == Role.RESIDUAL);
        FROZEN.put("all but biases and norms", t -> t.role().decays());
        FROZEN.put(
                "all but the last block",
                t -> !t.name().startsWith("blocks.1.") && !t.name().startsWith("layers.1."));
        FROZEN.put(
                "all but the end",
                t -> !t.name().equals("norm.weight") && !t.name().startsWith("head."));
        FROZEN.put("one matrix of three side by side", t -> t.name().contains("attention.k."));
    }

    private static Map<String, Supplier<LanguageModel>> models() {
        var models = new LinkedHashMap<String, Supplier<LanguageModel>>();
        models.put("GPT", () -> Gpt.of(TIME, 12, 2, 2).fresh(WORDS, 3));
        models.put(
                "Llama", () -> Llama.of(TIME, 12, 2, 2, 1).qkNorm(QkNorm.HEAD).fresh(WORDS, 3));
        models.put("LSTM", () -> Lstm.of(new LstmShape(TIME, 6, 2), WORDS, 3));
        return models;
    }

    /** Sets the gradient of frozen tensors to 0, and leaves the rest to the optimizer it is put before. */
    private record Zeroing(Optimizer then, List<Tensor> frozen) implements Optimizer {
        @Override
        public State start(Parameters parameters) {
            var state = then.start(parameters);
            return new State() {
                @Override
                public void step(Floats gradient, double scale, double learningRate, Workers workers) {
                    frozen.forEach(t -> gradient.clear(t.offset(), t.size()));
                    state.step(gradient, scale, learningRate, workers);
                }

                @Override
                public Map<String, Buffer> buffers() {
                    return state.buffers();
                }

                @Override
                public long steps() {
                    return state.steps();
                }

                @Override
                public void steps(long steps) {
                    state.steps(steps);
                }
            };
        }
    }

    private static Batch batch() {
        var random = new SplittableRandom(61);
        int n = 6 * TIME;
        var weights = new float[n];
        Arrays.fill(weights, 1);
        return new Batch(
                6,
                TIME,
                random.ints(n, 0, WORDS).toArray(),
                random.ints(n, 0, WORDS).toArray(),
                weights,
                1);
    }

    private static float[] train(LanguageModel model, Optimizer optimizer, Precision precision) {
        var compute = Compute.DEFAULT.withWorkers(2).withPrecision(precision);
        try (var loop = new TrainLoop(model, optimizer, Double.POSITIVE_INFINITY, compute)) {
            for (int step = 0; step < STEPS; step++) {
                assertTrue(Double.isFinite(
                        loop.step(batch(), CrossEntropy.PLAIN, RATE).loss()));
            }
        }
        return model.parameters().values().toArray();
    }

    @TestFactory
    Stream<DynamicTest> whatIsTrainedLearnsAsIfTheRestHadNoGradient() {
        return models().entrySet().stream()
                .flatMap(model -> FROZEN.entrySet().stream()
                        .flatMap(frozen -> precisions(model.getKey())
                                .map(precision -> DynamicTest.dynamicTest(
                                        model.getKey() + ", frozen: " + frozen.getKey() + ", " + precision,
                                        () -> check(model.getValue(), frozen.getValue(), precision)))));
    }

    /** Rounded products have backward passes of their own. */
    private static Stream<Precision> precisions(String model) {
        return model.equals("GPT") ? Stream.of(Precision.FLOAT32, Precision.BF16) : Stream.of(Precision.FLOAT32);
    }

    private static void check(Supplier<LanguageModel> fresh, Predicate<Tensor> frozen, Precision precision) {
        var model = fresh.get();
        var before = model.parameters().values().toArray();
        model.parameters().freeze(frozen);
        var whole = fresh.get();
        var expected = train(
                whole,
                new Zeroing(
                        PLAIN,
                        model.parameters().tensors().stream().filter(frozen).toList()),
                precision);
        assertArrayEquals(expected, train(model, PLAIN, precision));
        for (var tensor : model.parameters().tensors()) {
            int from = (int) tensor.offset();
            int to = (int) tensor.end();
            var now = model.parameters().values().toArray(from, to - from);
            assertEquals(frozen.test(tensor), Arrays.equals(Arrays.copyOfRange(before, from, to), now), tensor.name());
        }
    }

    /** With a decay, which would pull at frozen weights too, and a clip, whose norm is that of the trained ones. */
    @Test
    void neitherDecaysNorCountsForTheClip() {
        var model = Gpt.of(TIME, 12, 2, 2).fresh(WORDS, 3);
        var before = model.parameters().values().toArray();
        model.parameters().freeze(tensor -> tensor.role() == Role.EMBEDDING);
        var gradient = gradientOf(model.copy());
        double squares = 0;
        for (var tensor : model.parameters().trained()) {
            for (long i = tensor.offset(); i < tensor.end(); i++) {
                squares += (double) gradient[(int) i] * gradient[(int) i];
            }
        }
        try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1e-3, 2)) {
            assertEquals(
                    Math.sqrt(squares),
                    loop.step(batch(), CrossEntropy.PLAIN, RATE).gradientNorm(),
                    1e-6);
        }
        int tokens = WORDS * 12;
        assertArrayEquals(
                Arrays.copyOf(before, tokens), model.parameters().values().toArray(0, tokens));
    }

    /** Of everything, frozen or not. */
    private static float[] gradientOf(LanguageModel model) {
        model.parameters().freeze(tensor -> false);
        try (var loop = new TrainLoop(model, PLAIN, Double.POSITIVE_INFINITY, 1)) {
            loop.step(batch(), CrossEntropy.PLAIN, 0);
            return loop.slices().gradient().toArray();
        }
    }

    @Test
    void aCheckpointHoldsWhatIsTrained() {
        var model = Gpt.of(TIME, 12, 1, 2).fresh(WORDS, 3);
        model.parameters().freeze(tensor -> tensor.role() != Role.NORM);
        var resumed = model.copy();
        try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, 1);
                var goingOn = new TrainLoop(resumed, AdamW.DEFAULT, 1, 1)) {
            loop.step(batch(), CrossEntropy.PLAIN, RATE);
            assertEquals(
                    List.of(
                            "blocks.0.norm1.weight",
                            "blocks.0.norm2.weight",
                            "norm.weight",
                            "adamw.first.blocks.0.norm1.weight",
                            "adamw.first.blocks.0.norm2.weight",
                            "adamw.first.norm.weight",
                            "adamw.second.blocks.0.norm1.weight",
                            "adamw.second.blocks.0.norm2.weight",
                            "adamw.second.norm.weight"),
                    List.copyOf(loop.tensors().keySet()));
            var kept = loop.tensors();
            goingOn.tensors()
                    .forEach((name, entry) -> entry.values()
                            .copyFrom(
                                    kept.get(name).values(),
                                    0,
                                    0,
                                    entry.values().size()));
            goingOn.updates(loop.updates());
            loop.step(batch(), CrossEntropy.PLAIN, RATE);
            goingOn.step(batch(), CrossEntropy.PLAIN, RATE);
        }
        assertArrayEquals(
                model.parameters().values().toArray(),
                resumed.parameters().values().toArray());
    }

    @Test
    void frozenTensorsTakeNeitherGradientNorMoments() {
        var model = Gpt.of(TIME, 12, 1, 2).fresh(WORDS, 3);
        long all = model.size(4, TIME, Use.TRAINING).orElseThrow().bytes();
        model.parameters().freeze(tensor -> tensor.role() == Role.EMBEDDING);
        assertEquals(
                all - 3L * Float.BYTES * WORDS * 12,
                model.size(4, TIME, Use.TRAINING).orElseThrow().bytes());
    }

    @Test
    void aSavedModelIsFrozenAlike(@TempDir Path folder) {
        var model = Gpt.of(TIME, 12, 1, 2).fresh(WORDS, 3);
        assertFalse(Models.toJson(model).contains("frozen"), "where all is trained, nothing is said");
        model.parameters().freeze(tensor -> tensor.role() == Role.POSITION);
        Models.save(model, folder);
        assertEquals(
                model.parameters().trained(), Models.load(folder).parameters().trained());
    }

    @Test
    void whereAllIsFrozenThereIsNothingToTrain() {
        var model = Gpt.of(TIME, 12, 1, 2).fresh(WORDS, 3);
        model.parameters().freeze(tensor -> true);
        var thrown = assertThrows(IllegalArgumentException.class, () -> new TrainLoop(model, PLAIN, 1, 1));
        assertTrue(
                thrown.getMessage()
                        .startsWith(
                                "all tensors of " + model + " are frozen, so there is nothing to train: freeze fewer of"
                                        + " them; there are tokens.weight, positions.weight, blocks.0.norm1.weight, "),
                thrown.getMessage());
    }
}
