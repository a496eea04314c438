package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** A run of a version that looked for nothing: what its metrics, card and model say is enough. */
    @Test
    void aRunOfAnEarlierVersionIsDiagnosedFromWhatItHas() {
        var letters = Tokenizer.characters(List.of("ab"));
        var table = new MetricsTable();
        for (int step = 1; step <= 12; step++) {
            table.add(step, Map.of("loss", step < 4 ? 0.7 : 157));
        }
        var origin = new Origin(0, "", "", Map.of(), List.of());
        var old = RunCard.begin("pretrain", null, Map.of("learning_rate", 3), origin)
                .ended(new Status.Finished());
        var run =
                new Run(old, Gpt.of(4, 4, 1, 1).fresh(letters.size(), 0), letters, Map.of(Run.METRICS, table.table()));
        var found = run.findings().stream().map(Finding::name).toList();
        assertTrue(found.contains("loss-diverges"), found.toString());
        assertEquals(
                6,
                run.findings().stream()
                        .filter(finding -> finding.name().equals("loss-diverges"))
                        .findFirst()
                        .orElseThrow()
                        .step());
    }

    @Test
    void aFaultWhoseCodeFailsIsLeftOutAndSaid() {
        var broken = new Fault("broken", List.of(), _ -> {
            throw new IllegalStateException("no such number");
        });
        var other = new Fault("other", List.of(), _ -> Optional.of(new Symptom("a", "b", "c")));
        var said = new ArrayList<String>();
        var evidence = Evidence.of(card(), Map.of(), new MetricsTable(), Map.of());
        var watch = new Watch(evidence, List.of(broken, other), said::add);
        assertEquals(
                List.of("other"), watch.after(0).stream().map(Finding::name).toList());
        assertEquals(List.of(), watch.after(1));
        assertEquals(1, said.size());
        assertTrue(said.getFirst().contains("no such number"), said.getFirst());
    }

    /** The page is the contract: names and probes stand there, and each fault's metrics are known. */
    @Test
    void everyFaultAndProbeIsOnItsPage() throws Exception {
        var page = Files.readString(Path.of("docs", "diagnosis.md"));
        var probes = new ArrayList<String>();
        for (var field : Probe.class.getFields()) {
            probes.add((String) field.get(null));
            assertTrue(page.contains("`" + probes.getLast() + "`"), probes.getLast());
        }
        var names = Fault.known().stream().map(Fault::name).toList();
        assertEquals(names.stream().distinct().toList(), names);
        for (var fault : Fault.known()) {
            assertTrue(page.contains("`" + fault.name() + "`"), fault.name());
            fault.metrics()
                    .forEach(metric -> assertTrue(
                            probes.contains(metric) || Metric.isDeclared(metric),
                            fault.name() + " is shown by " + metric));
        }
    }
}
