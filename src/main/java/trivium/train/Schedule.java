package trivium.train;

/**
 * What becomes of the learning rate after its warm-up; Hugging Face's {@code lr_scheduler_type}. Your own is a record
 * that implements this, named in {@code META-INF/services/trivium.train.Schedule}.
 */
public interface Schedule extends Setting {

    /**
     * The learning rate.
     *
     * @param peak the highest, at the end of the warm-up
     * @param done the share of the steps after the warm-up that are over, in [0, 1]
     */
    double at(double peak, double done);

    /**
     * Half a cosine (Loshchilov and Hutter 2017, equation 5, without restarts; nanoGPT's).
     *
     * @param floor the share of the peak that is approached, in [0, 1]
     */
    record Cosine(double floor) implements Schedule {
        public Cosine {
            Checks.ratio(floor, "floor of the learning rate");
        }

        /** Down to a tenth, as nanoGPT has it. */
        public Cosine() {
            this(0.1);
        }

        @Override
        public double at(double peak, double done) {
            double end = end(peak, floor);
            return end + (peak - end) * 0.5 * (1 + Math.cos(Math.PI * done));
        }
    }

    /**
     * A straight line.
     *
     * @param floor the share of the peak that is approached, in [0, 1]
     */
    record Linear(double floor) implements Schedule {
        public Linear {
            Checks.ratio(floor, "floor of the learning rate");
        }

        /** Down to 0, as Hugging Face's Trainer has it. */
        public Linear() {
            this(0);
        }

        @Override
        public double at(double peak, double done) {
            double end = end(peak, floor);
            return end + (peak - end) * (1 - done);
        }
    }

    /** The peak at every step. */
    record Constant() implements Schedule {
        @Override
        public double at(double peak, double done) {
            return peak;
        }
    }

    /**
     * The peak, and at the end a fall along 1 − √x (WSD: Hu et al. 2024, arXiv:2404.06395, section 4; its form: Hägele
     * et al. 2024, arXiv:2405.18392, equation 2). What was trained before the fall can be trained on at the peak, or
     * brought down anywhere.
     *
     * @param decayRatio the share of the steps after the warm-up in which it falls, in [0, 1]
     * @param floor the share of the peak that is approached, in [0, 1]
     */
    record WarmupStableDecay(double decayRatio, double floor) implements Schedule {
        public WarmupStableDecay {
            Checks.ratio(decayRatio, "share of the steps in which the learning rate falls");
            Checks.ratio(floor, "floor of the learning rate");
        }

        /** In the last fifth, down to 0, as Hägele et al. have it. */
        public WarmupStableDecay() {
            this(0.2, 0);
        }

        @Override
        public double at(double peak, double done) {
            double fallen = done + decayRatio - 1;
            if (fallen <= 0) {
                return peak;
            }
            double end = end(peak, floor);
            return end + (peak - end) * (1 - Math.sqrt(fallen / decayRatio));
        }
    }

    /** By division, so that a tenth of 10⁻³ is 10⁻⁴ to the last bit. */
    private static double end(double peak, double floor) {
        return peak / (1 / floor);
    }
}
