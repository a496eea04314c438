package trivium.run;

import java.util.Optional;

/**
 * What a {@link Fault} looks like in one training: three parts of a sentence, none with a full stop at its end.
 *
 * @param seen what was measured, with its numbers: "the loss rose from 5.11 to 157"
 * @param means what that usually means: "the learning rate is too high"
 * @param attempt what to try, where it can be a call to paste: ".learningRate(3e-3)"
 */
public record Symptom(String seen, String means, String attempt) {

    /** What a fault that is there answers. */
    public static Optional<Symptom> found(String seen, String means, String attempt) {
        return Optional.of(new Symptom(seen, means, attempt));
    }

    @Override
    public String toString() {
        return seen + ". This usually means that " + means + "; try " + attempt;
    }
}
