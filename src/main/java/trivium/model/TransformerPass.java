package trivium.model;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import trivium.model.GradientPart.LookUps;
import trivium.tensor.Floats;
import trivium.tensor.RowLayout;

/** A transformer's forward and backward over the rows of one slice, on buffers made once. */
final class TransformerPass implements Pass {

    private final Transformer model;
    private final Layout layout;
    private final Floats parameters; // norms are read here
    private final Ends ends;
    private final int maxRows;
    private final int maxTime;
    private final int width;

    private final EmbeddingPass embedding;
    private final Floats[] stream; // x before each block, and after the last: (N, C) each
    private final ResidualDropout[] dropout; // each block's
    private final BlockPass[] blocks; // the same one for all where little is kept
    private final FullAttention[] attention;
    private final boolean checkpointing;
    private final boolean inTurn; // whether the one pass that there is becomes each block
    private int current = -1; // the block whose forward stands in it
    private final Products products;
    private final AdapterProducts adapter; // or null
    private final GradientRounds rounds;
    private final Floats normed; // (N, C)
    private final Floats statistics; // (N, 2)
    private final Readout readout;
    private Floats dx; // (N, C), made by the first backward, as what follows
    private BlockPass.Scratch scratch;
    private VectorGradients vectors;

    private final Positions positions = new Positions();
    private RowLayout rowLayout = RowLayout.NONE;
    private boolean keeps = true;

    /**
     * A pass of this model.
     *
     * @param adapter the same products where they are those of an adapter, which alone is trained then; else null
     * @param parts of which the gradient is made; none for a pass that goes forward only
     * @param checkpointing whether nothing but the stream before each block is kept
     */
    TransformerPass(
            Transformer model,
            int maxRows,
            int maxTime,
            Products products,
            AdapterProducts adapter,
            List<GradientPart> parts,
            boolean checkpointing) {
        this(
                model,
                maxRows,
                maxTime,
                products,
                adapter,
                parts,
                checkpointing ? Keeping.CHECKPOINTS : Keeping.EVERYTHING);
    }

    /** What a forward leaves behind. */
    private enum Keeping {
        EVERYTHING,
        /** The stream before each block. */
        CHECKPOINTS,
        /** What a reader hands on at once. */
        NOTHING
    }

    /**
     * A pass that only reads one text, whose blocks go over one block's memory in turn.
     *
     * @param adapter the same products where they are those of an adapter; else null
     */
    static TransformerPass reader(Transformer model, int maxTime, Products products, AdapterProducts adapter) {
        return new TransformerPass(model, 1, maxTime, products, adapter, List.of(), Keeping.NOTHING);
    }

