package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.ResidualDropout.Place;
import trivium.tensor.Activations;
import trivium.tensor.Floats;
import trivium.tensor.HeadNorms;
import trivium.tensor.Rows;

/**
 * One block, forward and backward, over preallocated activations of up to N positions:
 *
 * <pre>
 * middle = x + output(attention(norm1(x)))
 * next   = middle + down(activation(up(norm2(middle))))
 * </pre>
 *
 * Where the feed-forward stands beside attention it is {@code norm2(x)}, or {@code norm1(x)} where they share a norm.
 */
final class BlockPass {

    private final Layout.Block block;
    private final Floats parameters;
    private final Product product;
    private final Activation activation;
    private final HeadNorms headNorms; // null without QK-norm
    private final ResidualDropout dropout;
    private final boolean parallel;
    private final int headSize;
    private final int turned; // elements of a head
    private final float epsilon;
    private final int width;
    private final int hidden;

    private final Floats normed1; // (N, C)
    private final Floats statistics1; // (N, 2)
    private final Floats queriesKeysValues; // (N, (H + 2K)·D)
    private final Floats heads; // (N, (H + K)·(D + 1)), or nothing
    private final Floats mixed; // (N, H·D)
    private final Floats middle; // (N, C)
    private final Floats normed2; // (N, C); normed1 where the norm is shared
    private final Floats statistics2; // (N, 2), or nothing
    private final Floats rising; // (N, hidden), or gate and up (N, 2·hidden)
    private final Floats active; // (N, hidden)

    /** @param dropout this block's, on only while training */
    BlockPass(
            Layout.Block block,
            Architecture architecture,
            Floats parameters,
            long positions,
            Product product,
            ResidualDropout dropout) {
        this.block = block;
        this.parameters = parameters;
        this.product = product;
        this.activation = architecture.feedForward().activation();
        this.headNorms = block.attention().headNorms();
        this.dropout = dropout;
        this.parallel = architecture.parallel();
        this.headSize = architecture.headSize();
        this.turned = architecture.turned();
        this.epsilon = (float) architecture.conventions().epsilon();
        this.width = architecture.width();
        this.hidden = architecture.hidden();
        normed1 = Floats.zeros(positions * width);
        statistics1 = Floats.zeros(positions * 2);
        queriesKeysValues = Floats.zeros(positions * block.queriesKeysValues().out());
        heads = Floats.zeros(headNorms == null ? 0 : positions * headNorms.kept());
        mixed = Floats.zeros(positions * block.output().in());
        middle = Floats.zeros(positions * width);
        normed2 = block.norm2() == null ? normed1 : Floats.zeros(positions * width);
        statistics2 = Floats.zeros(block.norm2() == null ? 0 : positions * 2);
        rising = Floats.zeros(positions * block.up().out());
        active = Floats.zeros(positions * hidden);
    }

    /** From x (n, C) to {@code next} (n, C). */
    void forward(Floats x, Floats next, int n, Mixer attention) {
        block.norm1().forward(parameters, x, normed1, statistics1, n);
        product.apply(block.queriesKeysValues(), normed1, queriesKeysValues, n, false);
        if (headNorms != null) {
            headNorms.forward(parameters, queriesKeysValues, n, epsilon, heads);
        }
        attention.mix(queriesKeysValues, mixed);
        addTo(x, block.output(), mixed, middle, n, Place.ATTENTION);

        if (block.norm2() != null) {
            block.norm2().forward(parameters, parallel ? x : middle, normed2, statistics2, n);
        }
        product.apply(block.up(), normed2, rising, n, false);
        switch (activation) {
            case GELU -> Activations.gelu(rising, active, (long) n * hidden);
            case GELU_ERF -> Activations.geluErf(rising, active, (long) n * hidden);
            case RELU_SQUARED -> Activations.squaredRelu(rising, active, (long) n * hidden);
            case SWIGLU -> Activations.swiglu(rising, active, n, hidden);
        }
        addTo(middle, block.down(), active, next, n, Place.FEED_FORWARD);
    }

    /** y = x + layer(in), all (n, C); in training some of the layer's output is dropped. */
    private void addTo(Floats x, Linear layer, Floats in, Floats y, int n, Place place) {
        if (dropout.on()) {
            product.apply(layer, in, y, n, false);
            dropout.dropAndAdd(x, y, n, place);
        } else {
            y.copyFrom(x, 0, 0, (long) n * width);
            product.apply(layer, in, y, n, true);
        }
    }

