package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        private long all = TimedTraining.PILOT;
        private double worked;

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

        @Override
        public Map<String, Double> step(long number) {
            double warm = worked < 1 ? 5 - 4 * worked : 1;
            take(step * warm * (2 / 3.0 + chance.nextDouble() * 2 / 3));
            return Map.of();
        }

        @Override
        public long evaluations(long steps) {
            return Math.min(evaluations, steps);
        }

        @Override
        public void evaluate(long done, Map<String, Double> metrics) {
            if (evaluations > 0 && Trainer.isSpread(done, evaluations, all)) {
                take(done == all ? last : evaluation);
            }
        }

        /** Prepares, chooses and trains as a run does; answers seconds from the first to the last. */
        double run(double minutes) {
            long begun = now;
            take(preparing);
            worked = 0;
            long steps =
                    new TimedTraining(() -> now).choose(this, minutes, begun).steps();
            all = steps;
            take(preparing);
            for (long i = 0; i < steps; i++) {
                step(i);
                evaluate(i + 1, Map.of());
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

    @Test
    void aTimeThatIsTooShortIsASentence() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Work(2, 4, 1, 3, 4).run(0.1));
        assertTrue(
                refusal.getMessage()
                        .startsWith("no step of this training fits into 0.1 minutes: preparing it, measuring"),
                refusal.getMessage());
        double enough = Double.parseDouble(refusal.getMessage()
                .replaceAll(".*at least (.*) minutes?", "$1")
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
