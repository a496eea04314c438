package trivium.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Calibration;
import trivium.measure.Calibration.Bin;

/** Draws on how many pairs a judge is right, against how sure it is of them. */
final class JudgeCalibration {

    private static final SeriesStyle OBSERVED = Style.series(0).points();
    private static final SeriesStyle EXPECTED =
            new SeriesStyle(Style.VERMILLION, Style.stroke(1.5f), SeriesMarkers.NONE);

    private JudgeCalibration() {}

    static Figure predicted(Calibration calibration) {
        var plot = new Plot("predicted preference, σ(|Δ|)", "judge is right (share of pairs)").markerSize(9);
        plot.segment(0.5, 0.5, 1, 1, EXPECTED.color(), EXPECTED.stroke());
        return figure(
                String.format(
                        Locale.ROOT,
                        "Predicted and observed preference: expected calibration error %.3f",
                        calibration.error()),
                plot,
                calibration,
                Bin::predicted,
                "what a calibrated judge has");
    }

    static Figure byMargin(Calibration calibration) {
        var plot = new Plot("difference of scores, |Δ|", "judge is right (share of pairs)").markerSize(9);
        double most = calibration.bins().stream().mapToDouble(Bin::margin).max().orElse(1);
        plot.line(sigmoid(most), EXPECTED);
        var bins = calibration.bins();
        var title = "Accuracy by margin";
        if (!bins.isEmpty()) {
            title += String.format(
                    Locale.ROOT,
                    ": %.0f %% to %.0f %%",
                    100 * bins.getFirst().observed().value(),
                    100 * bins.getLast().observed().value());
        }
        return figure(title, plot, calibration, Bin::margin, "σ(|Δ|), what a calibrated judge has");
    }

    private static Points sigmoid(double most) {
        int pieces = 100;
        var x = new double[pieces + 1];
        var y = new double[pieces + 1];
        for (int i = 0; i <= pieces; i++) {
            x[i] = most * i / pieces;
            y[i] = 1 / (1 + Math.exp(-x[i]));
        }
        return new Points(x, y);
    }

    private static Figure figure(
            String title, Plot plot, Calibration calibration, ToDoubleFunction<Bin> place, String expected) {
        var bins = calibration.bins();
        for (var bin : bins) {
            var interval = bin.observed().interval();
            double x = place.applyAsDouble(bin);
            plot.segment(x, interval.low(), x, interval.high(), OBSERVED.color(), Style.stroke(1.5f));
        }
        plot.line(
                new Points(
                        bins.stream().mapToDouble(place).toArray(),
                        bins.stream().mapToDouble(bin -> bin.observed().value()).toArray()),
                OBSERVED);
        var keys = new ArrayList<LegendEntry>();
        int pairs = bins.stream().mapToInt(bin -> bin.observed().of()).sum();
        keys.add(
                LegendEntry.line(String.format(Locale.ROOT, "%,d pairs, 95 %% intervals by prompts", pairs), OBSERVED));
        keys.add(LegendEntry.line(expected, EXPECTED));
        var table = table(bins);
        return new Figure(
                bins.isEmpty() ? FigureLayout.empty(title) : FigureLayout.of(title, keys, plot.panel(""), 350), table);
    }

    private static Table table(List<Bin> bins) {
        var margin = DoubleColumn.create("margin");
        var predicted = DoubleColumn.create("predicted");
        var observed = DoubleColumn.create("observed");
        var low = DoubleColumn.create("low");
        var high = DoubleColumn.create("high");
        var pairs = IntColumn.create("pairs");
        for (var bin : bins) {
            margin.append(bin.margin());
            predicted.append(bin.predicted());
            observed.append(bin.observed().value());
            low.append(bin.observed().interval().low());
            high.append(bin.observed().interval().high());
            pairs.append(bin.observed().of());
        }
        return Table.create("figure", margin, predicted, observed, low, high, pairs);
    }
}