    /**
     * Turns dnext, in {@code dx}, into dx in place, adding the weights' gradients to {@code gradient}.
     *
     * @param add false where those of the linear layers' matrices are overwritten instead
     */
    void backward(
            Floats x,
            Floats dx,
            int n,
            FullAttention attention,
            Products products,
            Scratch scratch,
            boolean add,
            Floats gradient) {
        var dy = dropout.backward(dx, scratch.dropped, n, Place.FEED_FORWARD);
        products.backward(block.down(), active, dy, n, add, gradient, scratch.active);
        var rise = scratch.active;
        switch (activation) {
            case GELU -> Activations.geluBackward(rising, scratch.active, (long) n * hidden);
            case GELU_ERF -> Activations.geluErfBackward(rising, scratch.active, (long) n * hidden);
            case RELU_SQUARED -> Activations.squaredReluBackward(rising, scratch.active, (long) n * hidden);
            case SWIGLU -> {
                Activations.swigluBackward(rising, scratch.active, scratch.rising, n, hidden);
                rise = scratch.rising;
            }
        }
        var second = parallel ? scratch.second : scratch.stream;
        products.backward(block.up(), normed2, rise, n, add, gradient, second);
        if (!parallel) {
            block.norm2().backward(parameters, middle, statistics2, second, n, gradient, dx, true);
        }

        dy = dropout.backward(dx, scratch.dropped, n, Place.ATTENTION);
        products.backward(block.output(), mixed, dy, n, add, gradient, scratch.stream);
        attention.backward(queriesKeysValues, scratch.stream, scratch.queriesKeysValues);
        if (headNorms != null) {
            headNorms.backward(parameters, heads, n, gradient, scratch.queriesKeysValues);
        }
        products.backward(
                block.queriesKeysValues(), normed1, scratch.queriesKeysValues, n, add, gradient, scratch.stream);
        clearKeyBias(gradient);
        if (parallel && block.norm2() != null) {
            block.norm2().backward(parameters, x, statistics2, second, n, gradient, dx, true);
        } else if (parallel) {
            for (int i = 0; i < n; i++) {
                Rows.add(second, (long) i * width, scratch.stream, (long) i * width, width);
            }
        }
        block.norm1().backward(parameters, x, statistics1, scratch.stream, n, gradient, dx, true);
    }

    /**
     * A bias of the keys moves all scores of a query alike, which the softmax does not see (but for the elements that
     * are turned by their position, and unless keys are normalised): its gradient is exactly 0. What rounding leaves of
     * it must go, for Adam would scale that noise up to whole steps.
     */
    private void clearKeyBias(Floats gradient) {
        long bias = block.queriesKeysValues().bias();
        if (bias >= 0 && turned < headSize && headNorms == null) {
            int queries = block.output().in();
            int keys = (block.queriesKeysValues().out() - queries) / 2;
            for (int head = 0; head < keys; head += headSize) {
                gradient.clear(bias + queries + head + turned, headSize - turned);
            }
        }
    }

    /** Queries, keys and values of the last forward, (N, (H + 2K)·D). */
    Floats queriesKeysValues() {
        return queriesKeysValues;
    }

    /** Gradients on their way through a block; one set serves all blocks, for they are used in turn. */
    static final class Scratch {
        final Floats stream; // (N, C), or (N, H·D) where that is more
        final Floats second; // (N, C), or nothing
        final Floats active; // (N, hidden)
        final Floats rising; // (N, 2·hidden), or nothing
        final Floats queriesKeysValues; // (N, (H + 2K)·D)
        final Floats dropped; // (N, C), or nothing

        Scratch(Layout.Block block, long positions, boolean parallel, boolean drops) {
            int width = block.norm1().width();
            stream = Floats.zeros(positions * Math.max(width, block.output().in()));
            second = Floats.zeros(parallel ? positions * width : 0);
            active = Floats.zeros(positions * block.down().in());
            boolean gated = block.up().out() != block.down().in();
            rising = Floats.zeros(gated ? positions * block.up().out() : 0);
            queriesKeysValues =
                    Floats.zeros(positions * block.queriesKeysValues().out());
            dropped = Floats.zeros(drops ? positions * width : 0);
        }
    }
}
