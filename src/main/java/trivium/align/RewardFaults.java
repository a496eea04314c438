package trivium.align;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import trivium.run.Evidence;
import trivium.run.Fault;
import trivium.run.Metric;
import trivium.run.Symptom;
import trivium.text.Numbers;

/**
 * What may be wrong with the reward of an alignment: it tells nothing apart, or it tells apart what nobody asked about.
 */
final class RewardFaults {

    private static final String REWARD = Metric.REWARD.name();
    private static final String SPREAD = Metric.REWARD_STD.name();
    private static final String GROUP_SPREAD = Metric.REWARD_GROUP_STD.name();
    private static final String EQUAL_GROUPS = Metric.FRAC_REWARD_ZERO_STD.name();
    private static final String BY_LENGTH = Metric.REWARD_LENGTH_CORRELATION.name();

    /** The fewest steps that show anything of a reward; one or two may be prompts that all are hard. */
    private static final int FEWEST = 3;

    /** The fewest completions, and the fewest groups, that do so; after {@value #LATEST} steps fewer are enough. */
    private static final int COMPLETIONS = 48;

    private static final int GROUPS = 24;
    private static final int LATEST = 8;

    /** How many of the newest steps are looked at. */
    private static final int WINDOW = 10;

    /** From this share of groups of equal rewards on most of what is drawn is drawn in vain. */
    private static final double MANY_EQUAL = 0.7;

    /** Differences within float32's rounding are none. */
    private static final double ROUNDING = 1e-6;

    /** From this correlation on more than six tenths of the score's variance is the length's. */
    private static final double GOES_BY_LENGTH = 0.8;

    private static final int LARGEST_GROUP = 64;

