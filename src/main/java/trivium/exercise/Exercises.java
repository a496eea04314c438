package trivium.exercise;

import trivium.align.Reward;

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
@SuppressWarnings("overloads") // a stub has a variable of its exercise's type, which is what is passed
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

    public static Verdict check(TokenGradient answer) {
        return PreTrainingChecks.of(answer);
    }

    public static Verdict check(BitsPerByte answer) {
        return PreTrainingChecks.of(answer);
    }

    public static Verdict check(PromptMask answer) {
        return FineTuningChecks.of(answer);
    }

    public static Verdict check(ChatTokens answer) {
        return FineTuningChecks.of(answer);
    }

    public static Verdict check(BatchLoss answer) {
        return FineTuningChecks.of(answer);
    }

    public static Verdict check(PreferenceGradient answer) {
        return ReinforcementChecks.of(answer);
    }

    public static Verdict check(Advantage answer) {
        return ReinforcementChecks.of(answer);
    }

    /** Trains against the reward unless it is a stub: some seconds. */
    public static Verdict check(RewardTrial trial, Reward answer) {
        return trial.check(answer);
    }
}
