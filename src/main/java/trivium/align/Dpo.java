package trivium.align;

import static trivium.align.BradleyTerry.logSigmoid;

import trivium.align.FDivergence.ReverseKl;
import trivium.train.Checks;

/**
 * Direct preference optimisation (Rafailov et al. 2023, equation 7) and the losses that differ from it in a function:
 * with c = Σ log π − log π_ref of the chosen answer, r the same of the rejected one, and Δ = f′(c) − f′(r),
 *
 * <pre>{@code L = −(1/pairs) Σ log σ(β Δ)}</pre>
 *
 * is {@link LossType#SIGMOID}; each of the others says its own. The names are TRL's {@code loss_type}. The implied
 * reward of an answer is β c or β r, whatever the loss.
 *
 * @param beta β, above 0: how much a nat of distance from the reference costs; the smaller, the further the policy goes
 * @param lossType which function of the two log-ratios is minimised
 * @param labelSmoothing ε in [0, 0.5): the share of comparisons that are taken to be the wrong way round, read by
 *     {@link LossType#SIGMOID}, {@link LossType#ROBUST} and {@link LossType#EXO_PAIR}
 * @param fDivergence f, by which losses of Δ measure the distance from the reference
 */
public record Dpo(double beta, LossType lossType, double labelSmoothing, FDivergence fDivergence) implements PairLoss {

    /** What is minimised for each pair; |c| and |r| are the answers' numbers of tokens. */
    public enum LossType {
        /**
         * −log σ(β Δ); with label smoothing −(1 − ε) log σ(β Δ) − ε log σ(−β Δ), conservative DPO (Mitchell 2023),
         * which TRL's "sigmoid" leaves out.
         */
        SIGMOID,
        /** max(0, 1 − β Δ): SLiC (Zhao et al. 2023) on log-ratios. */
        HINGE,
        /**
         * (f′(c)/|c| − f′(r)/|r| − 1/(2β))², Azar et al. 2023, equation 17; the means over tokens are their authors'
         * own practice and TRL's.
         */
        IPO,
        /** KL(σ(±β Δ) ‖ 1 − ε, ε), Ji et al. 2024 (EXO), equation 16; ε has to be above 0. */
        EXO_PAIR,
        /** −log σ(β c) − ½ log σ(−β c) − ½ log σ(−β r), Chen et al. 2024 (NCA). */
        NCA_PAIR,
        /** (−(1 − ε) log σ(β Δ) + ε log σ(−β Δ)) / (1 − 2ε), Chowdhury et al. 2024: unbiased under flips at rate ε. */
        ROBUST,
        /**
         * −log σ(β c) − log σ(−β r): the logistic loss of BCO (Jung et al. 2024), without its running mean, as in TRL.
         */
        BCO_PAIR,
        /** (c − 1/(2β))² + (r + 1/(2β))², Wu et al. 2024 (SPPO), equation 4.7 with P = 1. */
        SPPO_HARD,
        /**
         * 1 − σ(β c) + σ(β r), D'Oosterlinck et al. 2024 (APO), equation 7: chosen answers better than the policy's
         * own.
         */
        APO_ZERO,
        /** σ(β c) + 1 − σ(β (c − r)), the same, equation 8: chosen answers worse than the policy's own. */
        APO_DOWN,
        /** −log σ(β (f′(c)/|c| − f′(r)/|r|)): DPO on means over tokens. */
        SIGMOID_NORM
    }

