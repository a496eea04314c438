package trivium.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a transformer, without its vocabulary: that comes from the tokenizer. Start from a preset of {@link Gpt}
 * or {@link Llama} and change what you like; each change is checked.
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
     */
    public record Attention(int heads, int keyValueHeads, boolean causal) {}

    /**
     * The feed-forward layer: its non-linearity and its inner width (0 for the convention's: 4 C for GELU, 8/3 C
     * rounded up to 32 for SwiGLU).
     */
    public record FeedForward(Activation activation, int hidden) {}

    /** The families' conventions. */
    public record Conventions(Norm norm, Position position, boolean biases, boolean tiedHead) {}

    /** Non-linearity of the feed-forward layer. */
    public enum Activation {
        GELU,
        SWIGLU
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

    /** ε of both norms. */
    static final float EPSILON = 1e-5f;

    /** θ of rotary positions. */
    static final double ROTARY_THETA = 10_000;

    private static final int SWIGLU_MULTIPLE = 32;

    public Architecture {
        require(context >= 1, "context must be at least 1 token, not " + context);
        require(width >= 1, "width must be at least 1, not " + width);
        require(layers >= 1, "layers must be at least 1, not " + layers);
        int heads = attention.heads();
        int shared = attention.keyValueHeads();
        require(heads >= 1 && width % heads == 0, "width " + width + " is not a multiple of heads " + heads);
        require(
                shared >= 1 && heads % shared == 0,
                "heads " + heads + " is not a multiple of key-value heads " + shared);
        boolean halves = conventions.position() != Position.ROTARY || width / heads % 2 == 0;
        require(halves, "rotary positions need an even head size, not " + width + " / " + heads);
        require(feedForward.hidden() >= 0, "the feed-forward width must not be negative: " + feedForward.hidden());
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
            case GELU -> 4 * width;
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
        return attention(new Attention(heads, heads, attention.causal()));
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
    public Transformer fresh(int vocabulary, long seed) {
        return Transformer.of(this, vocabulary, seed);
    }

    @Override
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("model", "transformer");
        settings.put("context", context);
        settings.put("width", width);
        settings.put("layers", layers);
        settings.put("heads", attention.heads());
        return settings;
    }

    @Override
    public String toString() {
        return layers + " layers, width " + width + ", " + attention.heads() + " heads, context " + context;
    }
}
