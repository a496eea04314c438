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
import java.util.SplittableRandom;
import java.util.function.LongFunction;
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

    /** Work whose steps measure this, of a phase of this kind with so many records a step. */
    private static List<String> names(
            String kind, int records, Map<String, Double> probes, int steps, LongFunction<Map<String, Double>> step) {
        var card = RunCard.begin(
                kind, null, Map.of("learning_rate", 0.01, "batch_size", records), new Origin(0, "", "", Map.of()));
        var log = new TrainingLog(card, Progress.SILENT);
        log.take("told", steps, new Trainer() {
            @Override
            public Map<String, Double> step(long number) {
                return step.apply(number);
            }

            @Override
            public Map<String, Double> probes() {
                return probes;
            }

            @Override
            public OptionalDouble uniformLoss() {
                return OptionalDouble.of(probes.get(Probe.UNIFORM_LOSS));
            }
        });
        return log.finish().findings().stream().map(Finding::name).toList();
    }

    private static final Map<String, Double> OF_TWO = Map.of(Probe.UNIFORM_LOSS, Math.log(2));

    /**
     * Bradley and Terry's loss of pairs a quarter of which are labelled wrongly, their margins growing to 3 on average.
     */
    private static double pairs(SplittableRandom random, int records, long step) {
        double sum = 0;
        for (int i = 0; i < records; i++) {
            double margin = Math.min(3, step / 20.0) * (1 + random.nextGaussian());
            sum += Math.log1p(Math.exp(random.nextInt(4) == 0 ? margin : -margin));
        }
        return sum / records;
    }

    @Test
    void aFewPairsWithWrongLabelsAreNoFault() {
        for (int records = 1; records <= 8; records *= 2) {
            for (int seed = 0; seed < 12; seed++) {
                int each = records;
                var random = new SplittableRandom(seed);
                assertEquals(
                        List.of(),
                        names("reward-model", each, OF_TWO, 300, step -> Map.of("loss", pairs(random, each, step))),
                        records + " pairs, seed " + seed);
            }
        }
    }

    @Test
    void aRewardModelThatDivergesIsSeenWithFewPairsToo() {
        for (int records : new int[] {2, 16}) {
            assertEquals(
                    List.of("loss-diverges"),
                    names("reward-model", records, OF_TWO, 100, step -> Map.of("loss", 0.7 + 0.4 * step)));
        }
    }

    /** One sequence a step: a batch of a rare text has three times the loss of the others. */
    @Test
    void oneRareSequenceIsNoSpike() {
        assertEquals(
                List.of(),
                names(
                        "finetune",
                        1,
                        Map.of(Probe.UNIFORM_LOSS, 5.0),
                        60,
                        step -> Map.of("loss", step % 25 == 24 ? 6.0 : 2.0)));
    }

    private static Map<String, Double> validated(double loss, double validation) {
        return Map.of("loss", loss, "validation_loss", validation);
    }

    @Test
    void overfittingTakesARiseThatIsMoreThanScatter() {
        double[] few = {0.634, 0.673, 0.675, 0.68};
        assertEquals(List.of(), names("reward-model", 8, OF_TWO, 40, step -> validated(0.62, few[(int) step / 10])));
        double[] far = {0.634, 0.9, 1.1, 1.3};
        assertEquals(
                List.of("overfitting"),
                names("reward-model", 8, OF_TWO, 40, step -> validated(0.3, far[(int) step / 10])));
    }

    /** The other findings would follow from the first, or advise the contrary. */
    @Test
    void aDivergenceIsTheOnlyThingSaid() {
        var probes = Map.of(Probe.UNIFORM_LOSS, 5.56, Probe.BASE_LOSS, 2.0);
        assertEquals(
                List.of("loss-diverges"),
                names(
                        "pretrain",
                        8,
                        probes,
                        60,
                        step -> Map.of(
                                "loss", step == 0 ? 5.75 : 18.7,
                                "validation_loss", step < 2 ? 20.0 : 60,
                                "base_validation_loss", step == 0 ? 2.0 : 30)));
    }

    @Test
    void onlyABaseThatKnewSomethingForgets() {
        for (double now : new double[] {7.672, 13}) {
            assertEquals(
                    List.of(),
                    names(
                            "finetune",
                            8,
                            Map.of(Probe.UNIFORM_LOSS, 5.56, Probe.BASE_LOSS, 12.3),
                            9,
                            _ -> Map.of("loss", 3.0, "base_validation_loss", now)));
        }
        assertEquals(
                List.of("forgetting"),
                names(
                        "finetune",
                        8,
                        Map.of(Probe.UNIFORM_LOSS, 5.56, Probe.BASE_LOSS, 2.0),
                        9,
                        _ -> Map.of("loss", 3.0, "base_validation_loss", 4.5)));
    }

    @Test
    void copiesAreLeftOutOfTheKindOfDataThatThisPhaseLearnsFrom() {
        var evidence = Evidence.of(card(), Map.of(Probe.DUPLICATES, 0.5), new MetricsTable(), Map.of());
        var attempt = Fault.of("duplicates")
                .orElseThrow()
                .look()
                .apply(evidence)
                .orElseThrow()
                .attempt();
        assertTrue(attempt.contains("Comparisons.of(") && attempt.contains(".distinct()"), attempt);
        assertTrue(!attempt.contains("Corpus"), attempt);
    }

    /** One of the last steps is better by chance, so that the training does not count as diverged. */
    @Test
    void aLossThatDivergedDoesNotEndAsIfNothingWasWrong() {
        var losses = new double[] {7, 20, 90, 157, 157, 157, 157, 157, 157, 157, 157, 6.8};
        var log = new TrainingLog(card(), Progress.SILENT);
        log.take("told", losses.length, losses(6.9, losses));
        assertEquals(
                "finished: at step 4 the loss had diverged (loss-diverges)",
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
        return Training.run(
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
