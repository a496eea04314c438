package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Rows;
import trivium.generate.Generation.Finish;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate.Example;

/**
 * All completions of one prompt in a world so small that they can be listed, and with them, without sampling, what
 * alignment is about: the probability π(y) of each completion y under any model, the expected reward, the divergence
 * from the reference, the policy π* that is best, and the gradient that an algorithm's samples only estimate.
 *
 * <pre>{@code
 * var reference = TabularPolicy.random(3, 3, 1, 42);
 * var world = EnumeratedWorld.of(reference, 2, 3, 0).reward(y -> y.tokens().length);
 * double[] best = world.optimum(0.5);
 * world.reward(best) - 0.5 * world.kl(best)
 * }</pre>
 *
 * <p>At most 8 tokens in the vocabulary and 4 in a completion: 4,096 completions at the most, summed in float64 from
 * log-probabilities in float32. A distribution over completions is an array of their probabilities in the order of
 * {@link #completions}.
 */
public final class EnumeratedWorld {

    /** For worlds in which no token ends a completion: all are as long as they may be. */
    public static final int NO_END = -1;

    private static final int MOST_TOKENS = 8;
    private static final int LONGEST = 4;

    /**
     * What can be said.
     *
     * @param tokens what is added to the prompt, the end token included
     * @param finish {@link Finish#STOP} where the end token is there, {@link Finish#LENGTH} where the completion was
     *     cut off
     */
    public record Completion(int[] tokens, Finish finish) {

        @Override
        public String toString() {
            return Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        }
    }

    private final LanguageModel reference;
    private final int[] prompt;
    private final int end;
    private final int maxTokens;
    private final List<Completion> completions;
    private final Batch batch;
    private final double[] rewards;
    /** log-probabilities (B, T) under the reference. */
    private final float[] referenceValues;

    private final List<String> words;

    private EnumeratedWorld(
            LanguageModel reference, int[] prompt, int end, int maxTokens, double[] rewards, List<String> words) {
        this.reference = reference;
        this.prompt = prompt;
        this.end = end;
        this.maxTokens = maxTokens;
        var all = new ArrayList<Completion>();
        list(new int[0], all);
        completions = List.copyOf(all);
        batch = Rows.completions(completions.stream().map(this::example).toList());
        this.rewards = rewards == null ? new double[all.size()] : rewards;
        this.words = words;
        referenceValues = values(reference);
    }

