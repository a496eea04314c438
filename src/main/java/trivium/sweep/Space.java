package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All settings that some knobs allow. */
record Space(List<Knob> knobs) {

    Space {
        knobs = List.copyOf(knobs);
        if (knobs.isEmpty()) {
            throw new IllegalArgumentException("a search needs at least one knob to turn");
        }
        var before = new LinkedHashMap<String, Knob>();
        for (var knob : knobs) {
            check(knob, before);
            if (before.put(knob.name(), knob) != null) {
                throw new IllegalArgumentException("knob \"" + knob.name() + "\" is there twice");
            }
        }
    }

    static Space of(Knob... knobs) {
        return new Space(List.of(knobs));
    }

    private static void check(Knob knob, Map<String, Knob> before) {
        if (knob instanceof Knob.Conditional(var inner, var other, var value)) {
            var condition = before.get(other);
            if (condition == null) {
                throw new IllegalArgumentException("knob \"" + knob.name() + "\" depends on \"" + other
                        + "\", which should be listed before it; there are " + before.keySet());
            }
            if (!condition.values().contains(value)) {
                throw new IllegalArgumentException("knob \"" + knob.name() + "\" is turned when \"" + other + "\" is "
                        + value + ", which it never is; it has " + condition.values());
            }
            check(inner, before);
        }
    }

    /** One setting: a choice for every knob that matters, asked for in order. */
    Map<String, Object> setting(Function<Knob, Object> choice) {
        var setting = new LinkedHashMap<String, Object>();
        for (var knob : knobs) {
            if (knob.turns(setting)) {
                setting.put(knob.name(), choice.apply(knob));
            }
        }
        return setting;
    }

    /** Every combination of the knobs' values; the last knob turns fastest. */
    List<Map<String, Object>> grid() {
        List<Map<String, Object>> settings = List.of(Map.of());
        for (var knob : knobs) {
            var longer = new ArrayList<Map<String, Object>>();
            for (var setting : settings) {
                if (!knob.turns(setting)) {
                    longer.add(setting);
                    continue;
                }
                for (var value : knob.values()) {
                    var next = new LinkedHashMap<>(setting);
                    next.put(knob.name(), value);
                    longer.add(next);
                }
            }
            settings = longer;
        }
        return settings;
    }
}
