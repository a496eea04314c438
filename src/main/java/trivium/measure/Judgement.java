package trivium.measure;

import java.util.Objects;

/**
 * What a check says of a completion.
 *
 * @param right whether it does what was asked
 * @param why what is wrong with it, in one sentence without capital and full stop; empty where it is right
 */
public record Judgement(boolean right, String why) {

    /** Nothing is wrong. */
    public static final Judgement RIGHT = new Judgement(true, "");

    public Judgement {
        Objects.requireNonNull(why, "a verdict says why");
        if (right != why.isEmpty()) {
            throw new IllegalArgumentException(
                    "a verdict says why a completion is wrong, and nothing where it is right");
        }
    }

    public static Judgement wrong(String why) {
        return new Judgement(false, why);
    }

    @Override
    public String toString() {
        return right ? "right" : "wrong: " + why;
    }
}
