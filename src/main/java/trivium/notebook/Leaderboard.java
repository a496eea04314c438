package trivium.notebook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.run.Metric;
import trivium.run.Status;
import trivium.sweep.Front;
import trivium.sweep.Goal;
import trivium.sweep.Trial;
import trivium.sweep.TrialResult;
import trivium.text.Markup;
import trivium.text.Numbers;

/**
 * The trials of a sweep, best first: those that finished, then those that run, both by the sweep's goals as
 * {@link Front#order} has it; then those that did not finish, with their reasons; behind them the best settings once
 * more, each with its fresh seed. Where the sweep has no goal, it is the lowest validation loss, the highest reward or
 * the lowest loss, the first of these that is measured.
 */
final class Leaderboard {

    private static final int SHOWN = 12;
    private static final int GROUPS = 3;
    private static final List<Goal> USUAL = Stream.of(Metric.VALIDATION_LOSS, Metric.REWARD, Metric.LOSS)
            .map(metric -> Goal.of(metric.name()))
            .toList();
    /** What the small curves show: what is told at every step. */
    private static final List<String> TOLD = List.of(Metric.REWARD.name(), Metric.LOSS.name());

    /** What is known of a trial. */
    private static final class Line {
        private final Trial trial;
        private final Curve curve = new Curve();
        private final Map<String, Double> latest = new LinkedHashMap<>();
        private Status status = new Status.Running();
        private String state = status.text();

        /** Whether it is one of the best settings once more. */
        private final boolean isFresh;

        private Line(Trial trial, boolean isFresh) {
            this.trial = trial;
            this.isFresh = isFresh;
        }

        private String shownState() {
            return isFresh ? "fresh seed " + trial.seed() + ", " + state : state;
        }

        private int group() {
            return status.isFinished() ? 0 : status instanceof Status.Running ? 1 : 2;
        }
    }

    private final Map<Integer, Line> lines = new LinkedHashMap<>();
    private boolean isConfirming;
    private final List<Goal> goals;

    /** A board of trials ranked by {@code goals}, or by the default goal above if there are none. */
    Leaderboard(List<Goal> goals) {
        this.goals = goals;
    }

    /** Trials from here on are the best settings with fresh seeds. */
    void confirming() {
        isConfirming = true;
    }

    void begun(Trial trial) {
        lines.put(trial.number(), new Line(trial, isConfirming));
    }

    void step(int trial, long done, long total, Map<String, Double> metrics) {
        var line = lines.get(trial);
        line.latest.putAll(metrics);
        line.state = total > 0 ? Math.round(100.0 * done / total) + " %" : "step " + done;
        TOLD.stream()
                .filter(metrics::containsKey)
                .findFirst()
                .ifPresent(name -> line.curve.add(done, metrics.get(name)));
    }

    void ended(TrialResult result) {
        var line = lines.computeIfAbsent(result.trial().number(), _ -> new Line(result.trial(), isConfirming));
        line.latest.putAll(result.metrics());
        line.status = result.outcome();
        line.state = line.status.text();
    }

    private List<Goal> goals() {
        return !goals.isEmpty()
                ? goals
                : List.of(USUAL.stream()
                        .filter(usual ->
                                lines.values().stream().anyMatch(line -> line.latest.containsKey(usual.metric())))
                        .findFirst()
                        .orElse(USUAL.getLast()));
    }

    private List<Line> ranked(List<Goal> by) {
        var shown = new ArrayList<>(ranked(by, false));
        shown.addAll(ranked(by, true));
        return shown;
    }

    private List<Line> ranked(List<Goal> by, boolean fresh) {
        var ranked = new ArrayList<Line>();
        for (int group = 0; group < GROUPS; group++) {
            int chosen = group;
            var those = lines.values().stream()
                    .filter(line -> line.isFresh == fresh && line.group() == chosen)
                    .sorted(Comparator.comparingInt(line -> line.trial.number()))
                    .toList();
            Front.order(by, those.stream().map(line -> line.latest).toList()).forEach(i -> ranked.add(those.get(i)));
        }
        return ranked.subList(0, Math.min(SHOWN, ranked.size()));
    }

    String html() {
        if (lines.isEmpty()) {
            return "";
        }
        var by = goals();
        int left = lines.size() - ranked(by).size();
        var html = new StringBuilder("<div style=\"overflow-x:auto\">"
                + "<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">"
                + "<thead><tr><th style=\"text-align:left\">trial</th>");
        by.forEach(goal -> html.append("<th style=\"text-align:right\">")
                .append(Markup.escape(goal.toString()))
                .append("</th>"));
        html.append("<th></th><th></th></tr></thead><tbody>");
        for (var line : ranked(by)) {
            html.append("<tr><td style=\"text-align:left\">")
                    .append(Markup.escape(name(line)))
                    .append("</td>");
            by.forEach(goal -> html.append("<td style=\"text-align:right\">")
                    .append(value(line, goal.metric()))
                    .append("</td>"));
            html.append("<td>")
                    .append(line.curve.spark("curve"))
                    .append("</td><td style=\"text-align:left;opacity:0.7\">")
                    .append(Grid.shortened(line.shownState()))
                    .append("</td></tr>");
        }
        html.append("</tbody></table></div>");
        if (left > 0) {
            html.append("<div style=\"opacity:0.7\">… ").append(more(left)).append("</div>");
        }
        return html.toString();
    }

    /** The same, a line a trial. */
    String text() {
        var by = goals();
        var shown = ranked(by);
        var text = shown.stream()
                .map(line -> "\n" + name(line) + "  "
                        + by.stream()
                                .map(Goal::metric)
                                .filter(line.latest::containsKey)
                                .map(metric -> metric + " " + value(line, metric) + "  ")
                                .collect(Collectors.joining())
                        + line.shownState())
                .collect(Collectors.joining());
        int left = lines.size() - shown.size();
        return left > 0 ? text + "\n… " + more(left) : text;
    }

    /** With the seed where the same settings are tried with several. */
    private String name(Line line) {
        boolean repeated = lines.values().stream()
                .anyMatch(other -> other.isFresh == line.isFresh
                        && other.trial.seed() != line.trial.seed()
                        && other.trial.values().equals(line.trial.values()));
        return line.trial + (repeated && !line.isFresh ? ", seed " + line.trial.seed() : "");
    }

    private static String value(Line line, String metric) {
        return line.latest.containsKey(metric) ? Numbers.value(line.latest.get(metric)) : "";
    }

    private static String more(int left) {
        return Numbers.count(left) + " more";
    }
}
