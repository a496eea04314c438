package elsewhere;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.Algorithm;
import trivium.align.Learner;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.Rollouts;
import trivium.data.Corpus;
import trivium.figure.Figures;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Metric;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;
import trivium.train.Objective;
import trivium.train.Stateful;
import trivium.train.TrainLoop;

/**
 * An algorithm of someone's own, written against the public interfaces, with a model and a training loop of its own.
 */
class OwnAlgorithmTest {

    private static final int EVERY = 3;
    private static final int STEPS = 8;

    @TempDir
    Path folder;

    /**
     * REINFORCE whose baseline is what a small model of its own has learned to expect of a prompt.
     *
     * @param numGenerations completions of each prompt
     * @param valueRate learning rate of the value model
     */
    public record Baselined(int numGenerations, double valueRate) implements Algorithm {

        public Baselined() {
            this(2, 1e-2);
        }

        @Override
        public Learner learner(Learner.Context context) {
            var model = context.start()
                    .model()
                    .withScalarHead(context.optimisation().seed());
            return new Critic(this, context.policy(), TrainLoop.withoutDropout(model, context.optimisation()));
        }
    }

    private record Critic(Baselined algorithm, TrainLoop policy, TrainLoop value) implements Learner {
        @Override
        public Map<String, Double> learn(Rollouts rollouts, double learningRate) {
            var batch = rollouts.batch();
            var expected = new float[batch.rows() * batch.time()];
            value.slices().values(batch, expected);
            var moved = policy.step(batch, policyGradient(rollouts, expected), learningRate);
            var judged = value.step(batch, squaredError(rollouts), algorithm.valueRate());
            var metrics = new LinkedHashMap<String, Double>();
            metrics.put("loss", moved.loss());
            metrics.put("grad_norm", moved.gradientNorm());
            metrics.put("value_loss", judged.loss());
            metrics.putAll(judged.metrics());
            return metrics;
        }

        private static Objective policyGradient(Rollouts rollouts, float[] expected) {
            return (batch, from, to, values, gradients, _) -> {
                double loss = 0;
                for (int i = from * batch.time(); i < to * batch.time(); i++) {
                    int row = i / batch.time();
                    double advantage = rollouts.rewards()[row] - expected[first(batch, row)];
                    gradients[i] = batch.weights()[i] != 0 ? (float) (-advantage / batch.rows()) : 0;
                    loss += gradients[i] == 0 ? 0 : gradients[i] * values[i];
                }
                return loss;
            };
        }

        private static Objective squaredError(Rollouts rollouts) {
            return (batch, from, to, values, gradients, report) -> {
                double loss = 0;
                for (int row = from; row < to; row++) {
                    int at = first(batch, row);
                    for (int t = 0; t < batch.time(); t++) {
                        gradients[row * batch.time() + t] = 0;
                    }
                    double error = values[at] - rollouts.rewards()[row];
                    gradients[at] = (float) (2 * error / batch.rows());
                    loss += error * error / batch.rows();
                    report.mean("value_error", Math.abs(error), 1);
                }
                return loss;
            };
        }

        /** The position of the prompt's last token, which predicts the completion's first. */
        private static int first(Batch batch, int row) {
            return IntStream.range(row * batch.time(), (row + 1) * batch.time())
                    .filter(i -> batch.weights()[i] != 0)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public Map<String, Stateful> state() {
            return Map.of("value", value);
        }

        @Override
        public void close() {
            value.close();
        }
    }

    private static final Reward SHORT = Reward.of("short", (_, answer) -> -answer.length());

    private static Pretraining pretraining() {
        var letters = Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
        return Pretraining.of(Gpt.of(24, 16, 1, 2), letters, Corpus.of("abc def fed cab. ".repeat(40)))
                .steps(3)
                .batchSize(4);
    }

    private static PolicyOptimisation recipe() {
        return recipe(pretraining().run());
    }

    private static PolicyOptimisation recipe(Run start) {
        return PolicyOptimisation.of(
                        start, List.of("ab", "cd", "ef", "fa", "bd", "ce", "ac", "df", "eb", "ba", "dc", "fe"))
                .reward(SHORT)
                .algorithm(new Baselined(2, 2e-2))
                .batchSize(3)
                .maxTokens(5)
                .heldOut(3)
                .steps(STEPS)
                .learningRate(1e-3)
                .seed(3);
    }

    static Progress crashingAt(long step) {
        return new Progress() {
            @Override
            public void step(long done, Map<String, Double> metrics) {
                if (done == step) {
                    throw new IllegalStateException("killed");
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 7, STEPS})
    void killedBetweenCheckpointsItEndsAsOneLeftAlone(long crash) throws IOException {
        var place = folder.resolve("run");
        assertThrows(
                IllegalStateException.class,
                () -> recipe().keep(place, EVERY).progress(crashingAt(crash)).run());
        long last = (crash - 1) / EVERY * EVERY;
        var kept = place.resolve("checkpoint").resolve("step-" + last + ".safetensors");
        var tensors = Files.readString(kept, StandardCharsets.ISO_8859_1);
        assertTrue(tensors.contains("\"value.adamw.second."), "the value model and its moments are in " + kept);
        var resumed = recipe().keep(place, EVERY).run();
        var alone = recipe().run();
        assertSame(alone, resumed);
    }

    @Test
    void itsModelLearnsAndCounts() {
        var run = recipe().run();
        var errors = run.metrics().doubleColumn("value_error");
        assertTrue(errors.get(STEPS - 1) < errors.get(0), errors.asList().toString());
        assertNotEquals(
                run.last("loss"),
                recipe().algorithm(new Baselined(2, 1e-3)).run().last("loss"),
                "what the value model has learned changes what the policy learns");
    }

    /** META-INF/services names it, so that a card that speaks of it can be read. */
    @Test
    void itsRunIsTrainedAgainFromItsCard() {
        var store = RunStore.open(folder);
        var base = pretraining().keep(store.folder("base")).run();
        var run = recipe(base).keep(store.folder("mine")).run();
        assertEquals(
                Map.of("name", "baselined", "num_generations", 2L, "value_rate", 2e-2),
                store.card("mine").recipe().get("algorithm"));
        assertSame(run, PastRun.rerun(store, "mine", Map.of("reward", SHORT), RunOptions.NONE));
    }

    /** {@link OwnMetrics} declares it: undeclared, more of it would be better. */
    @Test
    void itsMetricHasALabelAUnitAndADirection() throws IOException {
        assertEquals(Metric.Better.LOWER, Metric.of("value_error").better());
        assertEquals(
                "error of the value model (points)", Metric.of("value_error").axis());
        var figure = Figures.metrics(recipe().run(), "value_error");
        var svg = Files.readString(figure.save(folder.resolve("error.svg")));
        assertTrue(svg.contains("error of the value model"), svg);
    }

    private static void assertSame(Run expected, Run found) {
        assertArrayEquals(
                expected.model().parameters().values().toArray(),
                found.model().parameters().values().toArray());
        for (var metric : List.of("loss", "value_loss", "value_error", "reward", "grad_norm")) {
            assertEquals(
                    expected.metrics().column(metric).asList(),
                    found.metrics().column(metric).asList(),
                    metric);
        }
        assertEquals(STEPS, found.metrics().rowCount());
    }
}
