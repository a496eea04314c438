package trivium.model;

import java.util.LinkedHashMap;
import java.util.Map;
import trivium.text.PlainJson;

/**
 * The shape of a transformer, without its vocabulary: that comes from the tokenizer. Start from a preset of
 * {@link Gpt}, {@link Llama} or {@link Bert} and change what you like; each change is checked. {@link Size} says how
 * much memory and computation a shape takes.
 *
 * @param context T, the longest sequence in tokens
 * @param width C, numbers per position in the residual stream
 * @param layers L, blocks of attention and feed-forward
 * @param attention its heads, and whether it looks ahead
 * @param feedForward its non-linearity and inner width
 * @param conventions what distinguishes the published families
 */
public record Architecture(
        int context, int width, int layers, Attention attention, FeedForward feedForward, Conventions conventions)
        implements ModelConfig {

    /**
     * Attention.
     *
     * @param heads query heads H
     * @param keyValueHeads heads of keys and values, shared by H / keyValueHeads queries each (Ainslie et al. 2023);
     *     equal to H for multi-head attention
     * @param causal true to see only earlier positions (next-word prediction), false to see all (missing-word
     *     prediction)
     * @param qkNorm whether queries and keys go through a norm of their own
     * @param headSize D, numbers in a head; 0 for width / heads, which then has to be whole
     * @param rotary how queries and keys are turned, where positions are {@link Position#ROTARY}
     * @param scale what products of queries and keys are multiplied by before softmax, above 0: 1 in GPT-Neo; 0 for
     *     1/√D (Vaswani et al. 2017, section 3.2.1)
     */
    public record Attention(
            int heads, int keyValueHeads, boolean causal, QkNorm qkNorm, int headSize, Rotary rotary, double scale) {

        public Attention {
            qkNorm = qkNorm == null ? QkNorm.NONE : qkNorm;
            rotary = rotary == null ? Rotary.PLAIN : rotary; // what a file leaves out
        }

        /** Without QK-norm, heads of width / heads, plain rotary positions if any. */
        public Attention(int heads, int keyValueHeads, boolean causal) {
            this(heads, keyValueHeads, causal, QkNorm.NONE);
        }

        /** Heads of width / heads, plain rotary positions if any. */
        public Attention(int heads, int keyValueHeads, boolean causal, QkNorm qkNorm) {
            this(heads, keyValueHeads, causal, qkNorm, 0, Rotary.PLAIN);
        }

        /** Products of queries and keys divided by √D. */
        public Attention(int heads, int keyValueHeads, boolean causal, QkNorm qkNorm, int headSize, Rotary rotary) {
            this(heads, keyValueHeads, causal, qkNorm, headSize, rotary, 0);
        }

        private Attention rotary(Rotary rotary) {
            return new Attention(heads, keyValueHeads, causal, qkNorm, headSize, rotary, scale);
        }
    }

    /**
     * QK-norm: an RMSNorm with learned scales of queries and of keys, before they are turned (after Dehghani et al.
     * 2023).
     */
    public enum QkNorm {
        /** None. */
        NONE,
        /** Of each head's D numbers, with one scale for all heads of queries and one for all of keys (Qwen3). */
        HEAD,
        /** Of all H · D numbers of a position's queries, and of all K · D of its keys (OLMo 2). */
        WIDTH
    }

    /**
     * Rotary positions.
     *
     * @param theta θ, above 0: pair i of the D' turned elements turns by θ^(−2i/D') a position (Su et al. 2021, section
     *     3.2.2); 10,000 where a file says nothing
     * @param share of each head's elements that are turned, the first ones, above 0 to 1 (GPT-NeoX, Black et al. 2022:
     *     0.25); of an odd number D' of them the last makes a pair with the one behind it, as in transformers
     * @param scaling for texts longer than the model was trained on
     */
    public record Rotary(double theta, double share, RotaryScaling scaling) {

        /** θ = 10,000, all elements, unscaled. */
        public static final Rotary PLAIN = new Rotary(10_000, 1, RotaryScaling.NONE);

        public Rotary {
            // what a file leaves out
            theta = theta == 0 ? 10_000 : theta;
            share = share == 0 ? 1 : share;
            scaling = scaling == null ? RotaryScaling.NONE : scaling;
        }

        /** D', the share of a head of this size. */
        int elements(int headSize) {
            return (int) (headSize * share);
        }
    }

    /**
     * The feed-forward layer.
     *
     * @param hidden its inner width; 0 for the convention's: 4 C without a gate, 8/3 C rounded up to 32 with one
     * @param placement where it and the norms stand
     */
    public record FeedForward(Activation activation, int hidden, Placement placement) {

        public FeedForward {
            placement = placement == null ? Placement.AFTER_ATTENTION : placement; // what a file leaves out
        }

        /** After attention. */
        public FeedForward(Activation activation, int hidden) {
            this(activation, hidden, Placement.AFTER_ATTENTION);
        }
    }

    /** Where in a block the feed-forward layer and the norms stand. */
    public enum Placement {
        /** It reads, through a norm of its own, what attention has been added to. */
        AFTER_ATTENTION,
        /**
         * It reads what attention has been added to, and each layer's norm stands behind it: x + norm(attention(x)),
         * then x + norm(feed-forward(x)) (OLMo 2, OLMo team 2024, section 3.2).
         */
        AFTER_ATTENTION_POST_NORM,
        /** It reads, through a norm of its own, what attention reads; both are added (GPT-NeoX). */
        PARALLEL,
        /** It reads just what attention reads, through one norm for both (GPT-J, Wang and Komatsuzaki 2021; Phi). */
        PARALLEL_ONE_NORM
    }

    /**
     * The families' conventions.
     *
     * @param epsilon ε of all norms, above 0; 1e-5 where a file says nothing
     * @param dropout the probability, from 0 to under 1, with which training drops each number that enters the residual
     *     stream: of the embedding, of attention's output and of the feed-forward's (GPT-2's {@code embd_pdrop} and
     *     {@code resid_pdrop}). Attention weights are never dropped, and outside training nothing is
     * @param embeddingScale what the tokens' embedding is multiplied by on the way in, above 0: √width in Gemma; 1
     *     where a file says nothing
     */
    public record Conventions(
            Norm norm,
            double epsilon,
            Position position,
            Biases biases,
            boolean tiedHead,
            double dropout,
            double embeddingScale) {

        public Conventions {
            // what a file leaves out
            epsilon = epsilon == 0 ? EPSILON : epsilon;
            biases = biases == null ? Biases.NONE : biases;
            embeddingScale = embeddingScale == 0 ? 1 : embeddingScale;
        }

        /** The embedding as it is. */
        public Conventions(
                Norm norm, double epsilon, Position position, Biases biases, boolean tiedHead, double dropout) {
            this(norm, epsilon, position, biases, tiedHead, dropout, 1);
        }

        /** An ε of 1e-5, no dropout, and biases everywhere but in the head, or nowhere. */
        public Conventions(Norm norm, Position position, boolean biases, boolean tiedHead) {
            this(norm, EPSILON, position, biases ? Biases.BODY : Biases.NONE, tiedHead, 0);
        }
    }

    /**
     * Which layers have biases.
     *
     * @param queriesKeysValues those that make queries, keys and values
     * @param output attention's output
     * @param feedForward the feed-forward's
     * @param norms LayerNorm's shift; an RMSNorm has none
     * @param head the output layer, tied or not
     */
    public record Biases(boolean queriesKeysValues, boolean output, boolean feedForward, boolean norms, boolean head) {

        public static final Biases NONE = new Biases(false, false, false, false, false);

        /** Everywhere but in the head, as GPT-2 and GPT-NeoX have them. */
        public static final Biases BODY = new Biases(true, true, true, true, false);

        /** As Phi has them. */
        public static final Biases ALL = new Biases(true, true, true, true, true);

        /** As Qwen2 has them. */
        public static final Biases QUERIES_KEYS_VALUES = new Biases(true, false, false, false, false);
    }

    /** Non-linearity of the feed-forward layer. */
    public enum Activation {
        /** In its tanh form, as GPT-2 and Phi have it. */
        GELU,
        /** Exactly x · Φ(x), with the error function, as GPT-NeoX has it. */
        GELU_ERF,
        /** silu(gate) · up (Shazeer 2020, eq. 6). */
        SWIGLU,
        /** GELU(gate) · up in the tanh form (Shazeer 2020, eq. 6), as Gemma has it. */
        GEGLU,
        /** gate · Φ(gate) · up, exactly. */
        GEGLU_ERF,
        /** max(0, x)² (Primer, So et al. 2021). */
        RELU_SQUARED;

        /** Whether a gate is multiplied by what is gated, so that there are two products on the way up. */
        public boolean gated() {
            return this == SWIGLU || this == GEGLU || this == GEGLU_ERF;
        }
    }

    /** How the residual stream is normalised for each layer. */
    public enum Norm {
        LAYER_NORM,
        RMS_NORM,
        /** An RMSNorm that scales by 1 + w, QK-norm too; w begins at 0 (Gemma). */
        RMS_NORM_PLUS_ONE;

        /** What is added to a learned scale: 1 or 0. */
        public float offset() {
            return this == RMS_NORM_PLUS_ONE ? 1 : 0;
        }
    }

    /** How a model knows positions: learned vectors added at the bottom, or queries and keys rotated. */
    public enum Position {
        LEARNED,
        ROTARY
    }

    /** ε of norms unless another is chosen. */
    static final double EPSILON = 1e-5;

    private static final int GATED_MULTIPLE = 32;

    public Architecture {
        ArchitectureChecks.check(context, width, layers, attention, feedForward, conventions);
    }

    /** D, the size of one head. */
    public int headSize() {
        return attention.headSize() > 0 ? attention.headSize() : width / attention.heads();
    }

    /** H · D, numbers that the heads gather for a position; the width, unless the head size is another. */
    int gathered() {
        return attention.heads() * headSize();
    }

    /** How many elements of a head are turned, of rotary positions; 0 for learned ones. */
    int turned() {
        return conventions.position() == Position.ROTARY
                ? 2 * Math.ceilDiv(attention.rotary().elements(headSize()), 2)
                : 0;
    }

    /** Whether attention and feed-forward read the same. */
    boolean parallel() {
        return feedForward.placement() == Placement.PARALLEL || feedForward.placement() == Placement.PARALLEL_ONE_NORM;
    }

    /** Whether norms stand behind the layers. */
    boolean postNorm() {
        return feedForward.placement() == Placement.AFTER_ATTENTION_POST_NORM;
    }

    /** The feed-forward's inner width. */
    public int hidden() {
        if (feedForward.hidden() > 0) {
            return feedForward.hidden();
        }
        return feedForward.activation().gated()
                ? (8 * width / 3 + GATED_MULTIPLE - 1) / GATED_MULTIPLE * GATED_MULTIPLE
                : 4 * width;
    }

    public Architecture context(int context) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    /** Another width; a multiple of the heads. */
    public Architecture width(int width) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    public Architecture layers(int layers) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    /** Another number of heads, without sharing keys and values. */
    public Architecture heads(int heads) {
        var a = attention;
        return attention(new Attention(heads, heads, a.causal(), a.qkNorm(), a.headSize(), a.rotary(), a.scale()));
    }

    /** Attention to earlier positions only, or to all, as for predicting hidden tokens. */
    public Architecture causal(boolean causal) {
        var a = attention;
        return attention(
                new Attention(a.heads(), a.keyValueHeads(), causal, a.qkNorm(), a.headSize(), a.rotary(), a.scale()));
    }

    /** With QK-norm or without. */
    public Architecture qkNorm(QkNorm qkNorm) {
        var a = attention;
        return attention(
                new Attention(a.heads(), a.keyValueHeads(), a.causal(), qkNorm, a.headSize(), a.rotary(), a.scale()));
    }

    /** Heads of this size, whatever the width; 0 for width / heads. */
    public Architecture headSize(int headSize) {
        var a = attention;
        return attention(
                new Attention(a.heads(), a.keyValueHeads(), a.causal(), a.qkNorm(), headSize, a.rotary(), a.scale()));
    }

    /** Products of queries and keys multiplied by this, or by 1/√D for 0; see {@link Attention}. */
    public Architecture attentionScale(double scale) {
        var a = attention;
        return attention(
                new Attention(a.heads(), a.keyValueHeads(), a.causal(), a.qkNorm(), a.headSize(), a.rotary(), scale));
    }

    /** What products of queries and keys are multiplied by. */
    double attentionScale() {
        return attention.scale() == 0 ? 1 / Math.sqrt(headSize()) : attention.scale();
    }

    /** Other rotary positions, for a shape that has them. */
    public Architecture rotary(Rotary rotary) {
        return attention(attention.rotary(rotary));
    }

    /** Another non-linearity, with the same inner width, or the new convention's where that was left open. */
    public Architecture activation(Activation activation) {
        return feedForward(new FeedForward(activation, feedForward.hidden(), feedForward.placement()));
    }

    /** The feed-forward layer after attention, or beside it; norms before the layers, or behind them. */
    public Architecture placement(Placement placement) {
        return feedForward(new FeedForward(feedForward.activation(), feedForward.hidden(), placement));
    }

    /** Another probability of dropout in training, from 0 to under 1; see {@link Conventions}. */
    public Architecture dropout(double dropout) {
        var c = conventions;
        return conventions(new Conventions(
                c.norm(), c.epsilon(), c.position(), c.biases(), c.tiedHead(), dropout, c.embeddingScale()));
    }

    /** The head tied to the token embedding, or of its own. */
    public Architecture tiedHead(boolean tiedHead) {
        var c = conventions;
        return conventions(new Conventions(
                c.norm(), c.epsilon(), c.position(), c.biases(), tiedHead, c.dropout(), c.embeddingScale()));
    }

    /** Another kind of norm. */
    public Architecture norm(Norm norm) {
        var c = conventions;
        return conventions(new Conventions(
                norm, c.epsilon(), c.position(), c.biases(), c.tiedHead(), c.dropout(), c.embeddingScale()));
    }

    /** Another factor of the tokens' embedding, above 0; see {@link Conventions}. */
    public Architecture embeddingScale(double scale) {
        var c = conventions;
        return conventions(
                new Conventions(c.norm(), c.epsilon(), c.position(), c.biases(), c.tiedHead(), c.dropout(), scale));
    }

    /** Another ε of the norms, above 0. */
    public Architecture epsilon(double epsilon) {
        var c = conventions;
        return conventions(new Conventions(
                c.norm(), epsilon, c.position(), c.biases(), c.tiedHead(), c.dropout(), c.embeddingScale()));
    }

    /** Biases in other places. */
    public Architecture biases(Biases biases) {
        var c = conventions;
        return conventions(new Conventions(
                c.norm(), c.epsilon(), c.position(), biases, c.tiedHead(), c.dropout(), c.embeddingScale()));
    }

    /** Another θ of rotary positions, above 0; larger ones tell distant tokens apart in longer contexts. */
    public Architecture rotaryTheta(double theta) {
        var r = attention.rotary();
        return rotary(new Rotary(theta, r.share(), r.scaling()));
    }

    public Architecture attention(Attention attention) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    public Architecture feedForward(FeedForward feedForward) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    public Architecture conventions(Conventions conventions) {
        return new Architecture(context, width, layers, attention, feedForward, conventions);
    }

    @Override
    public boolean looksAhead() {
        return !attention.causal();
    }

    @Override
    public Transformer fresh(int vocabulary, long seed) {
        return Transformer.of(this, vocabulary, seed);
    }

    @Override
    public long parameters(int vocabulary) {
        return Size.training(this, vocabulary, 1, 1).parameters();
    }

    @Override
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("model", "transformer");
        settings.put("heads", attention.heads());
        ArchitectureJson.write(this)
                .entrySet()
                .forEach(part -> settings.put(part.getKey(), PlainJson.value(part.getValue())));
        return settings;
    }

    @Override
    public String toString() {
        return layers + " layers, width " + width + ", " + attention.heads() + " heads, context " + context
                + (attention.qkNorm() == QkNorm.NONE ? "" : ", QK-norm")
                + (conventions.dropout() > 0 ? ", dropout " + conventions.dropout() : "");
    }
}
