package trivium.figure;

import java.util.function.Predicate;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.Status;

/** Which trials have a result: what one reported on the way and then failed, diverged or was stopped is none. */
final class Ended {

    private static final String OUTCOME = "outcome";

    private Ended() {}

    /** The rows whose column "outcome" holds a {@link Status} that is finished; all where there is no such column. */
    static Table finished(Table trials) {
        return where(trials, Status::isFinished);
    }

    /** Whether this row is one of {@link #finished}. */
    static boolean isFinished(Table trials, int row) {
        return !has(trials) || is(trials.stringColumn(OUTCOME).get(row), Status::isFinished);
    }

    /** These, and those pruned: what they had come to is what they were pruned for. */
    static Table finishedOrPruned(Table trials) {
        return where(trials, status -> status.isFinished() || status instanceof Status.Pruned);
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
