package trivium.sweep;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What a sweep varies: its name, the values a grid visits, and how a search picks one. */
public sealed interface Hyperparameter {

    /** The setting's name, as trials ask for it. */
    String name();

    /** The values a grid visits, in order. */
    List<Object> values();

    /**
     * The value at a share of the way: the listed ones have equal parts of it, a range is walked on its own scale.
     *
     * @param share from 0 to 1
     */
    Object at(double share);

    /** A value drawn at random: any of the listed ones, or anything between the ends of a range. */
    default Object draw(RandomGenerator random) {
        return at(random.nextDouble());
    }

    /**
     * Whether the hyperparameter matters where the hyperparameters before it are set like this; where it does not, a
     * trial lacks it.
     */
    default boolean isActive(Map<String, Object> before) {
        return true;
    }

    /** This hyperparameter, active only where another one, listed before it, has this value. */
    default Hyperparameter when(String other, Object value) {
        return new Conditional(this, other, value);
    }

    /** These values and no others: numbers, text, truth values. */
    static Hyperparameter values(String name, Object... values) {
        return new Listed(name, List.of(values));
    }

    /** {@code count} values from {@code from} to {@code to}, both included, at equal distances. */
    static Hyperparameter range(String name, double from, double to, int count) {
        return new Range(name, from, to, count, false);
    }

    /**
     * {@code count} values from {@code from} to {@code to}, both included, at equal ratios; for learning rates and
     * other scales.
     */
    static Hyperparameter logRange(String name, double from, double to, int count) {
        return new Range(name, from, to, count, true);
    }

    /** The whole numbers from {@code from} to {@code to}, both included. */
    static Hyperparameter integers(String name, int from, int to) {
        return new Listed(
                name, IntStream.rangeClosed(from, to).mapToObj(i -> (Object) i).toList());
    }

    /** Values that are listed. */
    record Listed(String name, List<Object> values) implements Hyperparameter {

        public Listed {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("hyperparameter \"" + name + "\" has no values; list at least one");
            }
        }

        @Override
        public Object at(double share) {
            return values.get(Math.min((int) (share * values.size()), values.size() - 1));
        }
    }

    /** Numbers between two ends. */
    record Range(String name, double from, double to, int count, boolean logarithmic) implements Hyperparameter {

        public Range {
            if (!(from < to) || Double.isInfinite(to - from)) {
                throw new IllegalArgumentException("hyperparameter \"" + name
                        + "\" should go from a lower to a higher number, not from " + from + " to " + to);
            }
            if (logarithmic && from <= 0) {
                throw new IllegalArgumentException(
                        "hyperparameter \"" + name + "\" has equal ratios, so it should start above 0, not at " + from);
            }
            if (count < 2) {
                throw new IllegalArgumentException(
                        "hyperparameter \"" + name + "\" needs at least 2 values to reach from " + from + " to " + to);
            }
        }

        @Override
        public List<Object> values() {
            return IntStream.range(0, count).mapToObj(this::value).toList();
        }

        private Object value(int i) {
            return i == 0 ? from : i == count - 1 ? to : at(i / (count - 1.0)); // the ends are exact, not rounded
        }

        @Override
        public Object at(double share) {
            return logarithmic ? from * Math.pow(to / from, share) : from + (to - from) * share;
        }

        /** How far along a value lies, from 0 to 1; undoes {@link #at}. */
        double share(double value) {
            double share = logarithmic ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
            return Math.clamp(share, 0, 1);
        }
    }

    /** A hyperparameter that depends on another. */
    record Conditional(Hyperparameter hyperparameter, String other, Object value) implements Hyperparameter {

        @Override
        public String name() {
            return hyperparameter.name();
        }

        @Override
        public List<Object> values() {
            return hyperparameter.values();
        }

        @Override
        public Object at(double share) {
            return hyperparameter.at(share);
        }

        @Override
        public boolean isActive(Map<String, Object> before) {
            return value.equals(before.get(other)) && hyperparameter.isActive(before);
        }
    }
}
