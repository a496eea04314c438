package trivium.align;

import trivium.train.Setting;

/**
 * The divergence that holds a policy of {@link Dpo} near its reference (Wang et al. 2024, <i>Beyond Reverse KL</i>,
 * table 1): f′ of the ratio π/π_ref of whole completions takes the place of its logarithm. The reverse Kullback-Leibler
 * divergence gives DPO itself. TRL's {@code f_divergence_type}.
 */
public sealed interface FDivergence extends Setting {

    /** f′(t) at log t = {@code ratio}, with f′(1) = 0. */
    double score(double ratio);

    /** The derivative of {@link #score} with respect to {@code ratio}. */
    double slope(double ratio);

    /** f′(t) = log t + 1, here without the constant. */
    record ReverseKl() implements FDivergence {

        @Override
        public double score(double ratio) {
            return ratio;
        }

        @Override
        public double slope(double ratio) {
            return 1;
        }
    }

    /** f′(t) = 1 − 1/t. */
    record ForwardKl() implements FDivergence {

        @Override
        public double score(double ratio) {
            return 1 - Math.exp(-ratio);
        }

        @Override
        public double slope(double ratio) {
            return Math.exp(-ratio);
        }
    }

    /** f′(t) = log(2t / (t + 1)), at most log 2. */
    record JsDivergence() implements FDivergence {

        @Override
        public double score(double ratio) {
            return Math.log(2) + BradleyTerry.logSigmoid(ratio);
        }

        @Override
        public double slope(double ratio) {
            return Math.exp(BradleyTerry.logSigmoid(-ratio));
        }
    }

    /**
     * f′(t) = (t^(α − 1) − 1) / (α − 1), which is log t in the limit of α = 1.
     *
     * @param alpha α, TRL's {@code f_alpha_divergence_coef}
     */
    record AlphaDivergence(double alpha) implements FDivergence {

        /** e to this still fits float32; TRL clamps there too, and nothing is learned beyond. */
        private static final double LARGEST = 80;

        /** α this near 1 is 1. */
        private static final double LIMIT = 1e-6;

        public AlphaDivergence {
            if (!Double.isFinite(alpha)) {
                throw new IllegalArgumentException("alpha " + alpha + ": expected a number, such as 0.5");
            }
        }

        @Override
        public double score(double ratio) {
            double power = alpha - 1;
            return Math.abs(power) < LIMIT ? ratio : Math.expm1(Math.min(LARGEST, power * ratio)) / power;
        }

        @Override
        public double slope(double ratio) {
            double power = (alpha - 1) * ratio;
            return Math.abs(alpha - 1) < LIMIT ? 1 : power > LARGEST ? 0 : Math.exp(power);
        }
    }
}
