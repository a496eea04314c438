package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.text.Message;

/**
 * An answer that was judged by itself, without another beside it.
 *
 * @param promptMessages what is answered, earlier turns included; roles are system, user and assistant
 * @param completion the answer
 * @param label whether it was found good
 */
public record UnpairedPreference(List<Message> promptMessages, String completion, boolean label) implements Prompted {

    public UnpairedPreference {
        promptMessages = List.copyOf(promptMessages);
        promptMessages.forEach(Message::requireSpeaker);
        requireNonNull(completion, "an unpaired preference needs a completion");
    }

    /** An answer to one question. */
    public UnpairedPreference(String prompt, String completion, boolean label) {
        this(List.of(Message.user(requireNonNull(prompt, "an unpaired preference needs a prompt"))), completion, label);
    }
}
