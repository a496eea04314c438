package trivium.exercise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static trivium.exercise.Exercises.check;
import static trivium.exercise.PreTrainingMistakesTest.said;
import static trivium.exercise.PreTrainingMistakesTest.scaled;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.exercise.Verdict.Outcome;
import trivium.measure.Paired;

/** Each usual mistake is told by its own sentence. */
class ReinforcementMistakesTest {

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void gradientOfAComparison() {
        comparison("turned round", (c, r) -> new double[] {sigmoid(r - c), -sigmoid(r - c)});
        comparison("how much the comparison was foreseen", (c, r) -> new double[] {-sigmoid(c - r), sigmoid(c - r)});
        comparison("the logarithm is missing", (c, r) -> {
            double slope = sigmoid(c - r) * sigmoid(r - c);
            return new double[] {-slope, slope};
        });
        comparison("the same sign", (c, r) -> new double[] {-sigmoid(r - c), -sigmoid(r - c)});
        comparison("of the rejected is missing", (c, r) -> new double[] {-sigmoid(r - c), 0});
        comparison("that is the loss", (c, r) -> {
            double loss = -Math.log(sigmoid(c - r));
            return new double[] {loss, loss};
        });
        comparison("half of it", (c, r) -> new double[] {-sigmoid(r - c) / 2, sigmoid(r - c) / 2});
        comparison("e^1000", (c, r) -> {
            double surprise = Math.exp(r - c) / (1 + Math.exp(r - c));
            return new double[] {-surprise, surprise};
        });
    }

    private static void comparison(String words, PreferenceGradient answer) {
        said(words, check(answer));
    }

    @Test
    void advantages() {
        advantage("was divided by it", r -> scaled(centred(r), 1 / deviation(r, r.length - 1)));
        advantage("turned round", r -> scaled(centred(r), -1 / (deviation(r, r.length - 1) + 1e-4)));
        advantage("what Dr. GRPO does", ReinforcementMistakesTest::centred);
        advantage("the mean was not taken off", r -> scaled(r, 1 / (deviation(r, r.length - 1) + 1e-4)));
        advantage("over G − 1", r -> scaled(centred(r), 1 / (deviation(r, r.length) + 1e-4)));
        advantage("its square root is missing", r -> scaled(centred(r), 1 / Math.pow(deviation(r, r.length - 1), 2)));
        advantage("as they were", r -> r);
    }

    private static double[] centred(double[] rewards) {
        double mean = Arrays.stream(rewards).average().orElseThrow();
        return Arrays.stream(rewards).map(r -> r - mean).toArray();
    }

    private static double deviation(double[] rewards, int by) {
        return Math.sqrt(Arrays.stream(centred(rewards)).map(x -> x * x).sum() / by);
    }

    private static void advantage(String words, Advantage answer) {
        said(words, check(answer));
    }

    private static final int N = 20;

    private static final String STORY = "Anna had a kite. She flew it. It broke. Sam mended it. Both were glad. ";

    @Test
    void whatARewardWasExploitedBy() {
        reward("the same thing again and again", 1, -1, i -> i + STORY + "He was happy. ".repeat(4));
        reward("More text earns more", 1, -1, i -> i + STORY + "Then " + "so ".repeat(30) + "on.");
        reward("The fewer words", 1, -1, i -> i + " was.");
        reward("does not ask what the prompt asked for", 1, -1, _ -> STORY);
        reward("read what the model writes", 1, -1, i -> i + STORY);
        reward("did not rise", -1, 0, i -> i + STORY);
        reward("no more than chance", 1, 0.01, i -> i + STORY);
        assertEquals(Outcome.RIGHT, outcome(1, 1, i -> i + STORY).outcome());
        var flat = new double[N];
        var none =
                new RewardOutcome(Paired.of(flat, flat), Paired.of(flat, flat), texts(i -> i + ""), texts(i -> i + ""));
        said("the same", none.verdict());
    }

    private interface Text {
        String of(int i);
    }

    private static void reward(String words, double rise, double goldRise, Text after) {
        said(words, outcome(rise, goldRise, after));
    }

    private static Verdict outcome(double rise, double goldRise, Text after) {
        double[] before = IntStream.range(0, N).mapToDouble(i -> i % 3).toArray();
        return new RewardOutcome(
                        Paired.of(before, raised(before, rise)),
                        Paired.of(before, raised(before, goldRise)),
                        texts(i -> i + STORY),
                        texts(after))
                .verdict();
    }

    /** By this much, more or less. */
    private static double[] raised(double[] values, double by) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] + by + (i % 2 == 0 ? 0.2 : -0.2))
                .toArray();
    }

    private static List<String> texts(Text of) {
        return IntStream.range(0, N).mapToObj(of::of).toList();
    }
}
