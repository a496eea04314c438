package trivium.figure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;

/** Draws the mean of a metric over runs that differ in their seed only, and how well the mean is known. */
final class OverSeeds {

    /** Quantiles 0.975 of Student's t with 1, 2, … degrees of freedom. */
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131
    };

    /** The mean over seeds at each x, and half the width of its 95 % interval. */
    record Band(double[] x, double[] mean, double[] half) {

        Points middle() {
            return Points.of(x, mean);
        }

        Points end(int sign) {
            var y = new double[x.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = mean[i] + sign * half[i];
            }
            return Points.of(x, y);
        }
    }

    private OverSeeds() {}

    static Figure of(String metric, Axis axis, Map<String, List<Table>> groups) {
        var plot = Plot.over(axis, Labels.of(metric));
        var bands = new ArrayList<Band>();
        var keys = new ArrayList<LegendEntry>();
        boolean banded = false;
        for (var group : groups.entrySet()) {
            var band = band(metric, axis, group.getValue());
            bands.add(band);
            var color = Style.series(bands.size() - 1).color();
            if (group.getValue().size() > 1) {
                var low = band.end(-1).shownOn(axis);
                var high = band.end(1).shownOn(axis);
                if (low.size() == high.size()) {
                    plot.band(low.smooth(Curves.window(low)), high.smooth(Curves.window(high)), color);
                    banded |= low.size() > 1;
                }
            }
        }
        int i = 0;
        for (var group : groups.entrySet()) {
            var middle = bands.get(i).middle().shownOn(axis);
            var style = middle.size() > 40 ? Style.series(i).line() : Style.series(i);
            plot.line(middle.smooth(Curves.window(middle)), style);
            int seeds = group.getValue().size();
            keys.add(LegendEntry.line(
                    group.getKey() + (seeds == 1 ? ", 1 seed" : ", mean of " + seeds + " seeds"), style));
            i++;
        }
        if (banded) {
            keys.add(LegendEntry.area(
                    "95 % interval of the mean (Student's t)", Style.series(0).in(Style.sheer(Style.BLUE))));
        }
        var title = Labels.title(metric) + ": mean over seeds" + (banded ? " and its 95 % interval" : "");
        var table = behind(axis, groups, bands);
        return new Figure(
                plot.isEmpty() ? FigureLayout.empty(title) : FigureLayout.of(title, keys, plot.panel(""), 330), table);
    }

    /** The steps at which all seeds have a value; along the axis the seeds' places are averaged, for times differ. */
    static Band band(String metric, Axis axis, List<Table> seeds) {
        var values = new TreeMap<Double, List<Double>>();
        var places = new HashMap<Double, Double>();
        for (var table : seeds) {
            var by = Points.isNumeric(table, MetricsTable.STEP) ? MetricsTable.STEP : axis.column();
            if (!Points.isNumeric(table, by)
                    || !Points.isNumeric(table, axis.column())
                    || !Points.isNumeric(table, metric)) {
                continue;
            }
            for (int row = 0; row < table.rowCount(); row++) {
                double step = table.numberColumn(by).getDouble(row);
                double place = table.numberColumn(axis.column()).getDouble(row);
                double value = table.numberColumn(metric).getDouble(row);
                if (Double.isFinite(step) && Double.isFinite(place) && Double.isFinite(value)) {
                    values.computeIfAbsent(step, _ -> new ArrayList<>()).add(value);
                    places.merge(step, place / seeds.size(), Double::sum);
                }
            }
        }
        values.values().removeIf(found -> found.size() != seeds.size());
        return new Band(
                values.keySet().stream().mapToDouble(places::get).toArray(),
                values.values().stream().mapToDouble(OverSeeds::mean).toArray(),
                values.values().stream().mapToDouble(OverSeeds::half).toArray());
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** t · s / √n with n − 1 degrees of freedom; 0 of a single value. */
    private static double half(List<Double> values) {
        int n = values.size();
        if (n < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return student(n - 1) * Math.sqrt(squares / (n - 1) / n);
    }

    /** Beyond the table, Cornish and Fisher's expansion around the normal quantile. */
    static double student(int degrees) {
        return degrees <= STUDENT.length
                ? STUDENT[degrees - 1]
                : 1.95996 + 2.3722 / degrees + 2.8225 / ((double) degrees * degrees);
    }

    private static Table behind(Axis axis, Map<String, List<Table>> groups, List<Band> bands) {
        var run = StringColumn.create("run");
        var x = DoubleColumn.create(axis.column());
        var mean = DoubleColumn.create("mean");
        var low = DoubleColumn.create("low");
        var high = DoubleColumn.create("high");
        var seeds = IntColumn.create("seeds");
        int group = 0;
        for (var entry : groups.entrySet()) {
            var band = bands.get(group++);
            for (int i = 0; i < band.x().length; i++) {
                run.append(entry.getKey());
                x.append(band.x()[i]);
                mean.append(band.mean()[i]);
                low.append(band.mean()[i] - band.half()[i]);
                high.append(band.mean()[i] + band.half()[i]);
                seeds.append(entry.getValue().size());
            }
        }
        return Table.create("figure", run, x, mean, low, high, seeds);
    }
}
