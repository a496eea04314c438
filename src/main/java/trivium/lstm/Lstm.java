package trivium.lstm;

import com.google.gson.JsonObject;
import java.util.SplittableRandom;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.tensor.Floats;
import trivium.text.Numbers;

/**
 * A language model of LSTM layers (Hochreiter and Schmidhuber 1997; with the forget gate of Gers, Schmidhuber and
 * Cummins 2000), computed by Deeplearning4j's {@code MultiLayerNetwork}: embedding, LSTM layers, logits.
 *
 * <p>An LSTM remembers in a state of fixed size, so its context is not a limit of the architecture but of what it was
 * trained on.
 */
public final class Lstm implements LanguageModel {

    /** What {@code "kind"} says in {@code model.json}. */
    static final String KIND = "lstm";

    private final LstmShape shape;
    private final int vocabulary;
    private final int outputs;
    private final Parameters parameters;

    private Lstm(LstmShape shape, int vocabulary, int outputs) {
        this.shape = shape;
        this.vocabulary = vocabulary;
        this.outputs = outputs;
        var tensors = Network.tensors(shape, vocabulary, outputs);
        this.parameters = new Parameters(Floats.zeros(shape.parameters(vocabulary, outputs)), tensors);
    }

    /** A fresh model for a vocabulary of this size, its weights drawn with this seed. */
    public static Lstm of(LstmShape shape, int vocabulary, long seed) {
        var model = blank(shape, vocabulary, vocabulary);
        model.initialise(new SplittableRandom(seed));
        return model;
    }

    /** A model whose weights are all 0, to be filled. */
    static Lstm blank(LstmShape shape, int vocabulary, int outputs) {
        if (vocabulary < 2) {
            throw new IllegalArgumentException("a vocabulary needs at least 2 tokens, not " + vocabulary);
        }
        return new Lstm(shape, vocabulary, outputs);
    }

    /**
     * PyTorch's weights, for Deeplearning4j draws its own from a generator that all threads share: the embedding normal
     * of deviation 1, matrices uniform within ±1/√H. Biases are 0, but the forget gates' 1 (Jozefowicz, Zaremba and
     * Sutskever 2015). docs/log.md tells what a smaller embedding costs.
     */
    private void initialise(SplittableRandom random) {
        double bound = 1 / Math.sqrt(shape.width());
        for (var tensor : parameters.tensors()) {
            for (long i = 0; i < tensor.size(); i++) {
                double value = switch (tensor.role()) {
                    case EMBEDDING -> random.nextGaussian();
                    case BIAS -> 0;
                    default -> random.nextDouble(-bound, bound);
                };
                parameters.values().set(tensor.offset() + i, (float) value);
            }
            if (tensor.role() == Role.BIAS && !tensor.name().equals("head.bias")) {
                // Gates stand as candidate, forget, output, input.
                for (int i = shape.width(); i < 2 * shape.width(); i++) {
                    parameters.values().set(tensor.offset() + i, 1);
                }
            }
        }
    }

    public LstmShape shape() {
        return shape;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int context() {
        return shape.context();
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public LstmPass pass(int rows, int time) {
        return new LstmPass(this, rows, time);
    }

    @Override
    public LstmDecoder decoder(int rows) {
        return new LstmDecoder(this, rows);
    }

    @Override
    public Lstm copy() {
        var copy = blank(shape, vocabulary, outputs);
        copy.parameters.copyFrom(parameters);
        return copy;
    }

    @Override
    public Lstm withVocabulary(int size) {
        if (size < vocabulary) {
            throw new IllegalArgumentException("a vocabulary of " + vocabulary + " tokens cannot become one of " + size
                    + ": tokens are only added");
        }
        var grown = blank(shape, size, outputs == vocabulary ? size : outputs);
        grown.parameters.copyFromSmaller(parameters);
        return grown;
    }

    @Override
    public Lstm withScalarHead(long seed) {
        var scoring = blank(shape, vocabulary, 1);
        scoring.initialise(new SplittableRandom(seed));
        scoring.parameters.copyFrom(parameters);
        return scoring;
    }

    @Override
    public String toJson() {
        var json = new JsonObject();
        json.addProperty("kind", KIND);
        json.addProperty("vocabulary", vocabulary);
        if (outputs != vocabulary) {
            json.addProperty("outputs", outputs);
        }
        json.addProperty("context", shape.context());
        json.addProperty("width", shape.width());
        json.addProperty("layers", shape.layers());
        return json.toString();
    }

    @Override
    public String toString() {
        return parameters + ": " + shape + ", vocabulary " + Numbers.count(vocabulary);
    }
}
