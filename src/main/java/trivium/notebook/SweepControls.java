package trivium.notebook;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import trivium.sweep.RunningSweep;
import trivium.sweep.Trial;
import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.widget.Control;
import trivium.widget.Controls;

/**
 * Controls below a sweep that runs: the number of a trial, a field for each of its settings, and buttons that stop the
 * trial, try the settings of the fields besides those of the search, or stop all. They only ask, and answer at once;
 * the sweep does it. They are shown when the first trial begins, which says what the settings are, and go when the
 * sweep ends.
 */
final class SweepControls {

    /** Whole numbers below this are shown without a point. */
    private static final double WHOLE = 1e15;

    private final PassingControls place;
    private final Control<Double> number = Controls.number("trial", 0).width("9em");
    private final Control<String> state = Controls.html("");
    private final Map<Integer, Trial> trials = new TreeMap<>();
    private final Map<String, Control<String>> fields = new LinkedHashMap<>();
    private IntConsumer more = _ -> {};
    private RunningSweep sweep;

    SweepControls(Function<Object, String> display, BiConsumer<String, Object> update) {
        place = new PassingControls(display, update);
        number.onTouch(() -> answer(this::fill));
    }

    /**
     * A sweep starts.
     *
     * @param enqueued is told how many trials were added
     */
    synchronized void of(RunningSweep started, IntConsumer enqueued) {
        sweep = started;
        more = enqueued;
        trials.clear();
        fields.clear();
    }

    /** A trial begins; on its thread. */
    synchronized void begun(Trial trial) {
        trials.put(trial.number(), trial);
        if (!place.areShown() && sweep != null) {
            show(trial);
        }
    }

    private void show(Trial first) {
        first.values().keySet().forEach(name -> fields.put(name, Controls.text(name, "")));
        number.set((double) first.number());
        fill();
        var knobs = new ArrayList<Control<?>>(fields.values());
        knobs.forEach(knob -> knob.width("14em"));
        knobs.add(button("try these settings too", this::enqueue));
        place.show(Controls.column(
                Controls.row(number, button("stop this trial", this::stop), button("stop all", this::stopAll), state),
                Controls.row(knobs.toArray(Control<?>[]::new))));
    }

    private Control<Integer> button(String label, Runnable action) {
        return Controls.button(label, () -> {}).onTouch(() -> answer(action)).width("auto");
    }

    /** Does what a reader asked for; what cannot be done is said beside the buttons. */
    private synchronized void answer(Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            state.set(Markup.escape(String.valueOf(e.getMessage())));
        }
    }

    /** Shows the settings of the trial that was chosen. */
    private void fill() {
        var trial = chosen();
        fields.forEach((name, field) -> field.set(shown(trial.values().get(name))));
        state.set("");
    }

    private static String shown(Object value) {
        return switch (value) {
            case null -> "";
            case Double real when real == Math.rint(real) && Math.abs(real) < WHOLE -> String.valueOf(real.longValue());
            default -> value.toString();
        };
    }

    private Trial chosen() {
        var trial = trials.get((int) Math.round(number.value()));
        if (trial == null) {
            throw new IllegalArgumentException("no trial " + Numbers.value(number.value()) + " has begun here");
        }
        return trial;
    }

    private void stop() {
        int trial = chosen().number();
        state.set(
                sweep.stop(trial)
                        ? "trial " + trial + " stops after its next step"
                        : "trial " + trial + " does not run any more");
    }

    private void stopAll() {
        sweep.stopAll();
        state.set("all trials stop after their next step");
    }

    private void enqueue() {
        var setting = new LinkedHashMap<String, Object>();
        fields.forEach((name, field) -> {
            if (!field.value().isBlank()) {
                setting.put(name, value(name, field.value().strip(), like(name)));
            }
        });
        int count = sweep.enqueue(setting);
        more.accept(count);
        state.set("enqueued as " + Numbers.count(count, "trial") + ", before those that wait");
    }

    /** The hyperparameter's value in some trial that has it, for its type; null if none has. */
    private Object like(String name) {
        return trials.values().stream()
                .map(trial -> trial.values().get(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** A setting that was typed, as what it is in another trial. */
    private static Object value(String name, String typed, Object like) {
        return switch (like) {
            case Number _ -> {
                try {
                    double number = Double.parseDouble(typed);
                    if (!Double.isFinite(number) || Math.abs(number) > Integer.MAX_VALUE) {
                        throw new NumberFormatException("too large");
                    }
                    if (like instanceof Integer && number != Math.rint(number)) {
                        throw new IllegalArgumentException("\"" + name + "\" should be a whole number, such as "
                                + shown(like) + ", not \"" + typed + "\"");
                    }
                    yield like instanceof Integer ? (Object) (int) number : (Object) number;
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(
                            "\"" + name + "\" should be a number, such as " + shown(like) + ", not \"" + typed + "\"",
                            e);
                }
            }
            case Boolean _ -> {
                if (!List.of("true", "false").contains(typed)) {
                    throw new IllegalArgumentException(
                            "\"" + name + "\" should be true or false, not \"" + typed + "\"");
                }
                yield Boolean.valueOf(typed);
            }
            case null, default -> typed;
        };
    }

    /** The sweep has ended. */
    synchronized void hide() {
        place.hide();
        sweep = null;
    }
}
