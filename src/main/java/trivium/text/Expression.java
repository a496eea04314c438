package trivium.text;

import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Pieces by a regular expression, matched by Java's own engine.
 *
 * <p>An expression may come with a stranger's file, and Java's engine tries all ways to match: some expressions take
 * for ever on a few letters, others as many calls within calls as the text has characters. So {@link #find} counts how
 * often characters are looked at and gives up in a sentence, and {@link Repetitions} refuses beforehand what would go
 * on without looking at any.
 *
 * @param expression as it was written, in the dialect of {@link Oniguruma}
 */
record Expression(String expression, Pattern pattern) implements PreTokenizer {

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

    Expression(String expression) {
        this(expression, compile(expression));
    }

    /** The text itself, whatever characters it is made of. */
    static Expression literal(String text) {
        return new Expression(text, Pattern.compile(text, Pattern.LITERAL));
    }

    /** The {@code pattern} of a part of a {@code tokenizer.json}: a text, or an expression of Oniguruma's. */
    static Expression of(JsonObject part) {
        var pattern = part.getAsJsonObject("pattern");
        return pattern.has("Regex")
                ? new Expression(pattern.get("Regex").getAsString())
                : literal(pattern.get("String").getAsString());
    }

    private static Pattern compile(String expression) {
        try {
            var java = Oniguruma.toJava(expression);
            var pattern = Pattern.compile(java, Oniguruma.FLAGS);
            Repetitions.check(java);
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

    /**
     * All matches in a text, in order; of nothing too, but not right behind the match before.
     *
     * @throws IllegalArgumentException if the expression takes too long for it, or too many calls within calls
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    void find(String text, Matches matches) {
        var matcher =
                pattern.matcher(isLiteral() ? text : new LimitedText(text, LOOKS_AT_LEAST + LOOKS * text.length()));
        try {
            int done = -1;
            while (matcher.find()) {
                boolean empty = matcher.start() == matcher.end();
                if (!empty || matcher.end() != done && !splitsPair(text, matcher.start())) {
                    matches.at(matcher.start(), matcher.end());
                }
                done = matcher.end();
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

    private boolean isLiteral() {
        return pattern.flags() == Pattern.LITERAL;
    }

    /** Java's engine finds matches of nothing between the two halves of a character, too. */
    private static boolean splitsPair(String text, int i) {
        return i > 0
                && i < text.length()
                && Character.isLowSurrogate(text.charAt(i))
                && Character.isHighSurrogate(text.charAt(i - 1));
    }

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        int[] done = {from};
        find(new String(text, from, to - from), (first, last) -> {
            int start = from + first;
            int end = from + last;
            if (done[0] < start) {
                pieces.add(done[0], start);
            }
            if (start < end) {
                pieces.add(start, end);
            }
            done[0] = end;
        });
        if (done[0] < to) {
            pieces.add(done[0], to);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expression that
                && expression.equals(that.expression)
                && pattern.pattern().equals(that.pattern.pattern())
                && isLiteral() == that.isLiteral();
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }
}
