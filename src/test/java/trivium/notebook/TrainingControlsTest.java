package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

class TrainingControlsTest {

    private final Map<String, String> buttons = new ConcurrentHashMap<>(); // label to model

    private TrainingControls shown() {
        Widgets.attach(new FrontEnd() {
            @Override
            public void open(String model, Map<String, Object> state) {
                if ("ButtonModel".equals(state.get("_model_name"))) {
                    buttons.put(state.get("description").toString(), model);
                }
            }

            @Override
            public void update(String model, Map<String, Object> changes) {}
        });
        var controls = new TrainingControls(
                row -> Views.of(row).orElseThrow().text(), // showing it opens it
                (_, _) -> {});
        controls.show();
        return controls;
    }

    @AfterEach
    void nobodyLooks() {
        Widgets.attach(null);
    }

    @Test
    void aPauseHoldsTheStepUntilTheButtonIsPressedAgain() throws Exception {
        var controls = shown();
        controls.hold(); // comes back at once
        Widgets.pressed(buttons.get("pause or go on"));
        var step = CompletableFuture.runAsync(controls::hold);
        assertFalse(ended(step, 300), "the training goes on while it is paused");
        Widgets.pressed(buttons.get("pause or go on"));
        assertTrue(ended(step, 5_000), "the training is still paused");
    }

    @Test
    void stopEndsAPauseAndTellsTheTraining() throws Exception {
        var controls = shown();
        assertEquals(Optional.empty(), controls.reason());
        Widgets.pressed(buttons.get("pause or go on"));
        var step = CompletableFuture.runAsync(controls::hold);
        Widgets.pressed(buttons.get("stop and keep"));
        assertTrue(ended(step, 5_000));
        assertTrue(controls.reason().isPresent());
    }

    private static boolean ended(CompletableFuture<?> step, long milliseconds)
            throws InterruptedException, ExecutionException {
        try {
            step.get(milliseconds, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
