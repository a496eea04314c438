package trivium.report;

import java.util.List;
import java.util.Locale;
import trivium.generate.GeneratedText;
import trivium.generate.GeneratedText.Piece;
import trivium.report.WordDiff.Segment;
import trivium.text.Markup;
import trivium.text.Numbers;

/**
 * Completions as HTML. Tokens the model was sure of stand on the page's own ground, others the darker the less probable
 * they were; deleted words are underlined with dots, new ones bold and underlined, so that both stay apart without
 * colours.
 */
public final class Shading {

    /** Nats of surprise at which the shading is darkest. */
    private static final double DARKEST = 4;

    private static final double OPACITY = 0.45;
    /** Below this a shade could not be seen. */
    private static final double FAINTEST = 0.01;

    private static final String LINE = "1px solid rgba(127,127,127,0.35)";
    private static final String CELL = "text-align:left;vertical-align:top;padding:6px 10px;border-bottom:" + LINE
            + ";white-space:pre-wrap;overflow-wrap:break-word;";
    /** The dots are a border: of lines under text, Jupyter leaves an untrusted notebook only plain ones. */
    private static final String DELETED = "<del style=\"text-decoration:none;border-bottom:2px dotted\">";

    private static final String NEW =
            "<ins style=\"font-weight:bold;text-decoration:underline;text-underline-offset:3px\">";

    private Shading() {}

    /** A text whose tokens are the darker the less probable they were; the log-probability shows under the pointer. */
    public static String html(GeneratedText text) {
        var html = new StringBuilder("<span style=\"white-space:pre-wrap;overflow-wrap:break-word\">");
        text.pieces().forEach(piece -> shaded(html, piece.text(), piece));
        return html.append("</span>").toString();
    }

    /** What the shades mean. */
    public static String scale() {
        var html = new StringBuilder("a token's log-probability under the model that wrote it, in nats: ");
        for (int nats = 0; nats <= DARKEST; nats++) {
            html.append("<span style=\"white-space:nowrap;padding:1px 7px;border:")
                    .append(LINE)
                    .append(";background:");
            html.append(colour(shade(-nats))).append("\">").append(nats == 0 ? "0" : "−" + nats);
            html.append(nats == DARKEST ? " or less</span>" : "</span>");
        }
        return html.toString();
    }

    static String html(BeforeAfter pairs) {
        var html = new StringBuilder("<div style=\"max-width:960px\">");
        html.append("<table style=\"border-collapse:collapse;width:100%;table-layout:fixed;line-height:1.5\">");
        html.append("<colgroup><col style=\"width:24%\">");
        html.append(("<col style=\"width:" + 76 / pairs.sides().size() + "%\">")
                        .repeat(pairs.sides().size()))
                .append("</colgroup><thead><tr>");
        for (var name : pairs.table().columnNames()) {
            html.append("<th style=\"").append(CELL).append("\">").append(Markup.escape(name));
            html.append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < pairs.prompts().size(); row++) {
            html.append("<tr><td dir=\"auto\" style=\"").append(CELL).append("\">");
            html.append(Markup.escape(pairs.prompts().get(row))).append("</td>");
            for (int side = 0; side < pairs.sides().size(); side++) {
                var changes = pairs.changes(row, side);
                cell(
                        html,
                        pairs.sides().get(side),
                        row,
                        changes,
                        side == 0 ? DELETED : NEW,
                        side == 0 ? "</del>" : "</ins>");
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table>");
        if (!pairs.summary().isEmpty()) {
            html.append("<div style=\"padding:6px 10px\">")
                    .append(Markup.escape(pairs.summary()))
                    .append("</div>");
        }
        return html.append(legend(pairs)).append("</div>").toString();
    }

    private static void cell(
            StringBuilder html, BeforeAfter.Side side, int row, List<Segment> stretches, String open, String close) {
        html.append("<td dir=\"auto\" style=\"").append(CELL).append("\">");
        var pieces = side.texts().get(row).pieces();
        int piece = 0;
        int used = 0; // characters of that piece
        for (var stretch : stretches) {
            html.append(stretch.changed() ? open : "");
            for (int at = 0; at < stretch.text().length(); ) {
                var text = pieces.get(piece).text();
                int length = Math.min(text.length() - used, stretch.text().length() - at);
                shaded(html, text.substring(used, used + length), pieces.get(piece));
                at += length;
                used += length;
                if (used == text.length()) {
                    piece++;
                    used = 0;
                }
            }
            html.append(stretch.changed() ? close : "");
        }
        var note = side.notes().get(row);
        if (!note.isEmpty()) {
            html.append("<div style=\"font-size:85%;opacity:0.75\">").append(Markup.escape(note));
            html.append("</div>");
        }
        html.append("</td>");
    }

    private static void shaded(StringBuilder html, String text, Piece piece) {
        double shade = shade(piece.logProb());
        // The space before a word is not shaded: its shade would hang over the ends of lines.
        var seen = piece.text().isBlank() ? text : text.strip();
        if (shade < FAINTEST || seen.isEmpty()) {
            html.append(Markup.escape(text));
            return;
        }
        int from = text.indexOf(seen);
        html.append(text, 0, from).append("<span style=\"background:").append(colour(shade));
        html.append("\" title=\"").append(Numbers.brief(piece.logProb())).append(" nats\">");
        html.append(Markup.escape(seen)).append("</span>").append(text, from + seen.length(), text.length());
    }

    /** From 0 for a token that was certain, or of which nothing is known, to {@link #OPACITY}. */
    private static double shade(double logProb) {
        return Double.isNaN(logProb) ? 0 : OPACITY * Math.clamp(-logProb / DARKEST, 0, 1);
    }

    private static String colour(double shade) {
        return String.format(Locale.ROOT, "rgba(0,114,178,%.2f)", shade);
    }

    private static String legend(BeforeAfter pairs) {
        var html = new StringBuilder("<div style=\"font-size:85%;padding:6px 10px\">");
        if (pairs.sides().size() > 1) {
            html.append(DELETED).append(pairs.legend(true)).append("</del> · ");
            html.append(NEW).append(pairs.legend(false)).append("</ins>");
        }
        if (pairs.isScored()) {
            html.append(pairs.sides().size() > 1 ? " · " : "").append(scale());
        }
        return html.append("</div>").toString();
    }
}
