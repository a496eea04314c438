package trivium.sweep;

import java.util.List;
import java.util.Optional;

/**
 * Asynchronous successive halving, the variant that stops (Li et al., "A System for Massively Parallel Hyperparameter
 * Tuning", MLSys 2020). Rungs are at {@code first}, {@code first·eta}, {@code first·eta²}, … steps. A trial that comes
 * to a rung goes on if it is among the best 1/eta of all that have come there so far, or the best of fewer than eta;
 * else it is pruned. No trial waits for another.
 *
 * <p>Li et al. pause trials and promote them later; here a trial is stopped for good or goes on, because a training's
 * schedule is laid out for all of its steps.
 *
 * @param goal what is compared at the rungs
 * @param first steps to the first rung
 * @param eta one of this many is promoted
 */
public record Asha(Goal goal, long first, int eta) implements Pruner {

    public Asha {
        if (first < 1 || eta < 2) {
            throw new IllegalArgumentException("rungs should begin at step 1 or later and let 1 of 2 or more pass, not"
                    + " begin at step " + first + " and let 1 of " + eta + " pass");
        }
    }

    /** Rungs from this step on, of which one trial of three is promoted. */
    public static Asha of(Goal goal, long first) {
        return new Asha(goal, first, 3);
    }

    /** One of this many is promoted. */
    public Asha eta(int other) {
        return new Asha(goal, first, other);
    }

    /** The steps to a rung, from 0. */
    @Override
    public long step(int trial, int rung) {
        return Math.round(first * Math.pow(eta, rung));
    }

    @Override
    public Optional<String> judge(Course mine, List<Course> others) {
        return judge(mine, others, eta);
    }

    /** The rule, at whatever steps the rungs are. */
    static Optional<String> judge(Course mine, List<Course> others, int eta) {
        int rung = mine.costs().size() - 1;
        var earlier = others.stream()
                .filter(other -> other.costs().size() > rung)
                .map(other -> other.costs().get(rung))
                .toList();
        return promotes(earlier, mine.costs().getLast(), eta)
                ? Optional.empty()
                : Optional.of("is not among the best 1/" + eta + " of " + (earlier.size() + 1));
    }

    /**
     * Whether a trial goes on from a rung. Of equal costs the earlier counts as the better.
     *
     * @param earlier costs of the trials that came there before
     * @param cost this trial's; less is better
     */
    static boolean promotes(List<Double> earlier, double cost, int eta) {
        long better = earlier.stream().filter(other -> other <= cost).count();
        return Double.isFinite(cost) && better < Math.max(1, (earlier.size() + 1) / eta);
    }
}
