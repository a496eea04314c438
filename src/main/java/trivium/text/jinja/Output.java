package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** What a template writes, or one of its blocks. */
final class Output {

    private final TextBuilder builder = new TextBuilder();
    private final List<Rendering.Span> generations = new ArrayList<>();

    void add(Text text) {
        builder.add(text);
    }

    int length() {
        return builder.length();
    }

    void generated(int from) {
        generations.add(new Rendering.Span(from, length()));
    }

    Text text() {
        return builder.build();
    }

    List<Rendering.Span> generations() {
        return generations;
    }
}
