package trivium.text.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trivium.text.jinja.Token.Kind;

/**
 * Cuts a template into data and the tokens of its tags (jinja2 3.1, {@code lexer.py}, with {@code trim_blocks} and
 * {@code lstrip_blocks} as transformers sets them).
 */
final class Lexer {

    private static final Pattern FLOAT = Pattern.compile(
            "(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?e[+\\-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern INTEGER = Pattern.compile(
            "0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\\da-f])+|[1-9](?:_?\\d)*|0(?:_?0)*", Pattern.CASE_INSENSITIVE);

    private static final Set<String> OPERATORS = Set.of(
            "+", "-", "/", "//", "*", "%", "**", "~", "[", "]", "(", ")", "{", "}", "==", "!=", ">", ">=", "<", "<=",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** Whether the character before the data at hand ends a line, or the template begins there. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** Line ends as "\n", and the last one left away, as Jinja does. */
    static String normalized(String source) {
        var lines = source.replace("\r\n", "\n").replace('\r', '\n');
        return lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    /** @param source {@link #normalized} */
    static List<Token> tokens(String source) {
        var lexer = new Lexer(source);
        while (lexer.at < source.length()) {
            lexer.dataAndTag();
        }
        lexer.add(Kind.END, "", null, source.length());
        return lexer.tokens;
    }

    private void add(Kind kind, String text, Object value, int position) {
        tokens.add(new Token(kind, text, value, position));
    }

    private JinjaException problem(int position, String text) {
        return JinjaException.at(source, position, text);
    }

    private void dataAndTag() {
        int begin = nextTag(at);
        if (begin < 0) {
            data(at, source.length());
            at = source.length();
            return;
        }
        char type = source.charAt(begin + 1);
        char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        int start = at;
        at = begin + (signed ? 3 : 2);
        data(start, dataEnd(start, begin, signed ? sign : ' ', type == '{'));
        switch (type) {
            case '#' -> comment(begin);
            case '{' -> tag(begin, Kind.VARIABLE_BEGIN, Kind.VARIABLE_END, "}}");
            default -> {
                if (!raw(begin)) {
                    tag(begin, Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
                }
            }
        }
        lineStarts = source.charAt(at - 1) == '\n';
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void data(int from, int to) {
        if (from < to) {
            add(Kind.DATA, source.substring(from, to), null, from);
        }
    }

    /** Where data ends that stands before a tag of this sign. */
    private int dataEnd(int from, int to, char sign, boolean variable) {
        int end = to;
        if (sign == '-') {
            while (end > from && Text.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && !variable) {
            int line = to;
            while (line > from && source.charAt(line - 1) != '\n' && Text.isSpace(source.charAt(line - 1))) {
                line--;
            }
            boolean starts = line > from ? source.charAt(line - 1) == '\n' : lineStarts;
            if (starts) {
                end = line;
            }
        }
        return end;
    }

    private void comment(int begin) {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw problem(begin, "this comment has no end (\"#}\")");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        afterBlock(sign);
    }

    /** What a block's end takes with it: all white space after "-", else one line end unless there is a "+". */
    private void afterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
    }

    private void skipSpace() {
        while (at < source.length() && Text.isSpace(source.charAt(at))) {
            at++;
        }
    }

    private static final Pattern RAW = Pattern.compile("\\s*raw\\s*(-%}\\s*|%})", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}", Pattern.UNICODE_CHARACTER_CLASS);

    private boolean raw(int begin) {
        var start = RAW.matcher(source).region(at, source.length());
        if (!start.lookingAt()) {
            return false;
        }
        var end = END_RAW.matcher(source);
        if (!end.find(start.end())) {
            throw problem(begin, "this raw block has no end (\"{% endraw %}\")");
        }
        lineStarts = source.charAt(start.end() - 1) == '\n';
        char sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
        data(start.end(), dataEnd(start.end(), end.start(), sign, false));
        at = end.end();
        afterBlock(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
        return true;
    }

    private void tag(int begin, Kind first, Kind last, String end) {
        add(first, source.substring(begin, begin + 2), null, begin);
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw problem(begin, "this tag has no end (\"" + end + "\")");
            }
            if (open.isEmpty() && ends(last, end)) {
                return;
            }
            token(open);
        }
    }

    private boolean ends(Kind last, String end) {
        char sign = source.charAt(at);
        boolean block = last == Kind.BLOCK_END;
        boolean signed = sign == '-' || block && sign == '+';
        int position = at + (signed ? 1 : 0);
        if (!source.startsWith(end, position)) {
            return false;
        }
        add(last, end, null, at);
        at = position + 2;
        if (block) {
            afterBlock(signed ? sign : ' ');
        } else if (signed) {
            skipSpace();
        }
        return true;
    }

    private void token(Deque<Character> open) {
        int start = at;
        int c = source.codePointAt(at);
        if (c == '"' || c == '\'') {
            string((char) c);
        } else if (Character.isDigit(c) && c < 128) {
            number();
        } else if (isWord(c)) {
            while (at < source.length() && isWord(source.codePointAt(at))) {
                at += Character.charCount(source.codePointAt(at));
            }
            add(Kind.NAME, source.substring(start, at), null, start);
        } else {
            operator(open);
        }
    }

    private static boolean isWord(int c) {
        return c == '_' || Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private void operator(Deque<Character> open) {
        int length = at + 2 <= source.length() && OPERATORS.contains(source.substring(at, at + 2)) ? 2 : 1;
        var text = source.substring(at, at + length);
        if (!OPERATORS.contains(text)) {
            throw problem(at, "unexpected character " + new String(Character.toChars(source.codePointAt(at))));
        }
        switch (text) {
            case "{" -> open.push('}');
            case "(" -> open.push(')');
            case "[" -> open.push(']');
            case "}", ")", "]" -> {
                if (open.isEmpty()) {
                    throw problem(at, "unexpected \"" + text + "\"");
                }
                char expected = open.pop();
                if (expected != text.charAt(0)) {
                    throw problem(at, "unexpected \"" + text + "\", expected \"" + expected + "\"");
                }
            }
            default -> {
                // no bracket
            }
        }
        add(Kind.OPERATOR, text, null, at);
        at += length;
    }

    private void number() {
        int start = at;
        boolean afterDot = at > 0 && source.charAt(at - 1) == '.';
        var real = FLOAT.matcher(source).region(at, source.length());
        if (!afterDot && real.lookingAt()) {
            at = real.end();
            var digits = real.group().replace("_", "");
            add(Kind.NUMBER, digits, Double.valueOf(digits), start);
            return;
        }
        Matcher whole = INTEGER.matcher(source).region(at, source.length());
        if (!whole.lookingAt()) {
            throw problem(at, "this is no number");
        }
        at = whole.end();
        var digits = whole.group().replace("_", "");
        int base = digits.length() > 1 ? "xob".indexOf(Character.toLowerCase(digits.charAt(1))) : -1;
        try {
            long value =
                    base < 0 ? Long.parseLong(digits) : Long.parseLong(digits.substring(2), new int[] {16, 8, 2}[base]);
            add(Kind.NUMBER, digits, value, start);
        } catch (NumberFormatException e) {
            throw problem(start, "the number " + digits + " does not fit into 64 bits");
        }
    }

    private void string(char quote) {
        int start = at;
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw problem(start, "this text has no closing " + quote);
        }
        at = end + 1;
        add(Kind.STRING, unescaped(start + 1, end), null, start);
    }

    /** Python's escapes; a backslash before anything else stays. */
    private String unescaped(int from, int to) {
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            char c = source.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = source.charAt(++i);
            int simple = "\\'\"abfnrtv".indexOf(escape);
            if (simple >= 0) {
                text.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
            } else if (escape >= '0' && escape <= '7') {
                int end = i + 1;
                while (end < Math.min(to, i + 3) && source.charAt(end) >= '0' && source.charAt(end) <= '7') {
                    end++;
                }
                text.append((char) Integer.parseInt(source.substring(i, end), 8));
                i = end - 1;
            } else if ("xuU".indexOf(escape) >= 0) {
                int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                text.appendCodePoint(hexadecimal(i, digits, to));
                i += digits;
            } else if (escape == 'N') {
                throw problem(i - 1, "characters by name (\\N{...}) are not supported");
            } else if (escape != '\n') {
                text.append('\\').append(escape);
            }
        }
        return text.toString();
    }

    private int hexadecimal(int escape, int digits, int to) {
        try {
            if (escape + digits < to) {
                int value = Integer.parseUnsignedInt(source, escape + 1, escape + 1 + digits, 16);
                if (Character.isValidCodePoint(value)) {
                    return value;
                }
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw problem(
                escape - 1,
                "\\" + source.charAt(escape) + " should be followed by the " + digits
                        + " hexadecimal digits of a character");
    }
}
