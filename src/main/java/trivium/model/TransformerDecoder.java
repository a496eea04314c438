package trivium.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import trivium.model.Architecture.Position;
import trivium.tensor.CachedAttention;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.Rows;
import trivium.tensor.Team;

/** A transformer's decoding state: for each row and layer, the keys and values of what it holds so far. */
final class TransformerDecoder implements Decoder {

    /**
     * The longest prompts that are read as steps are made, position by position beside one another: BLAS takes its time
     * with few rows, and reading the weights of a large model for each prompt by itself takes longer still.
     */
    static final int SHORT = 64;

    private final Transformer model;
    private final Layout layout;
    private final Ends ends;
    private final Floats parameters; // norms and positions are read here
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
    private final BlockPass block; // each of the blocks in turn
    private final Mixer[] attention;
    private final CachedAttention[] caches;
    private final boolean together; // whether short prompts are read as steps are made
    private final int room; // N, positions that go through the blocks at once
    private final Floats x; // (N, C)
    private final Floats next; // (N, C)
    private final Floats normed; // (N, C)
    private final Floats statistics; // (N, 2)
    private final Floats last; // (rows, C), what the head reads behind prompts
    private final Floats logits; // (rows, V)
    private final int[] lengths;

    // Positions on their way through the blocks; those of a row stand side by side.
    private final int[] active; // the row of each
    private final int[] places; // where each stands in its row
    private final int[] begins; // where the positions of each of these rows begin, and where the last end
    private int entered; // rows
    private int n; // positions
    private int count; // of rows that have logits

    /** @param reader of prompts up to the context */
    TransformerDecoder(
            Transformer model, Ends ends, int rows, PackedWeights weights, Supplier<TransformerPass> reader) {
        this.model = model;
        this.layout = model.layout();
        this.parameters = model.parameters().weights().numbers();
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
        scale = (float) architecture.attentionScale();
        turned = architecture.conventions().position() == Position.ROTARY;
        heads = architecture.attention().heads();
        shared = architecture.attention().keyValueHeads();
        lengths = new int[rows];
        addPass();
        int layers = architecture.layers();
        together = model.batching() == LanguageModel.Batching.TOGETHER;
        room = room(rows, together);
        active = new int[room];
        places = new int[room];
        begins = new int[room + 1];
        var first = layout.blocks().getFirst();
        block = new BlockPass(first, architecture, parameters, room, product, ResidualDropout.NONE);
        attention = new Mixer[layers];
        caches = new CachedAttention[layers];
        for (int i = 0; i < layers; i++) {
            int layer = i;
            attention[i] = (qkv, y) -> attend(layer, qkv, y);
            caches[i] = new CachedAttention(rows, shared, size, architecture.context());
        }
        x = Floats.zeros((long) room * width);
        next = Floats.zeros((long) room * width);
        normed = Floats.zeros((long) room * width);
        statistics = Floats.zeros(room * 2L);
        last = Floats.zeros((long) rows * width);
        logits = Floats.zeros((long) rows * ends.outputs());
    }

    /**
     * N of a decoder of these rows.
     *
     * @param together whether short prompts are read as steps are made
     */
    static int room(int rows, boolean together) {
        return together ? Math.max(rows, SHORT) : rows;
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
        prefill(new int[] {row}, List.of(prompt), (_, _, _) -> {});
    }

    /** Long ones as many side by side as there are threads. */
    @Override
    public void prefill(int[] rows, List<int[]> prompts, FirstLogits reader) {
        prompts.forEach(prompt -> requireRoom(prompt.length));
        var byLength = IntStream.range(0, prompts.size())
                .boxed()
                .collect(Collectors.partitioningBy(k -> readsInSteps(prompts.get(k))));
        readInSteps(rows, prompts, byLength.get(true).stream().mapToInt(k -> k).toArray());
        int[] longs = byLength.get(false).stream().mapToInt(k -> k).toArray();
        int readers = Math.min(team.threads(), longs.length);
        while (passes.size() < readers) {
            addPass();
        }
        var taken = new AtomicInteger();
        team.run(readers, i -> {
            for (int k = taken.getAndIncrement(); k < longs.length; k = taken.getAndIncrement()) {
                read(passes.get(i), rows[longs[k]], prompts.get(longs[k]), longs[k]);
            }
        });
        count = prompts.size();
        product.apply(ends.head(), last, logits, count, false);
        for (int i = 0; i < count; i++) {
            reader.read(i, logits, (long) i * ends.outputs());
        }
    }

