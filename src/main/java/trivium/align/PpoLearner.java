package trivium.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.align.Gae.Moments;
import trivium.data.Seeds;
import trivium.run.Metric;
import trivium.tensor.Batch;
import trivium.train.Stateful;
import trivium.train.TrainLoop;
import trivium.train.TrainLoop.StepResult;

/** {@link Ppo} at work: a policy, a value model, and the price of leaving the reference. */
final class PpoLearner implements Learner {

    /** Keeps the order of minibatches apart from other random choices of the same seed. */
    private static final long ORDER = 0x50504F;

    private final Ppo ppo;
    private final TrainLoop policy;
    private final ValueModel value;
    private final KlCoefficient coefficient;
    private final long seed;
    /** The value model's learning rate over the policy's. */
    private final double rates;

    PpoLearner(Ppo ppo, Context context) {
        this.ppo = ppo;
        policy = context.policy();
        var optimisation = context.optimisation();
        seed = optimisation.seed();
        value = ValueModel.of(ppo.value().valueStart(), context);
        coefficient = new KlCoefficient(ppo.kl(), optimisation.batching().all() * ppo.numGenerations());
        rates = ppo.value().valueLearningRate() / optimisation.rate().learningRate();
    }

    @Override
    public Map<String, Double> learn(Rollouts rollouts, double learningRate) {
        var metrics = new LinkedHashMap<String, Double>();
        double[] scores = ppo.scores(rollouts);
        double[] prices = ppo.prices(rollouts);
        describe(rollouts, scores, prices, metrics);
        var all = estimate(rollouts, ppo.tokenRewards(rollouts, coefficient.beta()));
        metrics.put("val/var_explained", explained(all));
        var means = new Means();
        for (int epoch = 0; epoch < ppo.passes().epochs(); epoch++) {
            double moved = 0;
            var parts = parts(all, epoch);
            for (var part : parts) {
                moved += means.add(step(part, learningRate, means.steps == 0)) / parts.size();
            }
            if (moved > ppo.passes().targetKl()) {
                break;
            }
        }
        metrics.putAll(means.of());
        metrics.put(Metric.LEARNING_RATE.name(), learningRate);
        coefficient.adapt(metrics.get("objective/kl"), rollouts.batch().rows());
        return metrics;
    }

    /** One step of the policy and one of the value model, and what both measured. */
    private Map<String, Double> step(Minibatch part, double learningRate, boolean isFirst) {
        var objective = ppo.policyObjective(part.batch(), part.old(), part.advantages());
        var moved = policy.step(
                part.batch(), isFirst ? SamplingDifference.measuredIn(objective, part.old()) : objective, learningRate);
        var judged = value.step(
                part.batch(), ppo.valueObjective(part.batch(), part.values(), part.returns()), learningRate * rates);
        return measured(moved, judged);
    }

    private Map<String, Double> measured(StepResult moved, StepResult judged) {
        var measured = new LinkedHashMap<String, Double>();
        measured.put(Metric.LOSS.name(), moved.loss() + judged.loss());
        measured.put("loss/policy_avg", moved.loss());
        measured.put("loss/value_avg", judged.loss() / ppo.value().valueCoefficient());
        measured.putAll(moved.metrics());
        measured.put(Metric.CLIP_RATIO.name(), moved.metrics().get(ClippedPolicy.CLIPPED));
        measured.putAll(judged.metrics());
        measured.put(Metric.GRAD_NORM.name(), moved.gradientNorm());
        measured.put("val/grad_norm", judged.gradientNorm());
        return measured;
    }

    /** Means over the steps on the same rollouts. */
    private static final class Means {

        private final Map<String, Double> sums = new LinkedHashMap<>();
        private int steps;

        /** Adds a step; answers how far it found the policy moved. */
        double add(Map<String, Double> measured) {
            steps++;
            measured.forEach((name, number) -> sums.merge(name, number, Double::sum));
            return measured.get(ClippedPolicy.APPROX_KL);
        }

        Map<String, Double> of() {
            var means = new LinkedHashMap<String, Double>();
            sums.forEach((name, sum) -> means.put(name, name.equals(SamplingDifference.METRIC) ? sum : sum / steps));
            means.put("policy/updates", (double) steps);
            return means;
        }
    }

    private Minibatch estimate(Rollouts rollouts, double[] rewards) {
        var batch = rollouts.batch();
        double[] values = value.values(batch);
        double[] advantages = ppo.gae().advantages(batch, rewards, values);
        var returns = new double[values.length];
        for (int i = 0; i < returns.length; i++) {
            returns[i] = advantages[i] + values[i];
        }
        return new Minibatch(batch, rollouts.old(), values, ppo.gae().whitened(batch, advantages), returns);
    }

    /** The rollouts in parts of nearly the same number of rows, in an order of this set and epoch. */
    private List<Minibatch> parts(Minibatch all, int epoch) {
        int rows = all.batch().rows();
        int parts = Math.min(ppo.passes().minibatches(), rows);
        if (parts == 1) {
            return List.of(all);
        }
        int[] order = Seeds.permutation(rows, seed, ORDER, coefficient.updates(), epoch);
        return IntStream.range(0, parts)
                .mapToObj(part -> all.rows(IntStream.range(rows * part / parts, rows * (part + 1) / parts)
                        .map(i -> order[i])
                        .toArray()))
                .toList();
    }

    /** What TRL calls the objective: means over completions. */
    private void describe(Rollouts rollouts, double[] scores, double[] prices, Map<String, Double> metrics) {
        int rows = rollouts.batch().rows();
        double divergence = sum(prices) / rows;
        double score = sum(scores) / rows;
        double surprise = 0;
        for (int i = 0; i < prices.length; i++) {
            surprise -= rollouts.counts(i) ? rollouts.old()[i] : 0;
        }
        double price = -coefficient.beta() * divergence;
        metrics.put("objective/kl", divergence);
        metrics.put("objective/kl_coef", coefficient.beta());
        metrics.put("objective/entropy", surprise / rows);
        metrics.put("objective/non_score_reward", price);
        metrics.put("objective/scores", score);
        metrics.put("objective/rlhf_reward", price + score);
        metrics.put("val/num_eos_tokens", (double)
                IntStream.range(0, rows).filter(row -> !rollouts.isCut(row)).count());
    }

    private static double sum(double[] numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum;
    }

    /** The share of the returns' variance that the values foresaw, before the value model learned from them. */
    private static double explained(Minibatch all) {
        Batch batch = all.batch();
        var errors = new double[all.returns().length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = all.returns()[i] - all.values()[i];
        }
        double variance = Moments.of(batch, all.returns()).variance();
        return variance > 0 ? 1 - Moments.of(batch, errors).variance() / variance : 0;
    }

    @Override
    public Map<String, Stateful> state() {
        var state = new LinkedHashMap<String, Stateful>();
        state.put("value", value.loop());
        state.put("ppo", coefficient);
        return state;
    }

    @Override
    public void close() {
        value.close();
    }
}
