package trivium.align;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.measure.Summary;
import trivium.run.Run;
import trivium.text.Numbers;

/**
 * Best of n (Stiennon et al. 2020): of n completions of each prompt the one with the highest reward, without changing
 * the model.
 *
 * <p>How far that leaves the model is bounded: KL(π_n‖π) ≤ log n − (n − 1)/n, with equality only where no two
 * completions have the same reward and each is improbable (Beirami et al. 2024, section 3).
 *
 * @param candidates n completions of each prompt
 * @param rewards of each candidate of each prompt
 */
public record BestOfN(List<Candidates> candidates, List<double[]> rewards) {

    public BestOfN {
        candidates = List.copyOf(candidates);
        rewards = List.copyOf(rewards);
        int n = candidates.isEmpty() ? 0 : candidates.getFirst().size();
        if (candidates.isEmpty()
                || candidates.size() != rewards.size()
                || candidates.stream().anyMatch(each -> each.size() != n)
                || rewards.stream().anyMatch(each -> each.length != n)) {
            throw new IllegalArgumentException(
                    "best of n takes at least one prompt, and of each as many completions and rewards");
        }
    }

    /**
     * Draws n completions of each prompt at temperature 1, of up to 128 tokens, and asks the reward about them.
     *
     * @throws IllegalArgumentException in a sentence if there is no prompt, n is below 1, or the reward gives something
     *     else than a finite number for each
     */
    public static BestOfN draw(Run run, List<String> prompts, Reward reward, int n) {
        return draw(run, prompts, reward, n, Sampling.atTemperature(1).maxTokens(128));
    }

    /** The same with completions drawn in another way. */
    public static BestOfN draw(Run run, List<String> prompts, Reward reward, int n, Sampling sampling) {
        requireNonNull(reward, "best of n needs a reward, which says of the n completions which is the best");
        reward.expecting(Map.of()); // refuses, before anything is drawn, what needs answers and has none
        var candidates = Candidates.draw(run, prompts, n, sampling);
        var asked = new ArrayList<String>();
        var texts = new ArrayList<String>();
        var finishes = new ArrayList<Finish>();
        for (var each : candidates) {
            asked.addAll(Collections.nCopies(n, each.prompt()));
            texts.addAll(each.texts());
            finishes.addAll(each.finishes());
        }
        double[] all = Scores.of("reward", reward, asked, texts, finishes);
        return new BestOfN(
                candidates,
                IntStream.range(0, candidates.size())
                        .mapToObj(i -> Arrays.copyOfRange(all, i * n, (i + 1) * n))
                        .toList());
    }

    /** n, completions of each prompt. */
    public int n() {
        return candidates.getFirst().size();
    }

    /** The completion of each prompt with the highest reward, of equal ones the first. */
    public List<String> best() {
        return IntStream.range(0, candidates.size())
                .mapToObj(i -> candidates.get(i).texts().get(highest(rewards.get(i))))
                .toList();
    }

    private static int highest(double[] rewards) {
        int best = 0;
        for (int i = 1; i < rewards.length; i++) {
            best = rewards[i] > rewards[best] ? i : best;
        }
        return best;
    }

    /**
     * The best of each prompt, and what judges say of them, to stand beside other models' answers
     * ({@link JudgedAnswers#appendTo}). The divergence of each is {@link #klEstimate}.
     */
    public JudgedAnswers answers(Map<String, Reward> judges) {
        int[] best = rewards.stream().mapToInt(BestOfN::highest).toArray();
        var prompts = candidates.stream().map(Candidates::prompt).toList();
        var finishes = IntStream.range(0, best.length)
                .mapToObj(i -> candidates.get(i).finishes().get(best[i]))
                .toList();
        var texts = best();
        return new JudgedAnswers(
                prompts,
                texts,
                IntStream.range(0, best.length)
                        .map(i -> candidates.get(i).lengths()[best[i]])
                        .toArray(),
                IntStream.range(0, best.length)
                        .mapToDouble(i -> klEstimate(candidates.get(i).logProbs()[best[i]], n()))
                        .toArray(),
                Scores.of(judges, prompts, texts, finishes));
    }

