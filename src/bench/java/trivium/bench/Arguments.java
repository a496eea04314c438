package trivium.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words behind {@code bench}: options with a value after them, and {@code --json}. */
final class Arguments {

    private static final String JOB = "--job";
    private static final String JSON = "--json";
    private static final int WITH_PEER = 3;

    private final Map<String, List<String>> values = new HashMap<>();
    private boolean json;

    /**
     * @param options those that have a value after them
     * @param refusal the sentence about a word that is none of them
     * @throws IllegalArgumentException in that sentence, or where a value is missing
     */
    Arguments(List<String> words, Set<String> options, UnaryOperator<String> refusal) {
        var rest = words.iterator();
        while (rest.hasNext()) {
            var word = rest.next();
            if (word.equals(JSON)) {
                json = true;
            } else if (!options.contains(word)) {
                throw new IllegalArgumentException(refusal.apply(word));
            } else if (rest.hasNext()) {
                values.computeIfAbsent(word, _ -> new ArrayList<>()).add(rest.next());
            } else {
                throw new IllegalArgumentException(word + " needs a value after it");
            }
        }
    }

    /**
     * The arguments of {@code bench --job JOB}.
     *
     * @param takes each option that has a value, with what stands for the value: "--steps N"
     */
    static Arguments of(String job, List<String> words, String... takes) {
        var options = Stream.concat(
                        Stream.of(JOB), Arrays.stream(takes).map(take -> take.substring(0, take.indexOf(' '))))
                .collect(Collectors.toSet());
        return new Arguments(
                words,
                options,
                word -> "bench --job " + job + " does not know \"" + word + "\"; it takes " + String.join(", ", takes)
                        + " and " + JSON);
    }

    boolean json() {
        return json;
    }

    /** Every value of an option, in order. */
    List<String> all(String option) {
        return values.getOrDefault(option, List.of());
    }

    /** The last value of an option; null where it is not there. */
    String text(String option) {
        return all(option).isEmpty() ? null : all(option).getLast();
    }

    /**
     * How often everything is measured: as {@code --rounds} says, otherwise three times in turn with a peer, or once.
     */
    int rounds() {
        return number("--rounds", text("--peer") == null ? 1 : WITH_PEER);
    }

    /** The last value of an option as a whole number of at least 1. */
    int number(String option, int otherwise) {
        var value = text(option);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                option + " needs a whole number of at least 1 after it, not \"" + value + "\"");
    }
}
