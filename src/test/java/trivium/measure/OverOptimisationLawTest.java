package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.measure.OverOptimisationLaw.Form;

/** How far the turning points of fitted laws are to be relied on. */
class OverOptimisationLawTest {

    private static final double[] REACHES = {5, 3.6, 2.4};
    private static final double NEAREST = 1.2; // after the first of four evaluations, half as far as 2.4

    /** A law, and the distance at which it is highest: half turn within the farthest reach of 5, half beyond. */
    private record Planted(Form form, double alpha, double beta, double top) {

        static Planted of(SplittableRandom random, boolean isWithin) {
            double top = isWithin ? random.nextDouble(0.8, 4) : random.nextDouble(5, 10);
            double rise = random.nextDouble(0.5, 2.5);
            if (random.nextBoolean()) {
                double beta = rise / top;
                return new Planted(Form.LOGARITHMIC, beta * (1 + Math.log(top)), beta, top);
            }
            double beta = rise / (top * top);
            return new Planted(Form.LINEAR, 2 * beta * top, beta, top);
        }

        /**
         * The law of a study of three β and three seeds, four evaluations of each: noise of 0.05 to 0.3 by point, and
         * up to 1.5 by run at a distance of 5, growing with the square of the distance as it was seen to.
         */
        OverOptimisationLaw measured(SplittableRandom random) {
            double noise = random.nextDouble(0.05, 0.3);
            double luck = random.nextDouble(1.5);
            var distances = new double[36];
            var rewards = new double[36];
            var runs = new ArrayList<Integer>();
            for (int run = 0; run < 9; run++) {
                double lucky = luck * random.nextGaussian() / 25;
                for (int evaluation = 1; evaluation <= 4; evaluation++) {
                    double d = REACHES[run % 3] * Math.sqrt(evaluation / 4.0);
                    distances[runs.size()] = d;
                    rewards[runs.size()] = d * (alpha - beta * bend(d)) + lucky * d * d + noise * random.nextGaussian();
                    runs.add(run);
                }
            }
            return OverOptimisationLaw.better(0, distances, rewards, runs);
        }

        private double bend(double d) {
            return form == Form.LINEAR ? d : Math.log(d);
        }
    }

    private static double top(OverOptimisationLaw law) {
        return law.beta() <= 0
                ? 0
                : law.form() == Form.LINEAR ? law.alpha() / (2 * law.beta()) : Math.exp(law.alpha() / law.beta() - 1);
    }

    /** What the least share that a law has to explain is for. */
    @Test
    void turningPointsAreRightWhereTheLawExplainsEnoughAndOftenNotBelow() {
        var random = new SplittableRandom(1);
        var falling = new int[2];
        var right = new int[2];
        for (int world = 0; world < 4_000; world++) {
            var planted = Planted.of(random, world % 2 == 0);
            var law = planted.measured(random);
            if (law.falls()) {
                int which = law.explained() >= OverOptimisationLaw.ENOUGH ? 1 : 0;
                falling[which]++;
                right[which] += Math.abs(top(law) / planted.top() - 1) < 0.25 ? 1 : 0;
                assertTrue(law.turn().isPresent() == (which == 1 && top(law) > NEAREST), law.toString());
            }
        }
        double below = (double) right[0] / falling[0];
        double above = (double) right[1] / falling[1];
        assertTrue(above > 0.92 && below < 0.8, "right above: " + above + ", below: " + below);
    }
}
