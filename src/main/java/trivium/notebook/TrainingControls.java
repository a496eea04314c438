package trivium.notebook;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import trivium.run.RunningTraining;
import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.widget.Control;
import trivium.widget.Controls;

/**
 * Controls below a training that runs: one button pauses it and lets it go on, one ends it after the step that it is at
 * and keeps what was learned, a number multiplies its learning rates from the next step on, and one button has the
 * model as it is now write a text. They answer at once, for the training may be what another control has begun, and go
 * when the training ends. They only ask: the training does it between two steps, on its own thread.
 */
final class TrainingControls {

    /** How often a pause looks whether it is over, in milliseconds. */
    private static final long LOOK_MS = 50;

    private static final String PAUSE = "pause";
    private static final String GO_ON = "go on";

    private final PassingControls place;
    private final Control<String> state = Controls.html("");
    private final Control<Double> rate = Controls.number("learning rate ×", 1).width("14em");
    private final Control<String> prompt = Controls.text("prompt", "").width("24em");
    private final Control<?> shown;
    private final Control<Integer> pause = button(PAUSE, this::pause);
    private volatile boolean paused;
    private volatile boolean stopped;
    /** What learning rates are to be multiplied by; null once it is done. */
    private final AtomicReference<Double> wanted = new AtomicReference<>();
    /** What is to be written on; null once it is done. */
    private final AtomicReference<String> asked = new AtomicReference<>();

    TrainingControls(Function<Object, String> display, BiConsumer<String, Object> update) {
        place = new PassingControls(display, update);
        shown = Controls.column(
                Controls.row(pause, button("stop and keep", this::stop), state),
                Controls.row(
                        rate.onTouch(() -> multiply(rate.value())),
                        button("rate ÷ 2", () -> multiply(rate.value() / 2)),
                        button("rate × 2", () -> multiply(rate.value() * 2))),
                Controls.row(prompt, button("sample now", this::ask)));
    }

    private static Control<Integer> button(String label, Runnable action) {
        return Controls.button(label, () -> {}).onTouch(action);
    }

    private void pause() {
        paused = !paused;
        pause.relabel(paused ? GO_ON : PAUSE);
        state.set(paused ? "paused" : "");
    }

    boolean isPaused() {
        return paused && !stopped;
    }

    private void stop() {
        stopped = true;
        state.set("stopping after this step");
    }

    private void multiply(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            state.set("the learning rate can be multiplied by a number above 0, such as 0.5");
            return;
        }
        rate.set(factor);
        wanted.set(factor);
        state.set("learning rate × " + Numbers.value(factor) + " from the next step on");
    }

    private void ask() {
        asked.set(prompt.value());
        state.set("writing after this step");
    }

    /** For a training that begins: what the one before it was told, of a series of seeds say, is over. */
    void show() {
        paused = false;
        pause.relabel(PAUSE);
        stopped = false;
        wanted.set(null);
        asked.set(null);
        state.set("");
        place.show(shown);
    }

    /**
     * Does what was asked for, and waits while the training is paused; on its own thread. An interrupt ends the pause
     * and stays set.
     *
     * @param sampled is given what the model writes
     */
    void between(RunningTraining training, BiConsumer<Long, Sample> sampled) {
        act(training, sampled);
        while (paused && !stopped) {
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            act(training, sampled);
        }
    }

    private void act(RunningTraining training, BiConsumer<Long, Sample> sampled) {
        var text = asked.getAndSet(null);
        if (text != null) {
            try {
                boolean looked = training.look(run -> sampled.accept(training.step(), Sample.of(run, text)));
                say(looked ? "" : "this training has no model that writes");
            } catch (CancellationException e) {
                throw e; // an interrupt, which ends the training
            } catch (RuntimeException e) { // a prompt that is too long, say: the training goes on
                say(Markup.escape(String.valueOf(e.getMessage())));
            }
        }
        var factor = wanted.getAndSet(null);
        try {
            if (factor != null) {
                training.learningRateFactor(factor);
                say("");
            } else {
                rate.set(training.learningRateFactor());
            }
        } catch (IllegalStateException e) {
            say(Markup.escape(e.getMessage()));
        }
    }

    private void say(String sentence) {
        state.set(paused ? "paused" + (sentence.isEmpty() ? "" : "; " + sentence) : sentence);
    }

    Optional<String> reason() {
        return stopped ? Optional.of("by its button") : Optional.empty();
    }

    void hide() {
        place.hide();
    }
}
