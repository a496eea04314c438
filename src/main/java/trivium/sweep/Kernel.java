package trivium.sweep;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Erf;

/**
 * The factor of one hyperparameter in each part of a {@link Mixture}. Widths and smoothing are those of Optuna's
 * TPESampler (Akiba et al., KDD 2019; version 5, with the defaults "consider_magic_clip" true and "consider_endpoints"
 * false).
 */
sealed interface Kernel {

    /** A value drawn from a part. */
    Object draw(int part, RandomGenerator random);

    /** The logarithm of a part's density at a value. */
    double log(int part, Object value);

    /**
     * A part around each of these values; null stands for a part that is uniform, as the last part is, which is added.
     */
    static Kernel of(Hyperparameter hyperparameter, List<Object> values) {
        return switch (hyperparameter) {
            case Hyperparameter.Conditional conditional -> of(conditional.hyperparameter(), values);
            case Hyperparameter.Range range ->
                Gaussians.around(
                        range,
                        values.stream()
                                .mapToDouble(value ->
                                        value == null ? Double.NaN : range.share(((Number) value).doubleValue()))
                                .toArray());
            case Hyperparameter.Listed listed ->
                new Counts(
                        listed,
                        values.stream()
                                .mapToInt(value ->
                                        value == null ? -1 : listed.values().indexOf(value))
                                .toArray(),
                        1.0 / (values.stream().filter(Objects::nonNull).count() + 1));
        };
    }

    /**
     * A Gaussian in each part, cut to the interval from 0 to 1 of the range's own scale. It is as wide as the larger
     * gap to its neighbours, or as the one gap of the outermost, and no narrower than 1/(n + 2) of the range with n
     * values, nor than 1/100.
     *
     * @param centres from 0 to 1, or NaN where the part is uniform
     * @param widths standard deviations
     */
    record Gaussians(Hyperparameter.Range range, double[] centres, double[] widths) implements Kernel {

        private static final double NARROWEST = 0.01;

        static Gaussians around(Hyperparameter.Range range, double... centres) {
            int[] order = IntStream.range(0, centres.length)
                    .filter(part -> !Double.isNaN(centres[part]))
                    .boxed()
                    .sorted(Comparator.comparingDouble(part -> centres[part]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            double narrowest = Math.max(NARROWEST, 1.0 / (order.length + 2));
            double[] widths = new double[centres.length];
            Arrays.fill(widths, Double.NaN);
            for (int i = 0; i < order.length; i++) {
                double here = centres[order[i]];
                double left = i > 0 ? here - centres[order[i - 1]] : order.length > 1 ? 0 : here;
                double right = i < order.length - 1 ? centres[order[i + 1]] - here : order.length > 1 ? 0 : 1 - here;
                widths[order[i]] = Math.clamp(Math.max(left, right), narrowest, 1);
            }
            return new Gaussians(range, centres, widths);
        }

        private boolean isUniform(int part) {
            return part == centres.length || Double.isNaN(centres[part]);
        }

        @Override
        public Object draw(int part, RandomGenerator random) {
            return range.at(share(part, random));
        }

        private double share(int part, RandomGenerator random) {
            if (isUniform(part)) {
                return random.nextDouble();
            }
            while (true) { // a centre lies inside and no width exceeds 1, so a third of the draws or more are good
                double point = centres[part] + widths[part] * random.nextGaussian();
                if (point >= 0 && point <= 1) {
                    return point;
                }
            }
        }

        @Override
        public double log(int part, Object value) {
            if (isUniform(part)) {
                return 0;
            }
            double z = (range.share(((Number) value).doubleValue()) - centres[part]) / widths[part];
            double inside = cumulative((1 - centres[part]) / widths[part]) - cumulative(-centres[part] / widths[part]);
            return -z * z / 2 - Math.log(Math.sqrt(2 * Math.PI) * widths[part] * inside);
        }

        /** The standard normal distribution function. */
        static double cumulative(double z) {
            return Erf.erfc(-z / Math.sqrt(2)) / 2;
        }
    }

    /**
     * Frequencies of listed values in each part: its own value counts 1, and all count 1/(n + 1) more with n values.
     *
     * @param indices of the parts' values, or -1 where the part is uniform
     * @param smoothing what all values count more
     */
    record Counts(Hyperparameter.Listed listed, int[] indices, double smoothing) implements Kernel {

        @Override
        public Object draw(int part, RandomGenerator random) {
            int count = listed.values().size();
            boolean uniform = part == indices.length || indices[part] < 0;
            boolean own = !uniform && random.nextDouble() * (1 + count * smoothing) < 1;
            return listed.values().get(own ? indices[part] : random.nextInt(count));
        }

        @Override
        public double log(int part, Object value) {
            int count = listed.values().size();
            if (part == indices.length || indices[part] < 0) {
                return -Math.log(count);
            }
            boolean own = listed.values().get(indices[part]).equals(value);
            return Math.log(((own ? 1 : 0) + smoothing) / (1 + count * smoothing));
        }
    }
}
