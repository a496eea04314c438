package trivium.align;

/**
 * Kahneman-Tversky optimisation (Ethayarajh et al. 2024, equations 7 and 8) of answers that were each found good or
 * bad. With z = Σ log π − log π_ref and the batch's estimate of KL(π ‖ π_ref) as the point from which gains and losses
 * count,
 *
 * <pre>{@code L = (1/B) Σ  desirableWeight · (1 − σ(β (z − kl)))  of good answers,
 *             undesirableWeight · (1 − σ(β (kl − z)))  of bad ones}</pre>
 *
 * @param beta β, above 0
 * @param desirableWeight λ_D, above 0
 * @param undesirableWeight λ_U, above 0; the paper advises λ_D · (good answers) / (λ_U · (bad ones)) between 1 and 3/2
 */
public record Kto(double beta, double desirableWeight, double undesirableWeight) implements UnpairedLoss {

    public Kto {
        Dpo.requireBeta(beta);
        requireWeight("desirable", desirableWeight);
        requireWeight("undesirable", undesirableWeight);
    }

    /** TRL's β = 0.1 and weights of 1. */
    public Kto() {
        this(0.1, 1, 1);
    }

    /** With this β, and weights of 1. */
    public static Kto beta(double beta) {
        return new Kto(beta, 1, 1);
    }

    public Kto desirableWeight(double weight) {
        return new Kto(beta, weight, undesirableWeight);
    }

    public Kto undesirableWeight(double weight) {
        return new Kto(beta, desirableWeight, weight);
    }

    private static void requireWeight(String name, double weight) {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "weight " + weight + " of " + name + " answers: expected a number above 0, such as 1");
        }
    }

    @Override
    public double reward(Logps completion) {
        return beta * completion.ratio();
    }

    @Override
    public Result of(Logps completion, boolean label, double kl) {
        int sign = label ? 1 : -1;
        double weight = label ? desirableWeight : undesirableWeight;
        double x = sign * beta * (completion.ratio() - kl);
        double missed = Dpo.sigmoid(-x); // 1 − σ(x), to the last bit also where σ is near 1
        return new Result(weight * missed, -sign * weight * beta * missed * Dpo.sigmoid(x));
    }
}
