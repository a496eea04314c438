package trivium.model;

import java.util.List;
import trivium.model.Architecture.Position;
import trivium.tensor.CachedAttention;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.Rows;
import trivium.tensor.Team;

/** A transformer's decoding state: for each row and layer, the keys and values of what it holds so far. */
final class TransformerDecoder implements Decoder {

    /** Rows of the key cache are padded to whole vectors of any machine. */
    private static final int PADDING = 16;

    private final Transformer model;
    private final Layout layout;
    private final Floats parameters;
    private final int width;
    private final int size;
    private final int heads;
    private final int shared;
    private final int capacity;
    private final Rotary rotary;
    private final PackedWeights weights;
    private final Product product;
    private Team team = Team.ALONE;

    private final TransformerPass prompts;
    private final BlockPass[] blocks;
    private final Mixer[] attention;
    private final Floats[] keys; // per layer (rows, K, D, capacity)
    private final Floats[] values; // per layer (rows, capacity, K·D)
    private final Floats scores; // (capacity)
    private final Floats x; // (rows, C)
    private final Floats next; // (rows, C)
    private final Floats normed; // (rows, C)
    private final Floats statistics; // (rows, 2)
    private final Floats logits; // (rows, V)
    private final int[] lengths;

    private int[] active = {};
    private int count;

    TransformerDecoder(Transformer model, int rows, Rotary rotary, PackedWeights weights) {
        this.model = model;
        this.layout = model.layout();
        this.parameters = model.parameters().values();
        this.rotary = rotary;
        this.weights = weights;
        this.product = weights.product(() -> team);
        var architecture = model.architecture();
        if (!architecture.attention().causal()) {
            throw new IllegalArgumentException(
                    "a model with attention in both directions cannot write token by token; use a causal one");
        }
        width = architecture.width();
        size = architecture.headSize();
        heads = architecture.attention().heads();
        shared = architecture.attention().keyValueHeads();
        capacity = capacity(architecture);
        lengths = new int[rows];
        prompts = new TransformerPass(model, 1, architecture.context(), rotary, Products.full(parameters), List.of());
        int layers = architecture.layers();
        blocks = new BlockPass[layers];
        attention = new Mixer[layers];
        keys = new Floats[layers];
        values = new Floats[layers];
        for (int i = 0; i < layers; i++) {
            int layer = i;
            blocks[i] = new BlockPass(
                    layout.blocks().get(i), architecture, parameters, rows, product, ResidualDropout.NONE);
            attention[i] = (qkv, y) -> attend(layer, qkv, y);
            keys[i] = Floats.zeros((long) rows * shared * size * capacity);
            values[i] = Floats.zeros((long) rows * shared * size * capacity);
        }
        scores = Floats.zeros(capacity);
        x = Floats.zeros((long) rows * width);
        next = Floats.zeros((long) rows * width);
        normed = Floats.zeros((long) rows * width);
        statistics = Floats.zeros(rows * 2L);
        logits = Floats.zeros((long) rows * model.outputs());
    }

    /** Positions that each row has room for. */
    static int capacity(Architecture architecture) {
        return (architecture.context() + PADDING - 1) / PADDING * PADDING;
    }

    @Override
    public void share(Team helpers) {
        team = helpers;
    }

    @Override
    public void refresh() {
        weights.refresh();
    }

    @Override
    public void prefill(int row, int[] prompt) {
        requireRoom(prompt.length);
        int time = prompt.length;
        var hidden = prompts.hidden(prompt, 0, 1, time);
        int stride = layout.blocks().getFirst().queriesKeysValues().out();
        for (int layer = 0; layer < blocks.length; layer++) {
            var qkv = prompts.queriesKeysValues(layer);
            for (int t = 0; t < time; t++) {
                remember(layer, row, t, qkv, (long) t * stride);
            }
        }
        lengths[row] = time;
        count = 1;
        next.copyFrom(hidden, (long) (time - 1) * width, 0, width);
        product.apply(layout.head(), next, logits, 1, false);
    }

    private void requireRoom(int length) {
        if (length < 1 || length > model.context()) {
            throw new IllegalArgumentException("the prompt has " + length + " tokens; the model's context takes 1 to "
                    + model.context() + ": shorten the prompt or train with a longer context");
        }
    }

    @Override
    public void copyRow(int from, int to) {
        long n = (long) shared * size * capacity;
        for (int layer = 0; layer < blocks.length; layer++) {
            keys[layer].copyFrom(keys[layer], from * n, to * n, n);
            values[layer].copyFrom(values[layer], from * n, to * n, n);
        }
        lengths[to] = lengths[from];
    }

    @Override
    public void step(int[] rows, int[] tokens, int count) {
        Ids.check(tokens, 0, count, model.vocabulary(), "token");
        this.active = rows;
        this.count = count;
        for (int i = 0; i < count; i++) {
            int position = lengths[rows[i]];
            if (position >= model.context()) {
                throw new IllegalArgumentException(
                        "row " + rows[i] + " already fills the model's context of " + model.context() + " tokens");
            }
            x.copyFrom(parameters, layout.tokens() + (long) tokens[i] * width, (long) i * width, width);
            if (layout.positions() >= 0) {
                Rows.add(parameters, layout.positions() + (long) position * width, x, (long) i * width, width);
            }
        }
        for (int layer = 0; layer < blocks.length; layer++) {
            blocks[layer].forward(x, next, count, attention[layer]);
            x.copyFrom(next, 0, 0, (long) count * width);
        }
        for (int i = 0; i < count; i++) {
            lengths[rows[i]]++;
        }
        layout.norm().forward(parameters, x, normed, statistics, count);
        product.apply(layout.head(), normed, logits, count, false);
    }

    private void attend(int layer, Floats qkv, Floats y) {
        int stride = layout.blocks().get(layer).queriesKeysValues().out();
        float scale = (float) (1 / Math.sqrt(size));
        boolean turned = model.architecture().conventions().position() == Position.ROTARY;
        for (int i = 0; i < count; i++) {
            int row = active[i];
            int position = lengths[row];
            long at = (long) i * stride;
            if (turned) {
                rotary.turn(qkv, at, heads + shared, position, true);
            }
            remember(layer, row, position, qkv, at);
            for (int head = 0; head < heads; head++) {
                int group = head / (heads / shared);
                CachedAttention.attend(
                        qkv,
                        at + (long) head * size,
                        keys[layer],
                        key(row, group),
                        values[layer],
                        value(row, 0) + (long) group * size,
                        shared * size,
                        position + 1,
                        capacity,
                        size,
                        scale,
                        scores,
                        y,
                        ((long) i * heads + head) * size);
            }
        }
    }

    private void remember(int layer, int row, int position, Floats qkv, long at) {
        long k = at + (long) heads * size;
        for (int group = 0; group < shared; group++) {
            CachedAttention.putKey(
                    qkv, k + (long) group * size, size, keys[layer], key(row, group), capacity, position);
        }
        values[layer].copyFrom(qkv, k + (long) shared * size, value(row, position), (long) shared * size);
    }

    private long key(int row, int group) {
        return ((long) row * shared + group) * size * capacity;
    }

    private long value(int row, int position) {
        return ((long) row * capacity + position) * shared * size;
    }

    @Override
    public Floats logits() {
        return logits.slice(0, (long) count * model.outputs());
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }
}
