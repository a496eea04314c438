package trivium.align;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.run.Evidence;
import trivium.run.Fault;
import trivium.run.Metric;
import trivium.run.Symptom;
import trivium.text.Numbers;

/**
 * What may be wrong with the completions of an alignment and with how far they are from the reference, beside what may
 * be with its reward ({@link RewardFaults}, {@link OverOptimisation}).
 */
public final class RolloutFaults implements Fault.Source {

    private static final String KL = Metric.KL.name();
    private static final String ENTROPY = Metric.ENTROPY.name();
    private static final String LENGTH = Metric.MEAN_LENGTH.name();
    private static final String CUT = Metric.CLIPPED_RATIO.name();
    private static final String APART = Metric.SAMPLING_DIFFERENCE.name();
    private static final String MARGINS = Metric.REWARDS_MARGINS.name();

    /** How many of the first and of the newest steps are compared. */
    private static final int FEW = 3;

    /** Nats per token that rounding never comes to, of log-probabilities computed in two ways. */
    private static final double ROUNDING = 0.01;

    /** Nats per completion, likewise. */
    private static final double SUM_ROUNDING = 0.05;

    /** Nats per completion below 0 that are more than the scatter of an estimate of what is 0: TRL warns there too. */
    private static final double NEGATIVE = -1;

    /** Nats per token and per completion: most of what is written has become unlikely to the reference. */
    private static final double EXPLODED = 1;

    private static final double EXPLODED_COMPLETION = 20;

    /** What is left of the entropy that has collapsed, and nats per token below which nothing is left to collapse. */
    private static final double COLLAPSED = 0.1;

    private static final double UNDECIDED = 0.2;

    private static final double MANY_CUT = 0.5;

    /** Over a whole training fewer are worth a sentence. */
    private static final double SOME_CUT = 0.25;

    private static final double GROWN = 2;

    private static final int COMPLETIONS = 48;

    /** All that the phases of this package know. */
    @Override
    public List<Fault> faults() {
        return Stream.of(RewardFaults.all(), completions(), List.of(OverOptimisation.fault()))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Fault> completions() {
        return List.of(
                new Fault("sampled-not-scored", List.of(APART, KL), RolloutFaults::sampledIsNotScored),
                new Fault("reference-differs", List.of(KL, MARGINS), RolloutFaults::referenceDiffers),
                new Fault("kl-negative", List.of(KL), RolloutFaults::klIsNegative),
                new Fault("kl-explodes", List.of(KL, LENGTH), RolloutFaults::klExplodes),
                new Fault("entropy-collapses", List.of(ENTROPY, KL), RolloutFaults::entropyCollapses),
                new Fault("end-never-written", List.of(CUT, LENGTH), RolloutFaults::endIsNeverWritten),
                new Fault("completions-cut", List.of(CUT, LENGTH), RolloutFaults::completionsAreCut),
                new Fault("completions-grow", List.of(LENGTH, CUT), RolloutFaults::completionsGrow));
    }

    private static double first(Evidence evidence, String metric) {
        return evidence.mean(metric, 1, FEW);
    }

    private static double newest(Evidence evidence, String metric) {
        return evidence.mean(metric, evidence.step() - FEW + 1, evidence.step());
    }

    private static Optional<Symptom> sampledIsNotScored(Evidence evidence) {
        double apart = evidence.now(APART);
        double temperature = evidence.number("temperature");
        if (!(apart > ROUNDING)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                "before the update of step " + evidence.step() + " the log-probabilities that are learned from were "
                        + Numbers.value(apart) + " nats a token apart from those that the completions were drawn with ("
                        + APART + "), where both should be the same",
                (temperature == 1
                                ? ""
                                : "completions drawn at temperature " + Numbers.setting(temperature)
                                        + " are scored at another one, or that ")
                        + "the policy is another function while it learns than while it writes, as with dropout",
                "the same temperature in both places (Slices.temperature), and a pass and a decoder that agree"));
    }

    private static Optional<Symptom> referenceDiffers(Evidence evidence) {
        if (evidence.step() != 1) {
            return Optional.empty();
        }
        double kl = evidence.now(KL);
        double margin = isOfRatios(evidence) ? evidence.now(MARGINS) : Double.NaN;
        if (Math.abs(kl) > SUM_ROUNDING && !(evidence.now(APART) > ROUNDING)) {
            return Optional.of(differs("the divergence from the reference was " + Numbers.value(kl)
                    + " nats a completion before the first update (kl)"));
        }
        return Math.abs(margin) > SUM_ROUNDING
                ? Optional.of(differs("the margin between chosen and rejected answers was " + Numbers.value(margin)
                        + " before the first update (" + MARGINS + ")"))
                : Optional.empty();
    }

    private static Symptom differs(String seen) {
        return new Symptom(
                seen + ", where it should be 0",
                "the reference is not the model that the policy begins as: its weights were changed or loaded anew, or"
                        + " the model's copy answers something else",
                "the run itself as the start, and a copy() that computes what the model does");
    }

