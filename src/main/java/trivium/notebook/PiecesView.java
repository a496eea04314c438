package trivium.notebook;

import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.text.Pieces;
import trivium.text.Pieces.Piece;

/**
 * How tokens show in a cell: each in a box of its own, with its id where the mouse rests. Of a conversation, what is
 * trained is coloured, bold and underlined, so that it can be told apart in black and white too; markers have a border.
 */
final class PiecesView {

    /** Tokens shown; more would make the page slow. */
    private static final int MOST = 1_000;

    private static final String BOX = "padding:1px 2px;margin:0 1px;border-radius:3px;";
    private static final String TRAINED =
            "background:rgba(86,180,233,0.36);border-bottom:2px solid rgb(0,114,178);font-weight:bold;";
    private static final String GIVEN = "background:rgba(127,127,127,0.16);";
    private static final String[] SHADES = {"background:rgba(86,180,233,0.30);", "background:rgba(230,159,0,0.28);"};
    private static final String MARKER = "outline:1px solid;outline-offset:-1px;";

    private PiecesView() {}

    static Html of(Pieces pieces) {
        var html = new StringBuilder("<div><div style=\"margin-bottom:4px\">")
                .append(legend(pieces))
                .append("</div><div style=\"font-family:monospace;line-height:1.9;overflow-wrap:break-word\">");
        int shown = Math.min(MOST, pieces.size());
        for (int i = 0; i < shown; i++) {
            var piece = pieces.list().get(i);
            html.append(box(piece.text(), style(pieces, i), "id " + piece.id()))
                    .append(piece.text().endsWith("⏎") ? "<br>" : "<wbr>");
        }
        html.append("</div>");
        if (shown < pieces.size()) {
            html.append(
                    "<div style=\"opacity:0.7\">… " + Numbers.count(pieces.size() - shown, "more token") + "</div>");
        }
        return new Html(html.append("</div>").toString(), pieces.toString());
    }

    private static String style(Pieces pieces, int index) {
        var piece = pieces.list().get(index);
        var ground = !pieces.chat() ? SHADES[index % SHADES.length] : piece.trained() ? TRAINED : GIVEN;
        return ground + (piece.special() ? MARKER : "");
    }

    private static String legend(Pieces pieces) {
        var counted = "<span style=\"opacity:0.7\">" + Markup.escape(pieces.counted()) + "</span>";
        var markers = pieces.list().stream().anyMatch(Piece::special);
        var legend = new StringBuilder(counted);
        if (pieces.chat()) {
            legend.append(" &nbsp; ").append(box("trained", TRAINED, "loss falls on predicting these"));
            legend.append(' ').append(box("given", GIVEN, "read, not learned"));
        }
        if (markers) {
            legend.append(pieces.chat() ? " " : " &nbsp; ").append(box("marker", MARKER, "special tokens"));
        }
        return legend.toString();
    }

    private static String box(String text, String style, String title) {
        return "<span title=\"" + title + "\" style=\"" + BOX + style + "\">" + Markup.escape(text) + "</span>";
    }
}
