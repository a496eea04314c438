package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.data.files.Transcript;
import trivium.text.Message;

/**
 * An answer that was judged by itself, without another beside it.
 *
 * @param promptMessages what is answered, earlier turns included; roles are system, user and assistant
 * @param completion the answer
 * @param label whether it was found good
 */
public record UnpairedPreference(List<Message> promptMessages, String completion, boolean label) {

    public UnpairedPreference {
        promptMessages = List.copyOf(promptMessages);
        promptMessages.forEach(Message::requireSpeaker);
        requireNonNull(completion, "an unpaired preference needs a completion");
    }

    /** An answer to one question. */
    public UnpairedPreference(String prompt, String completion, boolean label) {
        this(List.of(Message.user(requireNonNull(prompt, "an unpaired preference needs a prompt"))), completion, label);
    }

    /** What is answered as one text, for tables and people, as {@link Comparison#prompt} has it. */
    public String prompt() {
        return Transcript.prompt(promptMessages);
    }

    /** Whether one question is answered, without a system message. */
    public boolean isSingleTurn() {
        return promptMessages.size() == 1 && promptMessages.getFirst().isUser();
    }

    /** How the dialogue begins: the prompt up to the first answer in it. */
    public String opening() {
        return Transcript.opening(promptMessages);
    }
}
