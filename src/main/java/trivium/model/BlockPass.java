package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.ResidualDropout.Place;
import trivium.tensor.Activations;
import trivium.tensor.Floats;
import trivium.tensor.GatedGelu;
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
 * Where norms stand behind the layers,
 *
 * <pre>
 * middle = x + norm1(output(attention(x)))
 * next   = middle + norm2(down(activation(up(middle))))
 * </pre>
 */
final class BlockPass {

    private Layout.Block block;
    private final Floats parameters;
    private final Product product;
    private final Activation activation;
    private HeadNorms headNorms; // null without QK-norm
    private ResidualDropout dropout;
    private final boolean parallel;
    private final boolean postNorm;
    private final int headSize;
    private final int turned; // elements of a head
    private final float epsilon;
    private final float offset; // of QK-norm's scales
    private final int width;
    private final int hidden;

    private final Floats normed1; // (N, C); what is normalised instead, where norms stand behind the layers
    private final Floats statistics1; // (N, 2)
    private Floats queriesKeysValues; // (N, (H + 2K)·D)
    private final Floats heads; // (N, (H + K)·(D + 1)), or nothing
    private final Floats mixed; // (N, H·D)
    private final Floats middle; // (N, C)
    private final Floats normed2; // (N, C), likewise; normed1 where the norm is shared
    private final Floats statistics2; // (N, 2), or nothing
    private Floats rising; // (N, hidden), or gate and up (N, 2·hidden); what backward needs of them, if it is kept
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
        this.postNorm = architecture.postNorm();
        this.headSize = architecture.headSize();
        this.turned = architecture.turned();
        this.epsilon = (float) architecture.conventions().epsilon();
        this.offset = architecture.conventions().norm().offset();
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

    /** From now on this is another block of the same shape, with this dropout. */
    void become(Layout.Block other, ResidualDropout itsDropout) {
        block = other;
        headNorms = other.attention().headNorms();
        dropout = itsDropout;
    }

    /**
     * From x (n, C) to {@code next} (n, C).
     *
     * @param keeps what {@link #backward} needs
     */
    void forward(Floats x, Floats next, int n, Mixer attention, boolean keeps) {
        if (postNorm) {
            attend(x, n, attention);
            product.apply(block.output(), mixed, normed1, n, false);
            addNormed(x, block.norm1(), normed1, statistics1, middle, n, Place.ATTENTION);
            feedForward(middle, n, keeps);
            product.apply(block.down(), active, normed2, n, false);
            addNormed(middle, block.norm2(), normed2, statistics2, next, n, Place.FEED_FORWARD);
            return;
        }
        block.norm1().forward(parameters, x, normed1, statistics1, n);
        attend(normed1, n, attention);
        addTo(x, block.output(), mixed, middle, n, Place.ATTENTION);

        if (block.norm2() != null) {
            block.norm2().forward(parameters, parallel ? x : middle, normed2, statistics2, n);
        }
        feedForward(normed2, n, keeps);
        addTo(middle, block.down(), active, next, n, Place.FEED_FORWARD);
    }

    /** From what attention reads to {@code mixed}. */
    private void attend(Floats in, int n, Mixer attention) {
        product.apply(block.queriesKeysValues(), in, queriesKeysValues, n, false);
        if (headNorms != null) {
            headNorms.forward(parameters, queriesKeysValues, n, offset, epsilon, heads);
        }
        attention.mix(queriesKeysValues, mixed);
    }

    /** From what the feed-forward reads to {@code active}. */
    private void feedForward(Floats in, int n, boolean keeps) {
        product.apply(block.up(), in, rising, n, false);
        activate(n, keeps);
    }

