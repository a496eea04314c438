package trivium.measure;

import java.util.Objects;

/**
 * What a verifier says of a completion.
 *
 * @param right whether it does what was asked
 * @param why what is wrong with it, in one sentence without capital and full stop; empty where it is right
 */
public record Verification(boolean right, String why) {

    /** Nothing is wrong. */
    public static final Verification RIGHT = new Verification(true, "");

    public Verification {
        Objects.requireNonNull(why, "a verification says why");
        if (right != why.isEmpty()) {
            throw new IllegalArgumentException(
                    "a verification says why a completion is wrong, and nothing where it is right");
        }
    }

    public static Verification wrong(String why) {
        return new Verification(false, why);
    }

    @Override
    public String toString() {
        return right ? "right" : "wrong: " + why;
    }
}
