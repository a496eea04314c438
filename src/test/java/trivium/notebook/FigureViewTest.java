package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import trivium.figure.Figures;

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
                "<div style=\"position:relative\">" + still.tag() + "</div>",
                html.replaceAll("(?s)<script>.*?</script>", ""));
        var found = EMBEDDED.matcher(html);
        assertTrue(found.find());
        assertEquals(still.bundle().get("image/png"), found.group(1));
        assertEquals(still.bundle().get("image/png"), view.bundle().get("image/png"));
        assertEquals(still.metadata(), view.metadata());
        assertTrue(
                html.length() - still.tag().length() < 8_000,
                () -> html.length() - still.tag().length() + " characters");
    }
}
