package trivium.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.run.Progress;
import trivium.sweep.Trial;

/** The functions by which searches are compared have their lowest values where the literature says. */
class TestFunctionTest {

    @Test
    void lowestValuesAreThoseOfTheLiterature() {
        assertEquals(0.397887, TestFunction.branin(Math.PI, 2.275), 1e-6);
        assertEquals(0.397887, TestFunction.branin(-Math.PI, 12.275), 1e-6);
        assertEquals(0.397887, TestFunction.branin(9.42478, 2.475), 1e-6);
        assertEquals(-3.32237, TestFunction.hartmann6(0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573), 1e-5);
        assertEquals(0, TestFunction.rosenbrock(1, 1, 1, 1));
        var best = Map.<String, Object>of("optimizer", "adamw", "learning_rate", 0.001, "dropout", 0.3, "beta2", 0.8);
        assertEquals(
                0, TestFunction.ALL.getLast().value().applyAsDouble(new Trial(0, 0, best, Progress.SILENT)), 1e-12);
    }

    @Test
    void nothingLiesBelowThem() {
        var random = new SplittableRandom(4);
        for (var function : TestFunction.ALL) {
            for (int i = 0; i < 2_000; i++) {
                var values = new LinkedHashMap<String, Object>();
                for (var each : function.hyperparameters()) {
                    if (each.isActive(values)) {
                        values.put(each.name(), each.draw(random));
                    }
                }
                double value = function.value().applyAsDouble(new Trial(i, 0, values, Progress.SILENT));
                assertTrue(value >= function.lowest(), function.name() + values);
            }
        }
    }
}
