package trivium.lstm;

import java.util.LinkedHashMap;
import java.util.Map;
import trivium.model.ModelConfig;

/**
 * The shape of an {@link Lstm}, without its vocabulary: that comes from the tokenizer.
 *
 * @param context T, the longest sequence in tokens
 * @param width H, numbers per token in the embedding, in each layer's output and in its cell
 * @param layers LSTM layers, one on top of the other
 */
public record LstmShape(int context, int width, int layers) implements ModelConfig {

    public LstmShape {
        require(context >= 1, "context must be at least 1 token, not " + context);
        require(width >= 1, "width must be at least 1, not " + width);
        require(layers >= 1, "layers must be at least 1, not " + layers);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    /**
     * Two layers of the context of {@code other}, as wide as brings the number of parameters nearest to that of
     * {@code other} with this vocabulary: for comparing architectures at equal size.
     */
    public static LstmShape asLargeAs(ModelConfig other, int vocabulary) {
        long wanted = other.fresh(vocabulary, 0).parameters().count();
        var below = new LstmShape(other.context(), 1, 2);
        var above = below;
        while (above.parameters(vocabulary) < wanted) {
            below = above;
            above = above.width(above.width + 1);
        }
        return wanted - below.parameters(vocabulary) < above.parameters(vocabulary) - wanted ? below : above;
    }

    /** How many parameters a model of this shape has. */
    @Override
    public long parameters(int vocabulary) {
        return parameters(vocabulary, vocabulary);
    }

    /** The same with this many outputs: the vocabulary's size, or 1 for a model that scores. */
    long parameters(int vocabulary, int outputs) {
        // in float64, exact up to 2^53: what a damaged file asks for would overflow a long, and look small
        double embedding = (double) vocabulary * width;
        double layer = 4.0 * width * (2.0 * width + 1);
        double head = outputs * (width + 1.0);
        return (long) (embedding + layers * layer + head);
    }

    public LstmShape context(int context) {
        return new LstmShape(context, width, layers);
    }

    public LstmShape width(int width) {
        return new LstmShape(context, width, layers);
    }

    public LstmShape layers(int layers) {
        return new LstmShape(context, width, layers);
    }

    @Override
    public Lstm fresh(int vocabulary, long seed) {
        return Lstm.of(this, vocabulary, seed);
    }

    @Override
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("model", Lstm.KIND);
        settings.put("context", context);
        settings.put("width", width);
        settings.put("layers", layers);
        return settings;
    }

    @Override
    public String toString() {
        return "LSTM, " + layers + " layers, width " + width + ", context " + context;
    }
}
