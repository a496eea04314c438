package trivium.text;

/**
 * Text from data as a terminal or a page of plain text may show it. Control characters can move a terminal's cursor,
 * change its title or hide what stands before them, and marks of direction can make a line read as what it is not (<a
 * href="https://trojansource.codes">Boucher and Anderson 2021, "Trojan Source"</a>); here they stand as their numbers.
 */
public final class Printable {

    private Printable() {}

    /**
     * The text with every control character but line feed and tab, and every mark of direction, written as Java writes
     * it: {@code \u001b}. A carriage return before a line feed stays.
     */
    public static String of(String text) {
        if (text.chars().noneMatch(Printable::acts)) {
            return text;
        }
        var shown = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean endOfLine = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (acts(c) && !endOfLine) {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }

    /** Whether a character does something instead of being seen. */
    private static boolean acts(int c) {
        return c < ' ' && c != '\n' && c != '\t'
                || c >= 0x7F && c <= 0x9F
                || c == 0x061C // Arabic letter mark
                || c == 0x200E // left-to-right mark
                || c == 0x200F // right-to-left mark
                || c >= 0x202A && c <= 0x202E // embeddings and overrides
                || c >= 0x2066 && c <= 0x2069; // isolates
    }
}
