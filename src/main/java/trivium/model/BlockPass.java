package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Position;
import trivium.model.ResidualDropout.Place;
import trivium.tensor.Activations;
import trivium.tensor.Floats;
import trivium.tensor.HeadNorms;

/**
 * One block, forward and backward, over preallocated activations of up to N positions:
 *
 * <pre>
 * middle = x + output(attention(norm1(x)))
 * next   = middle + down(activation(up(norm2(middle))))
 * </pre>
 */
final class BlockPass {

    private final Layout.Block block;
    private final Floats parameters;
    private final Product product;
    private final Activation activation;
    private final HeadNorms headNorms; // null without QK-norm
    private final ResidualDropout dropout;
    private final boolean rotary;
    private final int width;
    private final int hidden;

    private final Floats normed1; // (N, C)
    private final Floats statistics1; // (N, 2)
    private final Floats queriesKeysValues; // (N, (H + 2K)·D)
    private final Floats heads; // (N, (H + K)·(D + 1)), or nothing
    private final Floats mixed; // (N, C)
    private final Floats middle; // (N, C)
    private final Floats normed2; // (N, C)
    private final Floats statistics2; // (N, 2)
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
        this.rotary = architecture.conventions().position() == Position.ROTARY;
        this.width = architecture.width();
        this.hidden = architecture.hidden();
        normed1 = Floats.zeros(positions * width);
        statistics1 = Floats.zeros(positions * 2);
        queriesKeysValues = Floats.zeros(positions * block.queriesKeysValues().out());
        heads = Floats.zeros(headNorms == null ? 0 : positions * headNorms.kept());
        mixed = Floats.zeros(positions * width);
        middle = Floats.zeros(positions * width);
        normed2 = Floats.zeros(positions * width);
        statistics2 = Floats.zeros(positions * 2);
        rising = Floats.zeros(positions * block.up().out());
        active = Floats.zeros(positions * hidden);
    }

    /** From x (n, C) to {@code next} (n, C). */
    void forward(Floats x, Floats next, int n, Mixer attention) {
        block.norm1().forward(parameters, x, normed1, statistics1, n);
        product.apply(block.queriesKeysValues(), normed1, queriesKeysValues, n, false);
        if (headNorms != null) {
            headNorms.forward(parameters, queriesKeysValues, n, Architecture.EPSILON, heads);
        }
        attention.mix(queriesKeysValues, mixed);
        addTo(x, block.output(), mixed, middle, n, Place.ATTENTION);

        block.norm2().forward(parameters, middle, normed2, statistics2, n);
        product.apply(block.up(), normed2, rising, n, false);
        switch (activation) {
            case GELU -> Activations.gelu(rising, active, (long) n * hidden);
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
            case RELU_SQUARED -> Activations.squaredReluBackward(rising, scratch.active, (long) n * hidden);
            case SWIGLU -> {
                Activations.swigluBackward(rising, scratch.active, scratch.rising, n, hidden);
                rise = scratch.rising;
            }
        }
        products.backward(block.up(), normed2, rise, n, add, gradient, scratch.stream);
        block.norm2().backward(parameters, middle, statistics2, scratch.stream, n, gradient, dx, true);

        dy = dropout.backward(dx, scratch.dropped, n, Place.ATTENTION);
        products.backward(block.output(), mixed, dy, n, add, gradient, scratch.stream);
        attention.backward(queriesKeysValues, scratch.stream, scratch.queriesKeysValues);
        if (headNorms != null) {
            headNorms.backward(parameters, heads, n, gradient, scratch.queriesKeysValues);
        }
        products.backward(
                block.queriesKeysValues(), normed1, scratch.queriesKeysValues, n, add, gradient, scratch.stream);
        clearKeyBias(gradient);
        block.norm1().backward(parameters, x, statistics1, scratch.stream, n, gradient, dx, true);
    }

    /**
     * A bias of the keys moves all scores of a query alike, which the softmax does not see (unless keys are rotated by
     * their position or normalised): its gradient is exactly 0. What rounding leaves of it must go, for Adam would
     * scale that noise up to whole steps.
     */
    private void clearKeyBias(Floats gradient) {
        long bias = block.queriesKeysValues().bias();
        if (bias >= 0 && !rotary && headNorms == null) {
            int keys = (block.queriesKeysValues().out() - width) / 2;
            gradient.clear(bias + width, keys);
        }
    }

    /** Queries, keys and values of the last forward, (N, (H + 2K)·D). */
    Floats queriesKeysValues() {
        return queriesKeysValues;
    }

    /** Gradients on their way through a block; one set serves all blocks, for they are used in turn. */
    static final class Scratch {
        final Floats stream; // (N, C)
        final Floats active; // (N, hidden)
        final Floats rising; // (N, 2·hidden), or nothing
        final Floats queriesKeysValues; // (N, (H + 2K)·D)
        final Floats dropped; // (N, C), or nothing

        Scratch(Layout.Block block, long positions, boolean drops) {
            stream = Floats.zeros(positions * block.norm1().width());
            active = Floats.zeros(positions * block.down().in());
            boolean gated = block.up().out() != block.down().in();
            rising = Floats.zeros(gated ? positions * block.up().out() : 0);
            queriesKeysValues =
                    Floats.zeros(positions * block.queriesKeysValues().out());
            dropped = Floats.zeros(drops ? positions * block.norm1().width() : 0);
        }
    }
}
