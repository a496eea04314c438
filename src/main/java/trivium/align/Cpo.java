package trivium.align;

import static trivium.align.BradleyTerry.logSigmoid;

/**
 * Contrastive preference optimisation (Xu et al. 2024, equations 3 and 5): DPO whose reference is uniform, so that none
 * is needed, and the likelihood of the chosen answers, so that they do not become less likely.
 *
 * <pre>{@code L = −(1/pairs) Σ log σ(β (log π(chosen) − log π(rejected))) − alpha · mean log π of chosen tokens}</pre>
 *
 * @param beta β, above 0
 * @param alpha the weight of the second term, at least 0; TRL's {@code cpo_alpha}
 */
public record Cpo(double beta, double alpha) implements PairLoss {

    public Cpo {
        Dpo.requireBeta(beta);
        if (!(alpha >= 0) || Double.isInfinite(alpha)) {
            throw new IllegalArgumentException("alpha " + alpha + ": expected 0 or a positive number, such as 1");
        }
    }

    /** TRL's β = 0.1 and alpha = 1. */
    public Cpo() {
        this(0.1, 1);
    }

    /** With this β, and alpha = 1. */
    public static Cpo beta(double beta) {
        return new Cpo(beta, 1);
    }

    public Cpo alpha(double weight) {
        return new Cpo(beta, weight);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double nllWeight() {
        return alpha;
    }

    @Override
    public double reward(Logps completion) {
        return beta * completion.policy();
    }

    @Override
    public Result of(Logps chosen, Logps rejected) {
        double z = beta * (chosen.policy() - rejected.policy());
        double slope = -beta * Math.exp(logSigmoid(-z));
        return new Result(-logSigmoid(z), slope, -slope);
    }
}
