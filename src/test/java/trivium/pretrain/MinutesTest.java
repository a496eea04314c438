package trivium.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
            public void step(long done, Map<String, Double> metrics) {
                if (done == 20) {
                    Thread.currentThread().interrupt();
                }
            }
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

    /** What was begun with one length is not the answer to another. */
    @Test
    void aFolderOfAnotherLengthIsRefused() {
        var kept = recipe().minutes(0.5).keep(folder.resolve("kept"));
        var run = timed(kept, 200_000_000);
        assertEquals(values(run), values(timed(kept, 900_000_000)));
        var shorter = recipe().minutes(0.2).keep(folder.resolve("kept"));
        var refusal = assertThrows(IllegalArgumentException.class, () -> timed(shorter, 200_000_000));
        assertTrue(
                refusal.getMessage()
                        .contains(
                                "its length is 0.5 minutes (" + run.metrics().rowCount() + " steps), not 0.2 minutes"),
                refusal.getMessage());
        recipe().warmup(1).steps(1).keep(folder.resolve("told")).run();
        var told = recipe().warmup(1).minutes(0.2).keep(folder.resolve("told"));
        refusal = assertThrows(IllegalArgumentException.class, () -> timed(told, 200_000_000));
        assertTrue(refusal.getMessage().contains("its length is 1 step, not 0.2 minutes"), refusal.getMessage());
    }

    /** The sentence of a choice is about the training that follows, not about the time that was hoped for. */
    @Test
    void theExpectationIsThatOfTheStepsThatAreTaken() {
        var shape = Fit.LADDER.get(3);
        var chosen = new Fit.Size(shape, 0.2, 174_818, 1);
        var smaller = new Fit.Size(Fit.LADDER.get(2), 0.1, 349_636, 2);
        var fit = new Fit(0.3, recipe());
        long embedded = (long) fit.recipe().tokenizer().size();
        double loss = ScalingLaw.TOY_TOWN.loss(shape.parameters((int) embedded) - embedded * 96.0, 35 * 2_048);
        assertEquals(
                String.format(
                        Locale.ROOT,
                        "of the sizes measured for 0.3 minutes, width 96, 4 layers was expected to end lowest: at %.2f"
                                + " nats per token after the 71,680 tokens of this training, by a law fitted to the"
                                + " stories of Toy Town",
                        loss),
                fit.why(List.of(chosen), chosen, 35 * 2_048));
        assertTrue(fit.why(List.of(chosen, smaller), chosen, 35 * 2_048)
                .contains("; in the same time width 64, 4 layers at "));
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
                                    weights(shape), Fit.STEPPING * seconds / step.applyAsDouble(shape) * 16 * 128)))
                            .orElseThrow();
                    assertEquals(best, Fit.best(sizes).architecture(), seconds + " s at " + flops);
                }
            }
        }
    }

    /** HotSpot compiles while the first size is measured, which says nothing against it. */
    @Test
    void theFirstSizeIsMeasuredAgainWhereAnotherSeemsBetter() {
        var asked = new ArrayList<Architecture>();
        ToDoubleFunction<Architecture> step = shape -> {
            asked.add(shape);
            return (asked.size() == 1 ? 1.5 : 1) * 6 * weights(shape) * 16 * 128 / 54e9;
        };
        var sizes = Fit.measured(60, VOCABULARY, 16 * 128, step, () -> 0);
        assertEquals(64, Fit.best(sizes).architecture().width());
        assertEquals(2, asked.stream().filter(shape -> shape.width() == 64).count(), asked.toString());
    }

    /** Measuring has an end as well: with its time spent, the best of those measured is taken. */
    @Test
    void measuringStopsWhereItsTimeIsSpent() {
        var sizes =
                Fit.measured(3_600, VOCABULARY, 16 * 128, shape -> weights(shape) / 1e9, () -> 3_600 * Fit.ALL_SIZES);
        assertEquals(1, sizes.size());
    }

    private static double weights(Architecture shape) {
        return shape.parameters(VOCABULARY) - (double) VOCABULARY * shape.width();
    }
}
