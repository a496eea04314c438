package trivium.figure;

import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Which trials have a result: what one reported on the way and then failed, diverged or was stopped is none. */
final class Ended {

    private static final String OUTCOME = "outcome";

    private Ended() {}

    /** The rows whose column "outcome" says "finished"; all of them where there is no such column. */
    static Table finished(Table trials) {
        return has(trials) ? trials.where(outcome(trials).isEqualTo("finished")) : trials;
    }

    /** These, and those pruned: what they had come to is what they were pruned for. */
    static Table finishedOrPruned(Table trials) {
        return has(trials)
                ? trials.where(
                        outcome(trials).isEqualTo("finished").or(outcome(trials).startsWith("pruned")))
                : trials;
    }

    private static boolean has(Table trials) {
        return trials.containsColumn(OUTCOME) && trials.column(OUTCOME) instanceof StringColumn;
    }

    private static StringColumn outcome(Table trials) {
        return trials.stringColumn(OUTCOME);
    }
}
