package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.swing.text.MutableAttributeSet;
import javax.swing.text.html.HTML;
import javax.swing.text.html.HTMLEditorKit;
import javax.swing.text.html.parser.ParserDelegator;
import org.junit.jupiter.api.Test;
import trivium.figure.Figures;
import trivium.widget.Controls;

class FigureViewTest {

    /** As environment/execute.py finds the figures of a notebook. */
    private static final Pattern EMBEDDED =
            Pattern.compile("<img (?!class=\"trivium-curve\")[^>]*src=\"data:image/png;base64,([A-Za-z0-9+/=\\s]+)\"");

    @Test
    void whereScriptsAreTakenOutThePictureIsLeftAsItWas() {
        var figure = Figures.words("Who </script> knows", List.of("market", "</script>"), new double[] {0.6, 0.2});
        var still = new Png(figure.png(), figure.title(), figure.width());
        var view = new FigureView(still, figure.readings());
        var html = (String) view.bundle().get("text/html");
        assertEquals(
                "<div style=\"position:relative\">" + still.tag() + "</div>", html.replaceAll(" onload='[^']*'", ""));
        var control = Controls.html(html);
        assertEquals("<div>" + html.replaceAll(" onload='[^']*'", "") + "</div>", control.still());
        assertEquals("", control.toString(), "of a script nothing is told in words");
        var found = EMBEDDED.matcher(html);
        assertTrue(found.find());
        assertEquals(still.bundle().get("image/png"), found.group(1));
        assertEquals(still.bundle().get("image/png"), view.bundle().get("image/png"));
        assertEquals(still.metadata(), view.metadata());
        assertTrue(
                html.length() - still.tag().length() < 9_000,
                () -> html.length() - still.tag().length() + " characters");
    }

    @Test
    void namesDoNotEndTheAttributeOfTheScript() throws Exception {
        var figure =
                Figures.words("Names", List.of("it's", "<b>", "&#39;", "\"x\""), new double[] {0.4, 0.3, 0.2, 0.1});
        var view = new FigureView(new Png(figure.png(), "Names"), figure.readings());
        var page = new HashMap<String, String>(); // read by a parser of HTML
        new ParserDelegator()
                .parse(
                        new StringReader(view.html()),
                        new HTMLEditorKit.ParserCallback() {
                            @Override
                            public void handleSimpleTag(HTML.Tag tag, MutableAttributeSet attributes, int position) {
                                page.put(tag.toString(), String.valueOf(attributes.getAttribute("onload")));
                            }
                        },
                        true);
        assertEquals(Set.of("img"), page.keySet());
        assertTrue(page.get("img").endsWith("(this.parentNode, " + figure.readings() + ")"), page.get("img"));
        assertTrue(figure.readings().contains("it's"));
    }
}
