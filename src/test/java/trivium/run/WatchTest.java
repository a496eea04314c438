package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Gpt;
import trivium.text.Tokenizer;

/** Faults that are told by metrics alone, in trainings whose metrics are known. */
class WatchTest {

    /** Work that measures these losses. */
    private static Trainer losses(double uniform, double... losses) {
        return new Trainer() {
            @Override
            public Map<String, Double> step(long step) {
                return Map.of("loss", losses[(int) step]);
            }

            @Override
            public OptionalDouble uniformLoss() {
                return OptionalDouble.of(uniform);
            }
        };
    }

    private static RunCard card() {
        return RunCard.begin("test", null, Map.of("learning_rate", 0.01), new Origin(0, "", "", Map.of()));
    }

    private static List<Finding> found(double uniform, double... losses) {
        var log = new TrainingLog(card(), Progress.SILENT);
        log.take("told", losses.length, losses(uniform, losses));
        return log.finish().findings();
    }

    private static double[] around2(int spike) {
        return IntStream.range(0, 40)
                .mapToDouble(i -> i == spike ? 6 : 2 + 0.1 * (i % 3))
                .toArray();
    }

    @Test
    void aSpikeIsNamedAtItsStep() {
        var found = found(5, around2(20));
        assertEquals(List.of("loss-spikes"), found.stream().map(Finding::name).toList());
        assertEquals(21, found.getFirst().step());
        assertEquals(
                "the loss jumped to 6; the largest of the 10 steps before was 2.2",
                found.getFirst().symptom().seen());
        assertTrue(found.getFirst().symptom().attempt().contains(".learningRate(0.001)"));
    }

    @Test
    void withoutASpikeNothingIsSaid() {
        assertEquals(List.of(), found(5, around2(-1)));
        assertEquals(List.of(), found(5, around2(5)), "too early to say what is usual");
        assertEquals(List.of(), found(20, around2(20)), "far below a uniform guess a loss scatters");
    }

    /** One of the last steps is better by chance, so that the training does not count as diverged. */
    @Test
    void aLossThatDivergedDoesNotEndAsIfNothingWasWrong() {
        var losses = new double[] {7, 20, 90, 157, 157, 157, 157, 157, 157, 157, 157, 6.8};
        var log = new TrainingLog(card(), Progress.SILENT);
        log.take("told", losses.length, losses(6.9, losses));
        assertEquals(
                "finished: but loss-diverges was found at step 4",
                log.finish().outcome().status().text());
    }

    @Test
    void aTrainingThatGoesOnFindsWhatIsBehindItAgain(@TempDir Path folder) {
        var options = RunOptions.NONE.keep(folder.resolve("run"), 5);
        var losses = around2(7);
        losses[20] = 9;
        var whole = new TrainingLog(card(), Progress.SILENT);
        whole.take("told", losses.length, losses(5, losses));
        var expected = whole.finish().findings();
        assertThrows(IllegalStateException.class, () -> take(options, losses, 25));
        assertEquals(expected, take(options, losses, 99).card().findings());
        assertEquals(expected, RunStore.open(folder).card("run").findings());
    }

    private static Run take(RunOptions options, double[] losses, int killed) {
        return TrainingLog.train(
                RunCard.begin("test", null, Map.of("learning_rate", 0.01), new Origin(0, "", "", Map.of())),
                options,
                log -> {
                    var told = losses(5, losses);
                    log.take("told", losses.length, new Trainer() {
                        @Override
                        public Map<String, Double> step(long step) {
                            if (step == killed) {
                                throw new IllegalStateException("killed");
                            }
                            return told.step(step);
                        }

                        @Override
                        public OptionalDouble uniformLoss() {
                            return told.uniformLoss();
                        }
                    });
                    var letters = Tokenizer.characters(List.of("ab"));
                    return new Run(log.finish(), Gpt.of(4, 4, 1, 1).fresh(letters.size(), 0), letters, log.tables());
                });
    }
}
