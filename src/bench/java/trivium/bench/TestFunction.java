package trivium.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Trial;

/**
 * Functions whose lowest value is known, by which searches are compared (Surjanovic and Bingham, Virtual Library of
 * Simulation Experiments); docs/peers/optuna_tpe.py has the same.
 *
 * @param name as the peer calls it
 * @param hyperparameters where to look
 * @param value at a trial's setting; lower is better
 * @param lowest the lowest value
 */
record TestFunction(String name, List<Hyperparameter> hyperparameters, ToDoubleFunction<Trial> value, double lowest) {

    private static final double[][] A = {
        {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}
    };
    private static final double[][] P = {
        {1312, 1696, 5569, 124, 8283, 5886},
        {2329, 4135, 8307, 3736, 1004, 9991},
        {2348, 1451, 3522, 2883, 3047, 6650},
        {4047, 8828, 8732, 5743, 1091, 381}
    };
    private static final double[] ALPHA = {1, 1.2, 3, 3.2};

    /** Branin, Hartmann in six dimensions, Rosenbrock in four, and a space of which parts depend on a choice. */
    static final List<TestFunction> ALL = List.of(
            new TestFunction(
                    "branin",
                    List.of(Hyperparameter.range("x", -5, 10, 2), Hyperparameter.range("y", 0, 15, 2)),
                    trial -> branin(trial.real("x"), trial.real("y")),
                    0.39788735772973816),
            new TestFunction(
                    "hartmann6", ranges(6, 0, 1), trial -> hartmann6(coordinates(trial, 6)), -3.322368011391339),
            new TestFunction("rosenbrock", ranges(4, -5, 10), trial -> rosenbrock(coordinates(trial, 4)), 0),
            new TestFunction(
                    "conditional",
                    List.of(
                            Hyperparameter.values("optimizer", "adamw", "sgd", "muon"),
                            Hyperparameter.logRange("learning_rate", 1e-5, 1, 2),
                            Hyperparameter.range("dropout", 0, 1, 2),
                            Hyperparameter.range("beta2", 0, 1, 2).when("optimizer", "adamw"),
                            Hyperparameter.range("momentum", 0, 1, 2).when("optimizer", "sgd")),
                    TestFunction::conditional,
                    0));

    private static List<Hyperparameter> ranges(int count, double from, double to) {
        return IntStream.range(0, count)
                .mapToObj(i -> Hyperparameter.range("x" + i, from, to, 2))
                .toList();
    }

    private static double[] coordinates(Trial trial, int count) {
        return IntStream.range(0, count).mapToDouble(i -> trial.real("x" + i)).toArray();
    }

    static double branin(double x, double y) {
        double bend = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
        return bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    }

    static double hartmann6(double... x) {
        double sum = 0;
        for (int i = 0; i < ALPHA.length; i++) {
            double far = 0;
            for (int j = 0; j < x.length; j++) {
                far += A[i][j] * Math.pow(x[j] - P[i][j] / 1e4, 2);
            }
            sum -= ALPHA[i] * Math.exp(-far);
        }
        return sum;
    }

    static double rosenbrock(double... x) {
        double sum = 0;
        for (int i = 0; i < x.length - 1; i++) {
            sum += 100 * Math.pow(x[i + 1] - x[i] * x[i], 2) + Math.pow(1 - x[i], 2);
        }
        return sum;
    }

    private static double conditional(Trial trial) {
        double rate = Math.log10(trial.real("learning_rate"));
        double dropout = 4 * Math.pow(trial.real("dropout") - 0.3, 2);
        return switch (trial.text("optimizer")) {
            case "adamw" -> dropout + Math.pow(rate + 3, 2) + 4 * Math.pow(trial.real("beta2") - 0.8, 2);
            case "sgd" -> dropout + Math.pow(rate + 1, 2) + 4 * Math.pow(trial.real("momentum") - 0.9, 2) + 0.05;
            default -> dropout + Math.pow(rate + 2, 2) + 0.5;
        };
    }
}
