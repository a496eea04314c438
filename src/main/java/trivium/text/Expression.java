package trivium.text;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Pieces by a regular expression, in Java's own engine with Unicode's white space and cases.
 *
 * <p>An expression may come with a stranger's file, and Java's engine tries all ways to match: some expressions take
 * for ever on a few letters, others as many calls within calls as the text has characters. So {@link #find} counts how
 * often characters are looked at and gives up in a sentence, and {@link Repetitions} refuses beforehand what would go
 * on without looking at any.
 *
 * @param spaceBegins a space after anything but white space always begins a piece
 */
record Expression(Pattern pattern, boolean spaceBegins) implements PreTokenizer {

    /** How often a character of a text may be looked at on average; the usual expressions do it 3 to 5 times. */
    private static final long LOOKS = 1_000;

    private static final long LOOKS_AT_LEAST = 1_000_000;

    private static final int LONGEST_SHOWN = 200;

    /** Hears of a match. */
    @FunctionalInterface
    interface Matches {
        /** {@code text[start] … text[end - 1]} matches. */
        void at(int start, int end);
    }

    Expression(String expression, boolean spaceBegins) {
        this(compile(expression), spaceBegins);
    }

    /** The text itself, whatever characters it is made of. */
    static Expression literal(String text) {
        return new Expression(Pattern.compile(Pattern.quote(text)), false);
    }

    private static Pattern compile(String expression) {
        try {
            var pattern = Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
            Repetitions.check(expression);
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the expression " + shown(expression) + " of this tokenizer is not one that Java understands: "
                            + e.getDescription(),
                    e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    "the expression " + shown(expression) + " of this tokenizer is nested too deeply", e);
        }
    }

    /** An expression for people, on one line; they need not see all of a very long one. */
    static String shown(String expression) {
        var line = expression.replace("\n", "\\n").replace("\r", "\\r");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
    }

    @Override
    public String expression() {
        return pattern.pattern();
    }

    /**
     * All matches in a text, in order.
     *
     * @throws IllegalArgumentException if the expression takes too long for it, or too many calls within calls
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    void find(String text, Matches matches) {
        var matcher = pattern.matcher(new LimitedText(text, LOOKS_AT_LEAST + LOOKS * text.length()));
        try {
            while (matcher.find()) {
                matches.at(matcher.start(), matcher.end());
            }
        } catch (LimitedText.LimitExceeded e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "the expression %s of this tokenizer takes too long on a text of %,d characters: its parts"
                                    + " can match in too many ways; use a tokenizer with a simpler one",
                            shown(expression()),
                            text.length()),
                    e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "the expression %s of this tokenizer needs a deeper stack than Java has on a text of %,d"
                                    + " characters, because it repeats a group; use a tokenizer with a simpler one, or"
                                    + " shorter texts",
                            shown(expression()),
                            text.length()),
                    e);
        }
    }

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        int[] done = {from};
        find(new String(text, from, to - from), (first, last) -> {
            int start = from + first;
            int end = from + last;
            if (start == end) {
                return;
            }
            if (done[0] < start) {
                pieces.add(done[0], start);
            }
            pieces.add(start, end);
            done[0] = end;
        });
        if (done[0] < to) {
            pieces.add(done[0], to);
        }
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return spaceBegins ? Gpt2PreTokenizer.spaceAfterWord(text, from, to) : to;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expression that && expression().equals(that.expression());
    }

    @Override
    public int hashCode() {
        return expression().hashCode();
    }
}
