package trivium.align;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.HeldOut.Answered;
import trivium.measure.Interval;
import trivium.measure.Paired;
import trivium.text.Numbers;

/** Warnings that follow from the measurements of an alignment, each in a sentence. */
final class Findings {

    /** Per step, the share of groups whose rewards are all equal; TRL's name. */
    static final String EQUAL_GROUPS = "frac_reward_zero_std";
    /** Per step, the share of completions that were cut off; TRL's name. */
    static final String CUT = "completions/clipped_ratio";

    /** From these shares on, over a whole training, it is worth a sentence. */
    private static final double MANY_EQUAL = 0.5;

    private static final double MANY_CUT = 0.25;
    /** The best of several evaluations is partly luck: what falls below it has to do so beyond doubt. */
    private static final double BEYOND_DOUBT = 0.999;

    /** What a finding is about. */
    enum Kind {
        FELL,
        OVER_OPTIMISED
    }

    private Findings() {}

    /**
     * Of the newest evaluation of the held-out prompts beside those before it, the first of which is before training.
     */
    static Map<Kind, String> of(List<Answered> evaluations) {
        var found = new EnumMap<Kind, String>(Kind.class);
        fell(evaluations).ifPresent(sentence -> found.put(Kind.FELL, sentence));
        overOptimised(evaluations).ifPresent(sentence -> found.put(Kind.OVER_OPTIMISED, sentence));
        return found;
    }

    private static Optional<String> fell(List<Answered> evaluations) {
        var now = evaluations.getLast();
        var start = Paired.of(evaluations.getFirst().rewards(), now.rewards());
        if (start.interval().high() < 0) {
            return Optional.of("after step " + now.step() + " the reward of " + start.count()
                    + " held-out prompts is below where it began: " + start
                    + "; a lower learning rate, a warm-up or a larger beta keeps more of what the model could");
        }
        var best = best(evaluations, Answered::rewards);
        var since = Paired.of(best.rewards(), now.rewards());
        return since.interval(BEYOND_DOUBT).high() < 0
                ? Optional.of(
                        "the reward of " + since.count() + " held-out prompts was highest after step " + best.step()
                                + " and has fallen since, until step " + now.step() + ": " + since
                                + "; fewer steps or a lower learning rate would have kept more of it")
                : Optional.empty();
    }

    private static Optional<String> overOptimised(List<Answered> evaluations) {
        var now = evaluations.getLast();
        return now.checked().keySet().stream()
                .flatMap(name -> apart(name, evaluations.getFirst(), now, Interval.LEVEL)
                        .or(() -> apart(
                                name, best(evaluations, each -> each.checked().get(name)), now, BEYOND_DOUBT))
                        .stream())
                .findFirst();
    }

    /** What is measured apart from the reward has fallen between two evaluations while the reward rose. */
    private static Optional<String> apart(String name, Answered then, Answered now, double level) {
        var gold = Paired.of(then.checked().get(name), now.checked().get(name));
        var reward = Paired.of(then.rewards(), now.rewards());
        return gold.interval(level).high() < 0 && reward.interval().low() > 0
                ? Optional.of("from step " + then.step() + " to step " + now.step() + " the "
                        + (name.equals("gold") ? "gold reward" : "evaluation \"" + name + "\"") + " of " + gold.count()
                        + " held-out prompts fell, " + gold + ", while the reward rose, " + reward
                        + ": the policy has learned to please the reward and not what it stands for; take fewer steps or"
                        + " a larger beta")
                : Optional.empty();
    }

    /** The evaluation with the highest mean; the last one is compared with it, so it may be that one itself. */
    private static Answered best(List<Answered> evaluations, Function<Answered, double[]> values) {
        return evaluations.stream()
                .max(Comparator.comparingDouble(evaluation -> RolloutMetrics.mean(values.apply(evaluation))))
                .orElseThrow();
    }

    /**
     * What a whole training shows: groups whose rewards are all equal, and completions that were cut off.
     *
     * @param groups how many there were in each step
     * @param each how many completions each group has
     * @param maxTokens the most tokens of a completion
     */
    static List<String> of(Table metrics, int groups, int each, int maxTokens) {
        int steps = metrics.rowCount();
        if (steps == 0) {
            return List.of();
        }
        double equal = mean(metrics, EQUAL_GROUPS);
        double cut = mean(metrics, CUT);
        return Stream.of(
                        equal >= MANY_EQUAL
                                ? Optional.of(String.format(
                                        Locale.ROOT,
                                        "in %,d of %,d groups of completions (%.1f %%) all rewards were equal, so that"
                                                + " they taught nothing (%s): the reward should tell the completions of"
                                                + " a prompt apart",
                                        Math.round(equal * steps * groups),
                                        (long) steps * groups,
                                        100 * equal,
                                        EQUAL_GROUPS))
                                : Optional.<String>empty(),
                        cut >= MANY_CUT
                                ? Optional.of(String.format(
                                        Locale.ROOT,
                                        "%,d of %,d completions (%.1f %%) were cut at %s or at the end of the"
                                                + " model's context (%s), and judged without an end: maxTokens(…) lets"
                                                + " them be longer",
                                        Math.round(cut * steps * groups * each),
                                        (long) steps * groups * each,
                                        100 * cut,
                                        Numbers.count(maxTokens, "token"),
                                        CUT))
                                : Optional.<String>empty())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Over the steps that have it: those of earlier versions may not. */
    private static double mean(Table metrics, String name) {
        return metrics.containsColumn(name) ? metrics.doubleColumn(name).mean() : 0;
    }
}
