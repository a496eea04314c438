package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.data.files.Transcript;
import trivium.text.Message;

/**
 * Two answers to the same messages, of which a judge preferred the first.
 *
 * @param promptMessages what both answer, earlier turns included; roles are system, user and assistant
 */
public record Comparison(List<Message> promptMessages, String chosen, String rejected) {

    public Comparison {
        promptMessages = List.copyOf(promptMessages);
        promptMessages.forEach(Message::requireSpeaker);
        requireNonNull(chosen, "a comparison needs a chosen answer");
        requireNonNull(rejected, "a comparison needs a rejected answer");
    }

    /** Two answers to one question. */
    public Comparison(String prompt, String chosen, String rejected) {
        this(List.of(Message.user(requireNonNull(prompt, "a comparison needs a prompt"))), chosen, rejected);
    }

    /**
     * What both answer as one text, for tables and people: the user's words where nothing else stands before the
     * answers, otherwise a {@linkplain Transcript transcript}. Models are given the {@link #promptMessages}.
     */
    public String prompt() {
        return Transcript.prompt(promptMessages);
    }

    /** Whether both answer one question, without a system message. */
    public boolean isSingleTurn() {
        return promptMessages.size() == 1 && promptMessages.getFirst().isUser();
    }

    /** How the dialogue begins: the prompt up to the first answer in it. */
    public String opening() {
        return Transcript.opening(promptMessages);
    }
}
