package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import trivium.generate.TableModel;
import trivium.run.Finding;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.Tokenizers;

/** Metrics made by hand. {@link FaultyAlignmentsTest} has trainings. */
class RolloutFaultsTest {

    /** What a step of an alignment that learns may measure: 8 prompts, 4 completions each. */
    private static Map<String, IntToDoubleFunction> learning() {
        var metrics = new LinkedHashMap<String, IntToDoubleFunction>();
        metrics.put("reward", step -> 0.2 + 0.02 * step);
        metrics.put("reward_std", _ -> 0.5);
        metrics.put("reward_group_std", _ -> 0.4);
        metrics.put("reward_p50", step -> 0.2 + 0.02 * step);
        metrics.put("reward_p90", step -> 0.8 + 0.02 * step);
        metrics.put("frac_reward_zero_std", _ -> 0.1);
        metrics.put("reward_length_correlation", step -> 0.2 - 0.01 * step);
        metrics.put("kl", step -> 0.2 * (step - 1));
        metrics.put("entropy", step -> 1.2 - 0.01 * step);
        metrics.put("completions/mean_length", step -> 20 + 0.1 * step);
        metrics.put("completions/clipped_ratio", _ -> 0.05);
        metrics.put("sampling/sampling_logp_difference/mean", _ -> 1e-6);
        return metrics;
    }

    private static List<Finding> found(int steps, Map<String, IntToDoubleFunction> metrics, Map<String, Object> more) {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("batch_size", 8);
        recipe.put("temperature", 1.0);
        recipe.put("max_tokens", 64);
        recipe.put("algorithm", Map.of("name", "grpo", "num_generations", 4));
        recipe.putAll(more);
        var table = Table.create(
                Run.METRICS,
                LongColumn.create(
                        "step", IntStream.rangeClosed(1, steps).asLongStream().toArray()));
        metrics.forEach((name, values) -> table.addColumns(DoubleColumn.create(
                name, IntStream.rangeClosed(1, steps).mapToDouble(values).toArray())));
        var run = new Run(
                RunCard.begin(PolicyOptimisation.KIND, null, recipe, Origin.here(0, "")),
                TableModel.random(4, 8, 1, 1),
                Tokenizers.characters(List.of("abc")),
                Map.of(Run.METRICS, table));
        return run.findings();
    }

    /** The only finding where these metrics are in the place of those that learn, and the step it comes at. */
    private static Finding only(String name, long step, int steps, Map<String, IntToDoubleFunction> changed) {
        var metrics = learning();
        metrics.putAll(changed);
        var found = found(steps, metrics, Map.of());
        assertEquals(List.of(name), found.stream().map(Finding::name).toList(), found.toString());
        assertEquals(step, found.getFirst().step(), found.toString());
        return found.getFirst();
    }

    private static void says(String words, Finding finding) {
        assertTrue(finding.text().contains(words), finding.text());
    }

    @Test
    void whatLearnsIsSilent() {
        assertEquals(List.of(), found(40, learning(), Map.of("reward_hash", "abc")));
    }

    @Test
    void aConstantReward() {
        says(
                "all 96 completions of the first 3 steps earned the same reward, 0",
                only(
                        "reward-constant",
                        3,
                        9,
                        Map.of(
                                "reward", _ -> 0,
                                "reward_std", _ -> 0,
                                "reward_group_std", _ -> 0,
                                "frac_reward_zero_std", _ -> 1,
                                "reward_p50", _ -> 0,
                                "reward_p90", _ -> 0)));
    }

    /** Of rewards 0 and 1 with one in sixteen a 1: groups of four are equal in 77 %, of sixteen in 36 %. */
    @Test
    void groupsThatAreTooSmall() {
        double p = 1.0 / 16;
        double equal = Math.pow(p, 4) + Math.pow(1 - p, 4);
        var finding = only(
                "groups-too-small",
                3,
                9,
                Map.of(
                        "reward", step -> p + 0.001 * step,
                        "reward_std", _ -> Math.sqrt(p * (1 - p)),
                        // a group of one 1 and three 0 has the deviation 1/2
                        "reward_group_std", _ -> (1 - equal) / 2,
                        "frac_reward_zero_std", _ -> equal,
                        "reward_p50", _ -> 0,
                        "reward_p90", _ -> 0));
        says("groups of 16 (numGenerations), of which about 36 % would be equal", finding);
    }