    private TransformerPass(
            Transformer model,
            int maxRows,
            int maxTime,
            Products products,
            AdapterProducts adapter,
            List<GradientPart> parts,
            Keeping keeping) {
        boolean reads = keeping == Keeping.NOTHING;
        checkpointing = keeping == Keeping.CHECKPOINTS;
        inTurn = keeping != Keeping.EVERYTHING;
        this.model = model;
        this.adapter = adapter;
        this.layout = model.layout();
        this.parameters = model.parameters().weights().numbers();
        this.ends = adapter == null ? model.ends() : adapter.adapter().ends();
        this.maxRows = maxRows;
        this.maxTime = maxTime;
        var architecture = model.architecture();
        this.width = architecture.width();
        long positions = (long) maxRows * maxTime;
        int layers = architecture.layers();
        stream = new Floats[layers + 1];
        dropout = new ResidualDropout[layers];
        Arrays.setAll(dropout, i -> new ResidualDropout(architecture, i + 1));
        blocks = new BlockPass[layers];
        attention = new FullAttention[layers];
        var room = new FullAttention.Room(architecture, maxTime);
        this.products = products;
        for (int i = 0; i < layers; i++) {
            blocks[i] = inTurn && i > 0
                    ? blocks[0]
                    : new BlockPass(layout.blocks().get(i), architecture, parameters, positions, products, dropout[i]);
            attention[i] = new FullAttention(architecture, model.rotary(), room);
        }
        for (int i = 0; i <= layers; i++) {
            stream[i] = reads && i > 1 ? stream[i - 2] : Floats.zeros(positions * width);
        }
        normed = Floats.zeros(positions * width);
        statistics = Floats.zeros(positions * 2);
        embedding = new EmbeddingPass(model, ends, adapter != null, this.positions, maxRows * maxTime);
        readout = new Readout(ends.outputs(), positions);
        rounds = new GradientRounds(model, adapter, parts, checkpointing);
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
    public void keepForBackward(boolean keep) {
        keeps = keep;
    }

    @Override
    public void keepDistributions(boolean keep) {
        readout.keepDistributions(keep);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        take(tokens, from, to, time);
        stopDropping();
        values(targets, values);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values, RandomKey key) {
        take(tokens, from, to, time);
        embedding.start(key);
        for (var part : dropout) {
            part.start(key, positions);
        }
        if (adapter != null) {
            adapter.start(key, positions);
        }
        values(targets, values);
    }

    private void stopDropping() {
        embedding.stop();
        for (var part : dropout) {
            part.stop();
        }
        if (adapter != null) {
            adapter.stop();
        }
    }

    private void values(int[] targets, float[] values) {
        logits();
        readout.values(targets, positions, values);
    }

    @Override
    public int right(float[] weights) {
        return readout.right(weights);
    }

    @Override
    public Floats outputs(int[] tokens, int from, int to, int time) {
        if ((long) (to - from) * time > (long) maxRows * maxTime) {
            throw doesNotFit(to - from, time);
        }
        take(tokens, from, to, time);
        stopDropping();
        logits();
        spread(time);
        return readout.logits().slice(0, (long) (to - from) * time * ends.outputs());
    }

    /** Gives each row its {@code time} positions again, from the last row to the first; padding becomes 0. */
    private void spread(int time) {
        var logits = readout.logits();
        long outputs = ends.outputs();
        for (int row = positions.rows() - 1; row >= 0; row--) {
            long used = positions.length(row) * outputs;
            long to = (long) row * time * outputs;
            logits.copyFrom(logits, positions.start(row) * outputs, to, used);
            logits.clear(to + used, time * outputs - used);
        }
    }

    private void logits() {
        hidden(_ -> {});
        products.apply(ends.head(), normed, readout.logits(), positions.count(), false);
    }

    private IllegalArgumentException doesNotFit(int rows, int time) {
        return new IllegalArgumentException(
                rows + " rows of " + time + " tokens do not fit a pass of " + maxRows + " rows of " + maxTime);
    }

    /** What is worked on from here: the text of these rows. */
    private void take(int[] tokens, int from, int to, int time) {
        if (time > maxTime) {
            throw doesNotFit(to - from, time);
        }
        rowLayout.requireFit(from, to, time);
        if (positions.of(rowLayout, from, to, time).count() > maxRows * maxTime) {
            throw doesNotFit(to - from, time);
        }
        Ids.check(tokens, from * time, to * time, model.vocabulary(), "token");
        embedding.take(tokens, from, rowLayout);
        for (var mixer : attention) {
            mixer.shape(positions, from, rowLayout);
        }
    }

    /** Runs everything but the head; answers the normalised last hidden states (n, C). */
    Floats hidden(int[] tokens, int from, int to, int time) {
        return hidden(tokens, from, to, time, _ -> {});
    }

    /**
     * The same.
     *
     * @param seen told of each layer when it is done, while its queries, keys and values stand there
     */
    Floats hidden(int[] tokens, int from, int to, int time, IntConsumer seen) {
        take(tokens, from, to, time);
        return hidden(seen);
    }

    private Floats hidden(IntConsumer seen) {
        embedding.forward(stream[0]);
        int n = positions.count();
        for (int i = 0; i < blocks.length; i++) {
            forward(i);
            seen.accept(i);
        }
        layout.norm().forward(parameters, stream[blocks.length], normed, statistics, n);
        return normed;
    }

    /**
     * What the final norm and the head make of the last forward's stream after so many blocks, (n, V); of a pass that
     * keeps every block's stream.
     */
    Floats logitsAfter(int block) {
        int n = positions.count();
        layout.norm().forward(parameters, stream[block], normed, statistics, n);
        products.apply(ends.head(), normed, readout.logits(), n, false);
        return readout.logits();
    }

    private void forward(int i) {
        if (inTurn) {
            blocks[i].become(layout.blocks().get(i), dropout[i]);
            current = i;
        }
        blocks[i].forward(stream[i], stream[i + 1], positions.count(), attention[i], keeps && i >= rounds.lowest());
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
        if (!keeps) {
            throw new IllegalStateException("nothing was kept for going backward (Pass.keepForBackward)");
        }
        if (dx == null) {
            dx = Floats.zeros((long) maxRows * maxTime * width);
            boolean parallel = model.architecture().parallel();
            scratch = new BlockPass.Scratch(layout.blocks().getFirst(), (long) maxRows * maxTime, parallel);
            vectors = new VectorGradients(layout.tensors(), adapter == null);
        }
        vectors.sums().clear();
        int n = positions.count();
        vectors.addBias(ends.head(), readout.logits(), n);
        products.inputGradient(ends.head(), readout.logits(), n, scratch.stream);
        int last = blocks.length;
        layout.norm().backward(parameters, stream[last], statistics, scratch.stream, n, vectors, dx, false);
        if (!checkpointing) {
            for (int i = last - 1; i >= rounds.lowest(); i--) {
                back(i, n);
            }
            backToEmbedding();
        }
    }

    private void back(int i, int n) {
        // an adapter trains no norm
        boolean goesOn = adapter == null || rounds.trainsEmbedding() || i > rounds.lowest();
        blocks[i].backward(stream[i], stream[i + 1], dx, n, attention[i], products, scratch, vectors, goesOn);
    }

    private void backToEmbedding() {
        if (rounds.trainsEmbedding()) {
            embedding.backward(dx);
        }
    }

    @Override
    public int rounds() {
        return rounds.count();
    }

    @Override
    public int[] parts(int round) {
        return rounds.of(round);
    }

    @Override
    public void back(int round) {
        if (!checkpointing) {
            return;
        }
        int block = blocks.length - 1 - round;
        if (round == rounds.count() - 1) {
            backToEmbedding();
            return;
        }
        if (block != current) { // the last is still there
            forward(block);
        }
        back(block, positions.count());
    }

    @Override
    public int parts() {
        return rounds.parts();
    }

    @Override
    public void gradient(int part, boolean add, Floats gradient) {
        switch (rounds.part(part)) {
            case null -> {}
            case WeightTile tile -> gradient(tile, add, gradient);
            case LookUps lookUps -> embedding.gradient(lookUps, dx, add, gradient);
            case AdapterTile tile -> gradient(tile, add, gradient);
            case GradientPart.Vectors _ -> vectors.write(add, gradient);
        }
    }

    private void gradient(WeightTile tile, boolean add, Floats gradient) {
        int n = positions.count();
        if (tile.block() < blocks.length) {
            var block = blocks[tile.block()];
            var dy = block.outputGradient(tile.layer(), stream[tile.block() + 1]);
            products.weightGradient(tile, block.input(tile.layer(), stream[tile.block()]), dy, n, add, gradient);
            return;
        }
        products.weightGradient(tile, normed, readout.logits(), n, add, gradient);
        embedding.addTied(tile, dx, gradient);
    }

    private void gradient(AdapterTile tile, boolean add, Floats gradient) {
        int n = positions.count();
        int at = tile.layer() == null ? blocks.length : tile.layer().block();
        if (tile.kind() == AdapterTile.Kind.TOKEN_ROWS) {
            adapter.rowsGradient(normed, readout.logits(), n, add, gradient);
            embedding.addRows(dx, gradient);
        } else if (at < blocks.length) {
            var linear = tile.layer().linear();
            var dy = blocks[at].outputGradient(linear, stream[at + 1]);
            adapter.gradient(tile, blocks[at].input(linear, stream[at]), dy, n, add, gradient);
        } else {
            adapter.gradient(tile, normed, readout.logits(), n, add, gradient);
        }
    }

    /** Attention weights of a layer in the last forward, row by row (heads, T, T). */
    Floats attentionWeights(int layer) {
        return attention[layer].weights(queriesKeysValues(layer));
    }

    /**
     * Queries, keys (turned, if rotary) and values of a layer in the last forward; of a reader, as long as no other
     * layer has followed.
     */
    Floats queriesKeysValues(int layer) {
        return blocks[layer].queriesKeysValues();
    }
}
