package trivium.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import trivium.model.Architecture.Position;
import trivium.tensor.CachedAttention;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.Rows;
import trivium.tensor.Team;

/** A transformer's decoding state: for each row and layer, the keys and values of what it holds so far. */
final class TransformerDecoder implements Decoder {

    private final Transformer model;
    private final Layout layout;
    private final Ends ends;
    private final Floats parameters;
    private final int width;
    private final float embeddingScale;
    private final int size;
    private final float scale;
    private final boolean turned;
    private final int heads;
    private final int shared;
    private final Rotary rotary;
    private final Supplier<TransformerPass> reader;
    private final PackedWeights weights;
    private final Product product;
    private Team team = Team.ALONE;

    private final List<TransformerPass> passes = new ArrayList<>(); // for prompts, as many as are read at once
    private final BlockPass[] blocks;
    private final Mixer[] attention;
    private final CachedAttention[] caches;
    private final Floats x; // (rows, C)
    private final Floats next; // (rows, C)
    private final Floats normed; // (rows, C)
    private final Floats statistics; // (rows, 2)
    private final Floats logits; // (rows, V)
    private final int[] lengths;

    private int[] active = {};
    private int count;

    /** @param reader of prompts up to the context */
    TransformerDecoder(
            Transformer model, Ends ends, int rows, PackedWeights weights, Supplier<TransformerPass> reader) {
        this.model = model;
        this.layout = model.layout();
        this.parameters = model.parameters().values();
        this.ends = ends;
        this.rotary = model.rotary();
        this.reader = reader;
        this.weights = weights;
        this.product = weights.product(() -> team);
        var architecture = model.architecture();
        if (!architecture.attention().causal()) {
            throw new IllegalArgumentException(
                    "a model with attention in both directions cannot write token by token; use a causal one");
        }
        width = architecture.width();
        embeddingScale = (float) architecture.conventions().embeddingScale();
        size = architecture.headSize();
        scale = (float) (1 / Math.sqrt(size));
        turned = architecture.conventions().position() == Position.ROTARY;
        heads = architecture.attention().heads();
        shared = architecture.attention().keyValueHeads();
        lengths = new int[rows];
        addPass();
        int layers = architecture.layers();
        blocks = new BlockPass[layers];
        attention = new Mixer[layers];
        caches = new CachedAttention[layers];
        for (int i = 0; i < layers; i++) {
            int layer = i;
            blocks[i] = new BlockPass(
                    layout.blocks().get(i), architecture, parameters, rows, product, ResidualDropout.NONE);
            attention[i] = (qkv, y) -> attend(layer, qkv, y);
            caches[i] = new CachedAttention(rows, shared, size, architecture.context());
        }
        x = Floats.zeros((long) rows * width);
        next = Floats.zeros((long) rows * width);
        normed = Floats.zeros((long) rows * width);
        statistics = Floats.zeros(rows * 2L);
        logits = Floats.zeros((long) rows * ends.outputs());
    }

    @Override
    public void share(Team helpers) {
        team = helpers;
    }

    @Override
    public void refresh() {
        weights.refresh();
    }

    private void addPass() {
        passes.add(reader.get());
    }

    @Override
    public void prefill(int row, int[] prompt) {
        requireRoom(prompt.length);
        read(passes.getFirst(), row, prompt, 0);
        count = 1;
        product.apply(ends.head(), next, logits, 1, false);
    }

    /** As many side by side as there are threads. */
    @Override
    public void prefill(int[] rows, List<int[]> prompts, FirstLogits reader) {
        prompts.forEach(prompt -> requireRoom(prompt.length));
        int readers = Math.min(team.threads(), prompts.size());
        while (passes.size() < readers) {
            addPass();
        }
        var taken = new AtomicInteger();
        team.run(readers, i -> {
            for (int k = taken.getAndIncrement(); k < prompts.size(); k = taken.getAndIncrement()) {
                read(passes.get(i), rows[k], prompts.get(k), k);
            }
        });
        count = prompts.size();
        product.apply(ends.head(), next, logits, count, false);
        for (int i = 0; i < count; i++) {
            reader.read(i, logits, (long) i * ends.outputs());
        }
    }

    /** Fills a row's caches; the last hidden state goes to {@code next}. */
    private void read(TransformerPass pass, int row, int[] prompt, int place) {
        int time = prompt.length;
        var hidden = pass.hidden(prompt, 0, 1, time);
        for (int layer = 0; layer < blocks.length; layer++) {
            var qkv = pass.queriesKeysValues(layer);
            for (int t = 0; t < time; t++) {
                caches[layer].put(row, t, qkv, t * stride() + (long) heads * size);
            }
        }
        lengths[row] = time;
        next.copyFrom(hidden, (long) (time - 1) * width, (long) place * width, width);
    }

    private void requireRoom(int length) {
        if (length < 1 || length > model.context()) {
            throw new IllegalArgumentException("the prompt has " + length + " tokens; the model's context takes 1 to "
                    + model.context() + ": shorten the prompt or train with a longer context");
        }
    }

    @Override
    public void copyRow(int from, int to) {
        for (var cache : caches) {
            cache.copyRow(from, to, lengths[from]);
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
            x.copyFrom(ends.embedding(), ends.tokens() + (long) tokens[i] * width, (long) i * width, width);
            if (embeddingScale != 1) {
                Rows.scale(x, (long) i * width, embeddingScale, width);
            }
            if (layout.positions() >= 0) {
                Rows.add(parameters, layout.positions() + (long) position * width, x, (long) i * width, width);
            }
        }
        for (int layer = 0; layer < blocks.length; layer++) {
            blocks[layer].forward(x, next, count, attention[layer], false);
            x.copyFrom(next, 0, 0, (long) count * width);
        }
        for (int i = 0; i < count; i++) {
            lengths[rows[i]]++;
        }
        layout.norm().forward(parameters, x, normed, statistics, count);
        product.apply(ends.head(), normed, logits, count, false);
    }

    private void attend(int layer, Floats qkv, Floats y) {
        if (count == 1) {
            attend(layer, 0, qkv, y);
        } else {
            team.run(count, i -> attend(layer, i, qkv, y));
        }
    }

    private void attend(int layer, int i, Floats qkv, Floats y) {
        int row = active[i];
        int position = lengths[row];
        long at = i * stride();
        if (turned) {
            rotary.turn(qkv, at, heads + shared, position, true);
        }
        caches[layer].put(row, position, qkv, at + (long) heads * size);
        caches[layer].attend(row, position + 1, heads, scale, qkv, at, y, (long) i * heads * size);
    }

    /** Numbers of a token's queries, keys and values. */
    private long stride() {
        return (long) (heads + 2 * shared) * size;
    }

    @Override
    public Floats logits() {
        return logits.slice(0, (long) count * ends.outputs());
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }
}
