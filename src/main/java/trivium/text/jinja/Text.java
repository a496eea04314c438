package trivium.text.jinja;

import java.util.Arrays;
import java.util.Locale;

/**
 * A text that remembers where its characters come from, so that a special token's name in a message stays text however
 * the template cuts and joins it.
 *
 * <p>Positions are those of Java; {@link #index} finds that of a code point, in which Python counts.
 */
final class Text implements Comparable<Text> {

    /** Written by the template, or by whoever may write special tokens. */
    static final char TEMPLATE = 0;

    static final Text EMPTY = new Text("", null, false);

    final String chars;

    /** For each character where it comes from; null if all of it is the template's. */
    final char[] origins;

    /** Marked as safe (markupsafe's Markup): what is added to it is escaped. */
    final boolean safe;

    Text(String chars, char[] origins, boolean safe) {
        this.chars = chars;
        this.origins = origins;
        this.safe = safe;
    }

    static Text of(String chars) {
        return chars.isEmpty() ? EMPTY : new Text(chars, null, false);
    }

    static Text of(String chars, char origin) {
        if (origin == TEMPLATE || chars.isEmpty()) {
            return of(chars);
        }
        var origins = new char[chars.length()];
        Arrays.fill(origins, origin);
        return new Text(chars, origins, false);
    }

    Text safe(boolean marked) {
        return marked == safe ? this : new Text(chars, origins, marked);
    }

    /** The number of code points. */
    int length() {
        return chars.codePointCount(0, chars.length());
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /** The position of the code point of this number, which is at least 0 and at most {@link #length}. */
    int index(int point) {
        return chars.offsetByCodePoints(0, point);
    }

    Text slice(int from, int to) {
        return from == 0 && to == chars.length()
                ? this
                : new Text(
                        chars.substring(from, to),
                        origins == null ? null : Arrays.copyOfRange(origins, from, to),
                        safe);
    }

    char origin(int at) {
        return origins == null ? TEMPLATE : origins[at];
    }

    /** Where this text comes from when it is seen as a whole: not from the template, if any part of it is not. */
    char origin() {
        if (origins != null) {
            for (char origin : origins) {
                if (origin != TEMPLATE) {
                    return origin;
                }
            }
        }
        return TEMPLATE;
    }

    /** Both, the unsafe one escaped if the other is marked as safe. */
    Text plus(Text other) {
        if (safe == other.safe) {
            return new TextBuilder().add(this).add(other).build().safe(safe);
        }
        return safe ? plus(other.escaped()) : escaped().plus(other);
    }

    Text escaped() {
        if (safe) {
            return this;
        }
        var builder = new TextBuilder();
        for (int i = 0; i < chars.length(); i++) {
            builder.add(
                    switch (chars.charAt(i)) {
                        case '&' -> "&amp;";
                        case '<' -> "&lt;";
                        case '>' -> "&gt;";
                        case '"' -> "&#34;";
                        case '\'' -> "&#39;";
                        default -> chars.substring(i, i + 1);
                    },
                    origin(i));
        }
        return builder.build().safe(true);
    }

    Text upper() {
        return mapped(chars.toUpperCase(Locale.ROOT));
    }

    Text lower() {
        return mapped(chars.toLowerCase(Locale.ROOT));
    }

    private Text mapped(String other) {
        return other.length() == chars.length()
                ? new Text(other, origins, safe)
                : of(other, origin()).safe(safe);
    }

    /** Without these characters at its ends; without white space if they are null. */
    Text strip(Text characters, boolean start, boolean end) {
        int from = 0;
        int to = chars.length();
        while (start && from < to && isStripped(chars.codePointAt(from), characters)) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (end && from < to && isStripped(chars.codePointBefore(to), characters)) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        return slice(from, to);
    }

    private static boolean isStripped(int c, Text characters) {
        return characters == null ? isSpace(c) : characters.chars.indexOf(c) >= 0;
    }

    /** White space as Python has it. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** Each occurrence replaced; at most {@code count}, or all if that is negative. */
    Text replace(Text old, Text with, long count) {
        var builder = new TextBuilder();
        int done = 0;
        long left = count < 0 ? Long.MAX_VALUE : count;
        if (old.isEmpty()) {
            for (int i = 0; i <= chars.length() && left > 0; left--) {
                builder.add(with);
                int next = i < chars.length() ? i + Character.charCount(chars.codePointAt(i)) : i + 1;
                builder.add(slice(i, Math.min(next, chars.length())));
                i = next;
                done = Math.min(next, chars.length());
            }
        } else {
            for (int at = chars.indexOf(old.chars); at >= 0 && left > 0; at = chars.indexOf(old.chars, done), left--) {
                builder.add(slice(done, at)).add(with);
                done = at + old.chars.length();
            }
        }
        return builder.add(slice(done, chars.length())).build();
    }

    /** By code points, as in Python. */
    @Override
    public int compareTo(Text other) {
        int shared = Math.min(chars.length(), other.chars.length());
        for (int i = 0; i < shared; i++) {
            char a = chars.charAt(i);
            char b = other.chars.charAt(i);
            if (a != b) {
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(chars.length(), other.chars.length());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && text.chars.equals(chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
