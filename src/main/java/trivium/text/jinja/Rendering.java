package trivium.text.jinja;

import java.util.List;

/** What a template wrote. */
public final class Rendering {

    private final Text text;
    private final List<Span> generations;

    Rendering(Text text, List<Span> generations) {
        this.text = text;
        this.generations = List.copyOf(generations);
    }

    /** Characters {@code from … to - 1} of the text. */
    public record Span(int from, int to) {}

    public String text() {
        return text.chars;
    }

    /** Where the character at this place comes from, see {@link Sourced}. */
    public int source(int at) {
        return text.origin(at);
    }

    /** Whether the template wrote all of these characters. */
    public boolean isTemplates(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.origin(i) != Text.TEMPLATE) {
                return false;
            }
        }
        return true;
    }

    /** What stands in generation blocks, in order. */
    public List<Span> generations() {
        return generations;
    }
}
