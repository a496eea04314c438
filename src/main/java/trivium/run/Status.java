package trivium.run;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import trivium.model.JsonFields;

/**
 * How far a training, a trial or a sweep came: it runs, or it ended in one of these ways. Files, tables and pages hold
 * its {@link #text}; {@link #parse} reads that back. No other class knows the words.
 */
public sealed interface Status extends Serializable {

    /** The work has not ended: "running". */
    record Running() implements Status {}

    /**
     * Everything that was asked for was done: "finished", "finished: stopped early at step 40 of 100, …".
     *
     * @param how why before all steps were taken; "" if all were
     */
    record Finished(String how) implements Status {
        public Finished() {
            this("");
        }
    }

    /** A listener stopped the training, which keeps what was learned until then: "stopped: others are ahead". */
    record Stopped(String reason) implements Status {}

    /**
     * The training stopped at a fault that it was to stop at, see {@link Recipe#stopWhen}, and keeps what was learned
     * until then: "stopped by a finding at step 7: loss-diverges: the loss rose from 5.1 to 157". Step 0 is before the
     * first.
     */
    record StoppedByFinding(long step, String reason) implements Status {}

    /** A sweep ended after so many trials: "stopped after 5 trials: the budget of 5 trials is spent". */
    record OutOfBudget(long trials, String reason) implements Status {}

    /**
     * A trial was not among the best on its way, see {@code trivium.sweep.Pruner}: "pruned: at step 10 loss 4 is not
     * …".
     */
    record Pruned(String reason) implements Status {}

    /** The training left what can be learned from; the last finite state is kept: "diverged: the loss is not …". */
    record Diverged(String reason) implements Status {}

    /** The work could not go on: "failed: no room". */
    record Failed(String reason) implements Status {
        /** For what was thrown, in its words. */
        public static Failed of(Throwable thrown) {
            return new Failed(thrown.getMessage() == null ? thrown.toString() : thrown.getMessage());
        }
    }

    /**
     * Somebody interrupted a trial: "interrupted", "interrupted: the cluster is gone".
     *
     * @param why "" if nobody knows
     */
    record Interrupted(String why) implements Status {
        public Interrupted() {
            this("");
        }
    }

    /** Somebody interrupted a training, which keeps what was learned until then: "interrupted at step 120". */
    record InterruptedAtStep(long step) implements Status {}

    /** Somebody interrupted a sweep: "interrupted after 3 of 12 trials", of those begun. */
    record InterruptedSweep(long finished, long begun) implements Status {}

    /** The process that trained is gone and left this many steps behind: "ended early at step 37". */
    record EndedEarly(long step) implements Status {}

    /** Whether everything that was asked for was done, which an early stop may be part of. */
    default boolean isFinished() {
        return this instanceof Finished;
    }

    /** Whether there is nothing left to do: all was done, or the work was stopped for good or could not go on. */
    default boolean hasEnded() {
        return switch (this) {
            case Running _, Interrupted _, InterruptedAtStep _, InterruptedSweep _, EndedEarly _ -> false;
            case Finished _, Stopped _, StoppedByFinding _, OutOfBudget _, Pruned _, Diverged _, Failed _ -> true;
        };
    }

    /** The text in files, tables and on pages. */
    default String text() {
        return switch (this) {
            case Running() -> "running";
            case Finished(var how) -> how.isEmpty() ? "finished" : "finished: " + how;
            case Stopped(var reason) -> "stopped: " + reason;
            case StoppedByFinding(var step, var reason) -> "stopped by a finding at step " + step + ": " + reason;
            case OutOfBudget(var trials, var reason) -> "stopped after " + trials + " trials: " + reason;
            case Pruned(var reason) -> "pruned: " + reason;
            case Diverged(var reason) -> "diverged: " + reason;
            case Failed(var reason) -> "failed: " + reason;
            case Interrupted(var why) -> why.isEmpty() ? "interrupted" : "interrupted: " + why;
            case InterruptedAtStep(var step) -> "interrupted at step " + step;
            case InterruptedSweep(var finished, var begun) ->
                "interrupted after " + finished + " of " + begun + " trials";
            case EndedEarly(var step) -> "ended early at step " + step;
        };
    }

    /** The text's first word, such as "pruned". */
    default String word() {
        return text().replaceFirst("(?s)\\W.*", "");
    }

    /** Why the work did not finish: what follows "failed: " and its like; all of the text where no reason is given. */
    default String reason() {
        return text().replaceFirst("^\\w+: ", "");
    }

    /** The status with this {@link #text}; empty if no status has it. A reason that is missing is "". */
    static Optional<Status> parse(String text) {
        int colon = text.indexOf(": ");
        var reason = colon < 0 ? "" : text.substring(colon + 2);
        var words = colon < 0 ? text : text.substring(0, colon + 1);
        long[] numbers = Pattern.compile("\\d{1,18}")
                .matcher(words)
                .results()
                .map(MatchResult::group)
                .mapToLong(Long::parseLong)
                .toArray();
        return Optional.ofNullable(
                switch (words.replaceAll("\\d{1,18}", "0")) {
                    case "running" -> new Running();
                    case "finished", "finished:" -> new Finished(reason);
                    case "stopped", "stopped:" -> new Stopped(reason);
                    case "stopped by a finding at step 0:" -> new StoppedByFinding(numbers[0], reason);
                    case "stopped after 0 trials:" -> new OutOfBudget(numbers[0], reason);
                    case "pruned", "pruned:" -> new Pruned(reason);
                    case "diverged", "diverged:" -> new Diverged(reason);
                    case "failed", "failed:" -> new Failed(reason);
                    case "interrupted", "interrupted:" -> new Interrupted(reason);
                    case "interrupted at step 0" -> new InterruptedAtStep(numbers[0]);
                    case "interrupted after 0 of 0 trials" -> new InterruptedSweep(numbers[0], numbers[1]);
                    case "ended early at step 0" -> new EndedEarly(numbers[0]);
                    default -> null;
                });
    }

    /**
     * The status that a field of a file holds.
     *
     * @throws IllegalArgumentException naming file and field, if no status has its text
     */
    static Status read(JsonFields json, String name) {
        var text = json.text(name);
        return parse(text)
                .orElseThrow(() -> json.damaged("\"" + json.path() + name
                        + "\" should say how the work ended, such as \"finished\" or \"failed: no room\", not "
                        + JsonFields.shown(text)));
    }
}
