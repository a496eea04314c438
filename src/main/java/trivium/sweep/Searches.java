package trivium.sweep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The searches that come with the library. */
public final class Searches {

    private Searches() {}

    /** Every combination of the knobs' values; the last knob turns fastest. */
    public static Search grid(Knob... knobs) {
        var settings = product(List.of(checked(knobs)));
        return (round, finished) -> round == 0 ? settings : List.of();
    }

    /**
     * {@code count} independent draws of every knob. For many knobs of which few matter it finds good settings with
     * fewer trials than a grid (Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 2012).
     */
    public static Search random(int count, long seed, Knob... knobs) {
        if (count < 1) {
            throw new IllegalArgumentException("a random search needs at least 1 trial, not " + count);
        }
        var random = new SplittableRandom(seed);
        var settings = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < count; i++) {
            var setting = new LinkedHashMap<String, Object>();
            for (var knob : checked(knobs)) {
                setting.put(knob.name(), knob.draw(random));
            }
            settings.add(setting);
        }
        return (round, finished) -> round == 0 ? List.copyOf(settings) : List.of();
    }

    private static List<Map<String, Object>> product(List<Knob> knobs) {
        List<Map<String, Object>> settings = List.of(Map.of());
        for (var knob : knobs) {
            var longer = new ArrayList<Map<String, Object>>();
            for (var setting : settings) {
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

    private static Knob[] checked(Knob... knobs) {
        if (knobs.length == 0) {
            throw new IllegalArgumentException("a search needs at least one knob to turn");
        }
        var names = new HashSet<String>();
        for (var knob : knobs) {
            if (!names.add(knob.name())) {
                throw new IllegalArgumentException("knob \"" + knob.name() + "\" is there twice");
            }
        }
        return knobs;
    }
}
