package trivium.data;

import java.util.Objects;
import trivium.data.files.Transcript;

/**
 * An answer to a prompt that somebody found good or bad, with no other answer beside it.
 *
 * @param good what the label said
 */
public record Verdict(String prompt, String completion, boolean good) {

    public Verdict {
        Objects.requireNonNull(prompt, "a verdict needs a prompt");
        Objects.requireNonNull(completion, "a verdict needs a completion");
    }

    /** What is said before the first answer: the prompt, or how it begins if it holds earlier turns. */
    public String opening() {
        return Transcript.opening(prompt);
    }
}
