package trivium.model;

import java.util.ArrayList;
import java.util.List;
import trivium.tensor.Precision;

/**
 * A rectangle of a linear layer's weights (out, in), whose gradient one thread computes: outputs {@code out … out +
 * outs - 1} by inputs {@code in … in + ins - 1}.
 *
 * @param block of the layer; the number of blocks for the head
 */
record WeightTile(int block, Linear layer, int out, int outs, int in, int ins) implements GradientPart {

    /** The most inputs: more make too few tiles to share. */
    static final int INS = 768;

    /** The most outputs. */
    static final int OUTS = 4 * INS;

    /** Edges are whole numbers of vectors, but for the last. */
    private static final int STEP = 16;

    /** Where its first number stands in the parameters. */
    long at() {
        return layer.weight() + (long) out * layer.in() + in;
    }

    /** The tiles of a layer; they depend on nothing but its shape and the precision. */
    static List<GradientPart> of(int block, Linear layer, Precision precision) {
        var tiles = new ArrayList<GradientPart>();
        int across = Math.ceilDiv(layer.in(), INS);
        int down = Math.ceilDiv(layer.out(), outs(layer.in() / across, precision));
        for (int i = 0; i < down; i++) {
            int out = bound(layer.out(), i, down);
            int outs = bound(layer.out(), i + 1, down) - out;
            for (int j = 0; j < across; j++) {
                int in = bound(layer.in(), j, across);
                tiles.add(new WeightTile(block, layer, out, outs, in, bound(layer.in(), j + 1, across) - in));
            }
        }
        return tiles;
    }

    /**
     * The most outputs of a tile of so many inputs, as it was measured (docs/performance.md): a narrow tile is fastest
     * when it is short too, but in bfloat16, where both factors are rounded for each tile, not as short.
     */
    private static int outs(int ins, Precision precision) {
        if (ins == INS) {
            return OUTS;
        }
        return precision == Precision.FLOAT32 ? INS / 2 : INS;
    }

    private static int bound(int size, int i, int pieces) {
        return i == pieces ? size : (int) ((long) size * i / pieces) / STEP * STEP;
    }
}