    /** A row a prompt: "prompt", "completion" (the best), its "reward", and the "mean" reward of all n. */
    public Table table() {
        return Table.create(
                "best of " + n(),
                StringColumn.create(
                        "prompt", candidates.stream().map(Candidates::prompt).toList()),
                StringColumn.create("completion", best()),
                DoubleColumn.create(
                        "reward",
                        rewards.stream()
                                .mapToDouble(each -> each[highest(each)])
                                .toArray()),
                DoubleColumn.create(
                        "mean",
                        rewards.stream()
                                .mapToDouble(
                                        each -> DoubleStream.of(each).average().orElseThrow())
                                .toArray()));
    }

    /**
     * What the best of k completions would bring, for k = 1 … n, from these n: columns "n" (k), "reward" (the mean over
     * prompts of the expected highest reward of k, an unbiased estimate), "low" and "high" (its interval of level 0.95
     * over prompts; missing where there is one prompt only, which gives no interval), "kl_bound" ({@link #klBound}) and
     * "kl_estimated" ({@link #klEstimate}, mean over prompts), both in nats.
     */
    public Table curve() {
        int n = n();
        int[] ks = IntStream.rangeClosed(1, n).toArray();
        var summaries = IntStream.of(ks)
                .mapToObj(k -> Summary.of(rewards.stream()
                        .mapToDouble(each -> OrderStatistics.expectedBest(each, k))
                        .toArray()))
                .toList();
        return Table.create(
                "best of 1 to " + n,
                IntColumn.create("n", ks),
                DoubleColumn.create(
                        "reward", summaries.stream().mapToDouble(Summary::mean).toArray()),
                DoubleColumn.create(
                        "low",
                        summaries.stream()
                                .mapToDouble(s -> end(s.interval().low()))
                                .toArray()),
                DoubleColumn.create(
                        "high",
                        summaries.stream()
                                .mapToDouble(s -> end(s.interval().high()))
                                .toArray()),
                DoubleColumn.create(
                        "kl_bound",
                        IntStream.of(ks).mapToDouble(BestOfN::klBound).toArray()),
                DoubleColumn.create(
                        "kl_estimated",
                        IntStream.of(ks).mapToDouble(this::estimated).toArray()));
    }

    private static double end(double bound) {
        return Double.isInfinite(bound) ? Double.NaN : bound;
    }

