package trivium.align;

import static trivium.align.BradleyTerry.logSigmoid;

/**
 * Simple preference optimisation (Meng et al. 2024, equation 6): no reference; the reward of an answer is β times the
 * mean log-probability of its tokens, and the chosen one's has to be higher by γ.
 *
 * <pre>{@code L = −(1/pairs) Σ log σ(β (mean log π(chosen) − mean log π(rejected)) − γ)}</pre>
 *
 * In TRL the loss {@code simpo} of its CPO trainer, with {@code cpo_alpha} 0.
 *
 * @param beta β, above 0
 * @param gamma γ, the margin, at least 0
 */
public record SimPo(double beta, double gamma) implements PairLoss {

    public SimPo {
        Dpo.requireBeta(beta);
        if (!(gamma >= 0) || Double.isInfinite(gamma)) {
            throw new IllegalArgumentException(
                    "gamma " + gamma + ": expected 0 (no margin) or a positive number, such as 0.5");
        }
    }

    /** The paper's β = 2 with γ = 0.5. */
    public SimPo() {
        this(2, 0.5);
    }

    /** With this β, and γ = 0.5. */
    public static SimPo beta(double beta) {
        return new SimPo(beta, 0.5);
    }

    public SimPo gamma(double margin) {
        return new SimPo(beta, margin);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double reward(Logps completion) {
        return beta * completion.mean();
    }

    @Override
    public double logps(Logps completion) {
        return completion.mean();
    }

    @Override
    public Result of(Logps chosen, Logps rejected) {
        double z = beta * (chosen.mean() - rejected.mean()) - gamma;
        double slope = -beta * Math.exp(logSigmoid(-z));
        return new Result(-logSigmoid(z), slope / chosen.length(), -slope / rejected.length());
    }
}
