package trivium.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import trivium.model.GradientPart.LookUps;

/**
 * Which parts of the gradient a transformer's pass makes, how far back it goes for them, and in which rounds: all at
 * once, or block by block where activations are computed again.
 */
final class GradientRounds {

    private final int blocks;
    private final List<GradientPart> parts;
    private final boolean[] trained; // each part
    private final boolean trainsEmbedding;
    private final int lowest;
    private final List<int[]> rounds; // the parts of each

    /**
     * @param adapter which alone is trained, or null
     * @param parts none for a pass that goes forward only
     * @param byBlock whether each block's parts follow its backward at once
     */
    GradientRounds(Transformer model, AdapterProducts adapter, List<GradientPart> parts, boolean byBlock) {
        this.parts = parts;
        var all = model.parameters();
        var layers = model.layout().blocks();
        blocks = layers.size();
        if (adapter == null) {
            trainsEmbedding = all.trains(0, layers.getFirst().norm1().weight());
            lowest = lowestTrained(all, layers);
        } else {
            trainsEmbedding = adapter.adapter().layout().trainsEmbedding();
            lowest = adapter.adapter().layout().lowest();
        }
        trained = new boolean[parts.size()];
        for (int i = 0; i < trained.length; i++) {
            trained[i] = switch (parts.get(i)) {
                case WeightTile tile ->
                    adapter != null
                            || all.trains(tile.layer().weight(), tile.layer().end());
                case LookUps _ -> trainsEmbedding;
                case AdapterTile _, GradientPart.Vectors _ -> true;
            };
        }
        rounds = byBlock ? byBlock() : List.of(IntStream.range(0, parts.size()).toArray());
    }

    private static int lowestTrained(Parameters all, List<Layout.Block> layers) {
        int block = 0;
        while (block < layers.size() && !all.trains(0, layers.get(block).down().end())) {
            block++;
        }
        return block;
    }

    /** A round for each trained block, the last block first, and one for all else, which needs them all. */
    private List<int[]> byBlock() {
        var rounds = new ArrayList<int[]>();
        for (int block = blocks - 1; block >= lowest; block--) {
            rounds.add(partsOf(block));
        }
        rounds.add(partsOf(blocks));
        return rounds;
    }

    private int[] partsOf(int block) {
        return IntStream.range(0, parts.size())
                .filter(i -> block(parts.get(i)) == block || block(parts.get(i)) < lowest && block == blocks)
                .toArray();
    }

    /** Whose activations a part's gradient needs; the number of blocks for those of none. */
    private int block(GradientPart part) {
        return switch (part) {
            case WeightTile tile -> tile.block();
            case AdapterTile tile ->
                tile.layer() == null ? blocks : tile.layer().block();
            case LookUps _, GradientPart.Vectors _ -> blocks;
        };
    }

    /** Whether tokens or positions are trained. */
    boolean trainsEmbedding() {
        return trainsEmbedding;
    }

    /** No block below this one is trained, nor what is under it. */
    int lowest() {
        return lowest;
    }

    /** How many parts there are. */
    int parts() {
        return parts.size();
    }

    /** A part, or null if nothing of it is trained. */
    GradientPart part(int i) {
        return trained[i] ? parts.get(i) : null;
    }

    /** How many rounds there are. */
    int count() {
        return rounds.size();
    }

    /** The parts of a round. */
    int[] of(int round) {
        return rounds.get(round);
    }
}