    /** The mean over prompts, and over the chances of each candidate to be the best of k. */
    private double estimated(int k) {
        double[] chances = OrderStatistics.bestOf(n(), k);
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            int[] order = OrderStatistics.rising(rewards.get(i));
            for (int rank = 0; rank < order.length; rank++) {
                sum += chances[rank] * klEstimate(candidates.get(i).logProbs()[order[rank]], k);
            }
        }
        return sum / candidates.size();
    }

    /** log n − (n − 1)/n in nats: the most that best of n can diverge from the model it chooses from. */
    public static double klBound(int n) {
        return Math.log(n) - (n - 1.0) / n;
    }

    /**
     * An estimate of KL(π_n‖π) in nats from one chosen completion (Beirami et al. 2024, section 4): with ε its
     * probability,
     *
     * <pre>{@code (1 − ε)^n (log n + (n − 1) log(1 − ε) − (n − 1)/n) + (1 − (1 − ε)^n) log((1 − (1 − ε)^n) / ε)}</pre>
     *
     * It is the divergence where this completion is the best of all and every other is improbable. For an improbable
     * one it is the bound, for one that is nearly certain 0.
     *
     * @param logProb log ε, at most 0
     */
    public static double klEstimate(double logProb, int n) {
        double probability = Math.exp(logProb);
        if (probability >= 1) {
            return 0;
        }
        double logOthers = Math.log1p(-probability);
        double chosen = -Math.expm1(n * logOthers); // 1 − (1 − ε)^n
        double others = Math.exp(n * logOthers) * (Math.log(n) + (n - 1) * logOthers - (n - 1.0) / n);
        return others + (chosen == 0 ? 0 : chosen * (Math.log(chosen) - logProb));
    }

    /**
     * KL(π_n‖π) in nats, exactly, where all outcomes can be listed. Completions of equal rewards are chosen by the
     * order in which they were drawn.
     *
     * @param probabilities π, each at least 0, which sum to 1
     * @param rewards of the same outcomes
     * @throws IllegalArgumentException in a sentence if the probabilities do not sum to 1 (to 10⁻⁶), one is negative,
     *     or there are not as many rewards
     */
    public static double kl(double[] probabilities, double[] rewards, int n) {
        double sum = DoubleStream.of(probabilities).sum();
        if (probabilities.length != rewards.length
                || !(Math.abs(sum - 1) <= 1e-6)
                || DoubleStream.of(probabilities).anyMatch(p -> p < 0)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the exact divergence of best of n takes one reward for each of all outcomes, and probabilities of"
                            + " at least 0 that sum to 1; these are %d probabilities that sum to %s, and %d rewards",
                    probabilities.length,
                    Numbers.value(sum),
                    rewards.length));
        }
        int[] order = OrderStatistics.rising(rewards);
        double kl = 0;
        double below = 0;
        for (int i = 0; i < order.length; ) {
            double reward = rewards[order[i]];
            double mass = 0;
            while (i < order.length && rewards[order[i]] == reward) {
                mass += probabilities[order[i++]];
            }
            double chosen = Math.pow(Math.min(1, below + mass), n) - Math.pow(below, n);
            kl += chosen <= 0 ? 0 : chosen * Math.log(chosen / mass);
            below += mass;
        }
        return kl;
    }

    /**
     * The best completion of each prompt among those that ended by themselves, to be fine-tuned on (rejection sampling:
     * Touvron et al. 2023, section 3.2.3). Prompts all of whose completions were cut off are left out: their
     * conversations would teach to end where the model did not. A completion that says nothing is never chosen.
     *
     * @throws IllegalArgumentException if that leaves no prompt
     */
    public Conversations conversations() {
        return conversations("best of " + n(), i -> {
            var each = candidates.get(i);
            return IntStream.range(0, n())
                    .filter(each::teaches)
                    .reduce((a, b) -> rewards.get(i)[b] > rewards.get(i)[a] ? b : a)
                    .orElse(-1);
        });
    }

    /**
     * The control of the same size: of each prompt of {@link #conversations} one completion at random, among those that
     * ended by themselves and say something.
     */
    public Conversations randomConversations(long seed) {
        var random = new SplittableRandom(seed);
        return conversations("one of " + n() + " at random", i -> {
            int[] ended =
                    IntStream.range(0, n()).filter(candidates.get(i)::teaches).toArray();
            return ended.length == 0 ? -1 : ended[random.nextInt(ended.length)];
        });
    }

    private Conversations conversations(String name, ToIntFunction<Integer> choice) {
        var list = new ArrayList<Conversation>();
        for (int i = 0; i < candidates.size(); i++) {
            int chosen = choice.applyAsInt(i);
            if (chosen >= 0) {
                list.add(new Conversation(
                        candidates.get(i).prompt(), candidates.get(i).texts().get(chosen)));
            }
        }
        if (list.isEmpty()) {
            throw new IllegalArgumentException("none of the " + candidates.size() * n()
                    + " completions ended by itself and said something, so there is nothing to learn from; allow more"
                    + " tokens");
        }
        return new Conversations(name, list);
    }

    /** "best of 8: reward 1.204 after 0.310 for one, at most 1.204 nats away, estimated 1.101, over 64 prompts". */
    @Override
    public String toString() {
        var curve = curve();
        int last = n() - 1;
        return String.format(
                        Locale.ROOT,
                        "best of %d: reward %.3f after %.3f for one, at most %.3f nats away, estimated %.3f, over %s",
                        n(),
                        curve.doubleColumn("reward").getDouble(last),
                        curve.doubleColumn("reward").getDouble(0),
                        klBound(n()),
                        curve.doubleColumn("kl_estimated").getDouble(last),
                        Numbers.count(candidates.size(), "prompt")
                                + (candidates.size() == 1 ? ", which gives no interval" : ""))
                .replace('-', '−');
    }
}