    /** Its own length decides, so that its numbers do not depend on what is read beside it. */
    private boolean readsInSteps(int[] prompt) {
        return together && prompt.length <= SHORT;
    }

    /** As many whole prompts at once as there is room for. */
    private void readInSteps(int[] rows, List<int[]> prompts, int[] which) {
        for (int done = 0; done < which.length; done += entered) {
            clear();
            for (int k = done; k < which.length && n + prompts.get(which[k]).length <= room; k++) {
                var prompt = prompts.get(which[k]);
                Ids.check(prompt, 0, prompt.length, model.vocabulary(), "token");
                for (int t = 0; t < prompt.length; t++) {
                    enter(rows[which[k]], t, prompt[t]);
                }
            }
            forward();
            for (int i = 0; i < entered; i++) {
                last.copyFrom(normed, (begins[i + 1] - 1L) * width, (long) which[done + i] * width, width);
            }
        }
    }

    /** Fills a row's caches; the last hidden state goes to {@code last}. */
    private void read(TransformerPass pass, int row, int[] prompt, int place) {
        int time = prompt.length;
        var hidden = pass.hidden(prompt, 0, 1, time, layer -> {
            var qkv = pass.queriesKeysValues(layer);
            for (int t = 0; t < time; t++) {
                caches[layer].put(row, t, qkv, t * stride() + (long) heads * size);
            }
        });
        lengths[row] = time;
        last.copyFrom(hidden, (long) (time - 1) * width, (long) place * width, width);
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
        this.count = count;
        clear();
        for (int i = 0; i < count; i++) {
            int position = lengths[rows[i]];
            if (position >= model.context()) {
                throw new IllegalArgumentException(
                        "row " + rows[i] + " already fills the model's context of " + model.context() + " tokens");
            }
            enter(rows[i], position, tokens[i]);
        }
        forward();
        product.apply(ends.head(), normed, logits, count, false);
    }

    private void clear() {
        entered = 0;
        n = 0;
    }

    /** Puts a token behind those entered already; the tokens of a row come one after the other. */
    private void enter(int row, int position, int token) {
        if (n == 0 || active[n - 1] != row) {
            begins[entered++] = n;
        }
        active[n] = row;
        places[n] = position;
        ends.tokens().copy(token, x, (long) n * width);
        if (embeddingScale != 1) {
            Rows.scale(x, (long) n * width, embeddingScale, width);
        }
        if (layout.positions() >= 0) {
            Rows.add(parameters, layout.positions() + (long) position * width, x, (long) n * width, width);
        }
        n++;
        begins[entered] = n;
    }

    /** From the tokens entered to what the head reads, in {@code normed}; their rows hold them then. */
    private void forward() {
        for (int layer = 0; layer < attention.length; layer++) {
            block.become(layout.blocks().get(layer), ResidualDropout.NONE);
            block.forward(x, next, n, attention[layer], false);
            x.copyFrom(next, 0, 0, (long) n * width);
        }
        for (int i = 0; i < n; i++) {
            lengths[active[i]] = places[i] + 1;
        }
        layout.norm().forward(parameters, x, normed, statistics, n);
    }

    private void attend(int layer, Floats qkv, Floats y) {
        if (entered == 1) {
            attend(layer, 0, qkv, y);
        } else {
            team.run(entered, row -> attend(layer, row, qkv, y));
        }
    }

    /** One row's positions, each of which sees itself and those before. */
    private void attend(int layer, int entry, Floats qkv, Floats y) {
        int row = active[begins[entry]];
        for (int i = begins[entry]; i < begins[entry + 1]; i++) {
            long at = i * stride();
            if (turned) {
                rotary.turn(qkv, at, heads + shared, places[i], true);
            }
            caches[layer].put(row, places[i], qkv, at + (long) heads * size);
            caches[layer].attend(row, places[i] + 1, heads, scale, qkv, at, y, (long) i * heads * size);
        }
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
