package trivium.figure;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;
import trivium.text.Numbers;

/** Draws learning rates over steps. */
final class Schedules {

    private static final String RATE = "learning_rate";

    private Schedules() {}

    static Figure of(Map<String, Table> metrics) {
        return Curves.metric(title(metrics), metrics, Axis.STEPS, RATE);
    }

    static Figure of(int steps, IntToDoubleFunction rate) {
        var rates = IntStream.range(0, steps).mapToDouble(rate).toArray();
        var table = Table.create(
                "schedule",
                LongColumn.create(
                        MetricsTable.STEP,
                        IntStream.range(0, steps).asLongStream().toArray()),
                DoubleColumn.create(RATE, rates));
        return of(Map.of("learning rate", table));
    }

    private static String title(Map<String, Table> metrics) {
        if (metrics.size() != 1) {
            return "Learning rates of " + metrics.size() + " runs";
        }
        var points = Points.of(metrics.values().iterator().next(), Axis.STEPS.column(), RATE);
        if (points.isEmpty()) {
            return "Learning rate";
        }
        double most = Arrays.stream(points.y()).max().orElseThrow();
        int peak = IntStream.range(0, points.size())
                .filter(i -> points.y()[i] == most)
                .findFirst()
                .orElseThrow();
        return "Learning rate: up to " + Numbers.setting(most) + " at step " + (long) points.x()[peak] + ", "
                + Numbers.setting(points.y()[points.size() - 1]) + " at the end";
    }
}
