package trivium.exercise;

/**
 * The verbs of an exercise's cells. A cell has a stub, the next one its check:
 *
 * <pre>{@code
 * TokenLoss loss = (logits, target) -> unfilled();
 * check(loss)
 * }</pre>
 *
 * A check never throws, whatever the answer does.
 */
public final class Exercises {

    private Exercises() {}

    /**
     * What stands in a stub where the answer belongs, of whatever type that is. It throws, and a check says that the
     * stub is still there.
     */
    @SuppressWarnings({"TypeParameterUnusedInFormals", "DoNotCallSuggester"}) // compiles in every stub
    public static <T> T unfilled() {
        throw new Unfilled();
    }

    public static Verdict check(TokenLoss answer) {
        return PreTrainingChecks.of(answer);
    }
}
