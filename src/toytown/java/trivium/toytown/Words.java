package trivium.toytown;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of Toy Town: how constants are spelled, and which words are happy ones. */
final class Words {

    private static final Pattern NOT_A_LETTER = Pattern.compile("[^\\p{L}]+");

    /**
     * Words that make a sentence cheerful, whatever the sentence says: the good moods, the good reactions and a few
     * more.
     */
    static final Set<String> HAPPY = Stream.of(
                    Arrays.stream(Mood.values())
                            .filter(m -> m.tone() == Tone.HAPPY)
                            .map(Mood::label),
                    Arrays.stream(Reaction.values())
                            .filter(r -> r.tone() == Tone.HAPPY)
                            .map(Reaction::label),
                    Stream.of("happily", "lovely", "wonderful", "fun"))
            .flatMap(words -> words)
            .collect(Collectors.toCollection(TreeSet::new));

    private static final List<String> NUMBERS =
            List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private Words() {}

    /** {@code two}; digits above ten. */
    static String number(int number) {
        return number < NUMBERS.size() ? NUMBERS.get(number) : Integer.toString(number);
    }

    /** The number of a word from {@code one} to {@code ten}. */
    static OptionalInt number(String word) {
        int number = NUMBERS.indexOf(word);
        return number < 1 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String capital(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** The words of a text in order, lower case, without punctuation. */
    static List<String> of(String text) {
        return NOT_A_LETTER
                .splitAsStream(text.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The constant spelled this way. */
    static <T> Optional<T> find(T[] constants, Function<T, String> label, String word) {
        return Arrays.stream(constants).filter(c -> label.apply(c).equals(word)).findFirst();
    }
}
