package trivium.model;

import java.util.Arrays;
import java.util.List;
import trivium.model.GradientPart.LookUps;
import trivium.model.ResidualDropout.Place;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.RowLayout;
import trivium.tensor.Rows;

/** A transformer's forward and backward over the rows of one slice, on buffers made once. */
final class TransformerPass implements Pass {

    private final Transformer model;
    private final Layout layout;
    private final Floats parameters;
    private final int maxRows;
    private final int maxTime;
    private final int width;

    private final Floats[] stream; // x before each block, and after the last: (N, C) each
    private final ResidualDropout[] dropout; // the embedding's, then each block's
    private final BlockPass[] blocks;
    private final FullAttention[] attention;
    private final Products products;
    private final boolean trainsEmbedding; // tokens or positions
    private final int lowest; // no block below is trained, nor what is under it
    private final Floats normed; // (N, C)
    private final Floats statistics; // (N, 2)
    private final Readout readout;
    private Floats dx; // (N, C), made by the first backward, as what follows
    private BlockPass.Scratch scratch;
    private VectorGradients vectors;
    private final List<GradientPart> parts;
    private final boolean[] trained; // each part

    private final int[] places; // (N), each position counted from the start of its document
    private RowLayout rowLayout = RowLayout.NONE;
    private int[] tokens;
    private int from;
    private int rows;
    private int time;

    /** @param parts of which the gradient is made; none for a pass that goes forward only */
    TransformerPass(
            Transformer model, int maxRows, int maxTime, Rotary rotary, Products products, List<GradientPart> parts) {
        this.model = model;
        this.layout = model.layout();
        this.parameters = model.parameters().values();
        this.maxRows = maxRows;
        this.maxTime = maxTime;
        var architecture = model.architecture();
        this.width = architecture.width();
        long positions = (long) maxRows * maxTime;
        int layers = architecture.layers();
        stream = new Floats[layers + 1];
        dropout = new ResidualDropout[layers + 1];
        Arrays.setAll(dropout, i -> new ResidualDropout(architecture, i));
        blocks = new BlockPass[layers];
        attention = new FullAttention[layers];
        var shared = Floats.zeros((long) maxTime * maxTime);
        this.products = products;
        trainsEmbedding =
                model.parameters().trains(0, layout.blocks().getFirst().norm1().weight());
        lowest = lowestTrained(model.parameters());
        for (int i = 0; i < layers; i++) {
            stream[i] = Floats.zeros(positions * width);
            blocks[i] = new BlockPass(
                    layout.blocks().get(i), architecture, parameters, positions, products, dropout[i + 1]);
            attention[i] = new FullAttention(architecture, rotary, maxRows, maxTime, shared);
        }
        stream[layers] = Floats.zeros(positions * width);
        normed = Floats.zeros(positions * width);
        statistics = Floats.zeros(positions * 2);
        places = new int[maxRows * maxTime];
        readout = new Readout(model.outputs(), positions);
        this.parts = parts;
        trained = new boolean[parts.size()];
        for (int i = 0; i < trained.length; i++) {
            trained[i] = trains(parts.get(i));
        }
    }

    private boolean trains(GradientPart part) {
        return switch (part) {
            case WeightTile tile ->
                model.parameters().trains(tile.layer().weight(), tile.layer().end());
            case LookUps _ -> trainsEmbedding;
            case GradientPart.Vectors _ -> true;
        };
    }

    private int lowestTrained(Parameters all) {
        int block = 0;
        while (block < blocks.length
                && !all.trains(0, layout.blocks().get(block).down().end())) {
            block++;
        }
        return block;
    }

    @Override
    public void rowLayout(RowLayout rowLayout) {
        this.rowLayout = rowLayout;
    }

    @Override
    public void temperature(double temperature) {
        readout.temperature(temperature);
    }

    @Override
    public void keepDistributions(boolean keep) {
        readout.keepDistributions(keep);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        stopDropping();
        values(tokens, targets, from, to, time, values);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values, RandomKey key) {
        for (var part : dropout) {
            part.start(key, from, time);
        }
        values(tokens, targets, from, to, time, values);
    }

    private void stopDropping() {
        for (var part : dropout) {
            part.stop();
        }
    }

    private void values(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        logits(tokens, from, to, time);
        readout.values(targets, from * time, rows * time, values);
    }

    @Override
    public int right(float[] weights) {
        return readout.right(weights);
    }

    @Override
    public Floats outputs(int[] tokens, int from, int to, int time) {
        stopDropping();
        logits(tokens, from, to, time);
        return readout.logits().slice(0, (long) rows * time * model.outputs());
    }

    private void logits(int[] tokens, int from, int to, int time) {
        hidden(tokens, from, to, time);
        products.apply(layout.head(), normed, readout.logits(), rows * time, false);
    }

