package trivium.figure;

import java.util.Locale;

/** Texts from outside made harmless. */
final class Markup {

    private Markup() {}

    /** For HTML, between tags and in quoted attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** For Markdown, also within a table's cell: one line, nothing of it is markup. */
    static String markdown(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("([\\\\`*_\\[\\]|~#$])", "\\\\$1")
                .replaceAll("\\R", "<br>");
    }

    /** The name by which a heading is linked to, made as GitHub makes it: "Before and after" is "before-and-after". */
    static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\- ]", "")
                .replace(' ', '-');
    }
}
