package trivium.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.text.AddedToken.Flag;

/**
 * Finds added tokens in text: at each place the longest one, then on behind it (tokenizers 0.21,
 * {@code added_vocabulary.rs}).
 *
 * @param all in id order, each name once
 */
record AddedTokens(List<AddedToken> all) {

    /** A stretch of text, or an added token in it ({@code id} is -1 for text). */
    record Section(int id, String text, int start) {
        boolean isToken() {
            return id >= 0;
        }
    }

    /** A token and how it is spelled in the text that is looked through. */
    private record SpelledToken(AddedToken token, String spelled) {}

    AddedTokens {
        all = all.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        var names = new HashSet<String>();
        for (var token : all) {
            if (!names.add(token.content())) {
                throw new IllegalArgumentException(
                        "the special token \"" + Visible.show(token.content()) + "\" is named twice");
            }
        }
    }

    Stream<AddedToken> special() {
        return all.stream().filter(token -> token.is(Flag.SPECIAL));
    }

    /** Looks for the tokens that are found in text as it is written; for special ones only if asked for. */
    Finder raw(boolean special) {
        return new Finder(all.stream()
                .filter(token -> !token.is(Flag.NORMALIZED) && (special || !token.is(Flag.SPECIAL)))
                .map(token -> new SpelledToken(token, token.content()))
                .toList());
    }

    /** Looks for the tokens that are found in normalised text; their names are normalised too. */
    Finder normalized(boolean special, UnaryOperator<String> normalizer) {
        return new Finder(all.stream()
                .filter(token -> token.is(Flag.NORMALIZED) && (special || !token.is(Flag.SPECIAL)))
                .map(token -> new SpelledToken(token, normalizer.apply(token.content())))
                .toList());
    }

    /** Cuts text into added tokens and what is between. */
    static final class Finder {

        private final Map<String, SpelledToken> bySpelling = new HashMap<>();

        /** By first character: how long tokens are, the longest first. */
        private final Map<Character, int[]> lengths = new HashMap<>();

        private final BitSet firsts = new BitSet();

        private Finder(List<SpelledToken> sought) {
            for (var each : sought) {
                if (bySpelling.putIfAbsent(each.spelled(), each) == null) {
                    char first = each.spelled().charAt(0);
                    firsts.set(first);
                    lengths.merge(first, new int[] {each.spelled().length()}, Finder::longestFirst);
                }
            }
        }

        private static int[] longestFirst(int[] some, int[] others) {
            return IntStream.concat(Arrays.stream(some), Arrays.stream(others))
                    .map(length -> -length)
                    .distinct()
                    .sorted()
                    .map(length -> -length)
                    .toArray();
        }

        List<Section> cut(String text) {
            if (bySpelling.isEmpty()) {
                return text.isEmpty() ? List.of() : List.of(new Section(-1, text, 0));
            }
            var sections = new ArrayList<Section>();
            int done = 0;
            for (int i = 0; i < text.length(); ) {
                var found = firsts.get(text.charAt(i)) ? at(text, i) : null;
                if (found == null) {
                    i++;
                    continue;
                }
                int start = i;
                i += found.spelled().length();
                int end = i;
                if (found.token().is(Flag.SINGLE_WORD) && insideWord(text, start, end)) {
                    continue;
                }
                start = found.token().is(Flag.LSTRIP) ? Math.max(done, beforeSpace(text, start)) : start;
                end = found.token().is(Flag.RSTRIP) ? afterSpace(text, end) : end;
                if (done < start) {
                    sections.add(new Section(-1, text.substring(done, start), done));
                }
                sections.add(new Section(found.token().id(), found.spelled(), start));
                done = end;
            }
            if (done < text.length()) {
                sections.add(new Section(-1, text.substring(done), done));
            }
            return sections;
        }

        private SpelledToken at(String text, int i) {
            for (int length : lengths.get(text.charAt(i))) {
                var found = i + length <= text.length() ? bySpelling.get(text.substring(i, i + length)) : null;
                if (found != null) {
                    return found;
                }
            }
            return null;
        }

        private static boolean insideWord(String text, int start, int end) {
            return start > 0 && isWord(text.codePointBefore(start))
                    || end < text.length() && isWord(text.codePointAt(end));
        }

        /** As {@code \w} in Unicode's regular expressions. */
        private static boolean isWord(int c) {
            return switch (Character.getType(c)) {
                case Character.NON_SPACING_MARK,
                        Character.COMBINING_SPACING_MARK,
                        Character.ENCLOSING_MARK,
                        Character.DECIMAL_DIGIT_NUMBER,
                        Character.CONNECTOR_PUNCTUATION -> true;
                default -> Character.isAlphabetic(c) || c == 0x200c || c == 0x200d;
            };
        }

        private static int beforeSpace(String text, int start) {
            int i = start;
            while (i > 0 && CharacterClass.isSpace(text.charAt(i - 1))) {
                i--;
            }
            return i;
        }

        private static int afterSpace(String text, int end) {
            int i = end;
            while (i < text.length() && CharacterClass.isSpace(text.charAt(i))) {
                i++;
            }
            return i;
        }
    }
}
