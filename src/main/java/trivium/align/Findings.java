package trivium.align;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import trivium.align.HeldOut.Answered;
import trivium.measure.Paired;

/** What the held-out prompts of an alignment show, in a sentence; what its steps show is in {@link RolloutFaults}. */
final class Findings {

    private Findings() {}

    /**
     * Whether the reward has fallen, at the newest evaluation of the held-out prompts beside those before it, the first
     * of which is before training.
     */
    static Optional<String> fell(List<Answered> evaluations) {
        var now = evaluations.getLast();
        var start = Paired.of(evaluations.getFirst().rewards(), now.rewards());
        if (start.interval().high() < 0) {
            return Optional.of("after step " + now.step() + " the reward of " + start.count()
                    + " held-out prompts is below where it began: " + start
                    + "; a lower learning rate, a warm-up or a larger beta keeps more of what the model could");
        }
        var best = best(evaluations);
        var since = Paired.of(best.rewards(), now.rewards());
        return since.interval(OverOptimisation.BEYOND_DOUBT).high() < 0
                ? Optional.of(
                        "the reward of " + since.count() + " held-out prompts was highest after step " + best.step()
                                + " and has fallen since, until step " + now.step() + ": " + since
                                + "; fewer steps or a lower learning rate would have kept more of it")
                : Optional.empty();
    }

    /** The evaluation with the highest mean; the last one is compared with it, so it may be that one itself. */
    private static Answered best(List<Answered> evaluations) {
        return evaluations.stream()
                .max(Comparator.comparingDouble(evaluation -> RolloutMetrics.mean(evaluation.rewards())))
                .orElseThrow();
    }
}
