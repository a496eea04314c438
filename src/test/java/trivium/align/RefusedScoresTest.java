package trivium.align;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import trivium.generate.Generation.Finish;
import trivium.run.StepFailedException;

/** What is nobody's score, and settings that are nobody's choice: each is one sentence. */
class RefusedScoresTest {

    private static double[] scores(Reward reward, String... texts) {
        return Scores.of(
                "r",
                reward,
                Collections.nCopies(texts.length, "p"),
                List.of(texts),
                Collections.nCopies(texts.length, Finish.STOP));
    }

    private static String refused(Class<? extends Exception> kind, Runnable call) {
        return assertThrows(kind, call::run).getMessage();
    }

    @Test
    void aCancellationIsNotTheRewardsFault() {
        var calls = new AtomicInteger();
        Reward reward = (_, _) -> {
            if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("first");
            }
            throw new CancellationException("interrupted");
        };
        assertThrows(CancellationException.class, () -> scores(reward, "a", "b"));
    }

    @Test
    void anInterruptEndsTheSearch() {
        Reward reward = (_, _) -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("broken");
        };
        assertThrows(CancellationException.class, () -> scores(reward, "a", "b"));
        assertTrue(!Thread.interrupted(), "the interrupt has been answered");
    }

    @Test
    void aMissingClassIsTheRewardsFault() {
        Reward reward = (_, text) -> {
            if (text.equals("b")) {
                throw new NoClassDefFoundError("a/library");
            }
            return 0;
        };
        var message = refused(StepFailedException.class, () -> scores(reward, "a", "b"));
        assertTrue(message.contains("\"b\"") && message.contains("a/library"), message);
    }

    @Test
    void aSumThatNoFloatHolds() {
        var sum = RewardSum.adding(null, new RewardSum.Part("large", (_, _) -> 1e38, 1e300));
        var message = refused(
                StepFailedException.class,
                () -> Scores.requireFinite(
                        sum.toString(), sum.scores(List.of("p"), List.of("t")), List.of("p"), List.of("t")));
        assertTrue(message.contains("large") && message.contains("finite"), message);
    }

    @Test
    void nullIsNoSetting() {
        assertTrue(refused(IllegalArgumentException.class, () -> new Dpo().lossType(null))
                .contains("SIGMOID"));
        refused(IllegalArgumentException.class, () -> new Dpo().fDivergence(null));
        assertTrue(refused(IllegalArgumentException.class, () -> new Grpo().lossType(null))
                .contains("DAPO"));
        refused(IllegalArgumentException.class, () -> new Grpo().klEstimator(null));
        refused(IllegalArgumentException.class, () -> new Ppo(1, null, null, null, null, null, 0));
        refused(IllegalArgumentException.class, () -> new RewardSum.Part(null, (_, _) -> 1, 1));
    }

    /** A set of rollouts off the target multiplies β by up to 1 − 0.2 B / horizon, which must stay above 0. */
    @Test
    void anAdaptedPenaltyStaysAPenalty() {
        var message = refused(
                IllegalArgumentException.class,
                () -> new KlCoefficient(new Ppo().adaptiveKl(6, 10).kl(), 64));
        assertTrue(message.contains("12.8"), message);
        var coefficient = new KlCoefficient(new Ppo().adaptiveKl(6, 13).kl(), 64);
        for (int i = 0; i < 10; i++) {
            coefficient.adapt(0, 64);
            assertTrue(coefficient.beta() > 0);
        }
    }
}
