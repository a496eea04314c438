package trivium.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;
import trivium.text.Numbers;

/** What the metrics of a whole {@link PreferenceOptimisation} show, each in a sentence. */
final class PreferenceFindings {

    /** Fewer steps than this show nothing but a collapse. */
    private static final int FEWEST = 10;
    /** Margins below it are no margins: of DPO's σ(margin) a quarter of a percent. */
    private static final double NO_MARGIN = 0.01;
    /** How far the chosen answers' reward has fallen, as a share of the margin, before it is worth a sentence. */
    private static final double FALLEN = 0.1;
    /** Fewest of the last steps whose rewards say how far their mean may be off. */
    private static final int LAST = 5;
    /** How much lower than at first the log-probabilities are that have collapsed. */
    private static final double COLLAPSED = 1.5;
    /** The same where there are few steps: no difference between two batches is as large. */
    private static final double COLLAPSED_AT_ONCE = 5;

    private PreferenceFindings() {}

    /**
     * @param metrics a row a step
     * @param loss where it has a reference, the rewards are differences from it, and begin at 0
     */
    static List<String> of(Table metrics, PreferenceLoss loss) {
        var found = new ArrayList<String>();
        int steps = metrics.rowCount();
        if (steps < 2) {
            return found;
        }
        int part = Math.max(1, steps / 10);
        double chosen = mean(metrics, "logps/chosen", steps - part, steps);
        double rejected = mean(metrics, "logps/rejected", steps - part, steps);
        double chosenThen = mean(metrics, "logps/chosen", 0, part);
        double rejectedThen = mean(metrics, "logps/rejected", 0, part);
        double times = steps < FEWEST ? COLLAPSED_AT_ONCE : COLLAPSED;
        boolean collapsed = chosen < times * chosenThen && rejected < times * rejectedThen;
        if (collapsed) {
            found.add(String.format(
                    Locale.ROOT,
                    "the log-probabilities of chosen and of rejected answers both collapsed, from %s to %s and from %s to"
                            + " %s (logps/chosen, logps/rejected): the model has moved away from both, and what it writes"
                            + " may be like neither; a larger beta, a lower learning rate or fewer steps keep it nearer"
                            + " to where it began",
                    Numbers.value(chosenThen),
                    Numbers.value(chosen),
                    Numbers.value(rejectedThen),
                    Numbers.value(rejected)));
        }
        if (!loss.needsReference() || steps < FEWEST) {
            return found;
        }
        double reward = mean(metrics, "rewards/chosen", steps - part, steps);
        double margin = mean(metrics, "rewards/margins", steps - part, steps);
        if (Math.abs(margin) < NO_MARGIN) {
            found.add("the margins between chosen and rejected answers stayed at 0 (" + Numbers.value(margin)
                    + " over the last steps, rewards/margins): little was learned; more steps, a higher learning rate or"
                    + " a larger beta make more of the comparisons");
        } else if (!collapsed
                && margin > 0
                && reward < -Math.max(NO_MARGIN, FALLEN * margin)
                && isBelowZero(metrics, "rewards/chosen", Math.max(part, LAST))) {
            found.add("the implied reward of chosen answers fell below 0, to " + Numbers.value(reward)
                    + " (rewards/chosen): the model writes them less readily than where it began, and the margin of "
                    + Numbers.value(margin)
                    + " comes from rejected answers that fell further; "
                    + (loss instanceof UnpairedLoss
                            ? "a larger desirableWeight"
                            : "Dpo.apoZero, or Cpo and Orpo, which have the likelihood of chosen answers in their loss,")
                    + " or a lower learning rate holds them up");
        }
        return found;
    }

    /**
     * Whether the mean over the last steps lies below 0 with its whole 95 % interval, which is Student's over steps.
     */
    private static boolean isBelowZero(Table metrics, String name, int last) {
        var values = metrics.last(last).doubleColumn(name).removeMissing().asDoubleArray();
        return values.length > 1 && Summary.of(values).interval().high() < 0;
    }

    /** Over the rows that have it, such as batches with any rejected answer; not a number where none has. */
    private static double mean(Table metrics, String name, int from, int to) {
        return metrics.containsColumn(name)
                ? metrics.inRange(from, to).doubleColumn(name).mean()
                : Double.NaN;
    }
}
