package trivium.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import trivium.tensor.Precision;

/**
 * The gradient at some numbers of an adapter, which one thread computes.
 *
 * @param layer of the adapter; null for the bias of a head that is trained in full, and for rows of tokens
 * @param target whose numbers, or null for those of all targets together, which A is where nothing is dropped
 */
record AdapterTile(AdapterLayout.Layer layer, Kind kind, AdapterLayout.Target target) implements GradientPart {

    enum Kind {
        A,
        B,
        MAGNITUDE,
        HEAD_BIAS,
        TOKEN_ROWS
    }

    /** All tiles of an adapter, the layers in the model's order; what is trained in full comes first. */
    static List<GradientPart> of(Adapter adapter, Precision precision) {
        var layout = adapter.layout();
        boolean drops = adapter.lora().dropout() > 0;
        var tiles = new ArrayList<>(saved(layout.saved(), adapter.beneath(), precision));
        if (!layout.rows().isEmpty()) {
            tiles.add(new AdapterTile(null, Kind.TOKEN_ROWS, null));
        }
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

    private static List<GradientPart> saved(AdapterLayout.Saved saved, Layout beneath, Precision precision) {
        var parts = new ArrayList<GradientPart>();
        if (saved.head() != null) {
            parts.addAll(WeightTile.of(beneath.blocks().size(), saved.head(), precision));
            if (saved.head().bias() >= 0) {
                parts.add(new AdapterTile(null, Kind.HEAD_BIAS, null));
            }
        }
        if (saved.tokens() >= 0 && !saved.tied()) {
            parts.addAll(LookUps.of(beneath.width()));
        }
        return parts;
    }
}
