package trivium.align;

import java.util.List;
import java.util.stream.Stream;
import trivium.run.Metric;

/** What the trainings of this package measure beside what other packages ask for. */
public final class AlignmentMetrics implements Metric.Source {

    /** Of the pairs that a reward model learns from. */
    private static final String REWARD_MODELS = """
            margin | margin of scores | | higher | \
                mean over the step's pairs of the chosen answer's raw score less the rejected one's
            mean_reward | mean raw score | | neither | \
                mean over the step's answers of the reward model's raw score, which centring keeps near 0
            """;

    /** Of offline methods, such as DPO. */
    private static final String PREFERENCES = """
            rewards/chosen | reward of chosen answers | | higher | \
                mean over the step's chosen answers of the reward that the policy implies
            rewards/rejected | reward of rejected answers | | lower | \
                mean over the step's rejected answers of the reward that the policy implies
            logps/chosen | log-probability of chosen answers | nats | higher | \
                mean over the step's chosen answers of Σ log π over their tokens
            logps/rejected | log-probability of rejected answers | nats | neither | \
                mean over the step's rejected answers of Σ log π over their tokens
            nll_loss | loss of chosen answers | nats/token | lower | \
                mean −log π of the tokens of the step's chosen answers, where the loss has their likelihood in it
            log_odds_chosen | log odds ratio | nats | higher | \
                mean over the step's pairs of the log odds of the chosen answer less those of the rejected one
            log_odds_ratio | log σ of the log odds ratio | nats | higher | \
                mean over the step's pairs of log σ of log_odds_chosen, which ORPO makes larger
            """;

    /** Of completions that the policy draws, and of the step that is learned from them. */
    private static final String ROLLOUTS = """
            eval/reward | reward of held-out prompts | | higher | \
                mean of the reward over the held-out prompts, at evaluations
            eval/gold | gold reward of held-out prompts | | higher | \
                mean of the second reward over the held-out prompts, at evaluations
            num_gen_batches | draws of a step | | neither | \
                how often the step drew completions, with dynamic sampling: more than once where groups had equal \
                rewards
            groups_drawn | groups drawn | | neither | \
                how many groups of completions the step drew, with dynamic sampling; the batch has as many as ever
            completions/min_length | shortest completion | tokens | neither | \
                length of the shortest of the step's completions, the end token included
            completions/max_length | longest completion | tokens | neither | \
                length of the longest of the step's completions, the end token included
            completions/mean_terminated_length | length of completions that ended | tokens | neither | \
                mean length of the step's completions that ended by themselves; missing where none did
            completions/min_terminated_length | shortest completion that ended | tokens | neither | \
                length of the shortest of the step's completions that ended by themselves
            completions/max_terminated_length | longest completion that ended | tokens | neither | \
                length of the longest of the step's completions that ended by themselves
            clip_ratio/low_mean | share of tokens clipped below | share | neither | \
                those of clip_ratio/region_mean whose advantage is negative and whose ratio is below the clip
            clip_ratio/high_mean | share of tokens clipped above | share | neither | \
                those of clip_ratio/region_mean whose advantage is positive and whose ratio is above the clip
            cispo_clip_ratio | share of tokens of limited weight | share | neither | \
                tokens of positive advantage whose ratio CISPO limits, averaged over the steps on the same rollouts
            kl_exact | exact KL to the reference | nats/token | neither | \
                mean over the tokens of the step's completions of the exact KL(π‖π_ref) of the next token's \
                distribution, where it is in the loss
            """;

    /** Of a student and its teacher. */
    private static final String DISTILLATION = """
            divergence | divergence from the teacher | nats/token | lower | \
                of a distillation the mean divergence of the step's batch that is minimised, at its temperature
            validation_forward_kl | KL(teacher‖student) | nats/token | lower | \
                of a distillation the exact divergence on data held back for validation, at temperature 1, at \
                evaluations
            validation_reverse_kl | KL(student‖teacher) | nats/token | lower | \
                of a distillation the exact divergence on data held back for validation, at temperature 1, at \
                evaluations
            """;

    /** Of PPO beside those of every alignment, under the names that TRL's trainer has for it. */
    private static final String PPO = """
            objective/kl | KL in the reward | nats | neither | \
                mean over the step's completions of the estimate of the divergence from the reference that the reward \
                is charged for
            objective/kl_coef | beta | | neither | \
                the price of a nat of divergence, in the step's rewards
            objective/entropy | surprise of a completion | nats | neither | \
                mean over the step's completions of −Σ log π over their tokens
            objective/non_score_reward | price of the KL | | neither | \
                mean over the step's completions of what the divergence takes from their reward
            objective/scores | score | | higher | \
                mean over the step's completions of the reward less the penalty on a missing end token
            objective/rlhf_reward | reward less the price of the KL | | higher | \
                the sum of the means of scores and price
            policy/approxkl_avg | how far the policy moved | nats/token | neither | \
                mean over the tokens of ½ (log π − log π_old)², averaged over the updates on the same rollouts
            policy/clipfrac_avg | share of tokens clipped in the policy | share | neither | \
                tokens at which the policy's clip holds, averaged over the updates on the same rollouts
            policy/updates | updates of the policy | | neither | \
                steps of the optimiser on the step's rollouts, fewer than asked for where the target KL stops them
            loss/policy_avg | loss of the policy | | neither | \
                the policy's objective, averaged over the updates on the same rollouts
            loss/value_avg | loss of the value model | | lower | \
                half the mean squared error of the values, clipped, averaged over the updates on the same rollouts
            val/clipfrac_avg | share of tokens clipped in the value model | share | neither | \
                tokens at which the clip of the value holds, averaged over the updates on the same rollouts
            val/ratio | ratio to the old policy | | neither | \
                mean over the tokens of π/π_old, averaged over the updates on the same rollouts
            val/var_explained | variance explained by the value model | | higher | \
                1 less the variance of the returns around the values over that of the returns, before the updates
            val/grad_norm | gradient norm of the value model | | neither | \
                Euclidean norm before clipping, averaged over the updates on the same rollouts
            val/num_eos_tokens | completions with an end token | completions | neither | \
                how many of the step's completions ended by themselves
            """;

    /** Of the steps of answers that a process reward model learns from. */
    private static final String STEPS = """
            step_accuracy | accuracy on steps | share | higher | \
                steps of the batch's answers that are judged as they are labelled, before the update
            validation_step_accuracy | validation accuracy on steps | share | higher | \
                steps of the validation answers that are judged as they are labelled, at evaluations
            validation_first_error_accuracy | first wrong step found | share | higher | \
                validation answers of which the first step judged wrong is the first labelled wrong, or none is and \
                none is labelled so, at evaluations
            """;

    @Override
    public List<Metric> metrics() {
        return Stream.of(REWARD_MODELS, PREFERENCES, ROLLOUTS, DISTILLATION, PPO, STEPS)
                .flatMap(String::lines)
                .map(Metric::row)
                .toList();
    }
}
