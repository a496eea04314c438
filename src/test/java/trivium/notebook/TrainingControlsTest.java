package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trivium.run.Run;
import trivium.run.RunningTraining;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

class TrainingControlsTest {

    private final Map<String, String> buttons = new ConcurrentHashMap<>(); // label to model
    private final Map<String, String> relabelled = new ConcurrentHashMap<>(); // label to model
    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private final List<Double> factors = new CopyOnWriteArrayList<>();
    private final List<Sample> samples = new CopyOnWriteArrayList<>();

    private final RunningTraining training = new RunningTraining() {
        @Override
        public long step() {
            return 7;
        }

        @Override
        public double learningRateFactor() {
            return factors.isEmpty() ? 1 : factors.getLast();
        }

        @Override
        public void learningRateFactor(double factor) {
            factors.add(factor);
        }

        @Override
        public boolean look(Consumer<Run> listener) {
            return false;
        }
    };

    private void between(TrainingControls controls) {
        controls.between(training, (_, sample) -> samples.add(sample));
    }

    private TrainingControls shown() {
        Widgets.attach(new FrontEnd() {
            @Override
            public void open(String model, Map<String, Object> state) {
                open.add(model);
                if (!state.getOrDefault("description", "").equals("")) {
                    buttons.put(state.get("description").toString(), model);
                }
            }

            @Override
            public void update(String model, Map<String, Object> changes) {
                if (changes.get("description") instanceof String label) {
                    relabelled.put(model, label);
                }
            }

            @Override
            public void close(String model) {
                open.remove(model);
            }
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
        between(controls); // comes back at once
        var button = buttons.get("pause");
        Widgets.pressed(button);
        assertEquals("go on", relabelled.get(button));
        var step = begun(() -> between(controls));
        assertFalse(ended(step, 300), "the training goes on while it is paused");
        Widgets.pressed(button);
        assertTrue(ended(step, 5_000), "the training is still paused");
        assertEquals("pause", relabelled.get(button));
    }

    @Test
    void stopEndsAPauseAndTellsTheTraining() throws Exception {
        var controls = shown();
        assertEquals(Optional.empty(), controls.reason());
        Widgets.pressed(buttons.get("pause"));
        var step = begun(() -> between(controls));
        Widgets.pressed(buttons.get("stop and keep"));
        assertTrue(ended(step, 5_000));
        assertTrue(controls.reason().isPresent());
    }

    @Test
    void theNextTrainingOfASeriesIsNotStoppedByTheButtonOfTheOneBefore() {
        var controls = shown();
        Widgets.pressed(buttons.get("stop and keep"));
        assertTrue(controls.reason().isPresent());
        controls.hide();
        controls.show();
        assertEquals(Optional.empty(), controls.reason());
    }

    @Test
    void whatThePageHadOfThemIsClosedAndOpensAgain() {
        var controls = shown();
        var first = Set.copyOf(open);
        controls.hide();
        assertEquals(Set.of(), open);
        assertEquals(
                List.of(),
                first.stream().filter(id -> Widgets.state(id).isPresent()).toList());
        controls.show();
        assertTrue(open.contains(buttons.get("pause")));
        Widgets.pressed(buttons.get("stop and keep"));
        assertTrue(controls.reason().isPresent());
    }

    @Test
    void aFactorIsSetOnceBetweenTwoStepsAndAlsoDuringAPause() throws Exception {
        var controls = shown();
        Widgets.pressed(buttons.get("rate ÷ 2"));
        Widgets.pressed(buttons.get("rate ÷ 2"));
        assertEquals(List.of(), factors);
        between(controls);
        between(controls);
        assertEquals(List.of(0.25), factors);
        Widgets.pressed(buttons.get("pause"));
        var step = begun(() -> between(controls));
        Widgets.changed(buttons.get("learning rate ×"), Map.of("value", 3.0));
        for (int i = 0; i < 100 && factors.size() < 2; i++) {
            Thread.sleep(20);
        }
        assertEquals(List.of(0.25, 3.0), factors);
        Widgets.changed(buttons.get("learning rate ×"), Map.of("value", -1.0));
        Widgets.pressed(buttons.get("pause"));
        assertTrue(ended(step, 5_000));
        between(controls);
        assertEquals(List.of(0.25, 3.0), factors);
        assertEquals(
                3.0, Widgets.state(buttons.get("learning rate ×")).orElseThrow().get("value"));
    }

    /** On a thread of its own: the common pool may have one, which another test keeps busy. */
    private static CompletableFuture<Void> begun(Runnable work) {
        return CompletableFuture.runAsync(
                work, task -> Thread.ofPlatform().daemon().start(task));
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
