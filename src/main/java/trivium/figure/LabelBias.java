package trivium.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Label;
import trivium.measure.Interval;
import trivium.measure.LabelQuality;
import trivium.measure.Share;

/** Draws what people's labels owe to where an answer stood and how long it was, and how well two of them agree. */
final class LabelBias {

    private static final String TITLE = "How often the answer at 1 and the longer answer are chosen";

    private final List<IntervalPlot.Row> rows = new ArrayList<>();
    private final StringColumn person = StringColumn.create("person");
    private final StringColumn chosen = StringColumn.create("chosen");
    private final DoubleColumn share = DoubleColumn.create("share");
    private final DoubleColumn low = DoubleColumn.create("low");
    private final DoubleColumn high = DoubleColumn.create("high");
    private final IntColumn labels = IntColumn.create("labels");

    private LabelBias() {}

    static Figure of(Map<String, List<Label>> people) {
        var bias = new LabelBias();
        people.forEach(bias::add);
        var table = Table.create("figure", bias.person, bias.chosen, bias.share, bias.low, bias.high, bias.labels);
        if (bias.rows.isEmpty()) {
            return new Figure(FigureLayout.empty(TITLE), table);
        }
        var sheet = IntervalPlot.sheet(
                TITLE, "share of labels (%), ties left out", bias.rows, 50, IntervalPlot.keys("share chosen"));
        return new Figure(sheet.captioned(caption(people)), table);
    }

    private void add(String name, List<Label> given) {
        LabelQuality.position(given).ifPresent(found -> row(name, "answer at 1", found));
        LabelQuality.length(given).ifPresent(found -> row(name, "longer answer", found));
    }

    private void row(String name, String what, Share found) {
        var interval = found.interval();
        rows.add(new IntervalPlot.Row(
                (name.isEmpty() ? "" : name + ": ") + what,
                100 * found.value(),
                new Interval(100 * interval.low(), 100 * interval.high(), interval.level())));
        person.append(name);
        chosen.append(what);
        share.append(found.value());
        low.append(interval.low());
        high.append(interval.high());
        labels.append(found.of());
    }

    private static String caption(Map<String, List<Label>> people) {
        var said = new ArrayList<String>();
        people.forEach((name, given) -> said.add((name.isEmpty() ? "" : name + ": ") + counts(given)));
        var given = List.copyOf(people.values());
        if (given.size() == 2) {
            try {
                said.add("Agreement of the two: " + LabelQuality.agreement(given.getFirst(), given.getLast()) + ".");
            } catch (IllegalArgumentException e) {
                said.add("How well the two agree is not known: " + e.getMessage() + ".");
            }
        }
        return String.join(" ", said);
    }

    private static String counts(List<Label> given) {
        long ties = given.stream()
                .filter(label -> label.verdict() == Label.Verdict.TIE)
                .count();
        return (given.size() == 1 ? "1 label" : given.size() + " labels")
                + (ties == 0 ? "." : ", " + ties + (ties == 1 ? " tie." : " ties."));
    }
}
