package trivium.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the rounds of a measurement found. */
final class Rounds {

    private Rounds() {}

    /** Of an even number of them, the higher one in the middle. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
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
}
