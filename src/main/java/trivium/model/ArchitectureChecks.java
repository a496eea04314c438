package trivium.model;

import java.util.Arrays;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;

/** Refuses architectures that no transformer can have, each in one sentence. */
final class ArchitectureChecks {

    /** Far beyond any machine; what is computed from sizes up to here fits an int. */
    private static final int LARGEST = 1 << 24;

    private ArchitectureChecks() {}

    /** @throws IllegalArgumentException if a part is missing, as in a file, or does not fit the others */
    static void check(
            int context, int width, int layers, Attention attention, FeedForward feedForward, Conventions conventions) {
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
        check(attention, width);
        check(attention, width, conventions.position());
        require(feedForward.hidden() >= 0, "the feed-forward width must not be negative: " + feedForward.hidden());
        requireOneOf(feedForward.activation(), "an activation", Activation.values());
        requireOneOf(conventions.norm(), "a norm", Norm.values());
        requireOneOf(conventions.position(), "a kind of position", Position.values());
        double dropout = conventions.dropout();
        require(dropout >= 0 && dropout < 1, "dropout must be from 0 to under 1, not " + dropout);
        double epsilon = conventions.epsilon();
        require(
                (float) epsilon > 0 && epsilon < Double.POSITIVE_INFINITY,
                "epsilon of norms must be above 0 in float32, not " + epsilon);
        double scale = conventions.embeddingScale();
        require(
                (float) scale > 0 && (float) scale < Float.POSITIVE_INFINITY,
                "the embedding's scale must be above 0 in float32, not " + scale);
    }

    private static void check(Attention attention, int width) {
        int heads = attention.heads();
        int shared = attention.keyValueHeads();
        int size = attention.headSize();
        require(
                attention.scale() >= 0 && attention.scale() < Double.POSITIVE_INFINITY,
                "the attention's scale must be a number above 0, or 0 for 1/√D, not " + attention.scale());
        require(size >= 0, "the head size must not be negative: " + size);
        require(
                heads >= 1 && (size > 0 || width % heads == 0),
                size > 0
                        ? "heads must be at least 1, not " + heads
                        : "width " + width + " is not a multiple of heads " + heads);
        require(
                shared >= 1 && heads % shared == 0,
                "heads " + heads + " is not a multiple of key-value heads " + shared);
        require((long) heads * size <= LARGEST, heads + " heads of size " + size + " are too large");
        require(
                attention.qkNorm() != QkNorm.HEAD || (size > 0 ? size > 1 : width > heads),
                "QK-norm would leave nothing but the sign of heads of size 1"
                        + (size > 0 ? "" : "; width " + width + " needs fewer heads than " + heads));
        int each = size > 0 ? size : width / heads;
        require(
                attention.qkNorm() != QkNorm.WIDTH || shared * each > 1,
                "QK-norm would leave nothing but the sign of keys that are one number");
    }

    private static void check(Attention attention, int width, Position position) {
        var rotary = attention.rotary();
        double theta = rotary.theta();
        require(
                theta > 0 && theta < Double.POSITIVE_INFINITY,
                "theta of rotary positions must be above 0, not " + theta);
        double share = rotary.share();
        require(share > 0 && share <= 1, "the rotary share of a head must be above 0 and at most 1, not " + share);
        require(
                position != Position.LEARNED || rotary.equals(new Rotary(theta, 1, RotaryScaling.NONE)),
                "a rotary share or scaling needs rotary positions; learned ones are not turned");
        int heads = attention.heads();
        int size = attention.headSize() > 0 ? attention.headSize() : width / heads;
        var sized = attention.headSize() > 0 ? "" + size : width + " / " + heads;
        int turned = (int) (size * share);
        require(
                position != Position.ROTARY || turned > 0 && turned + turned % 2 <= size,
                share == 1
                        ? "rotary positions need an even head size, not " + sized
                        : "rotary positions turn pairs of elements; a share of " + share + " of " + sized + " is "
                                + turned);
    }

    private static void requireOneOf(Object chosen, String what, Object[] choices) {
        require(chosen != null, "a transformer needs " + what + ", one of " + Arrays.toString(choices));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
