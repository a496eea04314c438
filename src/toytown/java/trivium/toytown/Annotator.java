package trivium.toytown;

import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import trivium.data.Comparison;
import trivium.data.Comparisons;

/**
 * A simulated person who is asked which of two completions is better, and who errs as people do (Bradley and Terry
 * 1952): {@code p(first) = σ((u(first) - u(second)) / temperature)}, where {@code u} is the gold reward plus whatever
 * the annotator is biased towards; with probability {@code flipRate} the answer is noted down the wrong way round.
 *
 * @param temperature how unsure the annotator is: at 0 the better one always wins, and equal ones are a coin toss
 * @param flipRate from 0 to 0.5
 * @param lengthBias added to {@code u} for each sentence
 * @param happinessBias added to {@code u} for each happy word
 * @param weights of the gold reward in {@code u}
 */
public record Annotator(double temperature, double flipRate, double lengthBias, double happinessBias, Weights weights) {

    /** Unsure where stories are nearly as good, wrong once in twenty, and unbiased. */
    public static final Annotator CAREFUL = new Annotator(0.5, 0.05, 0, 0);

    /** Never wrong: orders by gold reward. */
    public static final Annotator ORACLE = new Annotator(0, 0, 0, 0);

    /** Somebody who judges by the standard weights. */
    public Annotator(double temperature, double flipRate, double lengthBias, double happinessBias) {
        this(temperature, flipRate, lengthBias, happinessBias, Weights.STANDARD);
    }

    public Annotator {
        Objects.requireNonNull(weights, "an annotator needs the weights of the gold reward");
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("an annotator's temperature is 0 or more, not " + temperature);
        }
        if (!(flipRate >= 0 && flipRate <= 0.5)) {
            throw new IllegalArgumentException("an annotator's flip rate lies between 0 and 0.5, not " + flipRate);
        }
        if (!Double.isFinite(lengthBias) || !Double.isFinite(happinessBias)) {
            throw new IllegalArgumentException(
                    "an annotator's biases are finite numbers, not " + lengthBias + " and " + happinessBias);
        }
    }

    /** This annotator with a fondness for length and for happy words. */
    public Annotator biased(double towardsLength, double towardsHappiness) {
        return new Annotator(temperature, flipRate, towardsLength, towardsHappiness, weights);
    }

    /** This annotator, to whom the terms of the gold reward are worth this much. */
    public Annotator withWeights(Weights weights) {
        return new Annotator(temperature, flipRate, lengthBias, happinessBias, weights);
    }

    /** How much this annotator likes a completion. */
    public double utility(String prompt, String completion) {
        var gold = GoldReward.of(prompt, completion, weights);
        return gold.total()
                + lengthBias * gold.reading().sentences().size()
                + happinessBias * gold.reading().happyWords();
    }

    /** The probability that this annotator says the first is better. */
    public double probability(String prompt, String first, String second) {
        double difference = utility(prompt, first) - utility(prompt, second);
        double preferred = temperature == 0
                ? (Math.signum(difference) + 1) / 2
                : 1 / (1 + StrictMath.exp(-difference / temperature));
        return (1 - flipRate) * preferred + flipRate * (1 - preferred);
    }

    /** Which of two completions this annotator prefers. */
    public Comparison compare(String prompt, String first, String second, RandomGenerator random) {
        return random.nextDouble() < probability(prompt, first, second)
                ? new Comparison(prompt, first, second)
                : new Comparison(prompt, second, first);
    }

    /** The same pairs, judged anew by this annotator. */
    public Comparisons relabel(Comparisons pairs, long seed) {
        var random = new SplittableRandom(seed);
        return new Comparisons(
                String.format(Locale.ROOT, "%s, judged by %s", pairs.name(), this),
                pairs.list().stream()
                        .map(pair -> compare(pair.prompt(), pair.chosen(), pair.rejected(), random))
                        .toList());
    }

    /** Says nothing of the weights where they are the standard ones. */
    @Override
    public String toString() {
        var others = weights.equals(Weights.STANDARD) ? "" : ", weights=" + weights;
        return "Annotator[temperature=" + temperature + ", flipRate=" + flipRate + ", lengthBias=" + lengthBias
                + ", happinessBias=" + happinessBias + others + "]";
    }
}