    @Test
    void groupsThatAreEqualBecauseTheRewardGoesByThePrompt() {
        only("groups-equal", 3, 9, Map.of("reward_group_std", _ -> 0.01, "frac_reward_zero_std", _ -> 0.9));
    }

    /** Rewards that go by the prompt from step 6 on: what was said of the groups before is not contradicted. */
    @Test
    void ofGroupsOneThingIsSaid() {
        only(
                "groups-too-small",
                3,
                30,
                Map.of(
                        "reward_group_std", step -> step < 6 ? 0.1 : 0.001,
                        "reward_std", step -> step < 6 ? 0.25 : 0.5,
                        "frac_reward_zero_std", _ -> 0.8));
    }

    @Test
    void aRewardThatIsSaturated() {
        says(
                "most completions earn 1, the most that any does",
                only(
                        "reward-saturated",
                        16,
                        30,
                        Map.of(
                                "reward", step -> step < 10 ? 0.1 * step : 0.99,
                                "reward_p50", step -> step < 5 ? 0 : 1,
                                "reward_p90", _ -> 1,
                                "frac_reward_zero_std", step -> step < 10 ? 0.2 : 0.95)));
    }

    @Test
    void aJudgeThatGoesByLength() {
        Map<String, IntToDoubleFunction> byLength = Map.of("reward_length_correlation", _ -> 0.93);
        var metrics = learning();
        metrics.putAll(byLength);
        assertEquals(List.of(), found(9, metrics, Map.of()), "a rule that counts words is meant to");
        var found = found(9, metrics, Map.of("reward_hash", "abc"));
        assertEquals(
                List.of("reward-by-length"), found.stream().map(Finding::name).toList());
        says("the judge has learned that longer answers are preferred", found.getFirst());
    }

    @Test
    void whatIsSampledIsScoredAtAnotherTemperature() {
        Map<String, IntToDoubleFunction> apart =
                Map.of("sampling/sampling_logp_difference/mean", _ -> 0.21, "kl", _ -> 0.4);
        says("the policy is another function while it learns", only("sampled-not-scored", 1, 9, apart));
        var metrics = learning();
        metrics.putAll(apart);
        says(
                "completions drawn at temperature 0.7 are scored at another one",
                found(9, metrics, Map.of("temperature", 0.7)).getFirst());
    }

    @Test
    void aReferenceThatIsNotTheStart() {
        says(
                "was 3.3 nats a completion before the first update",
                only("reference-differs", 1, 9, Map.of("kl", step -> 3 + 0.3 * step)));
    }

    @Test
    void aDivergenceBelowZero() {
        only("kl-negative", 4, 9, Map.of("kl", step -> -(step - 1)));
    }

    @Test
    void aDivergenceThatExplodes() {
        says("a token (kl)", only("kl-explodes", 8, 12, Map.of("kl", step -> step < 6 ? step - 1 : 10.0 * step - 29)));
    }

    @Test
    void entropyThatCollapses() {
        only("entropy-collapses", 12, 20, Map.of("entropy", step -> step < 10 ? 1 : 0.02));
    }

    @Test
    void anEndTokenThatIsNeverWritten() {
        only(
                "end-never-written",
                3,
                9,
                Map.of("completions/clipped_ratio", _ -> 1, "completions/mean_length", _ -> 64));
    }

    @Test
    void completionsThatAreCut() {
        says(
                "60.0 % of the completions were cut at 64 tokens",
                only("completions-cut", 3, 9, Map.of("completions/clipped_ratio", _ -> 0.6)));
    }

    @Test
    void completionsThatGrowIntoTheLimit() {
        says(
                "the completions grew from 20.0 to 52.0 tokens, and 35.0 % are now cut off",
                only(
                        "completions-grow",
                        8,
                        12,
                        Map.of(
                                "completions/mean_length", step -> step <= 3 ? 20 : 8.0 * step - 4,
                                "completions/clipped_ratio", step -> step < 7 ? 0.05 : 0.5)));
    }

    @Test
    void overOptimisationFromTheStepOnAtWhichGoldWasHighest() {
        var metrics = learning();
        metrics.put("gold", step -> (step <= 30 ? step : 60 - step) / 30.0 + 0.02 * (step % 2));
        var found = found(60, metrics, Map.of());
        assertEquals(
                List.of("over-optimisation"), found.stream().map(Finding::name).toList());
        var says = found.getFirst().text();
        assertTrue(says.matches(".*over-optimisation began at about step (29|30|31):.*"), says);
        assertTrue(found.getFirst().step() < 45, says);
    }
}
