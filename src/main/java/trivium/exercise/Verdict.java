package trivium.exercise;

/**
 * What a check found.
 *
 * @param exercise the exercise's name
 * @param outcome whether the answer is right
 * @param says what is missing, or what the answer has passed; a sentence or two
 */
public record Verdict(String exercise, Outcome outcome, String says) {

    /** How an answer stands. */
    public enum Outcome {
        /** It passed everything that was tried. */
        RIGHT,
        /** It answered something else than expected. */
        WRONG,
        /** Nobody has written it yet. */
        UNFILLED
    }

    /** Whether the exercise is solved. */
    public boolean isRight() {
        return outcome == Outcome.RIGHT;
    }

    @Override
    public String toString() {
        var sign = switch (outcome) {
            case RIGHT -> "✓ ";
            case WRONG -> "✗ ";
            case UNFILLED -> "… ";
        };
        return sign + exercise + ": " + says;
    }
}
