package trivium.figure;

import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/** Which trials have a result: what one reported on the way and then failed, diverged or was stopped is none. */
final class Ended {

    private static final String OUTCOME = "outcome";

    private Ended() {}

    /**
     * The rows whose column "outcome" says "finished", or how ("finished: stopped early at step 40 of 100"); all of
     * them where there is no such column.
     */
    static Table finished(Table trials) {
        return has(trials) ? trials.where(isFinished(trials)) : trials;
    }

    /** Whether this row is one of {@link #finished}. */
    static boolean isFinished(Table trials, int row) {
        return !has(trials) || isFinished(trials).contains(row);
    }

    private static Selection isFinished(Table trials) {
        return outcome(trials).isEqualTo("finished").or(outcome(trials).startsWith("finished: "));
    }

    /** These, and those pruned: what they had come to is what they were pruned for. */
    static Table finishedOrPruned(Table trials) {
        return has(trials) ? trials.where(isFinished(trials).or(outcome(trials).startsWith("pruned"))) : trials;
    }

    private static boolean has(Table trials) {
        return trials.containsColumn(OUTCOME) && trials.column(OUTCOME) instanceof StringColumn;
    }

    private static StringColumn outcome(Table trials) {
        return trials.stringColumn(OUTCOME);
    }
}
