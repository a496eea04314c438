package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.knowm.xchart.style.markers.SeriesMarkers;
import trivium.run.Fault;
import trivium.run.Finding;
import trivium.run.Metric;
import trivium.run.Run;

/** Draws what findings were told by: metrics over the steps, with a line where each was seen, or probes as bars. */
final class WhatWentWrong {

    private static final int HEIGHT = 330;
    private static final int SMALL_HEIGHT = 215;

    private static final SeriesStyle SEEN =
            new SeriesStyle(Style.VERMILLION, Style.stroke(1.4f, 5, 4), SeriesMarkers.NONE);

    private WhatWentWrong() {}

    static Figure of(Run run, List<Finding> findings) {
        var backing = backing(findings);
        var drawn = backing.stream().filter(run::has).toList();
        if (drawn.isEmpty()) {
            var probes = run.card().origin().checkup().probes();
            var probed = backing.stream().filter(probes::containsKey).toList();
            return probed.isEmpty() && run.has(Metric.LOSS.name())
                    ? curves(run, findings, List.of(Metric.LOSS.name()))
                    : bars(run, probed, probed.stream().mapToDouble(probes::get).toArray());
        }
        return curves(run, findings, drawn);
    }

    /** What the findings' faults name, each once, in their order. */
    private static Set<String> backing(List<Finding> findings) {
        return findings.stream()
                .flatMap(finding -> metrics(finding).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static List<String> metrics(Finding finding) {
        return Fault.of(finding.name()).map(Fault::metrics).orElse(List.of());
    }

    private static Figure curves(Run run, List<Finding> findings, List<String> metrics) {
        var panels = new ArrayList<Panel>();
        for (var metric : metrics) {
            var points = Curves.points(run.metrics(), Axis.STEPS, metric);
            var style = Style.series(0).line();
            var plot = Plot.over(Axis.STEPS, "").line(points, points.size() > 1 ? style : style.points());
            findings.stream()
                    .filter(finding -> finding.step() > 0 && metrics(finding).contains(metric))
                    .mapToLong(Finding::step)
                    .distinct()
                    .forEach(step -> line(plot, points, step));
            panels.add(plot.panel(Metric.of(metric).in(run.card().kind()).axis()));
        }
        var keys = findings.stream().anyMatch(finding -> finding.step() > 0)
                ? List.of(LegendEntry.line("seen at this step", SEEN))
                : List.<LegendEntry>of();
        var columns = new ArrayList<>(List.of(Axis.STEPS.column()));
        columns.addAll(metrics);
        return new Figure(
                new FigureLayout(
                        title(run, findings),
                        keys,
                        panels,
                        panels.size() == 1 ? 1 : 2,
                        panels.size() == 1 ? HEIGHT : SMALL_HEIGHT),
                run.metrics().selectColumns(columns.toArray(String[]::new)));
    }

    private static void line(Plot plot, Points points, long step) {
        var values = Arrays.stream(points.y()).summaryStatistics();
        double low = values.getMin();
        double high = values.getMax();
        double space = low == high ? Math.max(0.5, 0.1 * Math.abs(low)) : 0; // of a constant the line has a height too
        plot.segment(step, low - space, step, high + space, SEEN.color(), SEEN.stroke());
    }

    private static Figure bars(Run run, List<String> names, double[] values) {
        return Bars.shares(
                "What " + run.label() + " began with",
                "share (%)",
                names.stream().map(name -> name.replace('_', ' ')).toList(),
                values,
                List.of("probe", "share"));
    }

    private static String title(Run run, List<Finding> findings) {
        return findings.isEmpty()
                ? "Nothing wrong was seen in " + run.label()
                : findings.stream()
                        .map(finding -> finding.name()
                                + (finding.step() == 0 ? " before the first step" : " at step " + finding.step()))
                        .collect(Collectors.joining(", "));
    }
}
