package trivium.figure;

import java.util.Arrays;
import java.util.function.Predicate;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.Status;

/** Which trials have a result: metrics of a trial that then failed, diverged or was stopped are none. */
final class FinishedTrials {

    private static final String OUTCOME = "outcome";
    private static final String SEEDS = "seeds";
    private static final String PLUS_MINUS = "; ± reaches to the ends of their 95 % intervals (Student's t).";

    private FinishedTrials() {}

    /** The rows whose column "outcome" holds a {@link Status} that is finished; all where there is no such column. */
    static Table finished(Table trials) {
        return where(trials, Status::isFinished);
    }

    /** Whether this row is one of {@link #finished}. */
    static boolean isFinished(Table trials, int row) {
        return !has(trials) || is(trials.stringColumn(OUTCOME).get(row), Status::isFinished);
    }

    /** Finished trials and pruned ones, whose last metrics are those that they were pruned for. */
    static Table finishedOrPruned(Table trials) {
        return where(trials, status -> status.isFinished() || status instanceof Status.Pruned);
    }

    /** Of how many seeds a row is, in a sentence: column "seeds", or one without such a column. */
    static String seeds(Table trials) {
        return seeds(trials, PLUS_MINUS);
    }

    /** The same for figures that show no ±. */
    static String seedsAlone(Table trials) {
        return seeds(trials, ".");
    }

    private static String seeds(Table trials, String end) {
        if (!Points.isNumeric(trials, SEEDS) || trials.isEmpty()) {
            return "One seed of each trial.";
        }
        var counts = Arrays.stream(trials.numberColumn(SEEDS).asDoubleArray())
                .filter(Double::isFinite)
                .mapToInt(count -> (int) count)
                .summaryStatistics();
        return counts.getMax() < 2 ? "One seed of each setting." : means(counts.getMin(), counts.getMax(), end);
    }

    /** Of so many seeds of each setting. */
    static String means(int fewest, int most) {
        return means(fewest, most, PLUS_MINUS);
    }

    private static String means(int fewest, int most, String end) {
        return "Means over " + (fewest == most ? "" : fewest + " to ") + most + " seeds" + end;
    }

    private static Table where(Table trials, Predicate<Status> wanted) {
        return has(trials) ? trials.where(trials.stringColumn(OUTCOME).eval(text -> is(text, wanted))) : trials;
    }

    private static boolean is(String outcome, Predicate<Status> wanted) {
        return Status.parse(outcome).filter(wanted).isPresent();
    }

    private static boolean has(Table trials) {
        return trials.containsColumn(OUTCOME) && trials.column(OUTCOME) instanceof StringColumn;
    }
}
