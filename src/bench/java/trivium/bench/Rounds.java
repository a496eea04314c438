package trivium.bench;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the rounds of a measurement found. */
final class Rounds {

    private static final double MOST_SPREAD = 1.2;

    private Rounds() {}

    /** Of an even number of them, the higher one in the middle. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Ours over theirs, round by round; ours alone where there is no peer. */
    static List<Double> ratios(List<Double> ours, List<Double> theirs) {
        return theirs.isEmpty()
                ? ours
                : IntStream.range(0, ours.size())
                        .mapToObj(i -> ours.get(i) / theirs.get(i))
                        .toList();
    }

    /** Whether the highest is more than a fifth above the lowest, and no median of three is to be relied on. */
    static boolean isNoisy(List<Double> values) {
        return Collections.max(values) > MOST_SPREAD * Collections.min(values);
    }

    /**
     * All of them, in the order they were measured in.
     *
     * @param format of one, such as "%.3f"
     */
    static String shown(String format, List<Double> values) {
        return values.stream()
                .map(each -> String.format(Locale.ROOT, format, each))
                .collect(Collectors.joining(", "));
    }

    /**
     * "; peer 0.688, 0.746 s a step, ratio of medians 3.29"; nothing without a peer.
     *
     * @param format of one of the peer's numbers
     * @param unit of them
     */
    static String peer(String format, String unit, List<Double> theirs, double ratio) {
        return theirs.isEmpty()
                ? ""
                : String.format(Locale.ROOT, "; peer %s %s, ratio of medians %.2f", shown(format, theirs), unit, ratio);
    }
}
