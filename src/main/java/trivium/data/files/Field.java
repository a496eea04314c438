package trivium.data.files;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A field of a record, with the names it goes by. */
enum Field {
    TEXT("text"),
    PROMPT("prompt", "question", "query"),
    COMPLETION("completion", "response", "answer"),
    LABEL("label"),
    COMPLETIONS("completions", "steps"),
    LABELS("labels"),
    INSTRUCTION("instruction"),
    INPUT("input", "context"),
    OUTPUT("output", "response"),
    CHOSEN("chosen"),
    REJECTED("rejected"),
    MARGIN("margin"),
    MESSAGES("messages"),
    CONVERSATIONS("conversations");

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> names;

    Field(String... names) {
        this.names = List.of(names);
    }

    /** Its own name first, then others in use. */
    List<String> names() {
        return names;
    }

    String title() {
        return names.getFirst();
    }

    static Field named(String name) {
        return Stream.of(values())
                .filter(field -> field.title().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no field of any shape; there are "
                        + Stream.of(values()).map(Field::title).collect(Collectors.joining(", "))));
    }
}
