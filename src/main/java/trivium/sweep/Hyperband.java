package trivium.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hyperband (Li et al., "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization", JMLR 18, 2018,
 * algorithm 1): brackets of successive halving, from many trials that are compared early to few that run to the end, so
 * that a setting that learns slowly at first has a chance somewhere. Within a bracket trials are stopped as
 * {@link Asha} does (asynchronous Hyperband; Li et al., MLSys 2020, section 3.2).
 *
 * <p>Bracket s from S down to 0, with S the largest for which least·eta^S is at most {@code most}, has ⌈(S + 1) / (s +
 * 1) · eta^s⌉ trials and rungs at most·eta^-s, most·eta^(1-s), … below {@code most}. Trials take the brackets in turn
 * by their numbers, and begin again with bracket S after bracket 0.
 *
 * @param goal what is compared at the rungs
 * @param least steps that a trial is sure of; Li et al.'s unit of resource
 * @param most steps of a whole trial; Li et al.'s R
 * @param eta one of this many is promoted
 */
public record Hyperband(Goal goal, long least, long most, int eta) implements Pruner {

    public Hyperband {
        if (least < 1 || eta < 2 || most < least) {
            throw new IllegalArgumentException("Hyperband should compare at step 1 or later, up to a later one, and let"
                    + " 1 of 2 or more pass, not compare from step " + least + " to " + most + " and let 1 of " + eta
                    + " pass");
        }
    }

    /** Rungs from {@code least} steps on for trials of {@code most} steps; one trial of three is promoted. */
    public static Hyperband of(Goal goal, long least, long most) {
        return new Hyperband(goal, least, most, 3);
    }

    /** One of this many is promoted. */
    public Hyperband eta(int other) {
        return new Hyperband(goal, least, most, other);
    }

    /** How many trials the brackets S, S - 1, …, 0 have. */
    List<Integer> brackets() {
        int last = 0;
        for (long steps = least; steps <= most / eta; steps *= eta) {
            last++;
        }
        var sizes = new ArrayList<Integer>();
        long power = Math.round(Math.pow(eta, last));
        for (int s = last; s >= 0; s--) {
            sizes.add((int) Math.ceilDiv((last + 1) * power, s + 1L));
            power /= eta;
        }
        return sizes;
    }

    /** The s of a trial's bracket. */
    int bracket(int trial) {
        var sizes = brackets();
        int left = trial % sizes.stream().mapToInt(Integer::intValue).sum();
        int place = 0;
        while (left >= sizes.get(place)) {
            left -= sizes.get(place++);
        }
        return sizes.size() - 1 - place;
    }

    @Override
    public long step(int trial, int comparison) {
        return Math.max(1, Math.round(most * Math.pow(eta, comparison - bracket(trial))));
    }

    @Override
    public Optional<String> judge(Course mine, List<Course> others) {
        int bracket = bracket(mine.trial());
        return Asha.judge(
                mine,
                others.stream()
                        .filter(other -> bracket(other.trial()) == bracket)
                        .toList(),
                eta);
    }
}
