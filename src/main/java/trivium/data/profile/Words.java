package trivium.data.profile;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * Cuts text into words: runs of letters, marks and digits, in lower case. An apostrophe or a hyphen between two letters
 * belongs to its word; an ideograph is a word by itself.
 */
final class Words {

    private Words() {}

    /** Tells of each word, in order, and answers how many there are. */
    static int each(String text, Consumer<String> word) {
        int count = 0;
        int length = text.length();
        for (int at = 0; at < length; ) {
            int c = text.codePointAt(at);
            int end = at + Character.charCount(c);
            if (isPart(c)) {
                if (!Character.isIdeographic(c)) {
                    end = end(text, end, c);
                }
                word.accept(text.substring(at, end).toLowerCase(Locale.ROOT));
                count++;
            }
            at = end;
        }
        return count;
    }

    /** Where the word ends that {@code last} belongs to and that goes on at {@code at}, if it does. */
    private static int end(String text, int at, int last) {
        int end = at;
        int before = last;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            if (isJoint(c)) {
                int next = end + 1 < text.length() ? text.codePointAt(end + 1) : ' ';
                if (!Character.isLetter(before) || !Character.isLetter(next) || Character.isIdeographic(next)) {
                    return end;
                }
            } else if (!isPart(c) || Character.isIdeographic(c)) {
                return end;
            }
            before = c;
            end += Character.charCount(c);
        }
        return end;
    }

    private static boolean isJoint(int c) {
        return c == '\'' || c == '’' || c == '-';
    }

    private static boolean isPart(int c) {
        return c < 0x80 ? isAsciiPart(c) : Character.isLetterOrDigit(c) || isMark(c);
    }

    private static boolean isAsciiPart(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
