package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trivium.run.Progress;
import trivium.sweep.RunningSweep;
import trivium.sweep.Trial;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

class SweepControlsTest {

    private final Map<String, String> models = new ConcurrentHashMap<>(); // label to model
    private final List<String> said = new ArrayList<>();
    private final List<Object> done = new ArrayList<>();

    private final RunningSweep sweep = new RunningSweep() {
        @Override
        public boolean stop(int trial) {
            done.add(trial);
            return trial == 4;
        }

        @Override
        public int enqueue(Map<String, Object> setting) {
            done.add(setting);
            return 2;
        }

        @Override
        public void stopAll() {
            done.add("all");
        }
    };

    private SweepControls shown(Trial... trials) {
        Widgets.attach(new FrontEnd() {
            @Override
            public void open(String model, Map<String, Object> state) {
                if (!state.getOrDefault("description", "").equals("")) {
                    models.put(state.get("description").toString(), model);
                }
            }

            @Override
            public void update(String model, Map<String, Object> changes) {
                said.add(String.valueOf(changes.get("value")));
            }
        });
        var controls = new SweepControls(row -> Views.of(row).orElseThrow().text(), (_, _) -> {});
        controls.of(sweep, done::add);
        for (var trial : trials) {
            controls.begun(trial);
        }
        return controls;
    }

    @AfterEach
    void nobodyLooks() {
        Widgets.attach(null);
    }

    private static Trial trial(int number, Map<String, Object> values) {
        return new Trial(number, 0, values, Progress.SILENT);
    }

    private void type(String label, Object value) {
        Widgets.changed(models.get(label), Map.of("value", value));
    }

    private Object value(String label) {
        return Widgets.state(models.get(label)).orElseThrow().get("value");
    }

    @Test
    void theTrialThatIsChosenIsStoppedAndItsSettingsAreTriedWithAnotherKnob() {
        shown(trial(3, Map.of("rate", 0.25, "norm", "rms")), trial(4, Map.of("rate", 2.0, "norm", "layer")));
        assertEquals("0.25", value("rate"));
        type("trial", 4.0);
        assertEquals("2", value("rate"));
        assertEquals("layer", value("norm"));
        Widgets.pressed(models.get("stop this trial"));
        type("rate", "0.5");
        Widgets.pressed(models.get("try these settings too"));
        Widgets.pressed(models.get("stop all"));
        assertEquals(List.of(4, Map.of("rate", 0.5, "norm", "layer"), 2, "all"), done);
    }

    @Test
    void whatCannotBeDoneIsSaidBesideTheButtons() {
        shown(trial(0, Map.of("rate", 0.25)));
        type("rate", "fast");
        Widgets.pressed(models.get("try these settings too"));
        assertTrue(said.getLast().startsWith("&quot;rate&quot; should be a number, such as 0.25"), said.getLast());
        type("trial", 9.0);
        Widgets.pressed(models.get("stop this trial"));
        assertEquals("no trial 9 has begun here", said.getLast());
        assertEquals(List.of(), done);
    }
}
