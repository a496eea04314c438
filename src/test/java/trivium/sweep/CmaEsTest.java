package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.CMAESOptimizer;
import org.apache.commons.math3.random.MersenneTwister;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import trivium.data.Seeds;

class CmaEsTest {

    private static final Hyperparameter[] RANGES = {
        Hyperparameter.logRange("rate", 1e-5, 1, 2), Hyperparameter.range("dropout", 0, 1, 2)
    };

    private static double bowl(double rate, double dropout) {
        return Math.pow(Math.log10(rate) + 3, 2) + 4 * Math.pow(dropout - 0.3 - 0.1 * Math.log10(rate), 2);
    }

    @Nested
    class Contract extends SearchContract {
        @Override
        protected Search search() {
            return CmaEs.of(Goal.lowest("loss"), 40, RANGES).seed(2);
        }
    }

    /** Asked generation by generation it tries what the library tries that calls the function itself. */
    @Test
    void itTriesWhatTheLibraryTriesByItself() {
        var found = Sweep.of(CmaEs.of(Goal.lowest("loss"), 61, RANGES).seed(7))
                .measure(trial -> Map.of("loss", bowl(trial.real("rate"), trial.real("dropout"))));
        var place = Seeds.random(7, 0);
        var tried = new ArrayList<List<Object>>();
        var alone = new CMAESOptimizer(
                Integer.MAX_VALUE, 0, true, 0, 0, new MersenneTwister(place.nextLong()), false, null);
        alone.optimize(
                new ObjectiveFunction(point -> {
                    double rate = 1e-5 * Math.pow(1 / 1e-5, point[0]);
                    tried.add(List.of(rate, point[1]));
                    return bowl(rate, point[1]);
                }),
                GoalType.MINIMIZE,
                new InitialGuess(new double[] {0.5, 0.5}),
                new SimpleBounds(new double[2], new double[] {1, 1}),
                new CMAESOptimizer.Sigma(new double[] {0.3, 0.3}),
                new CMAESOptimizer.PopulationSize(6),
                new MaxEval(1_000));
        assertEquals(
                tried.subList(0, 61),
                found.trials().stream()
                        .map(each -> List.copyOf(each.trial().values().values()))
                        .toList());
        assertTrue(found.best().metrics().get("loss") < 0.02, found.best().toString());
    }

    /** Where all values are equal the optimiser stops at once, and the search goes on at another place. */
    @Test
    void aSearchThatHasConvergedBeginsAgain() {
        var flat = Sweep.of(CmaEs.of(Goal.highest("loss"), 100, RANGES)).measure(trial -> Map.of("loss", 1.0));
        assertEquals(100, flat.trials().size());
        var failing = Sweep.of(CmaEs.of(Goal.lowest("loss"), 30, RANGES)).measure(trial -> {
            if (trial.real("rate") > 0.001) {
                throw new IllegalStateException("no luck");
            }
            return Map.of("loss", trial.real("dropout"));
        });
        assertEquals(30, failing.trials().size());
    }

    /** All costs lie above 0: a failure that counts as 0, or as what came before it, draws the search to failures. */
    @Test
    void aSearchTurnsAwayFromFailures() {
        int failed = 0;
        for (int seed = 0; seed < 10; seed++) {
            var found = Sweep.of(CmaEs.of(Goal.lowest("loss"), 60, RANGES).seed(seed))
                    .measure(trial -> {
                        if (trial.real("dropout") > 0.45) {
                            throw new IllegalStateException("no luck");
                        }
                        return Map.of("loss", 50 + trial.real("dropout"));
                    });
            failed += (int) found.trials().stream()
                    .skip(30)
                    .filter(each -> !each.isFinished())
                    .count();
        }
        assertTrue(failed < 30, failed + " of the second 300");
    }

    @Test
    void whatIsNoRangeIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> CmaEs.of(Goal.lowest("loss"), 10, Hyperparameter.values("norm", "rms", "layer")));
        assertEquals(
                "CMA-ES searches ranges without conditions, which \"norm\" is not; Tpe takes any hyperparameter",
                refusal.getMessage());
    }
}
