package trivium.data;

import java.util.Objects;
import trivium.data.files.Transcript;

/** Two answers to a prompt, of which a judge preferred the first. */
public record Comparison(String prompt, String chosen, String rejected) {

    public Comparison {
        Objects.requireNonNull(prompt, "a comparison needs a prompt");
        Objects.requireNonNull(chosen, "a comparison needs a chosen answer");
        Objects.requireNonNull(rejected, "a comparison needs a rejected answer");
    }

    /** The prompt up to the first answer in it, or the whole prompt if it holds no earlier turns. */
    public String opening() {
        return Transcript.opening(prompt);
    }
}
