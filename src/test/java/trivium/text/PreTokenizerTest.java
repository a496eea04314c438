package trivium.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PreTokenizerTest {

    /** GPT-2's expression as published; Java needs to be told that white space is Unicode's. */
    static final Pattern GPT2 = Pattern.compile(
            "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    static List<String> byExpression(String text) {
        return matches(GPT2, text);
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group()).toList();
    }

    static String randomText(SplittableRandom random, int length, String alphabet) {
        int[] characters = alphabet.codePoints().toArray();
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    private static List<String> cut(String text) {
        return cut(PreTokenizers.GPT2, text);
    }

    static List<String> cut(PreTokenizer cut, String text) {
        var pieces = new ArrayList<String>();
        // With something on both sides that must not be looked at.
        cut.cut(
                (" s" + text + " 's").toCharArray(),
                2,
                2 + text.length(),
                (start, end) -> pieces.add(text.substring(start - 2, end - 2)));
        return pieces;
    }

    @Test
    void cutsAsGpt2Does() {
        assertEquals(List.of("Hello", " world", "!"), cut("Hello world!"));
        assertEquals(List.of("we", "'ll", " see", " what", "'s", " up"), cut("we'll see what's up"));
        assertEquals(List.of("rock", " '", "n", "'", " roll"), cut("rock 'n' roll"));
        assertEquals(List.of("I", "'", "M", " 42", "nd"), cut("I'M 42nd"));
        assertEquals(List.of("a", " ", " b", "\n", "\n", "c", "  "), cut("a  b\n\nc  "));
    }

    @Test
    void agreesWithTheExpressionOnRandomText() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            var text = randomText(
                    random, random.nextInt(12), "aZé日😀𝒜 \n\t\u00a0\u2003\u0085\u001c\u200b'stmdlvre19½٣.,!-\u0308");
            assertEquals(byExpression(text), cut(text), text);
            assertEquals(
                    matches(Pattern.compile(" ?\\S+|\\s+(?!\\S)|\\s+", Pattern.UNICODE_CHARACTER_CLASS), text),
                    cut(PreTokenizers.WORDS, text),
                    text);
        }
    }

    @Test
    void whatNoMatchCoversIsAPieceToo() {
        assertEquals(List.of("ab", "1", "2", "c", "3"), cut(PreTokenizers.expression("\\p{N}"), "ab12c3"));
        assertEquals(List.of("a-b"), cut(PreTokenizers.expression("x*"), "a-b"));
    }

    @Test
    void agreesWithTheExpressionOnEveryCharacter() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            var character = Character.toString(c);
            assertEquals(
                    byExpression("a" + character + " " + character + "1"),
                    cut("a" + character + " " + character + "1"),
                    () -> character);
        }
    }
}
