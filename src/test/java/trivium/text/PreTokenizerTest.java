package trivium.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** Each scan by hand and the expression that it stands for, as Java's engine matches it. */
    @ParameterizedTest
    @MethodSource("scans")
    void scansAgreeWithTheirExpressions(PreTokenizer scan) {
        var expression = PreTokenizers.expression(scan.expression());
        var random = new SplittableRandom(2);
        for (int i = 0; i < 30_000; i++) {
            var text = randomText(
                    random,
                    random.nextInt(14),
                    "aZéÉ日😀𝒜ǅʰ \n\r\t  \u00a0\u2003\u0085\u001c\u200b''sStmDlLVrEe19½٣𝟙.,!-/\u0308\u0903\u20dd\u017f\ufeff\0");
            assertEquals(cut(expression, text), cut(scan, text), text);
        }
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                var text = "aB" + Character.toString(c) + "Ab " + Character.toString(c) + "!";
                assertEquals(cut(expression, text), cut(scan, text), text);
            }
        }
    }

    static List<PreTokenizer> scans() {
        return List.of(
                PreTokenizers.LLAMA3,
                PreTokenizers.QWEN2,
                PreTokenizers.O200K,
                PreTokenizers.TEKKEN,
                new DigitPreTokenizer(true),
                new DigitPreTokenizer(false));
    }

    /** A text may be cut at a seam without any change to its pieces. */
    @ParameterizedTest
    @MethodSource("scans")
    void piecesBeginAtSeams(PreTokenizer scan) {
        var chain = new CutChain(List.of(new DigitPreTokenizer(true), scan));
        var random = new SplittableRandom(3);
        for (int i = 0; i < 5_000; i++) {
            var text = randomText(random, random.nextInt(14), "aZ \n's1./\u0308  ");
            for (var cut : List.of(scan, chain)) {
                int seam = cut.seam(text.toCharArray(), random.nextInt(3), text.length());
                var parts = new ArrayList<>(cut(cut, text.substring(0, Math.min(seam, text.length()))));
                parts.addAll(cut(cut, text.substring(Math.min(seam, text.length()))));
                assertEquals(cut(cut, text), parts, text);
            }
        }
    }

    @Test
    void knownExpressionsAreScanned() {
        scans().stream().limit(4).forEach(scan -> assertEquals(scan, PreTokenizers.known(scan.expression())));
        assertEquals(
                PreTokenizers.GPT2,
                PreTokenizers.known(
                        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"));
        assertNull(PreTokenizers.known("\\p{L}+"));
    }

    @Test
    void whatNoMatchCoversIsAPieceToo() {
        assertEquals(List.of("ab", "1", "2", "c", "3"), cut(PreTokenizers.expression("\\p{N}"), "ab12c3"));
        // a match of nothing cuts too
        assertEquals(List.of("a", "-", "b", "xx"), cut(PreTokenizers.expression("x*"), "a-bxx"));
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
