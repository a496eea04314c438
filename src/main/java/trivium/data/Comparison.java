package trivium.data;

import java.util.Objects;

/** Two answers to a prompt, of which a judge preferred the first. */
public record Comparison(String prompt, String chosen, String rejected) {

    public Comparison {
        Objects.requireNonNull(prompt, "a comparison needs a prompt");
        Objects.requireNonNull(chosen, "a comparison needs a chosen answer");
        Objects.requireNonNull(rejected, "a comparison needs a rejected answer");
    }
}
