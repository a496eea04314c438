package trivium.data;

import java.util.Objects;
import trivium.data.files.Transcript;

/** A prompt and the answer to learn. */
public record Conversation(String prompt, String completion) {

    public Conversation {
        Objects.requireNonNull(prompt, "a conversation needs a prompt");
        Objects.requireNonNull(completion, "a conversation needs a completion");
    }

    /** What is said before the first answer: the prompt, or how it begins if it holds earlier turns. */
    public String opening() {
        return Transcript.opening(prompt);
    }
}