    public Dpo {
        requireBeta(beta);
        Checks.given(lossType, "the loss type", LossType.values());
        Checks.given(fDivergence, "the f-divergence");
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
            throw new IllegalArgumentException("label smoothing " + labelSmoothing
                    + ": expected a share of flipped comparisons from 0 to below 0.5, such as 0.1");
        }
        if (lossType == LossType.EXO_PAIR && labelSmoothing == 0) {
            throw new IllegalArgumentException(
                    "label smoothing 0: exo_pair divides by it, so it has to be above 0, such as 0.001");
        }
    }

    /** β = 0.1, as in TRL. */
    public Dpo() {
        this(0.1, LossType.SIGMOID, 0, new ReverseKl());
    }

    /** DPO with this β. */
    public static Dpo beta(double beta) {
        return of(LossType.SIGMOID, beta);
    }

    /** Conservative DPO: DPO that takes a share of the comparisons to be the wrong way round. */
    public static Dpo conservative(double beta, double labelSmoothing) {
        return beta(beta).labelSmoothing(labelSmoothing);
    }

    /** Robust DPO: the same share, without the bias towards a margin of log((1 − ε) / ε) that conservative DPO has. */
    public static Dpo robust(double beta, double labelSmoothing) {
        return new Dpo(beta, LossType.ROBUST, labelSmoothing, new ReverseKl());
    }

    /** IPO, whose β the paper calls τ. */
    public static Dpo ipo(double beta) {
        return of(LossType.IPO, beta);
    }

    /** Hinge loss (SLiC). */
    public static Dpo hinge(double beta) {
        return of(LossType.HINGE, beta);
    }

    /** APO-zero. */
    public static Dpo apoZero(double beta) {
        return of(LossType.APO_ZERO, beta);
    }

    /** APO-down. */
    public static Dpo apoDown(double beta) {
        return of(LossType.APO_DOWN, beta);
    }

    /** Length-normalised DPO; log-ratios per token are small, so β is larger than DPO's, such as 2. */
    public static Dpo lengthNormalised(double beta) {
        return of(LossType.SIGMOID_NORM, beta);
    }

    private static Dpo of(LossType lossType, double beta) {
        return new Dpo(beta, lossType, 0, new ReverseKl());
    }

    public Dpo lossType(LossType other) {
        return new Dpo(beta, other, labelSmoothing, fDivergence);
    }

    public Dpo labelSmoothing(double share) {
        return new Dpo(beta, lossType, share, fDivergence);
    }

    public Dpo fDivergence(FDivergence other) {
        return new Dpo(beta, lossType, labelSmoothing, other);
    }

    static void requireBeta(double beta) {
        if (!(beta > 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta " + beta + ": expected a number above 0, such as 0.1");
        }
    }

    @Override
    public double reward(Logps completion) {
        return beta * completion.ratio();
    }

    @Override
    public Result of(Logps chosen, Logps rejected) {
        double c = chosen.ratio();
        double r = rejected.ratio();
        return switch (lossType) {
            case SIGMOID -> scores(chosen, rejected, delta -> logistic(delta, 1 - labelSmoothing, labelSmoothing));
            case ROBUST -> {
                double scale = 1 / (1 - 2 * labelSmoothing);
                yield scores(
                        chosen,
                        rejected,
                        delta -> logistic(delta, scale * (1 - labelSmoothing), -scale * labelSmoothing));
            }
            case HINGE ->
                scores(
                        chosen,
                        rejected,
                        delta -> new Term(Math.max(0, 1 - beta * delta), beta * delta < 1 ? -beta : 0));
            case EXO_PAIR -> scores(chosen, rejected, this::exo);
            case IPO ->
                means(chosen, rejected, delta -> {
                    double off = delta - 1 / (2 * beta);
                    return new Term(off * off, 2 * off);
                });
            case SIGMOID_NORM -> means(chosen, rejected, delta -> logistic(delta, 1, 0));
            case NCA_PAIR -> apart(logistic(c, 1, 0.5), logistic(r, 0, 0.5));
            case BCO_PAIR -> apart(logistic(c, 1, 0), logistic(r, 0, 1));
            case SPPO_HARD -> {
                double up = c - 0.5 / beta;
                double down = r + 0.5 / beta;
                yield new Result(up * up + down * down, 2 * up, 2 * down);
            }
            case APO_ZERO -> apart(sigmoid(c, -1), sigmoid(r, 1));
            case APO_DOWN -> {
                var own = sigmoid(c, 1);
                var both = sigmoid(c - r, -1);
                yield new Result(own.loss + both.loss, own.slope + both.slope, -both.slope);
            }
        };
    }

    /** A number and its derivative. */
    private record Term(double loss, double slope) {}

    private interface OfDelta {
        Term at(double delta);
    }

    /** A loss of Δ = f′(c) − f′(r). */
    private Result scores(Logps chosen, Logps rejected, OfDelta loss) {
        return ofScores(chosen, 1, rejected, 1, loss);
    }

    /** The same with f′ divided by the numbers of tokens. */
    private Result means(Logps chosen, Logps rejected, OfDelta loss) {
        return ofScores(chosen, chosen.length(), rejected, rejected.length(), loss);
    }

    private Result ofScores(Logps chosen, int ofChosen, Logps rejected, int ofRejected, OfDelta loss) {
        double c = chosen.ratio();
        double r = rejected.ratio();
        var term = loss.at(fDivergence.score(c) / ofChosen - fDivergence.score(r) / ofRejected);
        return new Result(
                term.loss,
                term.slope * fDivergence.slope(c) / ofChosen,
                -term.slope * fDivergence.slope(r) / ofRejected);
    }

    private static Result apart(Term chosen, Term rejected) {
        return new Result(chosen.loss + rejected.loss, chosen.slope, rejected.slope);
    }

    /** −up · log σ(β x) − down · log σ(−β x). */
    private Term logistic(double x, double up, double down) {
        double z = beta * x;
        return new Term(-up * logSigmoid(z) - down * logSigmoid(-z), beta * (down * sigmoid(z) - up * sigmoid(-z)));
    }

    /** σ(β x) for {@code sign} 1, 1 − σ(β x) for −1. */
    private Term sigmoid(double x, int sign) {
        double z = beta * x;
        return new Term(sigmoid(sign * z), sign * beta * sigmoid(z) * sigmoid(-z));
    }

    /** With q = σ(β Δ): q log(q / (1 − ε)) + (1 − q) log((1 − q) / ε), whose derivative at q is β Δ − logit(1 − ε). */
    private Term exo(double delta) {
        double z = beta * delta;
        double q = sigmoid(z);
        double p = sigmoid(-z);
        double logYes = Math.log1p(-labelSmoothing);
        double logNo = Math.log(labelSmoothing);
        double loss = q * (logSigmoid(z) - logYes) + p * (logSigmoid(-z) - logNo);
        return new Term(loss, beta * q * p * (z - logYes + logNo));
    }

    static double sigmoid(double x) {
        return Math.exp(logSigmoid(x));
    }
}
