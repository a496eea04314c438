package trivium.model;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import trivium.model.Architecture.Position;
import trivium.model.Size.Use;
import trivium.tensor.Dtype;
import trivium.tensor.Precision;
import trivium.tensor.Rotary;
import trivium.tensor.TokenDistribution;
import trivium.text.Numbers;

/** A decoder-only transformer (Vaswani et al. 2017; Radford et al. 2019) with hand-derived backward passes. */
public final class Transformer implements LanguageModel {

    /**
     * Parameters of which a core cannot keep a copy near it: decoders of their own would each read them from memory.
     */
    static final long TOGETHER = 1 << 21;

    /** In JSON, the type in which matrices rest; float32 is not said. */
    static final String DTYPE = "dtype";

    /** GPT-2's standard deviation of fresh weights (Radford et al. 2019), at GPT-2's width. */
    private static final double DEVIATION = 0.02;

    private static final double WIDTH = 768;

    private final Architecture architecture;
    private final int vocabulary;
    private final int outputs;
    private final Layout layout;
    private final Parameters parameters;
    private final Rotary rotary; // null for learned positions
    private PackedWeights packed; // made by the first decoder

    private Transformer(Architecture architecture, int vocabulary, int outputs, Dtype dtype) {
        this.architecture = architecture;
        this.vocabulary = vocabulary;
        this.outputs = outputs;
        this.layout = Layout.of(architecture, vocabulary, outputs);
        this.parameters = Parameters.zeros(layout.tensors(), dtype);
        this.rotary = rotary(architecture, Dtype.F32);
    }

    private Transformer(Transformer same, Dtype buffers) {
        architecture = same.architecture;
        vocabulary = same.vocabulary;
        outputs = same.outputs;
        layout = same.layout;
        parameters = same.parameters;
        rotary = rotary(architecture, buffers);
    }

