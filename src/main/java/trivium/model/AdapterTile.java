package trivium.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The gradient at some numbers of an adapter, which one thread computes.
 *
 * @param layer of the adapter
 * @param target whose numbers, or null for those of all targets together, which A is where nothing is dropped
 */
record AdapterTile(AdapterLayout.Layer layer, Kind kind, AdapterLayout.Target target) implements GradientPart {

    enum Kind {
        A,
        B,
        MAGNITUDE
    }

    /** All tiles of an adapter, the layers in the model's order. */
    static List<GradientPart> of(AdapterLayout layout, boolean drops) {
        var tiles = new ArrayList<GradientPart>();
        var layers = layout.layers().values().stream()
                .sorted(Comparator.comparingLong(AdapterLayout.Layer::a))
                .toList();
        for (var layer : layers) {
            if (!drops) {
                tiles.add(new AdapterTile(layer, Kind.A, null));
            }
            for (var target : layer.targets()) {
                if (drops) {
                    tiles.add(new AdapterTile(layer, Kind.A, target));
                }
                tiles.add(new AdapterTile(layer, Kind.B, target));
                if (target.magnitude() >= 0) {
                    tiles.add(new AdapterTile(layer, Kind.MAGNITUDE, target));
                }
            }
        }
        return List.copyOf(tiles);
    }
}
