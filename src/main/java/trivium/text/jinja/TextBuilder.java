package trivium.text.jinja;

import java.util.Arrays;

/** Puts texts together, with where their characters come from. */
final class TextBuilder {

    /** No text may become longer. */
    static final int LONGEST = 1 << 24;

    private final StringBuilder chars = new StringBuilder();

    /** Null as long as all is the template's; longer than there are characters otherwise. */
    private char[] origins;

    int length() {
        return chars.length();
    }

    TextBuilder add(Text text) {
        int from = chars.length();
        check(from + (long) text.chars.length());
        chars.append(text.chars);
        if (text.origins != null || origins != null) {
            grow();
            if (text.origins != null) {
                System.arraycopy(text.origins, 0, origins, from, text.chars.length());
            }
        }
        return this;
    }

    TextBuilder add(String text, char origin) {
        int from = chars.length();
        check(from + (long) text.length());
        chars.append(text);
        if (origin != Text.TEMPLATE || origins != null) {
            grow();
            Arrays.fill(origins, from, chars.length(), origin);
        }
        return this;
    }

    TextBuilder add(String text) {
        return add(text, Text.TEMPLATE);
    }

    /** Refuses a length that no text may have. */
    static void check(long length) {
        if (length > LONGEST) {
            throw new Failure("a text would get longer than the " + LONGEST + " characters that a text may have");
        }
    }

    private void grow() {
        if (origins == null) {
            origins = new char[Math.max(16, chars.length())];
        } else if (origins.length < chars.length()) {
            origins = Arrays.copyOf(origins, Math.max(chars.length(), 2 * origins.length));
        }
    }

    Text build() {
        return chars.isEmpty()
                ? Text.EMPTY
                : new Text(chars.toString(), origins == null ? null : Arrays.copyOf(origins, chars.length()), false);
    }
}
