package trivium.align;

import java.util.List;
import java.util.stream.Stream;
import trivium.run.Metric;
import trivium.run.Metric.Better;

/** What the trainings of this package measure beside what other packages ask for. */
public final class AlignmentMetrics implements Metric.Source {

    private static final String NATS = "nats/token";

    @Override
    public List<Metric> metrics() {
        return Stream.of(rewardModels(), preferences(), rollouts(), distillation())
                .flatMap(List::stream)
                .toList();
    }

    /** Of the pairs that a reward model learns from. */
    private static List<Metric> rewardModels() {
        return List.of(
                new Metric(
                        "margin",
                        "margin of scores",
                        "",
                        Better.HIGHER,
                        "mean over the step's pairs of the chosen answer's raw score less the rejected one's"),
                new Metric(
                        "mean_reward",
                        "mean raw score",
                        "",
                        Better.NEITHER,
                        "mean over the step's answers of the reward model's raw score, which centring keeps near 0"));
    }

    /** Of offline methods, such as DPO. */
    private static List<Metric> preferences() {
        return List.of(
                new Metric(
                        "rewards/chosen",
                        "reward of chosen answers",
                        "",
                        Better.HIGHER,
                        "mean over the step's chosen answers of the reward that the policy implies"),
                new Metric(
                        "rewards/rejected",
                        "reward of rejected answers",
                        "",
                        Better.LOWER,
                        "mean over the step's rejected answers of the reward that the policy implies"),
                new Metric(
                        "logps/chosen",
                        "log-probability of chosen answers",
                        "nats",
                        Better.HIGHER,
                        "mean over the step's chosen answers of Σ log π over their tokens"),
                new Metric(
                        "logps/rejected",
                        "log-probability of rejected answers",
                        "nats",
                        Better.NEITHER,
                        "mean over the step's rejected answers of Σ log π over their tokens"),
                new Metric(
                        "nll_loss",
                        "loss of chosen answers",
                        NATS,
                        Better.LOWER,
                        "mean −log π of the tokens of the step's chosen answers, where the loss has their likelihood in it"),
                new Metric(
                        "log_odds_chosen",
                        "log odds ratio",
                        "nats",
                        Better.HIGHER,
                        "mean over the step's pairs of the log odds of the chosen answer less those of the rejected one"),
                new Metric(
                        "log_odds_ratio",
                        "log σ of the log odds ratio",
                        "nats",
                        Better.HIGHER,
                        "mean over the step's pairs of log σ of log_odds_chosen, which ORPO makes larger"));
    }

    /** Of completions that the policy draws, and of the step that is learned from them. */
    private static List<Metric> rollouts() {
        return List.of(
                new Metric(
                        "eval/reward",
                        "reward of held-out prompts",
                        "",
                        Better.HIGHER,
                        "mean of the reward over the held-out prompts, at evaluations"),
                new Metric(
                        "eval/gold",
                        "gold reward of held-out prompts",
                        "",
                        Better.HIGHER,
                        "mean of the second reward over the held-out prompts, at evaluations"),
                new Metric(
                        "num_gen_batches",
                        "draws of a step",
                        "",
                        Better.NEITHER,
                        "how often the step drew completions, with dynamic sampling: more than once where groups had equal rewards"),
                new Metric(
                        "groups_drawn",
                        "groups drawn",
                        "",
                        Better.NEITHER,
                        "how many groups of completions the step drew, with dynamic sampling; the batch has as many as ever"),
                new Metric(
                        "completions/min_length",
                        "shortest completion",
                        "tokens",
                        Better.NEITHER,
                        "length of the shortest of the step's completions, the end token included"),
                new Metric(
                        "completions/max_length",
                        "longest completion",
                        "tokens",
                        Better.NEITHER,
                        "length of the longest of the step's completions, the end token included"),
                new Metric(
                        "completions/mean_terminated_length",
                        "length of completions that ended",
                        "tokens",
                        Better.NEITHER,
                        "mean length of the step's completions that ended by themselves; missing where none did"),
                new Metric(
                        "completions/min_terminated_length",
                        "shortest completion that ended",
                        "tokens",
                        Better.NEITHER,
                        "length of the shortest of the step's completions that ended by themselves"),
                new Metric(
                        "completions/max_terminated_length",
                        "longest completion that ended",
                        "tokens",
                        Better.NEITHER,
                        "length of the longest of the step's completions that ended by themselves"),
                new Metric(
                        "clip_ratio/low_mean",
                        "share of tokens clipped below",
                        Metric.SHARE,
                        Better.NEITHER,
                        "those of clip_ratio/region_mean whose advantage is negative and whose ratio is below the clip"),
                new Metric(
                        "clip_ratio/high_mean",
                        "share of tokens clipped above",
                        Metric.SHARE,
                        Better.NEITHER,
                        "those of clip_ratio/region_mean whose advantage is positive and whose ratio is above the clip"),
                new Metric(
                        "cispo_clip_ratio",
                        "share of tokens of limited weight",
                        Metric.SHARE,
                        Better.NEITHER,
                        "tokens of positive advantage whose ratio CISPO limits, averaged over the steps on the same rollouts"),
                new Metric(
                        "kl_exact",
                        "exact KL to the reference",
                        NATS,
                        Better.NEITHER,
                        "mean over the tokens of the step's completions of the exact KL(π‖π_ref) of the next token's distribution, where it is in the loss"));
    }

    /** Of a student and its teacher. */
    private static List<Metric> distillation() {
        return List.of(
                new Metric(
                        "divergence",
                        "divergence from the teacher",
                        NATS,
                        Better.LOWER,
                        "of a distillation the mean divergence of the step's batch that is minimised, at its temperature"),
                new Metric(
                        "validation_forward_kl",
                        "KL(teacher‖student)",
                        NATS,
                        Better.LOWER,
                        "of a distillation the exact divergence on data held back for validation, at temperature 1, at evaluations"),
                new Metric(
                        "validation_reverse_kl",
                        "KL(student‖teacher)",
                        NATS,
                        Better.LOWER,
                        "of a distillation the exact divergence on data held back for validation, at temperature 1, at evaluations"));
    }
}
