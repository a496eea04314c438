package trivium.data.files;

import java.util.List;
import java.util.stream.Collectors;

/** What a file's records are. docs/formats.md has the table of how each is recognised and what becomes of it. */
public enum Shape {
    /** Plain text, cut into documents as {@link Format.Cut} says. */
    TEXT("document"),
    /** {@code {"text"}}: a document a record. */
    TEXT_RECORDS("text record", Field.TEXT),
    /** {@code {"prompt", "completion"}}, as texts or lists of messages. */
    PROMPT_COMPLETION("prompt/completion record", Field.PROMPT, Field.COMPLETION),
    /** {@code {"prompt", "completion", "label"}}: an answer that was found good or bad; bad ones are left out. */
    UNPAIRED("unpaired record", Field.PROMPT, Field.COMPLETION, Field.LABEL),
    /** {@code {"prompt", "completions": […], "labels": […]}}: an answer in steps, each found right or wrong. */
    STEPWISE("stepwise record", Field.PROMPT, Field.COMPLETIONS, Field.LABELS),
    /** {@code {"instruction", "input", "output"}}. */
    ALPACA("Alpaca record", Field.INSTRUCTION, Field.OUTPUT),
    /** {@code {"messages": [{"role", "content"}]}}. */
    MESSAGES("chat", Field.MESSAGES),
    /** {@code {"conversations": [{"from", "value"}]}}. */
    SHAREGPT("ShareGPT chat", Field.CONVERSATIONS),
    /** {@code {"prompt", "chosen", "rejected"}}, as texts or lists of messages. */
    PREFERENCE("preference record", Field.PROMPT, Field.CHOSEN, Field.REJECTED),
    /** {@code {"instruction", "input", "chosen", "rejected"}}. */
    ALPACA_PREFERENCE("Alpaca preference record", Field.INSTRUCTION, Field.CHOSEN, Field.REJECTED),
    /** {@code {"chosen", "rejected"}}: what both begin with is the prompt. */
    IMPLICIT_PREFERENCE("implicit-prompt preference record", Field.CHOSEN, Field.REJECTED),
    /** {@code {"chosen", "rejected"}}, both transcripts of "\n\nHuman: … \n\nAssistant: …". */
    HH_RLHF("HH-RLHF record", Field.CHOSEN, Field.REJECTED),
    /** {@code {"text"}} or plain text that is such a transcript. */
    TRANSCRIPT("transcript", Field.TEXT),
    /** {@code IN: command OUT: actions}, one a line. */
    SCAN("SCAN command"),
    /** {@code 50+148=198}, one a line; the question ends with the equals sign. */
    ARITHMETIC("sum"),
    /** A record a line, cut by a pattern of one's own; see {@link Format#lines}. */
    LINES("line");

    private final String noun;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Field> needed;

    Shape(String noun, Field... needed) {
        this.noun = noun;
        this.needed = List.of(needed);
    }

    /** "Alpaca record" or "Alpaca records". */
    public String noun(long count) {
        return count == 1 ? noun : noun + "s";
    }

    List<Field> needed() {
        return needed;
    }

    /** Whether plain text can have this shape. */
    boolean plain() {
        return switch (this) {
            case TEXT, TRANSCRIPT, SCAN, ARITHMETIC, LINES -> true;
            default -> false;
        };
    }

    /** {@code {"instruction": …, "output": …}}. */
    String pattern(Format format) {
        return needed.stream()
                .map(field -> '"' + format.name(field) + "\": …")
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
