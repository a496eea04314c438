package trivium.data;

import java.util.Objects;

/** A prompt and the answer to learn. */
public record Conversation(String prompt, String completion) {

    public Conversation {
        Objects.requireNonNull(prompt, "a conversation needs a prompt");
        Objects.requireNonNull(completion, "a conversation needs a completion");
    }
}
