package trivium.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import trivium.text.Numbers;

/** What is wrong with how a model is optimised, of whatever phase. */
public final class OptimisationFaults implements Fault.Source {

    /** The name of the fault after which a run does not count as plainly finished. */
    static final String DIVERGES = "loss-diverges";

    private static final String LOSS = Metric.LOSS.name();
    private static final String VALIDATION_LOSS = Metric.VALIDATION_LOSS.name();
    private static final String BASE_LOSS = Metric.BASE_VALIDATION_LOSS.name();
    private static final String GRADIENT = "grad_norm";
    private static final String RATE = "learning_rate";

    /** The loss of a fresh model differs from ln V by less; see docs/log.md for what clean runs begin with. */
    private static final double AT_START = 0.15;

    /** A weight moves by at most the learning rate in a step of AdamW: less than this share of it changes nothing. */
    private static final double MOVED = 0.001;

    /** A share of the typical weight by which no step should move every weight; clean runs had 0.04 or less. */
    private static final double MOVED_TOO_FAR = 0.5;

    /** Of the steps; published recipes rise over a tenth or less. */
    private static final double LONGEST_WARMUP = 0.5;

    /** Norm of a gradient that float32 tells from none in a sum over a batch, and no clean run came near. */
    private static final double NO_GRADIENT = 1e-6;

    /** A loss below this has nothing left to learn. */
    private static final double BY_HEART = 0.01;

    /** Losses before a spike that say how large a loss is. */
    private static final int BEFORE = 10;

    /** How far above the largest of those before a spike is. */
    private static final double SPIKE = 2;

    /** Generalisation loss in the sense of Prechelt (1998, section 2): GL5. */
    private static final double TURNED = 1.05;

    /** The same of a few pairs, whose loss scatters by more. */
    private static final double TURNED_OF_PAIRS = 1.2;

    /** Evaluations in a row. */
    private static final int EVALUATIONS = 3;

    /** Sequences whose mean loss says something; each has a loss for every token. */
    private static final int SEQUENCES = 8;

    /** The same of pairs, each of which has one loss. */
    private static final int PAIRS = 64;

    /** How far above ln 2 the mean of these is after a divergence; labels that are wrong cost less. */
    private static final double PAIRS_LOST = 3;

    /** Fewest steps of a training that should have learned something. */
    private static final int ENOUGH = 20;

    /** How far the loss of a fresh model falls in these at the least. */
    private static final double FALLEN = 0.98;

    /** The share of what the base had over a uniform guess whose loss counts as forgetting. */
    private static final double FORGOTTEN = 0.5;

    @Override
    public List<Fault> faults() {
        return List.of(
                new Fault("warmup-too-long", List.of(RATE), OptimisationFaults::warmupTooLong),
                new Fault("learning-rate-too-low", List.of(LOSS), OptimisationFaults::tooLow)
                        .excludes("loss-does-not-fall"),
                new Fault("learning-rate-too-high", List.of(LOSS), OptimisationFaults::tooHigh),
                new Fault("loss-at-start", List.of(LOSS), OptimisationFaults::atStart),
                new Fault(DIVERGES, List.of(LOSS), OptimisationFaults::diverges)
                        .excludes("loss-does-not-fall", "overfitting", "forgetting"),
                new Fault("loss-spikes", List.of(LOSS), OptimisationFaults::spikes),
                new Fault("gradients-vanish", List.of(GRADIENT, LOSS), OptimisationFaults::gradientsVanish),
                new Fault("loss-does-not-fall", List.of(LOSS), OptimisationFaults::doesNotFall),
                new Fault("overfitting", List.of(VALIDATION_LOSS, LOSS), OptimisationFaults::overfitting),
                new Fault("forgetting", List.of(BASE_LOSS, VALIDATION_LOSS), OptimisationFaults::forgetting));
    }

    private static Optional<Symptom> warmupTooLong(Evidence run) {
        if (run.step() > 0 || run.steps() < 2) {
            return Optional.empty();
        }
        double steps = run.number("warmup");
        double share = run.number("warmup_ratio");
        double rise = Double.isNaN(share)
                ? steps
                : Double.isNaN(steps) ? share * run.steps() : Math.min(steps, share * run.steps());
        return rise > LONGEST_WARMUP * run.steps()
                ? Symptom.found(
                        "the learning rate rises over " + (long) rise + " of " + run.steps() + " steps",
                        "the training ends before the rate has done its work",
                        ".warmupRatio(0.05), or more steps")
                : Optional.empty();
    }

    private static Optional<Symptom> tooLow(Evidence run) {
        if (!movesByTheRate(run)) {
            return Optional.empty();
        }
        double weights = run.probe(Probe.WEIGHTS);
        double farthest = run.number(RATE) * run.steps();
        return farthest < MOVED * weights
                ? Symptom.found(
                        "the learning rate is " + Numbers.value(run.number(RATE)) + ": in " + run.steps()
                                + " steps it moves a weight by at most " + Numbers.value(farthest)
                                + ", less than a thousandth of the typical weight, " + Numbers.value(weights),
                        "the learning rate is too low",
                        ".learningRate(" + java(weights / 20) + "), or more steps")
                : Optional.empty();
    }

