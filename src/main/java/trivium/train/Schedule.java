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

    /** By division, so that a tenth of 10⁻³ is 10⁻⁴ to the last bit. */
    private static double end(double peak, double floor) {
        return peak / (1 / floor);
    }
}
