package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;

class RewardShiftTest {

    private static Run aligned(Table rewards) {
        var metrics = Table.create(Run.METRICS, DoubleColumn.create("kl", 0.0, 4.25));
        return new Run(
                RunCard.begin("align", null, Map.of(), Origin.here(0, "")),
                null,
                null,
                Map.of(Run.METRICS, metrics, PolicyOptimisation.REWARDS, rewards));
    }

    @Test
    void theRiseIsInStandardDeviationsOfTheStart() {
        var rewards = Table.create(
                PolicyOptimisation.REWARDS,
                DoubleColumn.create("before", 1, 3, 5), // mean 3, deviation 2
                DoubleColumn.create("after", 6, 6, 9)); // mean 7
        var shift = RewardShift.of(aligned(rewards));
        assertEquals(2, shift.rise().orElseThrow(), 1e-12);
        // changes 5, 3, 4: mean 4, deviation 1, and Student's 4.3027 for two degrees of freedom over √3
        assertEquals(4 - 4.302653 / Math.sqrt(3), shift.reward().interval().low(), 1e-6);
        assertEquals(
                "reward 3.00 → 7.00 (+4.00, 95 % interval +1.52 to +6.48) on 3 held-out prompts, +2.0 standard"
                        + " deviations of the start, KL 4.3 nats",
                shift.toString());
        rewards.addColumns(DoubleColumn.create("gold_before", 1, 1, 1), DoubleColumn.create("gold_after", 0, 0, 0));
        assertTrue(RewardShift.of(aligned(rewards))
                .toString()
                .endsWith("; gold reward 1.00 → 0.00 (−1.00, 95 % interval −1.00 to −1.00)"));
    }

    @Test
    void onePromptIsNoResult() {
        var one = Table.create(
                PolicyOptimisation.REWARDS, DoubleColumn.create("before", 172.0), DoubleColumn.create("after", 177.0));
        assertEquals(
                "reward 172.00 → 177.00 (+5.00) on 1 held-out prompt, which says nothing about others, KL 4.3 nats",
                RewardShift.of(aligned(one)).toString());
        assertTrue(RewardShift.of(aligned(one)).rise().isEmpty(), "nothing is divided by nothing");
    }
}
