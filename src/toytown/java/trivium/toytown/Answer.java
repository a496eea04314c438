package trivium.toytown;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import trivium.measure.Verification;

/**
 * The right answers to a question.
 *
 * @param known whether the story says
 * @param example the answer in full
 * @param right whether an answer is right
 */
record Answer(boolean known, String example, Predicate<String> right) implements Check {

    /** The answer where the world does not know. */
    static final String NOBODY_SAYS = "Nobody says.";

    static final Answer UNKNOWN = oneOf(false, NOBODY_SAYS, List.of());

    private static final Pattern BETWEEN_NAMES = Pattern.compile(", | and ");

    /** The example, or any of these. */
    static Answer of(String example, String... others) {
        return oneOf(true, example, List.of(others));
    }

    private static Answer oneOf(boolean known, String example, List<String> others) {
        var accepted = new HashSet<String>();
        accepted.add(plain(example));
        others.forEach(other -> accepted.add(plain(other)));
        return new Answer(known, example, answer -> accepted.contains(plain(answer)));
    }

    /**
     * One or several of these names, in any order, within a sentence or alone; the example has all of them.
     *
     * @param names what each may be called, in small letters
     * @param sentence makes the sentences around a list, given how many it has
     */
    static Answer anyOf(List<List<String>> names, Function<Integer, List<String>> sentence) {
        var all = names.stream().map(List::getFirst).toList();
        var example = sentence.apply(all.size()).getFirst().formatted(series(all));
        return new Answer(true, Words.capital(example), given -> {
            var answer = plain(given);
            for (int count = 1; count <= names.size(); count++) {
                for (var around : sentence.apply(count)) {
                    var parts = plain(around).split("%s", -1);
                    if (answer.length() >= parts[0].length() + parts[1].length()
                            && answer.startsWith(parts[0])
                            && answer.endsWith(parts[1])
                            && lists(
                                    answer.substring(parts[0].length(), answer.length() - parts[1].length()),
                                    names,
                                    count)) {
                        return true;
                    }
                }
            }
            return false;
        });
    }

    /** Whether a text lists so many different ones of these. */
    private static boolean lists(String text, List<List<String>> names, int count) {
        var parts = Arrays.asList(BETWEEN_NAMES.split(text, -1));
        if (parts.size() != count || !text.equals(series(parts))) {
            return false;
        }
        Set<List<String>> meant = new HashSet<>();
        for (var part : parts) {
            names.stream()
                    .filter(ways -> ways.stream().anyMatch(way -> plain(way).equals(part)))
                    .forEach(meant::add);
        }
        return meant.size() == count;
    }

    /** {@code Mia}, {@code Mia and Ben}, {@code Mia, Ben and Leo}. */
    static String series(Collection<String> names) {
        var list = List.copyOf(names);
        return list.size() < 2
                ? String.join("", list)
                : String.join(", ", list.subList(0, list.size() - 1)) + " and " + list.getLast();
    }

    /** Small letters, single spaces, no full stop at the end. */
    static String plain(String text) {
        return text.strip().replaceAll("\\s+", " ").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public Verification verify(String completion) {
        if (right.test(completion)) {
            return Verification.RIGHT;
        }
        return Verification.wrong(known ? "the story says: \"" + example + "\"" : "the story does not say");
    }
}
