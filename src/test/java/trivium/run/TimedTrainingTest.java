package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.data.Corpus;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.text.Tokenizers;

/** How many steps a time becomes, by a clock that only the work moves. */
class TimedTrainingTest {

    private long now;

    /**
     * Work that takes so long: preparing, a step in the end (at first five times that, while it is compiled, each step
     * a third more or less by chance), an evaluation on the way and the last one.
     */
    private final class Work implements Trainer {
        private final SplittableRandom chance = new SplittableRandom(5);
        private final double preparing;
        private final double step;
        private final double evaluation;
        private final double last;
        private final long evaluations;
        /** Seconds in which the first steps and evaluations take more, and how many times as long at first. */
        private double compiled = 1;

        private double cold = 5;
        private double first;
        private double checkpoint;
        private long every;
        private long all = TimedTraining.PILOT;
        private double worked;
        private int evaluated;

        Work(double preparing, double step, double evaluation, double last, long evaluations) {
            this.preparing = preparing;
            this.step = step;
            this.evaluation = evaluation;
            this.last = last;
            this.evaluations = evaluations;
        }

        private void take(double seconds) {
            now += Math.round(seconds * 1e9);
            worked += seconds;
        }

        private double warm() {
            return worked < compiled ? cold - (cold - 1) * worked / compiled : 1;
        }

        @Override
        public Map<String, Double> step(long number) {
            take(number == 0 && worked == 0 ? first : 0);
            take(step * warm() * (2 / 3.0 + chance.nextDouble() * 2 / 3));
            return Map.of();
        }

        @Override
        public long evaluations(long steps) {
            return Math.min(evaluations, steps);
        }

        @Override
        public void evaluate(long done, Map<String, Double> metrics) {
            if (evaluations > 0 && Trainer.isSpread(done, evaluations, all)) {
                take((done == all ? last : evaluation) * (evaluated++ == 0 ? cold : 1));
            }
        }

        /** Prepares, chooses and trains as a run does; answers seconds from the first to the last. */
        double run(double minutes) {
            long begun = now;
            take(preparing);
            worked = 0;
            var options = every > 0 ? RunOptions.NONE.keep(Path.of("kept"), every) : RunOptions.NONE;
            var saving = new TimedTraining.Saving(() -> take(checkpoint), options);
            long steps = new TimedTraining(() -> now)
                    .choose(this, minutes, begun, saving)
                    .steps();
            all = steps;
            take(preparing);
            for (long i = 0; i < steps; i++) {
                step(i);
                evaluate(i + 1, Map.of());
                if (every > 0 && ((i + 1) % every == 0 || i + 1 == steps)) {
                    take(checkpoint);
                }
            }
            return (now - begun) / 1e9;
        }
    }

    @Test
    void theTimeIsMetWithinATenth() {
        for (double minutes : new double[] {0.5, 3, 10}) {
            for (double step : new double[] {0.001, 0.05, 0.6}) {
                for (double[] rest : new double[][] {{0, 0, 0, 0}, {1, 0.2, 1.5, 10}, {0.3, 0.5, 0.5, 1}}) {
                    double seconds = new Work(rest[0], step, rest[1], rest[2], (long) rest[3]).run(minutes);
                    assertEquals(minutes * 60, seconds, minutes * 6, minutes + " minutes, " + step + " s, " + rest[0]);
                }
            }
        }
    }

    /**
     * As a Java process that has just started: the first step takes two seconds, the next ones many times what later
     * ones take, an evaluation too.
     */
    @Test
    void whatIsNotCompiledYetIsNotTakenForThePace() {
        for (double minutes : new double[] {0.3, 0.5, 1, 3, 10}) {
            for (double step : new double[] {0.001, 0.005, 0.02}) {
                var work = new Work(0.3, step, 0.05, 0.05, 10);
                work.cold = 30;
                work.compiled = 5;
                work.first = 2;
                double seconds = work.run(minutes);
                assertEquals(minutes * 60, seconds, minutes * 6, minutes + " minutes, " + step + " s");
            }
        }
    }

    /** A checkpoint that takes as long as many steps. */
    @Test
    void checkpointsCount() {
        for (long every : new long[] {1, 5, 100}) {
            var work = new Work(0, 0.001, 0, 0, 0);
            work.checkpoint = 0.05;
            work.every = every;
            assertEquals(30, work.run(0.5), 3, "a checkpoint every " + every + " steps");
        }
    }

    @Test
    void aTimeThatIsTooShortIsASentence() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Work(2, 4, 1, 3, 4).run(0.1));
        assertTrue(
                refusal.getMessage()
                        .startsWith("no step of this training fits into 0.1 minutes: preparing it, measuring"),
                refusal.getMessage());
        double enough = Double.parseDouble(refusal.getMessage()
                .replaceAll(".*at least ([\\d.,]+) minutes?.*", "$1")
                .replace(",", ""));
        assertTrue(new Work(2, 4, 1, 3, 4).run(enough) < enough * 60 * 1.2);
    }

    @Test
    void aTimeThatIsNoneIsASentence() {
        for (double none : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> pretraining().minutes(none));
        }
    }

    private static Pretraining pretraining() {
        return Pretraining.of(
                        Llama.of(8, 16, 1, 2, 2),
                        Tokenizers.bytes(),
                        Corpus.of("the cat sat on the mat. ".repeat(20), "the dog lay on the log. ".repeat(20)))
                .batchSize(2)
                .warmup(2)
                .validation(0.5);
    }
}
