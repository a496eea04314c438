package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import trivium.run.Status;

class SearchesTest {

    private static final Hyperparameter[] HYPERPARAMETERS = {
        Hyperparameter.values("optimizer", "adam", "sgd"),
        Hyperparameter.logRange("rate", 1e-4, 1e-1, 4),
        Hyperparameter.range("momentum", 0, 0.9, 3).when("optimizer", "sgd")
    };

    @Nested
    class Grid extends SearchContract {
        @Override
        protected Search search() {
            return Searches.grid(HYPERPARAMETERS);
        }
    }

    @Nested
    class Random extends SearchContract {
        @Override
        protected Search search() {
            return Searches.random(17, 3, HYPERPARAMETERS);
        }
    }

    @Nested
    class SobolSearch extends SearchContract {
        @Override
        protected Search search() {
            return Searches.sobol(16, 3, HYPERPARAMETERS);
        }
    }

    @Nested
    class Parzens extends SearchContract {
        @Override
        protected Search search() {
            return Tpe.of(Goal.lowest("loss"), 30, HYPERPARAMETERS).seed(5);
        }
    }

    @Test
    void aGridHasAConditionalHyperparameterOnlyWhereItIsActive() {
        var settings = Searches.grid(
                        Hyperparameter.values("optimizer", "adam", "sgd"),
                        Hyperparameter.values("momentum", 0.5, 0.9).when("optimizer", "sgd"),
                        Hyperparameter.values("nesterov", true, false).when("momentum", 0.9))
                .round(0, new SweepResult(List.of(), new Status.Running()));
        assertEquals(
                List.of(
                        Map.of("optimizer", "adam"),
                        Map.of("optimizer", "sgd", "momentum", 0.5),
                        Map.of("optimizer", "sgd", "momentum", 0.9, "nesterov", true),
                        Map.of("optimizer", "sgd", "momentum", 0.9, "nesterov", false)),
                settings);
    }

    @Test
    void aConditionThatCannotHoldIsRefused() {
        var late = assertThrows(
                IllegalArgumentException.class,
                () -> Searches.grid(Hyperparameter.values("x", 1).when("y", 2), Hyperparameter.values("y", 2)));
        assertTrue(late.getMessage().contains("\"y\", which should be listed before it"), late.getMessage());
        var never = assertThrows(
                IllegalArgumentException.class,
                () -> Searches.grid(
                        Hyperparameter.values("y", 2),
                        Hyperparameter.values("x", 1).when("y", "2")));
        assertTrue(never.getMessage().contains("which it never is"), never.getMessage());
    }

    @Test
    void theTableHasAnEmptyCellWhereAHyperparameterWasNotActive() {
        var table = Sweep.grid(
                        Hyperparameter.values("depth", 1, 2),
                        Hyperparameter.values("skip", 7).when("depth", 2))
                .measure(trial -> Map.of("loss", 1.0))
                .table();
        assertEquals(
                "depth,skip\n1,\n2,7\n",
                table.selectColumns("depth", "skip").write().toString("csv"));
    }
}
