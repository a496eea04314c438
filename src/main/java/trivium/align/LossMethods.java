package trivium.align;

import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import trivium.align.Grpo.ImportanceSampling;
import trivium.align.Grpo.Kl;
import trivium.align.Grpo.KlIn;
import trivium.align.Grpo.LossType;
import trivium.align.Grpo.Ratio;
import trivium.align.LossCase.Answer;
import trivium.generate.Generation.Finish;

/**
 * How this library answers a {@link LossCase}, by the case's method. One more method is one more line in {@link #KNOWN}
 * and a function that makes the algorithm's own objective of the case's settings and inputs, so that what is compared
 * is what trains.
 */
final class LossMethods {

    static final Map<String, Function<LossCase, Answer>> KNOWN = Map.ofEntries(
            Map.entry("grpo", LossMethods::grpo), // one a line
            Map.entry("rloo", LossMethods::rloo),
            Map.entry("ppo", LossMethods::ppo),
            Map.entry("dpo", PreferenceLossMethods::dpo),
            Map.entry("simpo", PreferenceLossMethods::simPo),
            Map.entry("orpo", PreferenceLossMethods::orpo),
            Map.entry("cpo", PreferenceLossMethods::cpo),
            Map.entry("kto", PreferenceLossMethods::kto));

    private LossMethods() {}

    private static Answer grpo(LossCase given) {
        var ratio = new Ratio(
                ImportanceSampling.valueOf(given.text("level").toUpperCase(Locale.ROOT)),
                given.require("epsilon_low"),
                given.require("epsilon_high"),
                given.number("delta").orElse(Double.POSITIVE_INFINITY),
                given.require("sapo_temperature_pos"),
                given.require("sapo_temperature_neg"));
        var grpo = new Grpo(
                2,
                LossType.valueOf(given.text("loss_type").toUpperCase(Locale.ROOT)),
                Grpo.ScaleRewards.GROUP,
                ratio,
                new Kl(given.require("beta"), KlEstimator.K3, KlIn.LOSS, false),
                new Grpo().use());
        var rollouts = rollouts(given, given.floats("reference"));
        int maxTokens = (int) given.require("max_completion_length");
        return given.answer(rollouts.batch(), new GrpoLoss(grpo, rollouts, given.vector("advantages"), maxTokens));
    }

    private static Answer rloo(LossCase given) {
        var clip = new RatioClip(given.require("epsilon_low"), given.require("epsilon_high"));
        var rollouts = rollouts(given, given.floats("old"));
        return given.answer(rollouts.batch(), new Rloo().clip(clip).objective(rollouts, given.vector("advantages")));
    }

    /** Policy and value model together; advantages and returns are made here of rewards and old values. */
    private static Answer ppo(LossCase given) {
        var ppo = new Ppo()
                .gamma(given.require("gamma"))
                .lambda(given.require("lam"))
                .epsilon(given.require("clip"))
                .valueClip(given.require("value_clip"))
                .valueCoefficient(given.require("value_coefficient"));
        var batch = given.batch(1);
        double[] before = given.matrix("old_state_values");
        double[] advantages = ppo.gae().advantages(batch, given.matrix("token_rewards"), before);
        var returns = new double[before.length];
        Arrays.setAll(returns, i -> advantages[i] + before[i]);
        var policy = given.answer(batch, ppo.policyObjective(batch, given.floats("old"), advantages));
        var slopes = new float[before.length];
        double value = ppo.valueObjective(batch, before, returns)
                .loss(batch, 0, batch.rows(), given.floats("state_values"), slopes);
        return new Answer(
                policy.loss() + value, Map.of("grad", policy.gradients().get("grad"), "grad_state_values", slopes));
    }

    /** Completions whose rewards nobody asks for: the case has advantages. */
    private static Rollouts rollouts(LossCase given, float[] reference) {
        var batch = given.batch(1);
        var ended = Collections.nCopies(batch.rows(), Finish.STOP);
        return new Rollouts(batch, 1, new double[batch.rows()], ended, given.floats("old"), reference);
    }
}
