package trivium.sweep;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The densities of one hyperparameter's values in good settings and in the rest: l(x) and g(x) of Bergstra et al. 2011.
 */
sealed interface Estimator {

    /** A value as good settings have it, drawn from l. */
    Object draw(RandomGenerator random);

    /** log l(x) - log g(x). */
    double gain(Object value);

    /** Fitted to the values that a hyperparameter had, in good settings and in the rest. */
    static Estimator of(Hyperparameter hyperparameter, List<Object> good, List<Object> rest) {
        return switch (hyperparameter) {
            case Hyperparameter.Conditional conditional -> of(conditional.hyperparameter(), good, rest);
            case Hyperparameter.Range range -> new Scale(range, parzen(range, good), parzen(range, rest));
            case Hyperparameter.Listed listed ->
                new Choice(listed, frequencies(listed, good), frequencies(listed, rest));
        };
    }

    private static Parzen parzen(Hyperparameter.Range range, List<Object> values) {
        return Parzen.around(values.stream()
                .mapToDouble(value -> range.share(((Number) value).doubleValue()))
                .sorted()
                .toArray());
    }

    /** The relative frequency of each value, each counted once more than it occurred: the paper's N p + C. */
    private static List<Double> frequencies(Hyperparameter.Listed listed, List<Object> values) {
        double all = listed.values().size() + values.size();
        return listed.values().stream()
                .map(value -> (1 + values.stream().filter(value::equals).count()) / all)
                .toList();
    }

    /** The estimator of a range, on the scale of the range. */
    record Scale(Hyperparameter.Range range, Parzen good, Parzen rest) implements Estimator {

        @Override
        public Object draw(RandomGenerator random) {
            return range.at(good.draw(random));
        }

        @Override
        public double gain(Object value) {
            double share = range.share(((Number) value).doubleValue());
            return Math.log(good.density(share)) - Math.log(rest.density(share));
        }
    }

    /** Of listed values. */
    record Choice(Hyperparameter.Listed listed, List<Double> good, List<Double> rest) implements Estimator {

        @Override
        public Object draw(RandomGenerator random) {
            double left = random.nextDouble();
            int i = 0;
            while (i < good.size() - 1 && left >= good.get(i)) {
                left -= good.get(i++);
            }
            return listed.values().get(i);
        }

        @Override
        public double gain(Object value) {
            int i = listed.values().indexOf(value);
            return Math.log(good.get(i)) - Math.log(rest.get(i));
        }
    }
}
