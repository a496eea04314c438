package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.model.JsonFields;

class StatusTest {

    /** What files have said since there were files. */
    private static final Map<String, Status> TEXTS = new LinkedHashMap<>();

    static {
        TEXTS.put("running", new Status.Running());
        TEXTS.put("finished", new Status.Finished());
        TEXTS.put(
                "finished: stopped early at step 40 of 100, as 3 looks in a row had no better loss than step 10",
                new Status.Finished(
                        "stopped early at step 40 of 100, as 3 looks in a row had no better loss than step" + " 10"));
        TEXTS.put(
                "stopped by a finding at step 7: loss-diverges: the loss rose",
                new Status.StoppedByFinding(7, "loss-diverges: the loss rose"));
        TEXTS.put("stopped: others are ahead", new Status.Stopped("others are ahead"));
        TEXTS.put(
                "stopped after 5 trials: the budget of 5 trials is spent",
                new Status.OutOfBudget(5, "the budget of 5 trials is spent"));
        TEXTS.put(
                "pruned: at step 3 loss 4.5 is not among the best 1/3 of 3",
                new Status.Pruned("at step 3 loss 4.5 is not among the best 1/3 of 3"));
        TEXTS.put("diverged: loss is NaN", new Status.Diverged("loss is NaN"));
        TEXTS.put("failed: no: room\nfor 2", new Status.Failed("no: room\nfor 2"));
        TEXTS.put("failed: ", new Status.Failed(""));
        TEXTS.put("interrupted", new Status.Interrupted());
        TEXTS.put("interrupted: the cluster is gone: lost", new Status.Interrupted("the cluster is gone: lost"));
        TEXTS.put("interrupted at step 120", new Status.InterruptedAtStep(120));
        TEXTS.put("interrupted after 3 of 12 trials", new Status.InterruptedSweep(3, 12));
        TEXTS.put("ended early at step 0", new Status.EndedEarly(0));
    }

    @Test
    void everyTextIsReadAndWrittenAgain() {
        TEXTS.forEach((text, status) -> {
            assertEquals(Optional.of(status), Status.parse(text), text);
            assertEquals(text, status.text());
        });
        assertEquals(
                Set.of(Status.class.getPermittedSubclasses()),
                TEXTS.values().stream().map(Status::getClass).collect(Collectors.toSet()),
                "every kind is tried");
    }

    @Test
    void whatIsInterruptedOrGoesOnHasNotEnded() {
        var open = TEXTS.values().stream()
                .filter(status -> !status.hasEnded())
                .map(Status::word)
                .toList();
        assertEquals(List.of("running", "interrupted", "interrupted", "interrupted", "interrupted", "ended"), open);
    }

    @Test
    void theReasonIsWhatFollowsTheFirstWord() {
        assertEquals("no: room\nfor 2", new Status.Failed("no: room\nfor 2").reason());
        assertEquals("interrupted", new Status.Interrupted().reason());
        assertEquals("the cluster is gone", new Status.Interrupted("the cluster is gone").reason());
        assertEquals("interrupted at step 120", new Status.InterruptedAtStep(120).reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " finished",
                "Finished",
                "finished in 3 min",
                "finishedly",
                "running: 5",
                "interrupted at step",
                "interrupted at step -1",
                "interrupted at step 1: why",
                "interrupted at step 123456789012345678901",
                "interrupted after 3 of # trials",
                "stopped after 5 trials",
                "won"
            })
    void anyOtherTextIsNone(String text) {
        assertEquals(Optional.empty(), Status.parse(text));
        var json = JsonFields.parse("{\"status\": \"" + text + "\"}", "run.json");
        var thrown = assertThrows(IllegalArgumentException.class, () -> Status.read(json, "status"));
        for (var part : Arrays.asList("run.json", "\"status\"", "\"finished\"", text)) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
    }
}
