package trivium.run;

import trivium.text.Numbers;

/**
 * What somebody changed by hand while a training ran.
 *
 * @param step the first step that it concerns, counted from 1
 * @param learningRateFactor from then on learning rates are those of the schedule times this, finite and above 0; it
 *     takes the place of the factor before it
 */
public record Intervention(long step, double learningRateFactor) {

    public Intervention {
        if (step < 1) {
            throw new IllegalArgumentException("an intervention from step " + step + " on: steps are counted from 1");
        }
        requireFactor(learningRateFactor);
    }

    static void requireFactor(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException(
                    "learning rates cannot be multiplied by " + factor + ": expected a number above 0, such as 0.5");
        }
    }

    /** In words: "learning rate × 0.5 from step 120 on, by hand". */
    public String text() {
        return "learning rate × " + Numbers.value(learningRateFactor) + " from step " + step + " on, by hand";
    }
}
