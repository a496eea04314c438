package trivium.data;

import static java.util.Objects.requireNonNull;

/**
 * What a person said of two answers to a prompt, not knowing where they came from.
 *
 * @param first the answer that stood at 1
 * @param second the answer that stood at 2
 */
public record Label(String prompt, String first, String second, Verdict verdict) {

    /** Which of the two answers is better. */
    public enum Verdict {
        FIRST,
        SECOND,
        TIE
    }

    public Label {
        requireNonNull(prompt, "a label needs a prompt");
        requireNonNull(first, "a label needs a first answer");
        requireNonNull(second, "a label needs a second answer");
        requireNonNull(verdict, "a label needs a verdict");
    }

    /** The better answer; the first where neither is. */
    public String chosen() {
        return verdict == Verdict.SECOND ? second : first;
    }

    /** The other answer. */
    public String rejected() {
        return verdict == Verdict.SECOND ? first : second;
    }

    /** As a comparison for a reward model. */
    public Comparison comparison() {
        return new Comparison(prompt, chosen(), rejected());
    }
}
