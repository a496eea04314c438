package trivium.notebook;

import java.util.Map;
import java.util.Objects;

/** A view of text alone. */
public record PlainText(String text) implements View {

    public PlainText {
        Objects.requireNonNull(text, "text");
    }

    @Override
    public Map<String, String> bundle() {
        return Map.of("text/plain", text);
    }

    @Override
    public String toString() {
        return text;
    }
}