    private static Optional<Symptom> klIsNegative(Evidence evidence) {
        if (evidence.step() < FEW || !(newest(evidence, KL) < NEGATIVE)) {
            return Optional.empty();
        }
        return Optional.of(
                new Symptom(
                        "the divergence from the reference was " + Numbers.value(newest(evidence, KL))
                                + " nats a completion over the last " + FEW
                                + " steps (kl), and a divergence is never below 0",
                        "the completions are not drawn from the policy that is scored (another temperature, a cut to the"
                                + " likeliest tokens), or that log-probabilities are not those of a distribution",
                        "sampling and scoring with the same temperature and no cut, and a pass whose probabilities add up to 1"));
    }

    private static Optional<Symptom> klExplodes(Evidence evidence) {
        if (evidence.step() < FEW) {
            return Optional.empty();
        }
        for (long step = evidence.step() - FEW + 1; step <= evidence.step(); step++) {
            double kl = evidence.at(KL, step);
            if (!(kl > EXPLODED_COMPLETION && kl > EXPLODED * evidence.at(LENGTH, step))) {
                return Optional.empty();
            }
        }
        return Optional.of(new Symptom(
                "the divergence from the reference reached " + Numbers.value(newest(evidence, KL))
                        + " nats a completion, "
                        + Numbers.brief(newest(evidence, KL) / newest(evidence, LENGTH)) + " a token (kl)",
                "the steps are too large or the penalty too small: the model is leaving all that it has learned",
                "a lower learning rate, or a larger beta in the algorithm"));
    }

    private static Optional<Symptom> entropyCollapses(Evidence evidence) {
        double before = first(evidence, ENTROPY);
        double now = newest(evidence, ENTROPY);
        if (evidence.step() < 2 * FEW || !(before > UNDECIDED) || !(now < COLLAPSED * before)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                "the entropy of the completions fell from " + Numbers.value(before) + " to " + Numbers.value(now)
                        + " nats a token (entropy)",
                "the policy writes nearly the same completion each time and finds nothing new",
                ".entropyCoefficient(0.01), a lower learning rate, or a larger beta in the algorithm"));
    }

    /** How many completions the steps until now had; unknown ones are many. */
    private static boolean areMany(Evidence evidence) {
        double each = evidence.number("batch_size") * evidence.number("algorithm.num_generations");
        return evidence.step() >= FEW && !(evidence.step() * each < COMPLETIONS);
    }

    private static Optional<Symptom> endIsNeverWritten(Evidence evidence) {
        if (!areMany(evidence) || !isAlwaysCut(evidence)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                "no completion ended by itself in the first " + Numbers.count(evidence.step(), "step")
                        + ": all were cut at " + Numbers.value(evidence.now(LENGTH)) + " tokens on average",
                "the model that the alignment starts from has not learned to write its end token, or that answers are"
                        + " much longer than maxTokens",
                "a start that was fine-tuned with the same template, its end token among what is learned, or more"
                        + " .maxTokens(…)"));
    }

    private static boolean isAlwaysCut(Evidence evidence) {
        for (long step = 1; step <= evidence.step(); step++) {
            if (evidence.at(CUT, step) != 1) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Symptom> completionsAreCut(Evidence evidence) {
        if (!areMany(evidence) || hasGrown(evidence) || isAlwaysCut(evidence)) {
            return Optional.empty();
        }
        boolean some = evidence.isOver() && evidence.mean(CUT, 1, evidence.step()) >= SOME_CUT;
        double cut = some ? evidence.mean(CUT, 1, evidence.step()) : newest(evidence, CUT);
        if (!some && !(cut > MANY_CUT)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                Numbers.percent(cut) + " of the completions were cut at " + Numbers.value(evidence.number("max_tokens"))
                        + " tokens or at the end of the model's context, and judged without an end (" + CUT + ")",
                "the answers need more tokens than they may have, and the reward judges answers without their ends",
                "more .maxTokens(…), a longer context, or a reward that asks for shorter answers"));
    }

    private static boolean hasGrown(Evidence evidence) {
        return evidence.step() >= 2 * FEW && newest(evidence, LENGTH) >= GROWN * first(evidence, LENGTH);
    }

    private static Optional<Symptom> completionsGrow(Evidence evidence) {
        if (!areMany(evidence) || !hasGrown(evidence) || !(newest(evidence, CUT) > first(evidence, CUT) + SOME_CUT)) {
            return Optional.empty();
        }
        return Optional.of(new Symptom(
                "the completions grew from " + Numbers.brief(first(evidence, LENGTH)) + " to "
                        + Numbers.brief(newest(evidence, LENGTH)) + " tokens, and "
                        + Numbers.percent(newest(evidence, CUT)) + " are now cut off (" + LENGTH + ", " + CUT + ")",
                "the reward pays for length, or for what only long answers have",
                "a reward that does not grow with the length (Rewards.length(fewest, most),"
                        + " judge.lengthControlled(comparisons)), or one that asks for an end (Rewards.ended())"));
    }

    /** Whether the rewards that comparisons imply are differences from a reference, which begin at 0. */
    private static boolean isOfRatios(Evidence evidence) {
        return evidence.setting("loss.name") instanceof String name
                && List.of("dpo", "kto").contains(name);
    }
}
