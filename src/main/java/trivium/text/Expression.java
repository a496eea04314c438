package trivium.text;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Pieces by a regular expression, in Java's own engine with Unicode's white space and cases.
 *
 * @param spaceBegins a space after anything but white space always begins a piece
 */
record Expression(Pattern pattern, boolean spaceBegins) implements PreTokenizer {

    Expression(String expression, boolean spaceBegins) {
        this(compile(expression), spaceBegins);
    }

    private static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the expression " + expression + " of this tokenizer is not one that Java understands: "
                            + e.getDescription(),
                    e);
        }
    }

    @Override
    public String expression() {
        return pattern.pattern();
    }

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        var matcher = pattern.matcher(new String(text, from, to - from));
        int done = from;
        while (matcher.find()) {
            int start = from + matcher.start();
            int end = from + matcher.end();
            if (start == end) {
                continue;
            }
            if (done < start) {
                pieces.add(done, start);
            }
            pieces.add(start, end);
            done = end;
        }
        if (done < to) {
            pieces.add(done, to);
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
