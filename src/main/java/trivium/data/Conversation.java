package trivium.data;

import java.util.Objects;
import trivium.data.files.Transcript;

/** A prompt and the answer to learn. */
public record Conversation(String prompt, String completion) {

    public Conversation {
        Objects.requireNonNull(prompt, "a conversation needs a prompt");
        Objects.requireNonNull(completion, "a conversation needs a completion");
    }

    /** The prompt up to the first answer in it, or the whole prompt if it holds no earlier turns. */
    public String opening() {
        return Transcript.opening(prompt);
    }
}