    private static Optional<Symptom> tooHigh(Evidence run) {
        boolean tensorsDiffer = run.setting("learning_rate_factors") instanceof List<?> factors && !factors.isEmpty();
        if (!movesByTheRate(run) || tensorsDiffer) {
            return Optional.empty();
        }
        double weights = run.probe(Probe.WEIGHTS);
        double rate = run.number(RATE);
        return rate > MOVED_TOO_FAR * weights
                ? Symptom.found(
                        "the learning rate is " + Numbers.value(rate) + ": a single step of AdamW moves a weight by"
                                + " about as much, where the typical weight is " + Numbers.value(weights),
                        "the learning rate is too high",
                        ".learningRate(" + java(weights / 20) + ")")
                : Optional.empty();
    }

    /** Before the first step of AdamW on the model's own weights, each of which moves by about the rate in a step. */
    private static boolean movesByTheRate(Evidence run) {
        return run.step() == 0 && "adamw".equals(run.setting("optimizer.name")) && run.setting("lora") == null;
    }

    private static Optional<Symptom> atStart(Evidence run) {
        double uniform = run.probe(Probe.UNIFORM_LOSS);
        double first = run.now(LOSS);
        return run.step() == 1 && run.kind().equals("pretrain") && Math.abs(first / uniform - 1) > AT_START
                ? Symptom.found(
                        "a fresh model begins with a loss of " + Numbers.value(first) + "; a uniform guess has "
                                + Numbers.value(uniform),
                        first > uniform
                                ? "its weights begin too large, so that it is sure of what it does not know"
                                : "its input holds what it is to predict",
                        first > uniform
                                ? "weights with a standard deviation of 0.02, as Gpt and Llama have"
                                : "targets that stand one place behind the tokens")
                : Optional.empty();
    }

    /**
     * Each of the last steps is above a uniform guess, and as far above the first as {@link Divergence} asks of a short
     * training; so is the mean over as many steps as it takes to have seen enough records.
     */
    private static Optional<Symptom> diverges(Evidence run) {
        double uniform = run.probe(Probe.UNIFORM_LOSS);
        double records = records(run);
        long window = (long) Math.max(Divergence.FEWEST, Math.ceil(enough(run) / records));
        if (Double.isNaN(uniform) || run.step() <= window) {
            return Optional.empty();
        }
        double first = run.at(LOSS, 1);
        double bound = Math.max(isOfPairs(run) ? PAIRS_LOST * uniform : uniform, Divergence.SHORT_MARGIN * first);
        for (long step = run.step() - Divergence.FEWEST + 1; step <= run.step(); step++) {
            if (!(run.at(LOSS, step) > (isOfPairs(run) ? uniform : bound))) {
                return Optional.empty();
            }
        }
        double mean = run.mean(LOSS, run.step() - window + 1, run.step());
        return mean > bound
                ? Symptom.found(
                        "the loss rose from " + Numbers.value(first) + " to " + Numbers.value(mean)
                                + " on average over the last " + window + " steps, above the " + Numbers.value(uniform)
                                + " of a uniform guess",
                        "the learning rate is too high",
                        lower(run))
                : Optional.empty();
    }

    /** How many records a step learns from, which say how far its loss scatters; many where nobody knows. */
    private static double records(Evidence run) {
        double batch = run.number("batch_size");
        double summed = run.number("gradient_accumulation");
        return Double.isNaN(batch) ? PAIRS : batch * (Double.isNaN(summed) ? 1 : summed);
    }

    /** How many records have a mean loss that says something. */
    private static double enough(Evidence run) {
        return isOfPairs(run) ? PAIRS : SEQUENCES;
    }

    /** Whether each record has one number for a loss, of one of two answers, and not one for each of its tokens. */
    private static boolean isOfPairs(Evidence run) {
        return run.kind().endsWith("reward-model");
    }

    /** Of few records a step's loss is now and then many times the others', without anything wrong. */
    private static Optional<Symptom> spikes(Evidence run) {
        double uniform = run.probe(Probe.UNIFORM_LOSS);
        double now = run.now(LOSS);
        if (run.step() <= BEFORE || records(run) < enough(run) || !(now > (isOfPairs(run) ? 4 : 0.5) * uniform)) {
            return Optional.empty();
        }
        double largest = 0;
        for (long step = run.step() - BEFORE; step < run.step(); step++) {
            largest = Math.max(largest, run.at(LOSS, step));
        }
        return now > SPIKE * largest
                ? Symptom.found(
                        "the loss jumped to " + Numbers.value(now) + "; the largest of the " + BEFORE
                                + " steps before was " + Numbers.value(largest),
                        "the learning rate is too high, or a batch is unlike the others",
                        lower(run) + ", or .maxGradNorm(1)")
                : Optional.empty();
    }

