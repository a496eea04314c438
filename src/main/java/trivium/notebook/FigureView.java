package trivium.notebook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import trivium.figure.Figure;
import trivium.widget.Widgets;

/**
 * A figure that answers in its page: the picture and, run once it is loaded, one script with where its data stand. The
 * script is an attribute of the picture, for a script element does not run in a control's HTML, which is put into a
 * page that is there. Where scripts are taken out, as on GitHub and in notebooks that are not trusted, the picture is
 * left.
 */
record FigureView(Png still, String readings) implements View {

    private static final String SCRIPT = script();

    /** A picture alone where no page can show controls, so that notebooks that are run by a program stay small. */
    static View of(Figure figure) {
        var still = new Png(figure.png(), figure.title(), figure.width());
        return Widgets.watched() ? new FigureView(still, figure.readings()) : still;
    }

    private static String script() {
        try (var in = FigureView.class.getResourceAsStream("figure.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read figure.js from the class path: " + e.getMessage(), e);
        }
    }

    @Override
    public String text() {
        return still.text();
    }

    /** What a page or a control shows of a figure that answers. */
    static String html(Figure figure) {
        return new FigureView(new Png(figure.png(), figure.title(), figure.width()), figure.readings()).html();
    }

    String html() {
        var tag = still.tag();
        return "<div style=\"position:relative\">" + tag.substring(0, tag.length() - "/>".length()) + " onload='"
                + attribute(SCRIPT + "(this.parentNode, " + readings + ")") + "'/></div>";
    }

    /** What may stand between single quotes: readings are full of double ones. */
    private static String attribute(String script) {
        return script.replace("&", "&amp;")
                .replace("'", "&#39;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    @Override
    public Map<String, ?> bundle() {
        var bundle = new LinkedHashMap<String, Object>(still.bundle());
        bundle.put("text/html", html());
        return bundle;
    }

    @Override
    public Map<String, Object> metadata() {
        return still.metadata();
    }
}
