package trivium.align;

import static trivium.align.BradleyTerry.logSigmoid;

import trivium.train.Report;

/**
 * Odds ratio preference optimisation (Hong et al. 2024, equations 6 and 7): fine-tuning on the chosen answers and, with
 * weight β, the odds of the chosen answer against those of the rejected one; no reference. With p the geometric mean of
 * an answer's token probabilities and odds = p / (1 − p),
 *
 * <pre>{@code L = −mean log π of chosen tokens − β (1/pairs) Σ log σ(log odds(chosen) − log odds(rejected))}</pre>
 *
 * @param beta β, above 0; the paper's λ
 */
public record Orpo(double beta) implements PairLoss {

    /** An answer likelier than e to this, token by token, has the odds of this: those of a certain one are infinite. */
    private static final double CERTAIN = -1e-6;

    public Orpo {
        Dpo.requireBeta(beta);
    }

    /** The paper's and TRL's β = 0.1. */
    public Orpo() {
        this(0.1);
    }

    public static Orpo beta(double beta) {
        return new Orpo(beta);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double nllWeight() {
        return 1;
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
        double z = logOdds(chosen) - logOdds(rejected);
        double slope = -beta * Math.exp(logSigmoid(-z));
        return new Result(-beta * logSigmoid(z), slope * slope(chosen), -slope * slope(rejected));
    }

    @Override
    public void report(Logps chosen, Logps rejected, Report report) {
        double z = logOdds(chosen) - logOdds(rejected);
        report.mean("log_odds_chosen", z, 1);
        report.mean("log_odds_ratio", logSigmoid(z), 1);
    }

    private static double logOdds(Logps completion) {
        double mean = Math.min(CERTAIN, completion.mean());
        return mean - Math.log(-Math.expm1(mean));
    }

    /** d log odds / d Σ log π = 1 / (1 − p) / tokens. */
    private static double slope(Logps completion) {
        double mean = completion.mean();
        return mean > CERTAIN ? 0 : -1 / Math.expm1(mean) / completion.length();
    }
}
