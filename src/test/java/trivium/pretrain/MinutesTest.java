package trivium.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Architecture;
import trivium.model.Llama;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.TimedTraining;
import trivium.run.TrainingData;
import trivium.text.Tokenizers;

/** Trainings for a time, by a clock that moves whenever somebody looks at it. */
class MinutesTest {

    private static final int VOCABULARY = 1_024;

    @TempDir
    Path folder;

    private long now;

    private static Pretraining recipe() {
        return Pretraining.of(
                        Llama.of(8, 16, 1, 2, 2),
                        Tokenizers.bytes(),
                        Corpus.of("the cat sat on the mat. ".repeat(20), "the dog lay on the log. ".repeat(20)))
                .batchSize(2)
                .warmup(2)
                .validation(0.5);
    }

    private Run timed(Pretraining recipe, long nanosALook) {
        var clock = new TimedTraining(() -> now += nanosALook);
        return clock.train(recipe, TrainingData.NONE, PretrainingTrainer::new);
    }

    private static List<Float> values(Run run) {
        var values = run.model().parameters().values();
        var list = new ArrayList<Float>();
        for (long i = 0; i < values.size(); i++) {
            list.add(values.get(i));
        }
        return list;
    }

    @Test
    void aTrainingForATimeIsThatOfItsSteps() {
        var run = timed(recipe().minutes(0.5), 200_000_000);
        long steps = (Long) run.card().recipe().get("steps");
        assertEquals(steps, run.metrics().rowCount());
        assertTrue(steps > 50, steps + " steps of 0.2 s, and some looks beside them, in 30 s");
        assertTrue(
                run.card().origin().notes().getFirst().startsWith(steps + " steps for 0.5 minutes: 200 ms a step here"),
                run.card().origin().notes().toString());
        var told = recipe().steps(steps).run();
        assertEquals(values(told), values(run));
        assertEquals(told.card().recipe(), run.card().recipe());
    }

    /** The machine may be another, or as busy as it was not before. */
    @Test
    void aTrainingThatGoesOnKeepsItsSteps() {
        var kept = recipe().minutes(0.5).keep(folder.resolve("kept"), 5);
        var stopping = kept.progress(new Progress() {
            @Override
            public void start(String title, long total) {}

            @Override
            public void step(long done, Map<String, Double> metrics) {
                if (done == 20) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void finish(String outcome) {}
        });
        var stopped = timed(stopping, 200_000_000);
        assertTrue(Thread.interrupted());
        assertEquals(20, stopped.metrics().rowCount());
        var whole = timed(kept, 900_000_000);
        long steps = (Long) whole.card().recipe().get("steps");
        assertEquals(stopped.card().recipe(), whole.card().recipe());
        assertEquals(steps, whole.metrics().rowCount());
        assertEquals(values(recipe().steps(steps).run()), values(whole));
    }

    /** On machines of many kinds: fast and slow, with much or little to do beside the multiplications. */
    @Test
    void theSizeIsThatOfTheLowestExpectedLoss() {
        for (double seconds : new double[] {5, 30, 60, 180, 600, 3_600, 36_000}) {
            for (double flops : new double[] {1e9, 1e10, 1e11, 1e12}) {
                for (double overhead : new double[] {0, 0.005}) {
                    ToDoubleFunction<Architecture> step = shape -> overhead + 6 * weights(shape) * 16 * 128 / flops;
                    var sizes = Fit.measured(seconds, VOCABULARY, 16 * 128, step, () -> 0);
                    var best = Fit.LADDER.stream()
                            .min(Comparator.comparingDouble(shape -> ScalingLaw.TOY_TOWN.loss(
                                    weights(shape), seconds / step.applyAsDouble(shape) * 16 * 128)))
                            .orElseThrow();
                    assertEquals(best, Fit.best(sizes).architecture(), seconds + " s at " + flops);
                }
            }
        }
    }

    /** Measuring has an end as well: with its time spent, the best of those measured is taken. */
    @Test
    void measuringStopsWhereItsTimeIsSpent() {
        var sizes = Fit.measured(3_600, VOCABULARY, 16 * 128, shape -> weights(shape) / 1e9, () -> 3_600 * 0.08);
        assertEquals(1, sizes.size());
    }

    private static double weights(Architecture shape) {
        return shape.parameters(VOCABULARY) - (double) VOCABULARY * shape.width();
    }
}
