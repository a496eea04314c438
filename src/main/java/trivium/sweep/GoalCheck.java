package trivium.sweep;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether trials measure what the sweep is after. A goal of which the first trials that finish have no value is
 * misspelled more often than not, and the whole search would be blind.
 */
final class GoalCheck {

    /** Of which a trial should have a value in the end. */
    private final List<Goal> goals;
    /** What the pruner compares, told on the way or measured in the end; null without a pruner. */
    private final Goal compared;

    private final Set<String> measured = new LinkedHashSet<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * Of one sweep.
     *
     * @throws IllegalArgumentException if a goal is the trials' wall clock
     */
    GoalCheck(Sweep sweep) {
        var all = new LinkedHashSet<>(sweep.goals());
        all.addAll(sweep.search().goals());
        if (sweep.extent().best() > 0) {
            all.addAll(sweep.ranking());
        }
        goals = List.copyOf(all);
        compared = sweep.pruner() == null ? null : sweep.pruner().goal();
        if (goals.stream().anyMatch(goal -> goal.metric().equals(SweepResult.TRIAL_SECONDS))) {
            throw new IllegalArgumentException(SweepResult.SECONDS_ARE_NO_METRIC);
        }
    }

    /** What a trial has told its progress; from any thread. */
    void told(Set<String> metrics) {
        told.addAll(metrics);
    }

    /**
     * Takes note of a trial that has ended.
     *
     * @throws IllegalArgumentException if it finished without a metric that none before it had
     */
    void require(TrialResult result) {
        if (!result.isFinished()) {
            return;
        }
        measured.addAll(result.metrics().keySet());
        for (var goal : goals) {
            if (!measured.contains(goal.metric())) {
                throw missing(result, "the goal is the " + goal, measured);
            }
        }
        if (compared != null && result.rungs().isEmpty()) {
            var either = new LinkedHashSet<>(measured);
            either.addAll(told);
            if (!either.contains(compared.metric())) {
                throw missing(result, "the pruner compares the " + compared, either);
            }
        }
    }

    private static IllegalArgumentException missing(TrialResult result, String what, Set<String> there) {
        return new IllegalArgumentException(
                what + ", which trial " + result.trial().number() + " finished without; there are " + there);
    }
}
