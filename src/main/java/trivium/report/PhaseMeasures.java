package trivium.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Difference;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Direction;
import trivium.measure.DocumentBits;
import trivium.measure.Interval;
import trivium.measure.Share;
import trivium.measure.Summary;

/**
 * The table of what was measured of each phase, while it is filled: a row for each measure and each run that has it.
 */
final class PhaseMeasures {

    /** A measure's name, its unit, and of what n counts. */
    record Measure(String name, String unit, String counted) {}

    /**
     * What was measured of one run.
     *
     * @param n how many prompts, questions or documents it is the mean of
     */
    private record Level(double value, Interval interval, int n) {}

    /** The difference from the run before; null where it is not known. */
    private record Step(double value, Interval interval) {

        private static Step of(Difference difference) {
            return new Step(difference.value(), difference.estimate().interval());
        }
    }

    private final StringColumn measure = StringColumn.create("measure");
    private final StringColumn run = StringColumn.create("run");
    private final DoubleColumn value = DoubleColumn.create("value");
    private final DoubleColumn low = DoubleColumn.create("low");
    private final DoubleColumn high = DoubleColumn.create("high");
    private final StringColumn unit = StringColumn.create("unit");
    private final IntColumn n = IntColumn.create("n");
    private final StringColumn of = StringColumn.create("of");
    private final DoubleColumn change = DoubleColumn.create("change");
    private final DoubleColumn changeLow = DoubleColumn.create("change_low");
    private final DoubleColumn changeHigh = DoubleColumn.create("change_high");

    private final List<String> names;

    /** @param names of the runs, in the order of the phases */
    PhaseMeasures(List<String> names) {
        this.names = names;
    }

    /**
     * Means over prompts or the like; the run before is compared prompt by prompt.
     *
     * @param values of each run that was measured the value of each prompt; null for a run that was not
     * @param prompts one for each value; equal ones are one observation of a difference
     */
    void means(Measure what, double[][] values, List<?> prompts) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                continue;
            }
            var summary = Summary.of(values[i]);
            var before = i == 0 ? null : values[i - 1];
            var step = before == null
                    ? null
                    : Step.of(Difference.overPrompts(compared(what, i), before, values[i], prompts));
            add(what, i, new Level(summary.mean(), summary.interval(), summary.count()), step);
        }
    }

    /** Shares of prompts of which some have several answers; what is compared is the share of each prompt. */
    void shares(Measure what, boolean[][] hits, List<String> prompts) {
        var each = List.copyOf(new LinkedHashSet<>(prompts));
        var shares = new double[hits.length][];
        for (int i = 0; i < hits.length; i++) {
            var right = hits[i];
            if (right != null) {
                shares[i] = each.stream()
                        .mapToDouble(prompt -> IntStream.range(0, right.length)
                                .filter(k -> prompts.get(k).equals(prompt))
                                .map(k -> right[k] ? 1 : 0)
                                .average()
                                .orElseThrow())
                        .toArray();
                var share = Share.clustered(right, prompts);
                var step = i == 0 || shares[i - 1] == null
                        ? null
                        : Step.of(Difference.overPrompts(compared(what, i), shares[i - 1], shares[i], each));
                add(what, i, new Level(share.value(), share.interval(), share.of()), step);
            }
        }
    }

    /** Shares of questions answered rightly. */
    void rightAnswers(Measure what, boolean[][] right, List<String> questions) {
        for (int i = 0; i < right.length; i++) {
            var share = Share.clustered(right[i], questions);
            var step = i == 0
                    ? null
                    : Step.of(Difference.ofRightAnswers(compared(what, i), right[i - 1], right[i], questions));
            add(what, i, new Level(share.value(), share.interval(), share.of()), step);
        }
    }

    /** Ratios of sums over documents. */
    void bits(Measure what, DocumentBits... bits) {
        for (int i = 0; i < bits.length; i++) {
            var step = i == 0
                    ? null
                    : Step.of(Difference.overDocuments(
                            compared(what, i), bits[i - 1].bits(), bits[i].bits(), bits[i].bytes()));
            add(what, i, new Level(bits[i].perByte(), bits[i].interval(), bits[i].bits().length), step);
        }
    }

    /** What is a distance from the run before by itself. */
    void distance(Measure what, int index, double... values) {
        var summary = Summary.of(values);
        add(what, index, new Level(summary.mean(), summary.interval(), summary.count()), null);
    }

    private Compared compared(Measure what, int index) {
        return new Compared(what.name(), what.unit(), Direction.NEITHER, names.get(index - 1), names.get(index));
    }

    private void add(Measure what, int index, Level level, Step step) {
        measure.append(what.name());
        run.append(names.get(index));
        value.append(level.value());
        unit.append(what.unit());
        n.append(level.n());
        of.append(what.counted());
        appendEnds(level.interval(), low, high);
        if (step == null) {
            change.appendMissing();
            changeLow.appendMissing();
            changeHigh.appendMissing();
        } else {
            change.append(step.value());
            appendEnds(step.interval(), changeLow, changeHigh);
        }
    }

    /** An end that nothing is known about is missing. */
    private static void appendEnds(Interval interval, DoubleColumn low, DoubleColumn high) {
        if (interval.isBounded()) {
            low.append(interval.low());
            high.append(interval.high());
        } else {
            low.appendMissing();
            high.appendMissing();
        }
    }

    Table table() {
        return Table.create("changes", measure, run, value, low, high, unit, n, of, change, changeLow, changeHigh);
    }
}
