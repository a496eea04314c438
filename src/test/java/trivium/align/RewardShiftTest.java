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
        assertEquals(2, shift.rise(), 1e-12);
        assertEquals(
                "reward 3.00 → 7.00 on 3 held-out prompts (+2.0 standard deviations of the start), KL 4.3 nats",
                shift.toString());
        rewards.addColumns(DoubleColumn.create("gold_before", 1, 1, 1), DoubleColumn.create("gold_after", 0, 0, 0));
        assertTrue(RewardShift.of(aligned(rewards)).toString().endsWith("; gold reward 1.00 → 0.00"));
    }
}
