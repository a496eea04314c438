package trivium.model;

import java.util.ArrayList;
import java.util.List;
import trivium.tensor.Precision;

/**
 * A part of a transformer's parameters whose gradient one thread computes, over one slice's rows after the other's. The
 * parts depend on the model's shape and the precision alone, and so do the results, whoever computes them.
 */
sealed interface GradientPart permits WeightTile, AdapterTile, GradientPart.LookUps, GradientPart.Vectors {

    /** Columns {@code column … column + columns - 1} of the embeddings, of tokens unless they are the head too. */
    record LookUps(int column, int columns) implements GradientPart {

        /** Those of all columns. */
        static List<GradientPart> of(int width) {
            var parts = new ArrayList<GradientPart>();
            for (int column = 0; column < width; column += COLUMNS) {
                parts.add(new LookUps(column, Math.min(COLUMNS, width - column)));
            }
            return parts;
        }
    }

    /** All scales, shifts and biases. */
    record Vectors() implements GradientPart {}

    /** Columns of a {@link LookUps}: whole cache lines. */
    int COLUMNS = 64;

    /** All parts of a model, the largest first. */
    static List<GradientPart> of(Layout layout, Precision precision) {
        var parts = new ArrayList<GradientPart>();
        var blocks = layout.blocks();
        parts.addAll(WeightTile.of(blocks.size(), layout.head(), precision));
        for (int i = 0; i < blocks.size(); i++) {
            var block = blocks.get(i);
            for (var layer : List.of(block.queriesKeysValues(), block.output(), block.up(), block.down())) {
                parts.addAll(WeightTile.of(i, layer, precision));
            }
        }
        parts.addAll(LookUps.of(layout.width()));
        parts.add(new Vectors());
        return List.copyOf(parts);
    }
}