    /** Runs everything but the head; answers the normalised last hidden states (rows · time, C). */
    Floats hidden(int[] tokens, int from, int to, int time) {
        if ((long) (to - from) * time > (long) maxRows * maxTime || time > maxTime) {
            throw new IllegalArgumentException((to - from) + " rows of " + time + " tokens do not fit a pass of "
                    + maxRows + " rows of " + maxTime);
        }
        rowLayout.requireFit(from, to, time);
        Ids.check(tokens, from * time, to * time, model.vocabulary(), "token");
        this.tokens = tokens;
        this.from = from;
        this.rows = to - from;
        this.time = time;
        place();
        embed();
        int n = rows * time;
        for (int i = 0; i < blocks.length; i++) {
            attention[i].shape(rows, time, from, rowLayout);
            blocks[i].forward(stream[i], stream[i + 1], n, attention[i]);
        }
        layout.norm().forward(parameters, stream[blocks.length], normed, statistics, n);
        return normed;
    }

    /** Positions begin anew with every document; padding goes on with the last. */
    private void place() {
        for (int row = 0; row < rows; row++) {
            int documents = rowLayout.documents(from + row);
            for (int i = 0; i < documents; i++) {
                int start = rowLayout.start(from + row, i);
                int end = i == documents - 1 ? time : rowLayout.start(from + row, i + 1);
                for (int t = start; t < end; t++) {
                    places[row * time + t] = t - start;
                }
            }
        }
    }

    private void embed() {
        for (int i = 0; i < rows * time; i++) {
            long at = (long) i * width;
            stream[0].copyFrom(parameters, token(i), at, width);
            if (layout.positions() >= 0) {
                Rows.add(parameters, position(i), stream[0], at, width);
            }
        }
        dropout[0].drop(stream[0], rows * time, Place.EMBEDDING);
    }

    private long token(int i) {
        return layout.tokens() + (long) tokens[from * time + i] * width;
    }

    private long position(int i) {
        return layout.positions() + (long) places[i] * width;
    }

    @Override
    public void backward(float[] valueGradients) {
        readout.gradients(valueGradients);
        backward();
    }

    @Override
    public double backward(float[] valueGradients, PositionLoss loss) {
        double share = readout.gradients(valueGradients, loss);
        backward();
        return share;
    }

    private void backward() {
        if (dx == null) {
            dx = Floats.zeros((long) maxRows * maxTime * width);
            boolean parallel = model.architecture().parallel();
            scratch = new BlockPass.Scratch(layout.blocks().getFirst(), (long) maxRows * maxTime, parallel);
            vectors = new VectorGradients(layout.tensors());
        }
        vectors.sums().clear();
        int n = rows * time;
        vectors.addBias(layout.head(), readout.logits(), n);
        products.inputGradient(layout.head(), readout.logits(), n, scratch.stream);
        int last = blocks.length;
        layout.norm().backward(parameters, stream[last], statistics, scratch.stream, n, vectors, dx, false);
        for (int i = last - 1; i >= lowest; i--) {
            blocks[i].backward(stream[i], stream[i + 1], dx, n, attention[i], products, scratch, vectors);
        }
        if (trainsEmbedding) {
            dropout[0].drop(dx, n, Place.EMBEDDING);
        }
    }

    @Override
    public int parts() {
        return parts.size();
    }

    @Override
    public void gradient(int part, boolean add, Floats gradient) {
        if (!trained[part]) {
            return;
        }
        switch (parts.get(part)) {
            case WeightTile tile -> gradient(tile, add, gradient);
            case LookUps lookUps -> gradient(lookUps, add, gradient);
            case GradientPart.Vectors _ -> vectors.write(add, gradient);
        }
    }

    private void gradient(WeightTile tile, boolean add, Floats gradient) {
        int n = rows * time;
        if (tile.block() < blocks.length) {
            blocks[tile.block()].gradient(tile, stream[tile.block() + 1], n, products, add, gradient);
            return;
        }
        products.weightGradient(tile, normed, readout.logits(), n, add, gradient);
        if (tied()) {
            for (int i = 0; i < n; i++) {
                int token = tokens[from * time + i];
                if (token >= tile.out() && token < tile.out() + tile.outs()) {
                    Rows.add(dx, (long) i * width + tile.in(), gradient, token(i) + tile.in(), tile.ins());
                }
            }
        }
    }

    private void gradient(LookUps columns, boolean add, Floats gradient) {
        long at = columns.column();
        int count = columns.columns();
        boolean positions = layout.positions() >= 0;
        if (!add) {
            long first = tied() ? layout.positions() : layout.tokens();
            int tables = (tied() ? 0 : model.vocabulary()) + (positions ? model.context() : 0);
            for (long row = 0; row < tables; row++) {
                gradient.clear(first + row * width + at, count);
            }
        }
        for (int i = 0; i < rows * time; i++) {
            if (!tied()) {
                Rows.add(dx, (long) i * width + at, gradient, token(i) + at, count);
            }
            if (positions) {
                Rows.add(dx, (long) i * width + at, gradient, position(i) + at, count);
            }
        }
    }

    private boolean tied() {
        return layout.head().weight() == layout.tokens();
    }

    /** Attention weights of a layer in the last forward, (rows, heads, time, time). */
    Floats attentionWeights(int layer) {
        return attention[layer].weights();
    }

    /** Queries, keys (turned, if rotary) and values of a layer in the last forward. */
    Floats queriesKeysValues(int layer) {
        return blocks[layer].queriesKeysValues();
    }
}
