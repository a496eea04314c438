package trivium.notebook;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import trivium.widget.Control;
import trivium.widget.Controls;

/**
 * Two buttons below a training that runs: one pauses it and lets it go on, the other ends it after the step that it is
 * at and keeps what was learned. They answer at once, for the training may be what another control has begun, and go
 * when the training ends.
 */
final class TrainingControls {

    /** How often a pause looks whether it is over, in milliseconds. */
    private static final long LOOK_MS = 50;

    private final Function<Object, String> display;
    private final BiConsumer<String, Object> update;
    private final Control<String> state = Controls.html("");
    private final Control<?> row;
    private volatile boolean paused;
    private volatile boolean stopped;
    private String id = "";

    TrainingControls(Function<Object, String> display, BiConsumer<String, Object> update) {
        this.display = display;
        this.update = update;
        row = Controls.row(
                Controls.button("pause or go on", () -> {}).onTouch(this::pause),
                Controls.button("stop and keep", () -> {}).onTouch(this::stop),
                state);
    }

    private void pause() {
        paused = !paused;
        state.set(paused ? "paused" : "");
    }

    private void stop() {
        stopped = true;
        state.set("stopping after this step");
    }

    void show() {
        if (id.isEmpty()) {
            id = display.apply(row);
        }
    }

    /** Waits while the training is paused; on its own thread. An interrupt ends the pause and stays set. */
    void hold() {
        while (paused && !stopped) {
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    Optional<String> reason() {
        return stopped ? Optional.of("by its button") : Optional.empty();
    }

    void hide() {
        if (!id.isEmpty()) {
            update.accept(id, new Html("", ""));
            id = "";
        }
    }
}