    /** Not of an alignment, where equal rewards have no gradient, and not of what is learned by heart. */
    private static Optional<Symptom> gradientsVanish(Evidence run) {
        if (run.step() < Divergence.FEWEST || Set.of("align", "prefer").contains(run.kind())) {
            return Optional.empty();
        }
        for (long step = run.step() - Divergence.FEWEST + 1; step <= run.step(); step++) {
            if (!(run.at(GRADIENT, step) < NO_GRADIENT * Math.max(1, run.at(LOSS, step)))
                    || run.at(LOSS, step) < BY_HEART) {
                return Optional.empty();
            }
        }
        return Symptom.found(
                "the gradient's norm is " + Numbers.value(run.now(GRADIENT)) + " at a loss of "
                        + Numbers.value(run.now(LOSS)),
                "what is trained does not reach the loss: frozen tensors, a model that answers the same whatever it"
                        + " reads, or weights that are all 0",
                "no .freeze(…), or a model with fresh weights");
    }

    private static Optional<Symptom> doesNotFall(Evidence run) {
        if (!run.isOver() || run.step() < ENOUGH || !run.kind().equals("pretrain")) {
            return Optional.empty();
        }
        double first = run.at(LOSS, 1);
        double last = run.mean(LOSS, run.step() - run.step() / 5, run.step());
        return last > FALLEN * first && last < first / FALLEN // what has risen had too high a rate, not too low a one
                ? Symptom.found(
                        "the loss began at " + Numbers.value(first) + " and is " + Numbers.value(last)
                                + " over the last fifth of " + run.step() + " steps",
                        "the learning rate is too low for so few steps",
                        "a learning rate ten times as high, .learningRate(" + java(10 * run.number(RATE))
                                + "), or more steps")
                : Optional.empty();
    }

    private static Optional<Symptom> overfitting(Evidence run) {
        if (Double.isNaN(run.now(VALIDATION_LOSS)) || run.kind().equals("align")) {
            return Optional.empty();
        }
        double[] all = run.last(VALIDATION_LOSS, 100);
        if (all.length <= EVALUATIONS) {
            return Optional.empty();
        }
        double best = Arrays.stream(all).min().orElseThrow();
        for (int i = all.length - EVALUATIONS; i < all.length; i++) {
            if (!(all[i] > (isOfPairs(run) ? TURNED_OF_PAIRS : TURNED) * best)) {
                return Optional.empty();
            }
        }
        double learned = run.mean(LOSS, run.step() - BEFORE + 1, run.step());
        double start = isOfPairs(run) ? run.probe(Probe.UNIFORM_LOSS) : run.at(LOSS, 1);
        return learned < best && learned < start
                ? Symptom.found(
                        "the validation loss was " + Numbers.value(best) + " at its best and is "
                                + Numbers.value(all[all.length - 1]) + ", while the training loss is "
                                + Numbers.value(learned),
                        "the model learns its data by heart",
                        ".earlyStopping(\"validation_loss\", 2), fewer steps, or more data")
                : Optional.empty();
    }

    /** Of a base that knew something, and not where the training's own loss has risen: that is another fault. */
    private static Optional<Symptom> forgetting(Evidence run) {
        double before = run.probe(Probe.BASE_LOSS);
        double now = run.now(BASE_LOSS);
        double uniform = run.probe(Probe.UNIFORM_LOSS);
        double share = (now - before) / (uniform - before);
        if (!(before < uniform) || !(share > FORGOTTEN) || hasRisen(run)) {
            return Optional.empty();
        }
        return Symptom.found(
                "the loss on held-out text of the base rose from " + Numbers.value(before) + " to "
                        + Numbers.value(now) + " nats per token, "
                        + (share < 1
                                ? Numbers.percent(share) + " of the way to a uniform guess"
                                : "above the " + Numbers.value(uniform) + " of a uniform guess"),
                "the model forgets what it had learned before",
                ".lora(Lora.rank(16)), " + lower(run) + ", or fewer epochs");
    }

    private static boolean hasRisen(Evidence run) {
        return run.mean(LOSS, run.step() - Divergence.FEWEST + 1, run.step())
                > Divergence.SHORT_MARGIN * run.at(LOSS, 1);
    }

    /** A call with a tenth of the learning rate. */
    private static String lower(Evidence run) {
        double rate = run.number(RATE);
        return Double.isNaN(rate) ? "a lower learning rate" : ".learningRate(" + java(rate / 10) + ")";
    }

    /** Two digits of a number as Java reads them: "3e-4". */
    private static String java(double value) {
        var rounded = BigDecimal.valueOf(value).round(new MathContext(2)).stripTrailingZeros();
        int power = rounded.precision() - rounded.scale() - 1;
        return power >= -3 && power < 6
                ? rounded.toPlainString()
                : rounded.movePointLeft(power).stripTrailingZeros().toPlainString() + "e" + power;
    }
}
