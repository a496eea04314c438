package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.AnotherJvm;

@Timeout(60)
class KeptSweepTest {

    private static final int COUNT = 48;
    private static final int KILLS = 2;

    @TempDir
    Path folder;

    /** A search that learns, so that a row read back a little differently would change all that follow. */
    private static Sweep sweep() {
        return Sweep.tpe(
                        Goal.lowest("loss"),
                        COUNT / 2,
                        Hyperparameter.logRange("rate", 1e-4, 1, 3),
                        Hyperparameter.values("norm", "layer", "rms"),
                        Hyperparameter.values("bias", true, false).when("norm", "rms"))
                .seeds(3, 4)
                .parallel(2);
    }

    private static Map<String, Double> outcome(Trial trial) {
        var random = new SplittableRandom(trial.number());
        double loss = Math.pow(Math.log10(trial.real("rate")) + 2, 2) + 0.1 * trial.seed() + random.nextDouble() / 10;
        if (trial.number() % 11 == 5) {
            throw new IllegalStateException("no \"luck\" with trial\n" + trial.number());
        }
        return Map.of("loss", trial.number() % 13 == 7 ? Double.NaN : loss);
    }

    /** To be killed: every trial takes a little, and leaves its number in a file as it begins. */
    static final class Victim {
        public static void main(String[] args) {
            var place = Path.of(args[0]);
            sweep().keep(place).measure(trial -> {
                Files.writeString(
                        place.resolve("begun"),
                        trial.number() + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                Thread.sleep(15);
                return outcome(trial);
            });
        }
    }

    @Test
    void killedAtRandomMomentsItRunsNothingTwiceAndEndsWithTheSameTable() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var file = folder.resolve(SweepFolder.TRIALS);
        var begun = folder.resolve("begun");
        var finished = new HashSet<Integer>();
        for (int kill = 0; kill < KILLS; kill++) {
            Files.deleteIfExists(begun);
            int enough = finished.size() + random.nextInt(1, COUNT / 4);
            var process = start();
            while (process.isAlive() && lines(file).size() < enough) {
                process.waitFor(2, TimeUnit.MILLISECONDS);
            }
            process.waitFor(random.nextInt(20_000), TimeUnit.MICROSECONDS);
            process.toHandle().destroyForcibly();
            assertTrue(process.waitFor() != 0, "it should not have come to its end before it was killed");
            for (var number : Files.readAllLines(begun)) {
                assertTrue(!finished.contains(Integer.parseInt(number)), number + " ran twice, seed " + seed);
            }
            for (var line : lines(file)) {
                finished.add(Integer.parseInt(line.replaceAll("^\\{\"trial\":(\\d+),.*", "$1")));
            }
        }
        var ran = new ArrayList<Integer>();
        var resumed = sweep().parallel(1).keep(folder).measure(trial -> {
            ran.add(trial.number());
            return outcome(trial);
        });
        assertEquals(COUNT - finished.size(), ran.size(), "seed " + seed);
        ran.retainAll(finished);
        assertEquals(List.of(), ran, "seed " + seed);
        assertEquals(csv(sweep().measure(KeptSweepTest::outcome)), csv(resumed), "seed " + seed);
    }

    private Process start() throws IOException {
        return AnotherJvm.builder(List.of("-XX:TieredStopAtLevel=1"), Victim.class, folder.toString())
                .redirectOutput(folder.resolve("victim.log").toFile())
                .start();
    }

