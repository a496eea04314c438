package trivium.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.measure.Fanova;
import trivium.measure.Fanova.Effect;
import trivium.measure.Interval;
import trivium.run.Metric;
import trivium.text.Numbers;

/** Draws how much settings explain of a result, alone and in pairs ({@link Fanova}). */
final class Importance {

    /** The name of the share that no setting and no pair explains. */
    static final String REST = "three or more together";

    /** The same, with pairs that explain too little to be shown. */
    static final String OTHERS = "all else together";

    /** Pairs that explain less than this are left to the table. */
    private static final double LEAST = 0.01;

    private static final int MOST_PAIRS = 6;

    private Importance() {}

    static Figure of(Table trials, String value, List<String> hyperparameters) {
        return Extremes.leftOut(trials, hyperparameters, value, held -> drawn(held, value, hyperparameters));
    }

    private static Figure drawn(Table trials, String value, List<String> hyperparameters) {
        var title = "What decides the " + Metric.of(value).label();
        if (!trials.isEmpty()) {
            Points.requireColumns(trials, hyperparameters);
        }
        var fanova = trials.isEmpty() || hyperparameters.isEmpty() || !Points.isNumeric(trials, value)
                ? new Fanova(List.of(), Double.NaN, 0)
                : Fanova.of(trials, value, hyperparameters);
        if (!fanova.effects().isEmpty() && !fanova.explainsSomething()) {
            return new Figure(FigureLayout.empty(title + ": no setting varies"), fanova.table());
        }
        if (fanova.effects().isEmpty()) {
            return new Figure(FigureLayout.empty(title), fanova.table());
        }
        var drawn = drawn(fanova);
        var first = drawn.getFirst();
        if (first.share() > 0.1) {
            title += ": first of all the " + label(first);
        }
        var names = new ArrayList<>(drawn.stream().map(Importance::label).toList());
        var shares = new ArrayList<>(drawn.stream().map(Effect::share).toList());
        var intervals =
                new ArrayList<>(drawn.stream().map(Importance::twoErrors).toList());
        if (hyperparameters.size() > 2) {
            names.add(drawn.size() == fanova.effects().size() ? REST : OTHERS);
            shares.add(1 - shares.stream().mapToDouble(share -> share).sum());
            intervals.add(new Interval(Double.NaN, Double.NaN, Interval.LEVEL));
        }
        var sheet = Bars.shares(
                        title,
                        "share of the variance (%)",
                        names,
                        intervals,
                        shares.stream().mapToDouble(share -> Math.max(0, share)).toArray())
                .captioned(caption(trials, fanova));
        return new Figure(sheet, fanova.table());
    }

    /** Each setting, and the pairs that explain something; of two settings their pair is all that is left. */
    private static List<Effect> drawn(Fanova fanova) {
        var pairs = fanova.effects().stream()
                .filter(effect -> effect.settings().size() == 2
                        && (effect.share() >= LEAST || fanova.effects().size() == 3))
                .limit(MOST_PAIRS)
                .toList();
        return fanova.effects().stream()
                .filter(effect -> effect.settings().size() == 1 || pairs.contains(effect))
                .toList();
    }

    private static Interval twoErrors(Effect effect) {
        double half = 2 * effect.standardError();
        return new Interval(Math.max(0, effect.share() - half), Math.min(1, effect.share() + half), Interval.LEVEL);
    }

    private static String label(Effect effect) {
        return effect.settings().stream().map(Labels::of).collect(Collectors.joining(" × "));
    }

    private static String caption(Table trials, Fanova fanova) {
        return Stream.of(
                        FinishedTrials.seeds(trials).replaceFirst(";.*", "."),
                        "Shares are those of a random forest fitted to the trials (fANOVA); of trials that it has not seen"
                                + " it explains "
                                + Numbers.percent(Math.max(0, fanova.explained())) + " of the variance.",
                        "Lines: two standard errors to either side, over samples of "
                                + Numbers.count(fanova.trials(), "trial") + ".")
                .collect(Collectors.joining(" "));
    }
}
