package trivium.text;

import java.util.Locale;
import java.util.regex.Pattern;

/** Texts from outside made harmless. */
public final class Markup {

    private Markup() {}

    /** For HTML, between tags and in quoted attributes. */
    public static String escape(String text) {
        return visible(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The text that {@link #escape} was given, but for signs that it made visible. */
    public static String unescape(String html) {
        return html.replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&gt;", ">")
                .replace("&lt;", "<")
                .replace("&amp;", "&");
    }

    /** For Markdown, also within a table's cell: one line, nothing of it is markup. */
    public static String markdown(String text) {
        return visible(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("([\\\\`*_\\[\\]|~#$])", "\\\\$1")
                .replaceAll("\\R", "<br>");
    }

    /** What may stand around code in Markdown: more backticks than the code has in a row, three at least. */
    public static String fence(String code) {
        int longest = Pattern.compile("`+")
                .matcher(code)
                .results()
                .mapToInt(run -> run.end() - run.start())
                .max()
                .orElse(0);
        return "`".repeat(Math.max(3, longest + 1));
    }

    /** Without the signs that XML forbids, and a terminal obeys: SVG with one of them is not shown at all. */
    private static String visible(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\r\\t\u0085]]", "\uFFFD");
    }

    /** The name by which a heading is linked to, made as GitHub makes it: "Before and after" is "before-and-after". */
    public static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\- ]", "")
                .replace(' ', '-');
    }
}