    /** From {@code rising} to {@code active}; in training GELU's derivative takes the place of its argument. */
    private void activate(int n, boolean keeps) {
        long all = (long) n * hidden;
        switch (activation) {
            case GELU -> {
                if (keeps) {
                    Activations.geluWithSlope(rising, active, all);
                } else {
                    Activations.gelu(rising, active, all);
                }
            }
            case GELU_ERF -> {
                if (keeps) {
                    Activations.geluErfWithSlope(rising, active, all);
                } else {
                    Activations.geluErf(rising, active, all);
                }
            }
            case RELU_SQUARED -> Activations.squaredRelu(rising, active, all);
            case SWIGLU -> Activations.swiglu(rising, active, n, hidden);
            case GEGLU -> GatedGelu.geglu(rising, active, n, hidden);
            case GEGLU_ERF -> GatedGelu.gegluErf(rising, active, n, hidden);
        }
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

    /** y = x + norm(in), all (n, C); in training some of the norm's output is dropped. */
    private void addNormed(Floats x, Normalisation norm, Floats in, Floats statistics, Floats y, int n, Place place) {
        norm.forward(parameters, in, y, statistics, n);
        if (dropout.on()) {
            dropout.dropAndAdd(x, y, n, place);
        } else {
            addAll(x, y, n);
        }
    }

    /** y += x, both (n, C). */
    private void addAll(Floats x, Floats y, int n) {
        for (int i = 0; i < n; i++) {
            Rows.add(x, (long) i * width, y, (long) i * width, width);
        }
    }

    /**
     * Turns dnext, in {@code dx}, into dx in place, adding the gradients of scales, shifts and biases to
     * {@code vectors}. What {@link #outputGradient} answers takes the place of what is not needed any more: the
     * gradient at each layer's output that of the output itself.
     *
     * @param next what forward made of x; becomes the gradient at the output of {@code down}, unless norms stand behind
     *     the layers
     * @param goesOn whether anything below learns, or a norm of this block; else what would only be for that is left
     *     out, and dx is of no use afterwards
     */
    void backward(
            Floats x,
            Floats next,
            Floats dx,
            int n,
            FullAttention attention,
            Products products,
            Scratch scratch,
            VectorGradients vectors,
            boolean goesOn) {
        if (postNorm) {
            dropout.backward(dx, scratch.stream, n, Place.FEED_FORWARD);
            block.norm2().backward(parameters, normed2, statistics2, scratch.stream, n, vectors, normed2, false);
            feedForwardBackward(normed2, scratch.stream, n, products, scratch, vectors);
            addAll(scratch.stream, dx, n);
            dropout.backward(dx, scratch.stream, n, Place.ATTENTION);
            block.norm1().backward(parameters, normed1, statistics1, scratch.stream, n, vectors, normed1, false);
            attentionBackward(normed1, n, attention, products, scratch, vectors, goesOn);
            if (goesOn) {
                addAll(scratch.stream, dx, n);
            }
            return;
        }
        dropout.backward(dx, next, n, Place.FEED_FORWARD);
        var second = parallel ? scratch.second : scratch.stream;
        feedForwardBackward(next, second, n, products, scratch, vectors);
        if (!parallel) {
            block.norm2().backward(parameters, middle, statistics2, second, n, vectors, dx, true);
        }

        dropout.backward(dx, middle, n, Place.ATTENTION);
        attentionBackward(middle, n, attention, products, scratch, vectors, goesOn);
        if (!goesOn) {
            return;
        }
        if (parallel && block.norm2() != null) {
            block.norm2().backward(parameters, x, statistics2, second, n, vectors, dx, true);
        } else if (parallel) {
            addAll(second, scratch.stream, n);
        }
        block.norm1().backward(parameters, x, statistics1, scratch.stream, n, vectors, dx, true);
    }

    /** From the gradient at the output of {@code down} to that at what the feed-forward read. */
    private void feedForwardBackward(
            Floats dy, Floats dIn, int n, Products products, Scratch scratch, VectorGradients vectors) {
        vectors.addBias(block.down(), dy, n);
        products.inputGradient(block.down(), dy, n, scratch.active);
        activationBackward(n, scratch);
        vectors.addBias(block.up(), rising, n);
        products.inputGradient(block.up(), rising, n, dIn);
    }

    /** From the gradient at attention's output to that at what it read, in {@code scratch.stream}, where it goes on. */
    private void attentionBackward(
            Floats dy,
            int n,
            FullAttention attention,
            Products products,
            Scratch scratch,
            VectorGradients vectors,
            boolean goesOn) {
        vectors.addBias(block.output(), dy, n);
        products.inputGradient(block.output(), dy, n, scratch.stream);
        attention.backward(queriesKeysValues, scratch.stream, scratch.queriesKeysValues);
        if (headNorms != null) {
            long at = vectors.at(headNorms.queryWeight());
            headNorms.backward(parameters, heads, n, offset, vectors.sums(), at, scratch.queriesKeysValues);
        }
        scratch.queriesKeysValues = keep(scratch.queriesKeysValues);
        vectors.addBias(block.queriesKeysValues(), queriesKeysValues, n);
        clearKeyBias(vectors);
        products.inputGradient(block.queriesKeysValues(), queriesKeysValues, n, goesOn ? scratch.stream : null);
    }

    /** From dactive, in the scratch space, to drising, in place of {@code rising}. */
    private void activationBackward(int n, Scratch scratch) {
        switch (activation) {
            case SWIGLU -> Activations.swigluBackward(rising, scratch.active, rising, n, hidden);
            case GEGLU -> GatedGelu.gegluBackward(rising, scratch.active, rising, n, hidden);
            case GEGLU_ERF -> GatedGelu.gegluErfBackward(rising, scratch.active, rising, n, hidden);
            case GELU, GELU_ERF -> Activations.multiply(rising, scratch.active, (long) n * hidden);
            case RELU_SQUARED -> Activations.squaredReluBackward(rising, scratch.active, (long) n * hidden);
        }
        if (!activation.gated()) { // the others turn dactive into drising where it stands
            var free = rising;
            rising = scratch.active;
            scratch.active = free;
        }
    }

    /** Keeps the gradient at queries, keys and values in their place; answers the place, which is free now. */
    private Floats keep(Floats gradient) {
        var free = queriesKeysValues;
        queriesKeysValues = gradient;
        return free;
    }

    /**
     * A bias of the keys moves all scores of a query alike, which the softmax does not see (but for the elements that
     * are turned by their position, and unless keys are normalised): its gradient is exactly 0. What rounding leaves of
     * it must go, for Adam would scale that noise up to whole steps.
     */
    private void clearKeyBias(VectorGradients vectors) {
        long bias = block.queriesKeysValues().bias();
        if (bias >= 0 && turned < headSize && headNorms == null) {
            int queries = block.output().in();
            int keys = (block.queriesKeysValues().out() - queries) / 2;
            long at = vectors.at(bias) + queries;
            for (int head = 0; head < keys; head += headSize) {
                vectors.sums().clear(at + head + turned, headSize - turned);
            }
        }
    }

    /** The input of one of the block's layers in the last forward, which read x. */
    Floats input(Linear layer, Floats x) {
        if (layer.equals(block.down())) {
            return active;
        }
        if (layer.equals(block.output())) {
            return mixed;
        }
        if (postNorm) {
            return layer.equals(block.up()) ? middle : x;
        }
        return layer.equals(block.up()) ? normed2 : normed1;
    }

    /** The gradient at one of the layers' outputs after {@link #backward}, whose {@code next} it is given. */
    Floats outputGradient(Linear layer, Floats next) {
        if (layer.equals(block.down())) {
            return postNorm ? normed2 : next;
        }
        if (layer.equals(block.up())) {
            return rising;
        }
        if (layer.equals(block.output())) {
            return postNorm ? normed1 : middle;
        }
        return queriesKeysValues;
    }

    /** Queries, keys and values of the last forward, (N, (H + 2K)·D). */
    Floats queriesKeysValues() {
        return queriesKeysValues;
    }

    /** Gradients on their way through a block; one set serves all blocks, for they are used in turn. */
    static final class Scratch {
        final Floats stream; // (N, C), or (N, H·D) where that is more
        final Floats second; // (N, C), or nothing
        Floats active; // (N, hidden)
        Floats queriesKeysValues; // (N, (H + 2K)·D)

        Scratch(Layout.Block block, long positions, boolean parallel) {
            int width = block.norm1().width();
            stream = Floats.zeros(positions * Math.max(width, block.output().in()));
            second = Floats.zeros(parallel ? positions * width : 0);
            active = Floats.zeros(positions * block.down().in());
            queriesKeysValues =
                    Floats.zeros(positions * block.queriesKeysValues().out());
        }
    }
}
