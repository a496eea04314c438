package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trivium.generate.Sampling;
import trivium.run.Fingerprint;
import trivium.run.Intervention;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.run.RunningTraining;

/** What is done by hand to a training that runs: its learning rates are changed, and its model is asked for texts. */
class InterventionTest {

    @TempDir
    Path folder;

    /** Halves the learning rates after step {@code at}, and falls at step {@code fall}. */
    private record Halving(long at, long fall) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == fall) {
                throw new IllegalStateException("fallen");
            }
        }

        @Override
        public void between(RunningTraining training) {
            if (training.step() == at) {
                training.learningRateFactor(0.5);
            }
        }
    }

    /** Halves the learning rates after step {@code at}, and has the training stop there or interrupts it. */
    private record HalvingAtTheEnd(long at, boolean interrupts) implements Progress {
        @Override
        public void start(String title, long total) {}

        @Override
        public void step(long done, Map<String, Double> metrics) {}

        @Override
        public void between(RunningTraining training) {
            new Halving(at, -1).between(training);
            if (interrupts && training.step() == at) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Optional<String> stop() {
            return interrupts ? Optional.empty() : Optional.of("by its button");
        }

        @Override
        public void finish(String outcome) {}
    }

    private record Asking(List<String> texts) implements Progress {
        @Override
        public void between(RunningTraining training) {
            var sampling = Sampling.atTemperature(1).maxTokens(5).seed(training.step());
            training.look(run -> texts.add(run.completions().continuation("a", sampling)));
        }
    }

    private static String weights(Run run) {
        return Fingerprint.of(run);
    }

    private static List<Double> rates(Run run) {
        return run.metrics().doubleColumn("learning_rate").asList();
    }

    @ParameterizedTest
    @EnumSource(
            value = ResumeTest.Phase.class,
            names = {"PRETRAIN", "FINETUNE_ADAPTER", "ALIGN", "ALIGN_PPO", "PREFER", "DISTILL"})
    void textsThatAreAskedForLeaveNoTraceInTheTraining(ResumeTest.Phase phase) {
        var alone = phase.run(null, Progress.SILENT);
        var asking = new Asking(new ArrayList<>());
        var asked = phase.run(null, asking);
        assertEquals(weights(alone), weights(asked));
        assertEquals(alone.metrics().rowCount() - 1, asking.texts().size());
        assertTrue(asking.texts().stream().distinct().count() > 1, "the same text at every step: " + asking.texts());
    }

    @ParameterizedTest
    @EnumSource(
            value = ResumeTest.Phase.class,
            names = {"PRETRAIN", "FINETUNE", "ALIGN", "ALIGN_PPO", "REWARD_MODEL"})
    void aFactorCountsFromTheNextStepOnAndStandsInTheCard(ResumeTest.Phase phase) {
        var alone = rates(phase.run(null, Progress.SILENT));
        var halved = phase.run(null, new Halving(4, -1));
        for (int step = 1; step <= alone.size(); step++) {
            assertEquals(
                    alone.get(step - 1) * (step > 4 ? 0.5 : 1), rates(halved).get(step - 1), "step " + step);
        }
        assertEquals(List.of(new Intervention(5, 0.5)), halved.card().origin().interventions());
        assertTrue(halved.card().origin().notes().contains("learning rate × 0.5 from step 5 on, by hand"));
    }

    @Test
    void aTrainingThatFellAfterItGoesOnWithItAndIsMadeAgainWithIt() {
        var store = RunStore.open(folder);
        var there = ResumeTest.Phase.PRETRAIN.run(null, new Halving(4, -1));
        var place = store.folder("halved"); // with a checkpoint every three steps, and one at the change
        assertThrows(IllegalStateException.class, () -> ResumeTest.Phase.PRETRAIN.run(place, new Halving(4, 5)));
        var resumed = ResumeTest.Phase.PRETRAIN.run(place, Progress.SILENT);
        assertEquals(weights(there), weights(resumed));
        assertFalse(weights(there).equals(weights(ResumeTest.Phase.PRETRAIN.run(null, Progress.SILENT))));
        assertEquals(rates(there), rates(resumed));
        assertEquals(
                there.card().origin().interventions(),
                store.load("halved").card().origin().interventions());
        var again = PastRun.rerun(store, "halved", Map.of(), RunOptions.NONE);
        assertEquals(weights(there), weights(again));
        assertEquals(there.card().origin().notes(), again.card().origin().notes());
    }

    @Test
    void aFactorThatNoStepHadDoesNotStandInTheCard() {
        var stopped = ResumeTest.Phase.PRETRAIN.run(null, new HalvingAtTheEnd(1, false));
        assertEquals(1, stopped.metrics().rowCount());
        assertEquals(List.of(), stopped.card().origin().interventions());
        assertFalse(stopped.card().origin().notes().toString().contains("by hand"));
        int last =
                ResumeTest.Phase.PRETRAIN.run(null, Progress.SILENT).metrics().rowCount();
        var late = ResumeTest.Phase.PRETRAIN.run(null, new Halving(last, -1));
        assertEquals(List.of(), late.card().origin().interventions());
    }

    @Test
    void aFactorThatNoStepHadBeforeAnInterruptIsThatOfTheStepsThatFollowLater() {
        var there = ResumeTest.Phase.PRETRAIN.run(null, new Halving(4, -1));
        var place = RunStore.open(folder).folder("interrupted");
        var interrupted = ResumeTest.Phase.PRETRAIN.run(place, new HalvingAtTheEnd(4, true));
        assertTrue(Thread.interrupted());
        assertEquals(4, interrupted.metrics().rowCount());
        assertEquals(List.of(), interrupted.card().origin().interventions());
        var resumed = ResumeTest.Phase.PRETRAIN.run(place, Progress.SILENT);
        assertEquals(weights(there), weights(resumed));
        assertEquals(
                there.card().origin().interventions(), resumed.card().origin().interventions());
        assertEquals(there.card().origin().notes(), resumed.card().origin().notes());
    }
}
