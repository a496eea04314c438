package trivium.model;

import trivium.tensor.Rotary;

/**
 * How rotary positions are stretched so that a model reads further than it was trained to.
 *
 * <p>{@link Kind#LLAMA3} and {@link Kind#YARN} leave frequencies alone that turn often within the original context, and
 * divide by the factor those that make less than one turn in it. NTK-aware scaling (a larger base, frequencies as they
 * are) needs none of this: multiply θ by factor^(D / (D − 2)).
 *
 * @param kind which of the published ways
 * @param factor by how much longer texts are, at least 1
 * @param originalContext tokens that the model was trained on before, for {@link Kind#LLAMA3} and {@link Kind#YARN}
 * @param slow turns within the original context up to which a frequency is divided by the factor
 * @param fast turns from which it is left alone, more than {@code slow}
 */
public record RotaryScaling(Kind kind, double factor, int originalContext, double slow, double fast) {

    /** No scaling. */
    public static final RotaryScaling NONE = new RotaryScaling(Kind.NONE, 1, 0, 0, 0);

    /** The published ways; their names in Hugging Face's {@code rope_type} are "linear", "llama3" and "yarn". */
    public enum Kind {
        NONE,
        /** Every frequency divided by the factor (Chen et al. 2023, arXiv:2306.15595). */
        LINEAR,
        /** Between slow and fast in proportion to the turns (Llama 3.1, Grattafiori et al. 2024). */
        LLAMA3,
        /**
         * NTK by parts (Peng et al. 2023, arXiv:2309.00071, section 3.2): between slow and fast in proportion to the
         * number of the frequency; and queries and keys are each multiplied by 0.1 ln(factor) + 1 (section 3.4).
         */
        YARN
    }

    public RotaryScaling {
        require(kind != null, "rotary scaling needs a kind, one of NONE, LINEAR, LLAMA3, YARN");
        require(
                factor >= 1 && factor < Double.POSITIVE_INFINITY,
                "rotary scaling needs a factor from 1, not " + factor);
        if (kind == Kind.LLAMA3 || kind == Kind.YARN) {
            require(
                    originalContext >= 1,
                    "rotary scaling " + kind + " needs the context that the model was trained on before, not "
                            + originalContext);
            require(
                    slow > 0 && fast > slow && fast < Double.POSITIVE_INFINITY,
                    "rotary scaling " + kind + " needs turns 0 < slow < fast, not " + slow + " and " + fast);
        }
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    /** Positions divided by the factor. */
    public static RotaryScaling linear(double factor) {
        return new RotaryScaling(Kind.LINEAR, factor, 0, 0, 0);
    }

    /** Llama 3.1's, with its 1 and 4 turns. */
    public static RotaryScaling llama3(double factor, int originalContext) {
        return new RotaryScaling(Kind.LLAMA3, factor, originalContext, 1, 4);
    }

    /** YaRN with its paper's 1 and 32 turns. */
    public static RotaryScaling yarn(double factor, int originalContext) {
        return new RotaryScaling(Kind.YARN, factor, originalContext, 1, 32);
    }

    /** Radians a position of each pair of {@code size} turned elements, scaled: θ^(−2i / size) without scaling. */
    float[] frequencies(int size, double theta) {
        var frequencies = Rotary.frequencies(size, theta);
        for (int i = 0; i < frequencies.length && kind != Kind.NONE; i++) {
            frequencies[i] *= (float) kept(i, frequencies[i], size, theta);
        }
        return frequencies;
    }

    /**
     * What is left of a frequency, from 1 / factor to 1.
     *
     * @param i the pair, counted from 0
     * @param frequency θ^(−2i / size), radians a position
     * @param size turned elements of a head
     * @param theta θ
     */
    public double kept(int i, double frequency, int size, double theta) {
        double whole = switch (kind) {
            case NONE -> 1;
            case LINEAR -> 0;
            case LLAMA3 -> {
                double turns = originalContext * frequency / (2 * Math.PI);
                yield between((turns - slow) / (fast - slow));
            }
            case YARN -> {
                double first = Math.max(0, Math.floor(pair(fast, size, theta)));
                double last = Math.min(size - 1, Math.ceil(pair(slow, size, theta)));
                yield 1 - between((i - first) / Math.max(last - first, 1e-3));
            }
        };
        return whole + (1 - whole) / factor;
    }

    private static double between(double share) {
        return Math.clamp(share, 0, 1);
    }

    /** The pair, counted from 0 and not whole, that turns this often within the original context. */
    private double pair(double turns, int size, double theta) {
        return size * Math.log(originalContext / (2 * Math.PI * turns)) / (2 * Math.log(theta));
    }

    /** What queries and keys are multiplied by. */
    double magnitude() {
        return kind == Kind.YARN ? 0.1 * Math.log(factor) + 1 : 1;
    }
}
