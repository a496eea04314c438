package trivium.notebook;

import java.util.Map;
import java.util.Objects;

/**
 * A piece of HTML and the plain text that stands for it where HTML cannot be shown. Whoever builds one escapes what
 * came from outside with {@link trivium.text.Markup#escape}.
 *
 * @param html a fragment, styled inline only, readable on light and dark themes
 * @param text the same in plain words
 */
public record Html(String html, String text) implements View {

    public Html {
        Objects.requireNonNull(html, "html");
        Objects.requireNonNull(text, "text");
    }

    /** This above that, as one fragment. */
    public Html above(Html other) {
        return new Html("<div>" + html + "</div><div>" + other.html + "</div>", text + "\n" + other.text);
    }

    @Override
    public Map<String, String> bundle() {
        return Map.of("text/plain", text, "text/html", html);
    }

    @Override
    public String toString() {
        return text;
    }
}