    private RewardFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("reward-constant", List.of(REWARD, SPREAD), RewardFaults::constant).excludes("groups-equal"),
                new Fault("reward-saturated", List.of(REWARD, EQUAL_GROUPS), RewardFaults::saturated)
                        .excludes("groups-equal", "groups-too-small"),
                new Fault("groups-equal", List.of(EQUAL_GROUPS, SPREAD, GROUP_SPREAD), RewardFaults::equalGroups)
                        .excludes("groups-too-small"),
                new Fault("groups-too-small", List.of(EQUAL_GROUPS, GROUP_SPREAD), RewardFaults::smallGroups)
                        .excludes("groups-equal"),
                new Fault(
                        "reward-by-length",
                        List.of(BY_LENGTH, REWARD, Metric.MEAN_LENGTH.name()),
                        RewardFaults::byLength));
    }

    /** How many groups of completions a step has. */
    private static double groups(Evidence evidence) {
        double accumulated = evidence.number("gradient_accumulation");
        return evidence.number("batch_size") * (Double.isNaN(accumulated) ? 1 : accumulated);
    }

    private static double groupSize(Evidence evidence) {
        return evidence.number("algorithm.num_generations");
    }

    private static boolean enough(Evidence evidence, double perStep, int wanted) {
        return evidence.step() >= LATEST || evidence.step() >= FEWEST && evidence.step() * perStep >= wanted;
    }

    /** Every completion since the first step has earned the same. */
    private static Optional<Symptom> constant(Evidence evidence) {
        double completions = groups(evidence) * groupSize(evidence);
        if (!enough(evidence, completions, COMPLETIONS) || !isConstant(evidence)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                String.format(
                        Locale.ROOT,
                        "all %s of the first %s earned the same reward, %s",
                        Numbers.count((long) (evidence.step() * completions), "completion"),
                        Numbers.count(evidence.step(), "step"),
                        Numbers.value(evidence.now(REWARD))),
                "the reward tells no completion from another, so that nothing is learned from it",
                "a reward that differs between the completions of a prompt: one that gives a part for a part of what is"
                        + " wanted, or a start that gets it right now and then"));
    }

    private static boolean isConstant(Evidence evidence) {
        double first = evidence.at(REWARD, 1);
        double same = ROUNDING * Math.max(1, Math.abs(first));
        for (long step = 1; step <= evidence.step(); step++) {
            if (!(Math.abs(evidence.at(REWARD, step) - first) <= same) || evidence.at(SPREAD, step) > same) {
                return false;
            }
        }
        return true;
    }

    /** What the newest steps' groups are like. */
    private record Groups(double equal, double mean, double median, double top, double within, double all) {

        /** Whether most completions earn the most that any does. */
        boolean areAtTheTop() {
            return top - median <= ROUNDING * Math.max(1, Math.abs(top)) && mean <= median;
        }

        /** The share of the rewards' variance that lies within the groups. */
        double share() {
            return within / all;
        }
    }

    /** Empty while too few groups have been seen, where most differ, or where no reward does. */
    private static Optional<Groups> equal(Evidence evidence) {
        if (!enough(evidence, groups(evidence), GROUPS) || Double.isNaN(evidence.now(EQUAL_GROUPS))) {
            return Optional.empty();
        }
        long last = evidence.step();
        long first = Math.max(1, last - WINDOW + 1);
        double equal = evidence.mean(EQUAL_GROUPS, first, last);
        if (equal < MANY_EQUAL || isConstant(evidence)) {
            return Optional.empty();
        }
        double all = 0;
        double within = 0;
        for (long step = first; step <= last; step++) {
            double spread = evidence.at(SPREAD, step);
            double inGroups = evidence.at(GROUP_SPREAD, step);
            double differ = 1 - evidence.at(EQUAL_GROUPS, step);
            all += spread * spread;
            // the mean variance of groups most of which have none, from their mean deviation
            within += differ > 0 ? inGroups * inGroups / differ : 0;
        }
        return Optional.of(new Groups(
                equal,
                evidence.mean(REWARD, first, last),
                evidence.mean("reward_p50", first, last),
                evidence.mean("reward_p90", first, last),
                within,
                all));
    }

    private static Optional<Symptom> saturated(Evidence evidence) {
        return equal(evidence)
                .filter(Groups::areAtTheTop)
                .map(groups -> new Symptom(
                        "most completions earn " + Numbers.value(groups.median) + ", the most that any does, and in "
                                + Numbers.percent(groups.equal)
                                + " of the groups all rewards were equal over the last steps",
                        "there is nothing left to learn from this reward",
                        "fewer steps, harder prompts, or a reward that tells good completions from better ones"));
    }

    /** Prompts earn more or less than each other, and the completions of a prompt the same. */
    private static Optional<Symptom> equalGroups(Evidence evidence) {
        return equal(evidence)
                .filter(groups -> !groups.areAtTheTop() && groups.share() < 0.5)
                .map(groups -> new Symptom(
                        seen(groups),
                        "the reward goes by the prompt and not by what was answered, or that the policy answers a prompt"
                                + " the same each time",
                        "a reward that tells the completions of a prompt apart, or a higher .temperature(…)"));
    }

    /** Completions of a prompt do differ now and then: more of them would differ more often. */
    private static Optional<Symptom> smallGroups(Evidence evidence) {
        double size = groupSize(evidence);
        return equal(evidence)
                .filter(groups -> size >= 2 && !groups.areAtTheTop() && groups.share() >= 0.5)
                .map(groups -> {
                    double rare = rare(groups.equal, size);
                    int enough = (int) size;
                    while (enough < LARGEST_GROUP && allEqual(rare, enough) > 0.5) {
                        enough *= 2;
                    }
                    return new Symptom(
                            seen(groups),
                            "few completions are rewarded, and most groups of "
                                    + Numbers.count((long) size, "completion") + " hold none of them",
                            String.format(
                                    Locale.ROOT,
                                    "groups of %,d (numGenerations), of which about %.0f %% would be equal, or a reward"
                                            + " that gives a part for a part of what is wanted",
                                    enough,
                                    100 * allEqual(rare, enough)));
                });
    }

    private static String seen(Groups groups) {
        return "in " + Numbers.percent(groups.equal)
                + " of the groups all rewards were equal over the last steps, so that they taught nothing ("
                + EQUAL_GROUPS + ")";
    }

    /** The share p of completions with the rarer of two rewards whose groups of this size are that often equal. */
    private static double rare(double equal, double size) {
        double low = 0;
        double high = 0.5;
        for (int i = 0; i < 50; i++) {
            double middle = (low + high) / 2;
            if (allEqual(middle, size) > equal) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** p^G + (1 − p)^G. */
    private static double allEqual(double p, double size) {
        return Math.pow(p, size) + Math.pow(1 - p, size);
    }

    /** Of a judge only: a rule that counts words is meant to. */
    private static Optional<Symptom> byLength(Evidence evidence) {
        int steps = 5;
        if (evidence.step() < steps || Double.isNaN(evidence.now(BY_LENGTH)) || !isJudged(evidence)) {
            return Optional.empty();
        }
        double mean = evidence.mean(BY_LENGTH, evidence.step() - steps + 1, evidence.step());
        if (!(Math.abs(mean) >= GOES_BY_LENGTH)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                "the judge's scores go by the length of the completions: their correlation was " + Numbers.value(mean)
                        + " over the last " + steps + " steps (" + BY_LENGTH + ")",
                "the judge has learned that " + (mean > 0 ? "longer" : "shorter")
                        + " answers are preferred, and the policy will make them " + (mean > 0 ? "longer" : "shorter"),
                "comparisons in which the preferred answer is as often the shorter one, or"
                        + " judge.lengthControlled(comparisons)"));
    }

    /** Whether a learned reward model stands alone as the reward. */
    private static boolean isJudged(Evidence evidence) {
        return evidence.setting("reward_hash") != null || evidence.setting("reward_hashes") != null;
    }
}
