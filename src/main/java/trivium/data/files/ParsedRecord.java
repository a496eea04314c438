package trivium.data.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.text.Message;

/**
 * What is made of an entry, before it is decided whether the entry stays.
 *
 * @param messages a conversation, or what the answers of a comparison answer; none for a document
 * @param texts a document, the chosen and the rejected answer and perhaps the margin between them, an answer and "true"
 *     or "false", or steps and as many of these words; none for a conversation
 * @param leftOut why the entry does not stay, if it does not
 * @param notes what else is to be counted
 */
record ParsedRecord(List<Message> messages, List<String> texts, Optional<Note> leftOut, List<Note> notes) {

    static ParsedRecord of(List<Message> messages, String... texts) {
        return new ParsedRecord(messages, List.of(texts), Optional.empty(), List.of());
    }

    /** With one more text behind the others; leaves as it is what has none. */
    ParsedRecord and(Optional<String> text) {
        return text.isEmpty() || texts.isEmpty()
                ? this
                : new ParsedRecord(
                        messages, Stream.concat(texts.stream(), text.stream()).toList(), leftOut, notes);
    }

    /** Nothing can be made of this entry. */
    static ParsedRecord none(Note why) {
        return new ParsedRecord(List.of(), List.of(), Optional.of(why), List.of());
    }

    ParsedRecord noting(boolean seen, Note note) {
        if (!seen) {
            return this;
        }
        var more = new ArrayList<>(notes);
        more.add(note);
        return new ParsedRecord(messages, texts, leftOut, List.copyOf(more));
    }

    /** Left out for this reason, unless there is one already. */
    ParsedRecord leftOutIf(boolean so, Note why) {
        return so && leftOut.isEmpty() ? new ParsedRecord(messages, texts, Optional.of(why), notes) : this;
    }

    /** Counts a blank prompt, and leaves out messages of others than system, user and assistant. */
    ParsedRecord messagesChecked() {
        boolean blank = messages.stream()
                .takeWhile(message -> !message.isAssistant())
                .allMatch(message -> message.content().isBlank());
        return noting(blank, Note.EMPTY_PROMPT)
                .leftOutIf(messages.stream().anyMatch(message -> !message.hasSpeaker()), Note.OTHER_ROLE);
    }

    /** All of its texts in order, each message's behind its role: equal for copies only. */
    Stream<String> content() {
        return Stream.concat(
                messages.stream().flatMap(message -> Stream.of(message.role(), message.content())), texts.stream());
    }
}