    private static List<String> lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8); // half a letter may be its end
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    @Test
    void aLineWithoutAFieldIsNamed() throws IOException {
        var small = Sweep.grid(Hyperparameter.values("x", 0, 1)).keep(folder);
        small.measure(trial -> Map.of("loss", trial.integer("x") / 3.0));
        var file = folder.resolve(SweepFolder.TRIALS);
        var whole = Files.readString(file);
        for (var field : List.of("trial", "seed", "values", "outcome", "metrics", "seconds", "rungs")) {
            Files.writeString(file, whole.replaceFirst("(?s)(\n.*)\"" + field + "\"", "$1\"other\""));
            var thrown = assertThrows(
                    IllegalArgumentException.class, () -> small.measure(trial -> Map.of("loss", 0.0)), field);
            assertTrue(
                    thrown.getMessage().contains("trials.jsonl line 2")
                            && thrown.getMessage().contains("delete this one"),
                    thrown.getMessage());
        }
    }

    @Test
    void aFileCutAtAnyByteIsGoneOnWith() throws Exception {
        var small = Sweep.grid(Hyperparameter.values("x", 0, 1, 2), Hyperparameter.values("é", "ü,\n", 1.5));
        var whole = csv(small.keep(folder).measure(trial -> Map.of("loss", trial.integer("x") / 3.0)));
        byte[] bytes = Files.readAllBytes(folder.resolve(SweepFolder.TRIALS));
        for (int length = 0; length <= bytes.length; length += 7) {
            var cut = Files.createDirectories(folder.resolve("cut" + length));
            Files.write(cut.resolve(SweepFolder.TRIALS), Arrays.copyOf(bytes, length));
            int rows = lines(cut.resolve(SweepFolder.TRIALS)).size();
            var ran = new ArrayList<Integer>();
            var resumed = small.keep(cut).measure(trial -> {
                ran.add(trial.number());
                return Map.of("loss", trial.integer("x") / 3.0);
            });
            assertEquals(6 - rows, ran.size(), "cut after " + length + " bytes");
            assertEquals(whole, csv(resumed));
            small.keep(cut).measure(_ -> fail("all have ended, and their lines are whole"));
        }
    }

    @Test
    void whatWasInterruptedRunsAgainAndPrunedTrialsDoNot() {
        var ran = new ArrayList<Integer>();
        var cautious = Sweep.grid(Hyperparameter.values("loss", 1.0, 3.0, 2.5, 0.5))
                .prune(Asha.of(Goal.lowest("loss"), 1).eta(2))
                .keep(folder);
        TrialFunction first = trial -> {
            ran.add(trial.number());
            if (trial.number() == 3) {
                throw new CancellationException("interrupted");
            }
            return climb(trial);
        };
        assertEquals(
                "interrupted", cautious.measure(first).trials().get(3).outcome().text());
        var again = cautious.measure(trial -> {
            ran.add(trial.number());
            return climb(trial);
        });
        assertEquals(List.of(0, 1, 2, 3, 3), ran);
        assertEquals(
                "pruned: at step 1 loss 3.0 is not among the best 1/2 of 2",
                again.trials().get(1).outcome().text());
        assertEquals(List.of(0.5), again.trials().get(3).rungs(), "judged with the trials that were kept");
        assertTrue(again.trials().get(3).isFinished());
    }

    private static Map<String, Double> climb(Trial trial) {
        trial.progress().start("test", 2);
        trial.progress().step(1, Map.of("loss", trial.real("loss")));
        return Map.of("loss", trial.real("loss"));
    }

    @Test
    void anotherSweepsFolderIsRefusedAndABrokenLineNamed() throws Exception {
        TrialFunction one = trial -> Map.of("loss", 1.0);
        Sweep.grid(Hyperparameter.values("x", 1, 2)).keep(folder).measure(one);
        var other = assertThrows(
                IllegalArgumentException.class,
                () -> Sweep.grid(Hyperparameter.values("x", 1, 3)).keep(folder).measure(one));
        assertTrue(other.getMessage().contains("{\"x\":2}"), other.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Sweep.grid(Hyperparameter.values("x", 1, 2))
                        .seed(1)
                        .keep(folder)
                        .measure(one));
        Files.writeString(folder.resolve(SweepFolder.TRIALS), "{\"trial\":2}\n", StandardOpenOption.APPEND);
        var broken = assertThrows(
                IllegalArgumentException.class,
                () -> Sweep.grid(Hyperparameter.values("x", 1, 2)).keep(folder).measure(one));
        assertTrue(broken.getMessage().contains("trials.jsonl line 3"), broken.getMessage());
    }

    @Test
    void twoSweepsDoNotWriteInOneFolder() {
        var errors = new ArrayList<String>();
        Sweep.grid(Hyperparameter.values("x", 1)).keep(folder).measure(_ -> {
            errors.add(assertThrows(
                            IllegalArgumentException.class,
                            () -> Sweep.grid(Hyperparameter.values("x", 1))
                                    .keep(folder)
                                    .measure(_ -> Map.of()))
                    .getMessage());
            return Map.of();
        });
        assertTrue(errors.getFirst().contains("in use"), errors.getFirst());
    }

    private static String csv(SweepResult result) {
        var table = result.table();
        table.removeColumns("trial_seconds");
        return table.write().toString("csv");
    }
}
