package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of a log says is what all of it says. */
class NewestMetricsTest {

    @TempDir
    Path folder;

    @Test
    void theNewestValuesAreThoseOfTheWholeLog() throws IOException {
        var random = new SplittableRandom(7);
        for (int rows : new int[] {0, 1, 2, 40, 41, 300, 3_000}) {
            // seen in every row, in some, long ago only, and never as a number
            for (double rare : new double[] {1, 0.1, 0.002}) {
                var file = folder.resolve(rows + "-" + rare + ".csv");
                try (var log = MetricsLog.open(file)) {
                    for (int step = 1; step <= rows; step++) {
                        var row = new LinkedHashMap<String, Double>();
                        row.put("loss", random.nextDouble());
                        if (step == 1 || random.nextDouble() < rare) {
                            row.put("validation_loss", random.nextDouble());
                        }
                        if (step < 3) {
                            row.put("warm", (double) step);
                        }
                        row.put("nothing", Double.NaN);
                        log.add(step, row);
                    }
                }
                var whole = newest(file);
                assertEquals(whole, NewestMetrics.read(file), file.toString());
                Files.writeString(file, (rows + 1) + ",0.", StandardOpenOption.APPEND);
                assertEquals(whole, NewestMetrics.read(file), "a row that was cut off, " + file);
            }
        }
        assertEquals(Map.of(), NewestMetrics.read(folder.resolve("none.csv")));
    }

    @Test
    void curvesOfSeveralRunsStandInOneLongTable() {
        var store = RunStore.open(folder);
        var origin = new Origin(1, "", "", Map.of());
        for (var id : List.of("a", "b")) {
            var card = RunCard.begin("test", null, Map.of(), origin).named(id);
            try (var log = store.begin(card)) {
                log.add(1, Map.of("loss", id.equals("a") ? 3.0 : 5.0));
                log.add(2, Map.of("seen", 7.0));
                log.add(3, Map.of("loss", 2.0));
            }
        }
        var losses = store.metrics(List.of("b", "a"), "loss", "never");
        var said = new ArrayList<String>();
        losses.forEach(row -> said.add(
                row.getString("run") + row.getLong("step") + row.getString("metric") + row.getDouble("value")));
        assertEquals(List.of("b1loss5.0", "b3loss2.0", "a1loss3.0", "a3loss2.0"), said);
        assertEquals(6, store.metrics(List.of("a", "b")).rowCount());
    }

    private static Map<String, Double> newest(Path file) {
        var values = new LinkedHashMap<String, Double>();
        var table = MetricsLog.read(file);
        for (var name : table.columnNames()) {
            var column = table.numberColumn(name);
            for (int row = 0; row < column.size(); row++) {
                if (!column.isMissing(row)) {
                    values.put(name, column.getDouble(row));
                }
            }
        }
        return values;
    }
}