    /**
     * All completions of a prompt, whose rewards are 0 until {@link #reward(ToDoubleFunction)} says more.
     *
     * @param reference π_ref, with at most 8 tokens
     * @param end the token that ends a completion, or {@link #NO_END}
     * @param maxTokens L, the most tokens of a completion, the end token included: 1 to 4
     * @param prompt at least one token
     */
    public static EnumeratedWorld of(LanguageModel reference, int end, int maxTokens, int... prompt) {
        if (reference.outputs() < 2 || reference.outputs() > MOST_TOKENS) {
            throw new IllegalArgumentException("a vocabulary of " + reference.outputs()
                    + ": all completions are listed of 2 to " + MOST_TOKENS + " tokens");
        }
        if (maxTokens < 1 || maxTokens > LONGEST) {
            throw new IllegalArgumentException(
                    "completions of up to " + maxTokens + " tokens: all completions are listed of 1 to " + LONGEST);
        }
        if (end != NO_END && (end < 0 || end >= reference.outputs())) {
            throw new IllegalArgumentException("the end token " + end + ": expected a token from 0 to "
                    + (reference.outputs() - 1) + ", or NO_END");
        }
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt without tokens: expected at least one");
        }
        return new EnumeratedWorld(reference, prompt.clone(), end, maxTokens, null, numbers(reference.outputs()));
    }

    /** Shorter beginnings first, in the order of their tokens. */
    private void list(int[] beginning, List<Completion> all) {
        for (int token = 0; token < reference.outputs(); token++) {
            int[] longer = Arrays.copyOf(beginning, beginning.length + 1);
            longer[beginning.length] = token;
            if (token == end || longer.length == maxTokens) {
                all.add(new Completion(longer, token == end ? Finish.STOP : Finish.LENGTH));
            } else {
                list(longer, all);
            }
        }
    }

    private int[] sequence(Completion completion) {
        return IntStream.concat(IntStream.of(prompt), IntStream.of(completion.tokens()))
                .toArray();
    }

    private Example example(Completion completion) {
        return new Example(sequence(completion), prompt.length);
    }

    /** The same world with a reward. */
    public EnumeratedWorld reward(ToDoubleFunction<Completion> reward) {
        double[] of = completions.stream().mapToDouble(reward).toArray();
        for (int i = 0; i < of.length; i++) {
            if (!Double.isFinite(of[i])) {
                throw new IllegalArgumentException(
                        "the reward of " + completions.get(i) + " is " + of[i] + ": expected a finite number");
            }
        }
        return new EnumeratedWorld(reference, prompt, end, maxTokens, of, words);
    }

    /** The same world whose tokens have names, one each. */
    public EnumeratedWorld words(String... each) {
        if (each.length != reference.outputs()) {
            throw new IllegalArgumentException(
                    each.length + " names for a vocabulary of " + reference.outputs() + " tokens");
        }
        return new EnumeratedWorld(reference, prompt, end, maxTokens, rewards, List.of(each));
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    /** What to call each completion: the names of its tokens, or their numbers, with spaces between them. */
    public List<String> names() {
        return completions.stream()
                .map(y -> Arrays.stream(y.tokens()).mapToObj(words::get).collect(Collectors.joining(" ")))
                .toList();
    }

    /** Every completion once: in the order of their tokens. */
    public List<Completion> completions() {
        return completions;
    }

    /** r(y) of each completion. */
    public double[] rewards() {
        return rewards.clone();
    }

    /**
     * One row a completion: "completion", "reward", and its probability in a column for each of these distributions.
     */
    public Table table(Map<String, double[]> distributions) {
        var table = Table.create(
                "completions", StringColumn.create("completion", names()), DoubleColumn.create("reward", rewards));
        distributions.forEach((name, p) -> table.addColumns(DoubleColumn.create(name, p)));
        return table;
    }

    /** The frozen model that the policy is held to. */
    public LanguageModel reference() {
        return reference;
    }

    /** π(y) of each completion: they add up to 1. */
    public double[] probabilities(LanguageModel model) {
        var values = values(model);
        return IntStream.range(0, completions.size())
                .mapToDouble(row -> Math.exp(Logps.of(batch, row, values, 0).policy()))
                .toArray();
    }

    /** π_ref(y) of each completion. */
    public double[] probabilities() {
        return probabilities(reference);
    }

    /** log π of each token of each completion, (B, T). */
    float[] values(LanguageModel model) {
        var values = new float[batch.rows() * batch.time()];
        try (var slices = new Slices(model, Compute.DEFAULT.withWorkers(1))) {
            slices.values(batch, values);
        }
        return values;
    }

    /** Σ π(y) r(y). */
    public double reward(double[] probabilities) {
        return mean(probabilities, rewards);
    }

    /** KL(π‖π_ref) in nats. */
    public double kl(double[] probabilities) {
        return divergence(probabilities, probabilities());
    }

    /** What a policy that pays β for a nat is to make large: Σ π(y) r(y) − β KL(π‖π_ref). */
    public double value(double[] probabilities, double beta) {
        return reward(probabilities) - beta * kl(probabilities);
    }

    /**
     * π*(y) ∝ π_ref(y) exp(r(y)/β), at which {@link #value} is largest, β log Σ π_ref(y) exp(r(y)/β) (Rafailov et al.
     * 2023, equation 4).
     *
     * @param beta above 0
     */
    public double[] optimum(double beta) {
        Dpo.requireBeta(beta);
        return ExactOptimum.of(probabilities(), rewards, beta);
    }

    /**
     * The policy at which {@link Dpo#ipo} ends where both answers of a comparison are drawn from the reference and the
     * reward says by {@linkplain #preference Bradley and Terry's model} how often each wins: with q(y) the probability
     * that y wins against such an answer, the mean log-ratio of its tokens is q(y)/β and a constant,
     *
     * <pre>{@code log π(y) = log π_ref(y) + |y| (q(y)/β + k)}</pre>
     *
     * k being such that the probabilities add up to 1. Where all completions are equally long, n tokens, that is Azar
     * et al. 2023, equation 7, with τ = β/n.
     */
    public double[] ipoOptimum(double beta) {
        Dpo.requireBeta(beta);
        int[] lengths = completions.stream().mapToInt(y -> y.tokens().length).toArray();
        return ExactOptimum.ofIpo(probabilities(), lengths, this::preference, beta);
    }

    /** A table that gives each completion this probability: the only one that does. */
    public TabularPolicy policy(double[] probabilities) {
        var table = TabularPolicy.uniform(reference.outputs(), prompt.length + maxTokens - 1);
        fill(table, probabilities, new int[0]);
        return table;
    }

    /** Sets what follows this beginning, and every longer one; answers how probable it is. */
    private double fill(TabularPolicy table, double[] p, int[] beginning) {
        if (beginning.length == maxTokens || beginning.length > 0 && beginning[beginning.length - 1] == end) {
            return IntStream.range(0, p.length)
                    .filter(i -> Arrays.equals(completions.get(i).tokens(), beginning))
                    .mapToDouble(i -> Math.max(p[i], Double.MIN_NORMAL))
                    .sum();
        }
        double[] next = new double[reference.outputs()];
        for (int token = 0; token < next.length; token++) {
            int[] longer = Arrays.copyOf(beginning, beginning.length + 1);
            longer[beginning.length] = token;
            next[token] = fill(table, p, longer);
        }
        table.set(sequence(new Completion(beginning, Finish.LENGTH)), next);
        return Arrays.stream(next).sum();
    }

    /** How probable it is that completion i is preferred to completion j: σ(r_i − r_j) (Bradley and Terry 1952). */
    public double preference(int i, int j) {
        return Dpo.sigmoid(rewards[i] - rewards[j]);
    }

    /**
     * All comparisons there can be, with how often each is met: both answers are drawn from the reference, and each
     * wins as often as {@link #preference} says.
     */
    public Population comparisons() {
        return comparisons(probabilities());
    }

    /** The same of answers from elsewhere, such as another model. */
    public Population comparisons(double[] answers) {
        int n = rewards.length;
        var weights = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                weights[i][j] = answers[i] * answers[j] * preference(i, j);
            }
        }
        return comparisons(weights);
    }

    /**
     * Comparisons of one's own.
     *
     * @param weights how often completion i is met as the chosen and j as the rejected answer, such as a count; divided
     *     by their sum
     */
    public Population comparisons(double[][] weights) {
        return Population.of(this, weights);
    }

    /**
     * The expected gradient of a loss of comparisons at this policy, over all comparisons of {@link #comparisons()}:
     * dL/dθ, flat as the parameters.
     */
    public double[] gradient(LanguageModel policy, PairLoss loss) {
        return comparisons().gradient(policy, loss);
    }

    /**
     * The expected gradient of an algorithm's first update on a group of completions that the policy itself drew:
     * dL/dθ, flat as the parameters; the algorithm steps against it.
     */
    public double[] gradient(LanguageModel policy, Algorithm algorithm) {
        return gradient(policy, policy, algorithm);
    }

    /**
     * The same where another policy drew the completions. The expectation is a sum over every group of G completions
     * that can be drawn, {@code (n + G − 1)! / (n − 1)! G!} of them for n completions, with the probability of each; of
     * each the algorithm's own {@link Learner} computes the gradient. So it is exact for any algorithm, and nothing is
     * known of the algorithm but what it does, if it is deterministic and the order of a group does not matter to it.
     * Groups that {@linkplain Algorithm#dynamicSampling dynamic sampling} would replace are left out. A value model is
     * as it is before the first step, and stays so; where a learner takes several steps on the same completions, the
     * mean of their gradients is answered, none of which moves the policy.
     *
     * @param drawnBy π_old
     * @throws IllegalArgumentException if there are more than 200,000 such groups
     */
    public double[] gradient(LanguageModel policy, LanguageModel drawnBy, Algorithm algorithm) {
        try (var expected = new ExpectedGradient(this, policy, algorithm)) {
            return expected.of(drawnBy);
        }
    }

    /** What the same policy would be after a plain step against a gradient: θ − rate · gradient, in place. */
    public static void move(LanguageModel policy, double[] gradient, double rate) {
        var values = policy.parameters().values();
        for (int i = 0; i < gradient.length; i++) {
            values.set(i, (float) (values.get(i) - rate * gradient[i]));
        }
    }

    /** Σ p(y) of(y). */
    public static double mean(double[] p, double[] of) {
        return IntStream.range(0, p.length).mapToDouble(i -> p[i] * of[i]).sum();
    }

    /** KL(p‖q) = Σ p(y) log(p(y)/q(y)) in nats; what p never says counts nothing, and rounding is not below 0. */
    public static double divergence(double[] p, double[] q) {
        return Math.max(
                0,
                IntStream.range(0, p.length)
                        .mapToDouble(i -> p[i] == 0 ? 0 : p[i] * Math.log(p[i] / q[i]))
                        .sum());
    }

    /** −Σ p(y) log p(y), of whole completions, in nats. */
    public static double entropy(double[] p) {
        return -IntStream.range(0, p.length)
                .mapToDouble(i -> p[i] == 0 ? 0 : p[i] * Math.log(p[i]))
                .sum();
    }

    int[] prompt() {
        return prompt.clone();
    }

    int end() {
        return end;
    }

    int maxTokens() {
        return maxTokens;
    }

    /** All completions, a row each. */
    Batch batch() {
        return batch;
    }

    float[] referenceValues() {
        return referenceValues;
    }

    /** These completions in this order, as if they had been drawn from a model with these log-probabilities (B, T). */
    Rollouts rollouts(int[] rows, int group, double[] shaped, float[] old) {
        var some = Rows.completions(Arrays.stream(rows)
                .mapToObj(row -> example(completions.get(row)))
                .toList());
        var oldOfSome = new float[rows.length * some.time()];
        var referenceOfSome = new float[rows.length * some.time()];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(old, rows[i] * batch.time(), oldOfSome, i * some.time(), some.time());
            System.arraycopy(referenceValues, rows[i] * batch.time(), referenceOfSome, i * some.time(), some.time());
        }
        return new Rollouts(
                some,
                group,
                shaped,
                Arrays.stream(rows)
                        .mapToObj(row -> completions.get(row).finish())
                        .toList(),
                oldOfSome,
                referenceOfSome);
    }

    @Override
    public String toString() {
        return completions.size() + " completions of up to " + maxTokens + " tokens";
    }
}
