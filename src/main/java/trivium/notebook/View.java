package trivium.notebook;

import java.util.Map;

/** How a value shows in a notebook: always as text, and as something richer where the kind allows. */
public sealed interface View permits ControlView, FigureView, Html, Png, PlainText {

    /** What a terminal, a log or a screen reader gets. */
    String text();

    /**
     * The MIME bundle a front end chooses from: type to content, which is text, binary content in Base64, or a map for
     * types of JSON. Always has {@code text/plain}.
     */
    Map<String, ?> bundle();

    /** What the front end should know about a type's content, such as an image's width; empty for most. */
    default Map<String, Object> metadata() {
        return Map.of();
    }
}
