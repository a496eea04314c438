package trivium.text;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes expressions of Oniguruma, the engine of Hugging Face's library, as Java's engine means them (Oniguruma,
 * {@code doc/RE}). They differ in: {@code \h}, a hexadecimal digit; {@code \w}, without the joiners; brackets such as
 * {@code [:alpha:]}; the flag m, under which a dot matches line ends; and {@code {1,3}+}, a repetition of a repetition.
 * That {@code ^} and {@code $} stand at every line and that a line ends with {@code \n} only, {@link #FLAGS} say.
 */
final class Oniguruma {

    /** For {@link Pattern#compile(String, int)}. */
    static final int FLAGS = Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

    private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";

    private static final Map<Character, String> ESCAPES =
            Map.of('h', "[0-9a-fA-F]", 'H', "[^0-9a-fA-F]", 'w', "[" + WORD + "]", 'W', "[^" + WORD + "]");

    private static final Map<String, String> BRACKETS = Map.of(
            "alpha", "\\p{IsAlphabetic}",
            "digit", "\\p{Nd}",
            "alnum", "\\p{IsAlphabetic}\\p{Nd}",
            "upper", "\\p{IsUppercase}",
            "lower", "\\p{IsLowercase}",
            "space", "\\s",
            "punct", "\\p{P}$+<=>^`|~",
            "word", WORD,
            "xdigit", "0-9a-fA-F");

    private static final Pattern BRACKET = Pattern.compile("\\[:(\\^?)([a-z]+):\\]");
    private static final Pattern FLAG_GROUP = Pattern.compile("\\(\\?[imx-]+[:)]");
    private static final Pattern COUNT = Pattern.compile("\\{\\d*,?\\d*\\}\\+");
    private static final Pattern LONG_ESCAPE = Pattern.compile("\\\\(?:[pPx]\\{[^}]*\\}|[kg]<[^>]*>)");

    private final String from;
    private final StringBuilder to = new StringBuilder();
    private final ArrayDeque<Integer> groups = new ArrayDeque<>();
    private int classes;
    private int atom;

    private Oniguruma(String from) {
        this.from = from;
    }

    static String toJava(String expression) {
        var writer = new Oniguruma(expression);
        for (int i = 0; i < expression.length(); ) {
            i = writer.classes > 0 ? writer.inClass(i) : writer.outside(i);
        }
        return writer.to.toString();
    }

    private Matcher at(Pattern pattern, int i) {
        return pattern.matcher(from).region(i, from.length());
    }

    /** Writes what stands at {@code i}, and answers where the next thing stands. */
    private int outside(int i) {
        char c = from.charAt(i);
        switch (c) {
            case '\\' -> {
                atom = to.length();
                return escape(i);
            }
            case '[' -> {
                atom = to.length();
                return opens(i);
            }
            case '(' -> {
                groups.push(to.length());
                var flags = at(FLAG_GROUP, i);
                if (flags.lookingAt()) {
                    to.append(flags.group().replace('m', 's'));
                    if (flags.group().endsWith(")")) {
                        groups.pop();
                    }
                    return flags.end();
                }
            }
            case ')' -> atom = groups.isEmpty() ? to.length() : groups.pop();
            case '{' -> {
                var count = at(COUNT, i);
                if (count.lookingAt()) {
                    to.insert(atom, "(?:")
                            .append(count.group(), 0, count.group().length() - 1)
                            .append(")+");
                    return count.end();
                }
            }
            case '*', '+', '?', '|', '^', '$' -> {
                // no atom
            }
            default -> atom = Character.isLowSurrogate(c) ? atom : to.length();
        }
        to.append(c);
        return i + 1;
    }

    private int escape(int i) {
        var whole = at(LONG_ESCAPE, i);
        if (whole.lookingAt()) {
            to.append(whole.group());
            return whole.end();
        }
        if (i + 1 == from.length()) {
            to.append('\\');
            return i + 1;
        }
        char kind = from.charAt(i + 1);
        to.append(ESCAPES.getOrDefault(kind, "\\" + kind));
        return i + 2;
    }

    /** A class begins; a closing bracket in its first place is a character. */
    private int opens(int i) {
        classes++;
        to.append('[');
        int next = i + 1;
        if (from.startsWith("^", next)) {
            to.append('^');
            next++;
        }
        if (from.startsWith("]", next)) {
            to.append("\\]");
            next++;
        }
        return next;
    }

    private int inClass(int i) {
        char c = from.charAt(i);
        var bracket = at(BRACKET, i);
        if (bracket.lookingAt() && BRACKETS.containsKey(bracket.group(2))) {
            to.append('[')
                    .append(bracket.group(1))
                    .append(BRACKETS.get(bracket.group(2)))
                    .append(']');
            return bracket.end();
        }
        if (c == '\\') {
            return escape(i);
        }
        if (c == '[') {
            return opens(i);
        }
        classes -= c == ']' ? 1 : 0;
        to.append(c);
        return i + 1;
    }
}
