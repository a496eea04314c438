package trivium.align;

import java.util.List;
import trivium.run.Metric;
import trivium.run.Metric.Better;

/** What {@link Ppo} measures beside the metrics of every alignment, under the names that TRL's trainer has for it. */
public final class PpoMetrics implements Metric.Source {

    @Override
    public List<Metric> metrics() {
        return List.of(
                of(
                        "objective/kl",
                        "KL in the reward",
                        "nats",
                        "mean over the step's completions of the estimate of the"
                                + " divergence from the reference that the reward is charged for"),
                of("objective/kl_coef", "beta", "", "the price of a nat of divergence, in the step's rewards"),
                of(
                        "objective/entropy",
                        "surprise of a completion",
                        "nats",
                        "mean over the step's completions of −Σ log π over their tokens"),
                of(
                        "objective/non_score_reward",
                        "price of the KL",
                        "",
                        "mean over the step's completions of what the divergence takes from their reward"),
                new Metric(
                        "objective/scores",
                        "score",
                        "",
                        Better.HIGHER,
                        "mean over the step's completions of the reward less the penalty on a missing end token"),
                new Metric(
                        "objective/rlhf_reward",
                        "reward less the price of the KL",
                        "",
                        Better.HIGHER,
                        "the sum of the means of scores and price"),
                of(
                        "policy/approxkl_avg",
                        "how far the policy moved",
                        "nats/token",
                        "mean over the tokens of ½ (log π − log π_old)², averaged over the updates on the same rollouts"),
                of(
                        "policy/clipfrac_avg",
                        "share of tokens clipped in the policy",
                        Metric.SHARE,
                        "tokens at which the policy's clip holds, averaged over the updates on the same rollouts"),
                of(
                        "policy/updates",
                        "updates of the policy",
                        "",
                        "steps of the optimiser on the step's rollouts, fewer than asked for where the target KL stops them"),
                of(
                        "loss/policy_avg",
                        "loss of the policy",
                        "",
                        "the policy's objective, averaged over the updates on the same rollouts"),
                new Metric(
                        "loss/value_avg",
                        "loss of the value model",
                        "",
                        Better.LOWER,
                        "half the mean squared error of the values, clipped, averaged over the updates on the same rollouts"),
                of(
                        "val/clipfrac_avg",
                        "share of tokens clipped in the value model",
                        Metric.SHARE,
                        "tokens at which the clip of the value holds, averaged over the updates on the same rollouts"),
                of(
                        "val/ratio",
                        "ratio to the old policy",
                        "",
                        "mean over the tokens of π/π_old, averaged over the updates on the same rollouts"),
                new Metric(
                        "val/var_explained",
                        "variance explained by the value model",
                        "",
                        Better.HIGHER,
                        "1 less the variance of the returns around the values over that of the returns, before the updates"),
                of(
                        "val/grad_norm",
                        "gradient norm of the value model",
                        "",
                        "Euclidean norm before clipping, averaged over the updates on the same rollouts"),
                of(
                        "val/num_eos_tokens",
                        "completions with an end token",
                        "completions",
                        "how many of the step's completions ended by themselves"));
    }

    private static Metric of(String name, String label, String unit, String meaning) {
        return new Metric(name, label, unit, Better.NEITHER, meaning);
    }
}
