package trivium.align;

import trivium.train.Report;

/**
 * What a ratio ρ and an advantage Â make of a token, or of a completion.
 *
 * @param value of the term that is to rise
 * @param slope its derivative with respect to log ρ
 */
record Surrogate(double value, double slope) {

    private static final String CLIPPED = "clip_ratio/region_mean";
    private static final String CLIPPED_LOW = "clip_ratio/low_mean";
    private static final String CLIPPED_HIGH = "clip_ratio/high_mean";

    /**
     * min(min(ρ, δ) Â, clip(ρ, low, high) Â), which has no slope where the smaller of the two is held.
     *
     * @param logRatio log ρ
     * @param delta δ, infinity for none
     */
    static Surrogate clipped(double logRatio, double advantage, double low, double high, double delta) {
        double ratio = Exponential.of(logRatio);
        double free = Math.min(ratio, delta);
        double held = Math.clamp(ratio, low, high);
        boolean takesFree = advantage < 0 ? free >= held : free <= held;
        boolean moves = takesFree ? ratio <= delta : ratio >= low && ratio <= high;
        return new Surrogate(
                (takesFree ? free : held) * advantage, moves ? Exponential.slope(logRatio) * advantage : 0);
    }

    /** Reports whether the clip holds at one token or completion, under TRL's names. */
    static void report(double logRatio, double advantage, double low, double high, double delta, Report report) {
        double ratio = Math.min(Exponential.of(logRatio), delta);
        int below = advantage < 0 && ratio < low ? 1 : 0;
        int above = advantage > 0 && ratio > high ? 1 : 0;
        report.mean(CLIPPED, below + above, 1);
        report.mean(CLIPPED_LOW, below, 1);
        report.mean(CLIPPED_HIGH, above, 1);
    }
}
