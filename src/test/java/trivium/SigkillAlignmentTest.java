package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trivium.align.Distillation;
import trivium.align.ExpertIteration;
import trivium.align.Ppo;
import trivium.align.Reward;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.model.Gpt;
import trivium.run.Fingerprint;
import trivium.run.Progress;
import trivium.run.Recipe;
import trivium.run.Run;

/** Phase three in a process that is killed: between two checkpoints, and at a random moment. */
class SigkillAlignmentTest {

    private static final int EVERY = 4;
    private static final int STEPS = 29;
    /** Between checkpoints. */
    private static final int STUCK = 6;

    @TempDir
    Path folder;

    /** Each with {@link #STEPS} steps, or a few more. */
    enum Training {
        GRPO {
            @Override
            Run run(Path place, Progress progress) {
                return kept(ResumeTest.aligning(), place, progress).run();
            }
        },
        PPO {
            @Override
            Run run(Path place, Progress progress) {
                var recipe = ResumeTest.aligning()
                        .algorithm(Ppo.numGenerations(3)
                                .epochs(2)
                                .minibatches(2)
                                .adaptiveKl(0.1, 30)
                                .valueLearningRate(0.02));
                return kept(recipe, place, progress).run();
            }
        },
        PREFER {
            @Override
            Run run(Path place, Progress progress) {
                return kept(ResumeTest.preferring(), place, progress).run();
            }
        },
        DISTILL {
            @Override
            Run run(Path place, Progress progress) {
                var recipe = Distillation.of(
                                ResumeTest.TEACHER,
                                new Distillation.Student.Fresh(
                                        Gpt.of(12, 8, 1, 2).dropout(0.1)),
                                new Distillation.Lessons.Answers(
                                        ResumeTest.tuning().conversations()))
                        .batchSize(8);
                return kept(recipe, place, progress).run();
            }
        },
        /** Its first round is kept elsewhere and comes to its end; the second is the one that is killed. */
        EXPERT_ITERATION {
            @Override
            Run run(Path place, Progress progress) {
                var prompts = Stream.of("ab", "ac", "ad", "ae", "ba", "bc", "bd", "be")
                        .toList();
                var first = place.resolveSibling(place.getFileName() + "-first");
                return ExpertIteration.of(
                                ResumeTest.start(),
                                prompts,
                                Reward.of(
                                        "a",
                                        (_, answer) -> answer.chars()
                                                .filter(c -> c == 'a')
                                                .count()),
                                (run, chosen) -> {
                                    var recipe = FineTuning.of(run, chosen).batchSize(2);
                                    return run.folder() == null
                                            ? kept(recipe, first, Progress.SILENT)
                                                    .run()
                                            : kept(recipe, place, progress).run();
                                })
                        .n(4)
                        .rounds(2)
                        .heldOut(2)
                        .control(false)
                        .sampling(Sampling.atTemperature(1).maxTokens(8).seed(3))
                        .run()
                        .last();
            }
        };

        abstract Run run(Path place, Progress progress);
    }

    private static <R extends Recipe<R>> R kept(R recipe, Path place, Progress progress) {
        return recipe.steps(STEPS).keep(place, EVERY).progress(progress);
    }

    /** The process that is killed. Arguments: the training, its folder, and the step to stay at for ever, or 0. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            var place = Path.of(arguments[1]);
            Training.valueOf(arguments[0]).run(place, new Slow(place, Long.parseLong(arguments[2])));
        }
    }

    /** Every step takes a few milliseconds more, so that the process does not end before it is killed. */
    private record Slow(Path place, long stuck) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            try {
                if (done == stuck) {
                    Files.createFile(waiting(place));
                    Thread.sleep(Long.MAX_VALUE);
                }
                Thread.sleep(4);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Training.class)
    @Timeout(180)
    void killedTwiceItEndsAsOneLeftAlone(Training training) throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var place = folder.resolve("killed");
        var process = start(training, place, STUCK);
        while (process.isAlive() && !Files.exists(waiting(place))) {
            process.waitFor(3, TimeUnit.MILLISECONDS);
        }
        kill(process);
        assertEquals(STUCK, rows(place), "rows of a process that was killed while it stood between checkpoints");

        int enough = STUCK + random.nextInt(1, STEPS - STUCK - 12);
        process = start(training, place, 0);
        while (process.isAlive() && rows(place) < enough) {
            process.waitFor(2, TimeUnit.MILLISECONDS);
        }
        process.waitFor(random.nextInt(20_000), TimeUnit.MICROSECONDS);
        kill(process);
        var why = "killed at steps " + STUCK + " and " + rows(place) + ", seed " + seed;

        var resumed = training.run(place, Progress.SILENT);
        var alone = training.run(folder.resolve("alone"), Progress.SILENT);
        assertEquals(Fingerprint.of(alone), Fingerprint.of(resumed), why);
        for (var column : alone.metrics().columns()) {
            if (!column.name().equals("seconds")) {
                assertEquals(
                        column.asList(), resumed.metrics().column(column.name()).asList(), column.name() + ", " + why);
            }
        }
    }

    private Process start(Training training, Path place, int stuck) throws IOException {
        return AnotherJvm.builder(
                        List.of("-XX:TieredStopAtLevel=1"),
                        Victim.class,
                        training.name(),
                        place.toString(),
                        String.valueOf(stuck))
                .redirectOutput(folder.resolve("victim.log").toFile())
                .start();
    }

    private void kill(Process process) throws IOException, InterruptedException {
        process.toHandle().destroyForcibly();
        var said = Files.readString(folder.resolve("victim.log"));
        assertEquals(137, process.waitFor(), "it should not have ended before it was killed: " + said);
    }

    private static Path waiting(Path place) {
        return place.resolveSibling("waiting");
    }

    private static int rows(Path place) throws IOException {
        var metrics = place.resolve("metrics.csv");
        return Files.exists(metrics) ? Math.max(0, Files.readAllLines(metrics).size() - 1) : 0;
    }
}
