package trivium.model;

import com.google.gson.Gson;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import trivium.text.PlainJson;

/**
 * The shape of a transformer, without its vocabulary: that comes from the tokenizer. Start from a preset of
 * {@link Gpt}, {@link Llama} or {@link Bert} and change what you like; each change is checked. What it takes,
 * {@link Size} says.
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
        implements Blueprint {

    /**
     * Attention.
     *
     * @param heads query heads H; the width is a multiple of it
     * @param keyValueHeads heads of keys and values, shared by H / keyValueHeads queries each (Ainslie et al. 2023);
     *     equal to H for multi-head attention
     * @param causal true to see only earlier positions (next-word prediction), false to see all (missing-word
     *     prediction)
     * @param headNorm QK-norm: each head's queries and keys go through an RMSNorm with a learned scale of the head's
     *     size, shared by the heads, before they are turned (as in Qwen3, Yang et al. 2025; after Dehghani et al. 2023)
     */
    public record Attention(int heads, int keyValueHeads, boolean causal, boolean headNorm) {

        /** Without QK-norm. */
        public Attention(int heads, int keyValueHeads, boolean causal) {
            this(heads, keyValueHeads, causal, false);
        }
    }

    /**
     * The feed-forward layer: its non-linearity and its inner width (0 for the convention's: 4 C for GELU and ReLU²,
     * 8/3 C rounded up to 32 for SwiGLU).
     */
    public record FeedForward(Activation activation, int hidden) {}

    /**
     * The families' conventions.
     *
     * @param dropout the probability, from 0 to under 1, with which training drops each number that enters the residual
     *     stream: of the embedding, of attention's output and of the feed-forward's (GPT-2's {@code embd_pdrop} and
     *     {@code resid_pdrop}). Attention weights are never dropped, and outside training nothing is
     * @param rotaryTheta θ of rotary positions, above 0: pair i of a head's D elements turns by θ^(−2i/D) a position
     *     (Su et al. 2021, section 3.2.2); 10,000 where a file says nothing
     */
    public record Conventions(
            Norm norm, Position position, boolean biases, boolean tiedHead, double dropout, double rotaryTheta) {

        private static final double THETA = 10_000;

        public Conventions {
            rotaryTheta = rotaryTheta == 0 ? THETA : rotaryTheta; // what older files have
        }

        /** Without dropout, with a θ of 10,000. */
        public Conventions(Norm norm, Position position, boolean biases, boolean tiedHead) {
            this(norm, position, biases, tiedHead, 0, THETA);
        }
    }

    /** Non-linearity of the feed-forward layer. */
    public enum Activation {
        GELU,
        SWIGLU,
        /** max(0, x)² (Primer, So et al. 2021). */
        RELU_SQUARED
    }

    /** How the residual stream is normalised before each layer. */
    public enum Norm {
        LAYER_NORM,
        RMS_NORM
    }

    /** How positions are told: learned vectors added at the bottom, or queries and keys rotated. */
    public enum Position {
        LEARNED,
        ROTARY
    }

    static final Gson JSON = PlainJson.builder().create();

    /** ε of all norms. */
    static final float EPSILON = 1e-5f;

    private static final int SWIGLU_MULTIPLE = 32;

    /** Far beyond any machine; what is computed from sizes up to here fits an int. */
    private static final int LARGEST = 1 << 24;

    public Architecture {
        // what a file lacks is null
        require(attention != null, "a transformer needs \"attention\": its heads, and whether it looks ahead");
        require(feedForward != null, "a transformer needs \"feedForward\": its activation and inner width");
        require(conventions != null, "a transformer needs \"conventions\": norm, position, biases, head");
        require(context >= 1, "context must be at least 1 token, not " + context);
        require(width >= 1, "width must be at least 1, not " + width);
        require(layers >= 1, "layers must be at least 1, not " + layers);
        int largest = Math.max(Math.max(context, width), Math.max(layers, feedForward.hidden()));
        require(
                largest <= LARGEST,
                "context, widths and layers go up to " + LARGEST + "; " + largest + " is too large");
        check(attention, width, conventions.position());
        require(feedForward.hidden() >= 0, "the feed-forward width must not be negative: " + feedForward.hidden());
        requireOneOf(feedForward.activation(), "an activation", Activation.values());
        requireOneOf(conventions.norm(), "a norm", Norm.values());
        requireOneOf(conventions.position(), "a kind of position", Position.values());
        double dropout = conventions.dropout();
        require(dropout >= 0 && dropout < 1, "dropout must be from 0 to under 1, not " + dropout);
        double theta = conventions.rotaryTheta();
        require(
                theta > 0 && theta < Double.POSITIVE_INFINITY,
                "theta of rotary positions must be above 0, not " + theta);
    }

    private static void check(Attention attention, int width, Position position) {
        int heads = attention.heads();
        int shared = attention.keyValueHeads();
        require(heads >= 1 && width % heads == 0, "width " + width + " is not a multiple of heads " + heads);
        require(
                shared >= 1 && heads % shared == 0,
                "heads " + heads + " is not a multiple of key-value heads " + shared);
        boolean halves = position != Position.ROTARY || width / heads % 2 == 0;
        require(halves, "rotary positions need an even head size, not " + width + " / " + heads);
        require(
                !attention.headNorm() || width > heads,
                "QK-norm would leave nothing but the sign of heads of size 1; width " + width
                        + " needs fewer heads than " + heads);
    }

    private static void requireOneOf(Object chosen, String what, Object[] choices) {
        require(chosen != null, "a transformer needs " + what + ", one of " + Arrays.toString(choices));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    /** D, the size of one head. */
    public int headSize() {
        return width / attention.heads();
    }

    /** The feed-forward's inner width. */
    public int hidden() {
        if (feedForward.hidden() > 0) {
            return feedForward.hidden();
        }
        return switch (feedForward.activation()) {
            case GELU, RELU_SQUARED -> 4 * width;
            case SWIGLU -> (8 * width / 3 + SWIGLU_MULTIPLE - 1) / SWIGLU_MULTIPLE * SWIGLU_MULTIPLE;
        };
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
        return attention(new Attention(heads, heads, attention.causal(), attention.headNorm()));
    }

    /** Attention to earlier positions only, or to all, as for predicting hidden tokens. */
    public Architecture causal(boolean causal) {
        return attention(new Attention(attention.heads(), attention.keyValueHeads(), causal, attention.headNorm()));
    }

    /** With QK-norm or without; see {@link Attention}. */
    public Architecture headNorm(boolean headNorm) {
        return attention(new Attention(attention.heads(), attention.keyValueHeads(), attention.causal(), headNorm));
    }

    /** Another non-linearity, with the same inner width, or the new convention's where that was left open. */
    public Architecture activation(Activation activation) {
        return feedForward(new FeedForward(activation, feedForward.hidden()));
    }

    /** Another probability of dropout in training, from 0 to under 1; see {@link Conventions}. */
    public Architecture dropout(double dropout) {
        var c = conventions;
        return conventions(new Conventions(c.norm(), c.position(), c.biases(), c.tiedHead(), dropout, c.rotaryTheta()));
    }

    /** Another θ of rotary positions, above 0; larger ones tell distant tokens apart in longer contexts. */
    public Architecture rotaryTheta(double theta) {
        var c = conventions;
        return conventions(new Conventions(c.norm(), c.position(), c.biases(), c.tiedHead(), c.dropout(), theta));
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
        JSON.toJsonTree(this)
                .getAsJsonObject()
                .entrySet()
                .forEach(part -> settings.put(part.getKey(), PlainJson.value(part.getValue())));
        return settings;
    }

    @Override
    public String toString() {
        return layers + " layers, width " + width + ", " + attention.heads() + " heads, context " + context
                + (attention.headNorm() ? ", QK-norm" : "")
                + (conventions.dropout() > 0 ? ", dropout " + conventions.dropout() : "");
    }
}
