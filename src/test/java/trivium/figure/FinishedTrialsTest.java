package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class EndedTest {

    private static final Table TRIALS = Table.create(
            IntColumn.create("trial", 0, 1, 2, 3, 4, 5),
            StringColumn.create(
                    "outcome",
                    "finished",
                    "diverged: the loss is not a number at step 7",
                    "finished: stopped early at step 40 of 100, as 3 evaluations in a row had no better validation loss",
                    "failed: no room",
                    "pruned: at step 10",
                    "interrupted at step 3"));

    @Test
    void whatEndedWellCountsHoweverItIsSaid() {
        assertEquals(
                List.of(0, 2),
                FinishedTrials.finished(TRIALS).intColumn("trial").asList());
        assertEquals(
                List.of(0, 2, 4),
                FinishedTrials.finishedOrPruned(TRIALS).intColumn("trial").asList());
    }
}
