package trivium.sweep;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** One setting a sweep turns: its name, the values a grid visits, and how a random search draws one. */
public sealed interface Knob {

    /** The setting's name, as trials ask for it. */
    String name();

    /** The values a grid visits, in order. */
    List<Object> values();

    /** A value drawn at random: any of the listed ones, or anything between the ends of a range. */
    Object draw(RandomGenerator random);

    /** These values and no others: numbers, text, truth values. */
    static Knob values(String name, Object... values) {
        return new Listed(name, List.of(values));
    }

    /** {@code count} values from {@code from} to {@code to}, both included, at equal distances. */
    static Knob range(String name, double from, double to, int count) {
        return new Range(name, from, to, count, false);
    }

    /**
     * {@code count} values from {@code from} to {@code to}, both included, at equal ratios; for learning rates and
     * other scales.
     */
    static Knob logRange(String name, double from, double to, int count) {
        return new Range(name, from, to, count, true);
    }

    /** Values that are listed. */
    record Listed(String name, List<Object> values) implements Knob {

        public Listed {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("knob \"" + name + "\" has no values; list at least one");
            }
        }

        @Override
        public Object draw(RandomGenerator random) {
            return values.get(random.nextInt(values.size()));
        }
    }

    /** Numbers between two ends. */
    record Range(String name, double from, double to, int count, boolean logarithmic) implements Knob {

        public Range {
            if (!(from < to) || Double.isInfinite(to - from)) {
                throw new IllegalArgumentException("knob \"" + name
                        + "\" should go from a lower to a higher number, not from " + from + " to " + to);
            }
            if (logarithmic && from <= 0) {
                throw new IllegalArgumentException(
                        "knob \"" + name + "\" has equal ratios, so it should start above 0, not at " + from);
            }
            if (count < 2) {
                throw new IllegalArgumentException(
                        "knob \"" + name + "\" needs at least 2 values to reach from " + from + " to " + to);
            }
        }

        @Override
        public List<Object> values() {
            return IntStream.range(0, count).mapToObj(this::value).toList();
        }

        @Override
        public Object draw(RandomGenerator random) {
            return at(random.nextDouble());
        }

        private Object value(int i) {
            return i == 0 ? from : i == count - 1 ? to : at(i / (count - 1.0)); // the ends are exact, not rounded
        }

        private Object at(double share) {
            return logarithmic ? from * Math.pow(to / from, share) : from + (to - from) * share;
        }
    }
}
