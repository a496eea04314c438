package trivium.model;

import trivium.model.GradientPart.LookUps;
import trivium.model.ResidualDropout.Place;
import trivium.tensor.Floats;
import trivium.tensor.Noise;
import trivium.tensor.RowLayout;
import trivium.tensor.Rows;

/**
 * The lowest layer of a transformer's pass: tokens and learned positions to the residual stream, with noise and dropout
 * in a training step, and the gradient at the tables from what comes back.
 */
final class EmbeddingPass {

    /** Of NEFTune's noise among the random numbers of a step. */
    private static final long NOISE = 1L << 41;

    private final Ends ends;
    private final Floats parameters; // learned positions are read here
    private final long table; // of learned positions; below 0 for none
    private final boolean trainsPositions;
    private final int tables; // rows of the tables that are trained as such
    private final int width;
    private final float scale;
    private final ResidualDropout dropout;
    private final Positions positions; // the pass's
    private final int[] places; // (N), each position counted from the start of its document
    private int[] tokens;
    private RandomKey noise; // null while embeddings get none
    private long noisePlace;

    /**
     * The embedding of this model.
     *
     * @param ends whose tokens' rows are read
     * @param adapted whether only an adapter is trained, which has no positions of its own
     * @param positions that the pass works on at any time, up to {@code most}
     */
    EmbeddingPass(Transformer model, Ends ends, boolean adapted, Positions positions, int most) {
        var architecture = model.architecture();
        this.ends = ends;
        this.positions = positions;
        parameters = model.parameters().weights().numbers();
        table = model.layout().positions();
        trainsPositions = table >= 0 && !adapted;
        tables = (ends.tied() ? 0 : model.vocabulary()) + (trainsPositions ? model.context() : 0);
        width = architecture.width();
        scale = (float) architecture.conventions().embeddingScale();
        dropout = new ResidualDropout(architecture, 0);
        places = new int[most];
    }

    /** What is worked on from here: these tokens (B, T), of whose rows the first at the positions is {@code from}. */
    void take(int[] tokens, int from, RowLayout layout) {
        this.tokens = tokens;
        for (int row = 0; row < positions.rows(); row++) {
            int documents = layout.documents(from + row);
            for (int i = 0; i < documents; i++) {
                int start = layout.start(from + row, i);
                int end = i == documents - 1 ? positions.length(row) : layout.start(from + row, i + 1);
                for (int t = start; t < end; t++) {
                    places[positions.start(row) + t] = t - start;
                }
            }
        }
    }

    /** From here on numbers are dropped and noise is added, as this step's key has it. */
    void start(RandomKey key) {
        dropout.start(key, positions);
        noise = key.neftuneNoiseAlpha() > 0 ? key : null;
        noisePlace = key.at(NOISE);
    }

    /** From here on the embedding is as it is. */
    void stop() {
        dropout.stop();
        noise = null;
    }

    /** Fills the stream (n, C). */
    void forward(Floats stream) {
        for (int i = 0; i < positions.count(); i++) {
            long at = (long) i * width;
            ends.tokens().copy(tokens[positions.place(i)], stream, at);
            if (noise != null) {
                Noise.addUniform(stream, at, width, noiseBound(i), positions.key(noisePlace, i));
            }
            if (scale != 1) {
                Rows.scale(stream, at, scale, width);
            }
            if (table >= 0) {
                Rows.add(parameters, position(i), stream, at, width);
            }
        }
        dropout.drop(stream, positions.count(), Place.EMBEDDING);
    }

    /** α / √(L C), L being the length of the position's own row: what is beside it in the batch changes nothing. */
    private float noiseBound(int i) {
        int length = positions.lengthOf(i);
        return (float) (noise.neftuneNoiseAlpha() / Math.sqrt((double) length * width));
    }

    private long token(int i) {
        return ends.tokens().place(tokens[positions.place(i)]);
    }

    private long position(int i) {
        return table + (long) places[i] * width;
    }

    /** The gradient at the embedding from the one at the stream, in its place: dx (n, C). */
    void backward(Floats dx) {
        dropout.drop(dx, positions.count(), Place.EMBEDDING);
    }

    /** The gradient at some columns of the tables, of tokens unless they are the head too, and of positions. */
    void gradient(LookUps columns, Floats dx, boolean add, Floats gradient) {
        long at = columns.column();
        int count = columns.columns();
        boolean tied = ends.tied();
        if (!add) {
            long first = tied ? table : ends.tokens().at();
            for (long row = 0; row < tables; row++) {
                gradient.clear(first + row * width + at, count);
            }
        }
        for (int i = 0; i < positions.count(); i++) {
            if (!tied) {
                Rows.addScaled(dx, (long) i * width + at, scale, gradient, token(i) + at, count);
            }
            if (trainsPositions) {
                Rows.add(dx, (long) i * width + at, gradient, position(i) + at, count);
            }
        }
    }

    /** Adds to the gradient at a tile of the head what comes back to its rows as an embedding, where it is one. */
    void addTied(WeightTile tile, Floats dx, Floats gradient) {
        if (!ends.tied()) {
            return;
        }
        for (int i = 0; i < positions.count(); i++) {
            int token = tokens[positions.place(i)];
            if (token >= tile.out() && token < tile.out() + tile.outs()) {
                long from = (long) i * width + tile.in();
                Rows.addScaled(dx, from, scale, gradient, token(i) + tile.in(), tile.ins());
            }
        }
    }

    /** Adds what comes back to tokens whose rows are trained alone. */
    void addRows(Floats dx, Floats gradient) {
        var rows = ends.tokens().rows();
        for (int i = 0; i < positions.count(); i++) {
            rows.lookUpGradient(tokens[positions.place(i)], dx, (long) i * width, scale, width, gradient);
        }
    }
}