    private static Rotary rotary(Architecture architecture, Dtype buffers) {
        if (architecture.conventions().position() != Position.ROTARY) {
            return null;
        }
        var chosen = architecture.attention().rotary();
        var frequencies = chosen.scaling().frequencies(chosen.elements(architecture.headSize()), chosen.theta());
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = buffers.rounded(frequencies[i]);
        }
        return new Rotary(
                architecture.context(),
                architecture.headSize(),
                frequencies,
                chosen.scaling().magnitude());
    }

    /**
     * This model, which shares its weights, with the numbers that follow from the shape alone (rotary frequencies)
     * rounded to a type: what PyTorch's {@code model.to(dtype)} makes of buffers. It is there to be compared with
     * numbers that were computed so; a model that transformers loads in that type has them in float32.
     */
    public Transformer withBuffers(Dtype dtype) {
        return new Transformer(this, dtype);
    }

    /** A fresh model for a vocabulary of this size, its weights drawn with this seed. */
    public static Transformer of(Architecture architecture, int vocabulary, long seed) {
        var model = blank(architecture, vocabulary, vocabulary);
        model.initialise(new SplittableRandom(seed));
        return model;
    }

    /**
     * A model whose weights are all 0, to be filled.
     *
     * @param outputs V, or 1 for a model that scores
     */
    public static Transformer blank(Architecture architecture, int vocabulary, int outputs) {
        return blank(architecture, vocabulary, outputs, Dtype.F32);
    }

    /**
     * The same.
     *
     * @param dtype {@link Dtype#F32}, or {@link Dtype#BF16} for a model whose matrices and embeddings rest in bfloat16:
     *     it takes half the memory, scores, generates and stands beneath an adapter, to the last bit as a float32 model
     *     of the same numbers does, and is never trained itself
     */
    public static Transformer blank(Architecture architecture, int vocabulary, int outputs, Dtype dtype) {
        Size.requireParametersFit(architecture, vocabulary, outputs, dtype);
        return new Transformer(architecture, vocabulary, outputs, dtype);
    }

    /** This model in memory of its own, its matrices and embeddings in this type, rounded to the nearest. */
    public Transformer to(Dtype dtype) {
        var other = blank(architecture, vocabulary, outputs, dtype);
        other.parameters.copyFrom(parameters);
        return other;
    }

    /**
     * Normal weights of deviation 0.02 · √(768 / C), so that a product keeps its size at any width: 0.02 at GPT-2's,
     * and 0.049 at 128, where 0.02 would leave attention all but uniform for hundreds of steps (docs/log.md). Those
     * that add to the residual stream are smaller by √(2 L), as in GPT-2; scales 1, or 0 where 1 is added to them, and
     * shifts 0.
     */
    private void initialise(SplittableRandom random) {
        double deviation = deviation(architecture);
        double residual = deviation / Math.sqrt(2.0 * architecture.layers());
        for (var tensor : parameters.tensors()) {
            initialise(tensor, random, deviation, residual);
        }
    }

    static double deviation(Architecture architecture) {
        return DEVIATION * Math.sqrt(WIDTH / architecture.width());
    }

    private void initialise(Parameters.Tensor tensor, SplittableRandom random, double deviation, double residual) {
        long size = tensor.size();
        for (long i = 0; i < size; i++) {
            double value = switch (tensor.role()) {
                case EMBEDDING, POSITION, MATRIX, HEAD -> random.nextGaussian() * deviation;
                case RESIDUAL -> random.nextGaussian() * residual;
                case NORM -> 1 - architecture.conventions().norm().offset();
                case BIAS -> 0;
                case ADAPTER, MAGNITUDE -> throw new IllegalStateException("a model has no adapter of its own");
            };
            parameters.values().set(tensor.offset() + i, (float) value);
        }
    }

    @Override
    public Transformer withVocabulary(int size) {
        if (size < vocabulary) {
            throw new IllegalArgumentException("a vocabulary of " + vocabulary + " tokens cannot become one of " + size
                    + ": tokens are only added");
        }
        var grown = blank(architecture, size, outputs == vocabulary ? size : outputs, parameters.dtype());
        grown.parameters.copyFromSmaller(parameters);
        return grown;
    }

    @Override
    public Transformer withScalarHead(long seed) {
        var scoring = blank(architecture, vocabulary, 1);
        scoring.initialise(new SplittableRandom(seed));
        scoring.parameters.copyFrom(parameters);
        return scoring;
    }

    @Override
    public AdaptedTransformer withAdapter(Lora lora, long seed) {
        return AdaptedTransformer.of(this, lora, seed);
    }

    /** The names of what an adapter can stand beside, the head among them. */
    public TensorNames linearLayers() {
        return AdapterLayout.names(layout);
    }

    /**
     * Refuses an adapter that cannot stand beside this model.
     *
     * @throws IllegalArgumentException in a sentence, as {@link #withAdapter} does
     */
    public void requireAdapts(Lora lora) {
        AdapterLayout.of(lora, layout, outputs);
    }

    public Architecture architecture() {
        return architecture;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    Layout layout() {
        return layout;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int context() {
        return architecture.context();
    }

    @Override
    public boolean looksAhead() {
        return architecture.looksAhead();
    }

    @Override
    public boolean skipsPadding() {
        return true;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Pass pass(int rows, int time) {
        return pass(rows, time, Precision.FLOAT32);
    }

    @Override
    public Pass pass(int rows, int time, Precision precision) {
        return pass(rows, time, precision, false);
    }

    @Override
    public Pass checkpointingPass(int rows, int time, Precision precision) {
        return pass(rows, time, precision, true);
    }

    private Pass pass(int rows, int time, Precision precision, boolean checkpointing) {
        var products = Products.of(layout, parameters.weights(), (long) rows * time, precision);
        return new TransformerPass(this, rows, time, products, null, GradientPart.of(layout, precision), checkpointing);
    }

    /** A pass of this model with an adapter beside it, which is what is trained. */
    TransformerPass pass(int rows, int time, Precision precision, Adapter adapter, boolean checkpointing) {
        long positions = (long) rows * time;
        var products = Products.of(layout, parameters.weights(), positions, precision);
        var adapted = new AdapterProducts(products, adapter, positions);
        return new TransformerPass(
                this, rows, time, adapted, adapted, AdapterTile.of(adapter, precision), checkpointing);
    }

    /**
     * A pass that reads prompts up to the context.
     *
     * @param adapter beside this model, or null
     */
    TransformerPass reader(Adapter adapter) {
        var products = Products.full(parameters.weights());
        if (adapter == null) {
            return TransformerPass.reader(this, context(), products, null);
        }
        var adapted = new AdapterProducts(products, adapter, context());
        return TransformerPass.reader(this, context(), adapted, adapted);
    }

    Rotary rotary() {
        return rotary;
    }

    Ends ends() {
        boolean tied = layout.head().weight() == layout.tokens();
        var tokens = new Ends.Tokens(parameters.weights(), layout.tokens(), layout.width(), TokenRows.NONE, null);
        return new Ends(tokens, layout.head(), outputs, tied);
    }

    /**
     * The attention weights of each head while these tokens are read: {@code [layer][head][t][s]} is the weight in [0,
     * 1] that position t gives to position s, (L, H, T, T). The weights of a position add up to 1; what a causal model
     * must not see has exactly 0.
     *
     * @throws IllegalArgumentException for no token, more than the context takes, or an id outside the vocabulary
     */
    public double[][][][] attention(int... tokens) {
        int time = tokens.length;
        if (time < 1 || time > context()) {
            throw new IllegalArgumentException(
                    "attention over " + time + " tokens; the model's context takes 1 to " + context());
        }
        var pass = new TransformerPass(this, 1, time, Products.full(parameters.weights()), null, List.of(), false);
        pass.hidden(tokens, 0, 1, time);
        var weights = new double[architecture.layers()][architecture.attention().heads()][time][time];
        for (int layer = 0; layer < weights.length; layer++) {
            var found = pass.attentionWeights(layer);
            long i = 0;
            for (var head : weights[layer]) {
                for (var query : head) {
                    for (int key = 0; key < time; key++) {
                        query[key] = found.get(i++);
                    }
                }
            }
        }
        return weights;
    }

    /**
     * The logit lens (nostalgebraist 2020, "interpreting GPT: the logit lens"): what the model would say next if it
     * ended after each of its blocks, which is the final norm and the head applied to what each block hands on.
     *
     * @param seen told of the log-probabilities (T, V) in nats and of the number of blocks that they come after, from
     *     0, the embedding alone, to L, which gives the model's own distributions
     * @throws IllegalArgumentException for no token, more than the context takes, an id outside the vocabulary, or a
     *     model that scores
     */
    public void logitLens(ObjIntConsumer<float[][]> seen, int... tokens) {
        int time = tokens.length;
        if (time < 1 || time > context()) {
            throw new IllegalArgumentException(
                    "a logit lens over " + time + " tokens; the model's context takes 1 to " + context());
        }
        if (outputs == 1) {
            throw new IllegalArgumentException(
                    "a model that scores has no next tokens to be seen through a logit lens");
        }
        var pass = new TransformerPass(this, 1, time, Products.full(parameters.weights()), null, List.of(), false);
        pass.hidden(tokens, 0, 1, time);
        var distribution = new TokenDistribution(outputs);
        for (int block = 0; block <= architecture.layers(); block++) {
            var logits = pass.logitsAfter(block);
            var logProbs = new float[time][outputs];
            for (int t = 0; t < time; t++) {
                distribution.read(logits, (long) t * outputs, 1);
                for (int v = 0; v < outputs; v++) {
                    logProbs[t][v] = distribution.logProb(v);
                }
            }
            seen.accept(logProbs, block);
        }
    }

    @Override
    public Decoder decoder(int rows) {
        size(rows, context(), Use.GENERATING).ifPresent(Size::requireFits);
        synchronized (this) {
            if (packed == null) {
                packed = new PackedWeights(layout, parameters.weights());
            }
            packed.refresh();
            return new TransformerDecoder(this, ends(), rows, packed, () -> reader(null));
        }
    }

    @Override
    public Batching batching() {
        return parameters.count() > TOGETHER ? Batching.TOGETHER : Batching.APART;
    }

    @Override
    public Optional<Size> size(int rows, int time, Use use) {
        return Optional.of(new Size(architecture, vocabulary, outputs, rows, time, use, Size.Learning.of(parameters)));
    }

    /** In float32, also where this model rests in bfloat16: a copy is there to be trained. */
    @Override
    public Transformer copy() {
        return to(Dtype.F32);
    }

    @Override
    public String toJson() {
        var json = new JsonObject();
        json.addProperty("kind", "transformer");
        json.addProperty("vocabulary", vocabulary);
        json.addProperty("outputs", outputs);
        json.add("architecture", ArchitectureJson.write(architecture));
        if (parameters.dtype() != Dtype.F32) {
            json.addProperty(DTYPE, parameters.dtype().torchName());
        }
        return json.toString();
    }

    /** The model, without weights, that {@link #toJson} described. */
    static Transformer fromJson(JsonObject json) {
        var size = size(json);
        var dtype = json.has(DTYPE) ? Dtype.of(new JsonFields(json, "the JSON", "").text(DTYPE)) : Dtype.F32;
        return blank(size.architecture(), size.vocabulary(), size.outputs(), dtype);
    }

    /** What {@link #toJson} described, before it takes any memory. */
    static Size size(JsonObject json) {
        var fields = new JsonFields(json, "the JSON", "");
        return new Size(
                ArchitectureJson.read(fields.object("architecture").json()),
                fields.integer("vocabulary", 2),
                fields.integer("outputs", 1),
                1,
                1,
                Use.SCORING);
    }

    @Override
    public String toString() {
        return parameters + ": " + architecture + ", vocabulary " + Numbers.count(vocabulary);
    }
}
