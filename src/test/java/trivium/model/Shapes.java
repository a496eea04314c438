package trivium.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;
import trivium.model.Parameters.Role;
import trivium.model.RotaryScaling.Kind;

/** Small odd-sized transformers of every kind, for tests: no size is a multiple of a vector's length. */
final class Shapes {

    static final int VOCABULARY = 29;
    static final int CONTEXT = 11;

    static final Architecture GPT = Gpt.of(CONTEXT, 18, 2, 3);
    static final Architecture GPT_WITH_BIASES =
            GPT.conventions(new Conventions(Norm.LAYER_NORM, Position.LEARNED, true, true));
    static final Architecture LLAMA =
            Llama.of(CONTEXT, 20, 2, 2, 1).feedForward(new FeedForward(Activation.SWIGLU, 21));
    static final Architecture LLAMA_IN_GROUPS = LLAMA.width(24).attention(new Attention(4, 2, true));
    static final Architecture BIDIRECTIONAL = GPT.conventions(
                    new Conventions(Norm.LAYER_NORM, Position.LEARNED, false, false))
            .attention(new Attention(3, 3, false));
    /** Keys turned by their position, for which a bias of the keys does matter. */
    static final Architecture ROTARY_WITH_BIASES =
            GPT.conventions(new Conventions(Norm.RMS_NORM, Position.ROTARY, true, true));

    static final Architecture SQUARED_RELU = GPT.activation(Activation.RELU_SQUARED);
    /** As Qwen3 has it. */
    static final Architecture HEAD_NORMS = LLAMA_IN_GROUPS.qkNorm(QkNorm.HEAD);
    /** Normalised keys, for which a bias of the keys does matter. */
    static final Architecture HEAD_NORMS_WITH_BIASES = GPT_WITH_BIASES.qkNorm(QkNorm.HEAD);

    /** Every way in which two neighbours in a family differ, all at once and at sizes of its own. */
    static final Architecture QWEN3 = HEAD_NORMS.headSize(10).epsilon(1e-3).rotaryTheta(1e3);

    static final Architecture WIDE_HEADS_WITH_BIASES =
            GPT_WITH_BIASES.headSize(9).biases(Biases.QUERIES_KEYS_VALUES);
    static final Architecture NARROW_HEADS =
            GPT_WITH_BIASES.headSize(5).biases(new Biases(false, true, false, true, true));
    /** Of 20 elements of a head 6 turn. */
    static final Architecture NEOX = Gpt.of(CONTEXT, 40, 2, 2)
            .feedForward(new FeedForward(Activation.GELU_ERF, 33, Placement.PARALLEL))
            .conventions(new Conventions(Norm.LAYER_NORM, Position.ROTARY, true, false))
            .rotary(new Rotary(10_000, 0.3, RotaryScaling.NONE));
    /** Of 20 elements of a head 5 and the one behind them turn. */
    static final Architecture NEOX_ODD = NEOX.rotary(new Rotary(10_000, 0.25, RotaryScaling.NONE));

    static final Architecture PHI = NEOX.placement(Placement.PARALLEL_ONE_NORM)
            .activation(Activation.GELU)
            .biases(Biases.ALL);
    static final Architecture PHI_WITH_ALL =
            PHI.headSize(22).qkNorm(QkNorm.HEAD).dropout(0.3).epsilon(0.01).placement(Placement.PARALLEL);
    static final Architecture LINEAR = LLAMA.rotary(new Rotary(10_000, 1, RotaryScaling.linear(3)));
    static final Architecture LLAMA31 = LLAMA.headSize(16).rotary(new Rotary(50, 1, RotaryScaling.llama3(8, 40)));
    static final Architecture YARN =
            LLAMA.headSize(16).rotary(new Rotary(50, 0.75, new RotaryScaling(Kind.YARN, 4, 64, 1, 5)));

    static final Architecture OLMO2 =
            LLAMA_IN_GROUPS.qkNorm(QkNorm.WIDTH).placement(Placement.AFTER_ATTENTION_POST_NORM);
    /** Keys normalised by their whole width, LayerNorms with shifts behind the layers, and dropout behind those. */
    static final Architecture POST_NORM_WITH_ALL = GPT_WITH_BIASES
            .qkNorm(QkNorm.WIDTH)
            .headSize(9)
            .placement(Placement.AFTER_ATTENTION_POST_NORM)
            .biases(Biases.ALL)
            .embeddingScale(0.5)
            .dropout(0.3);

    static final Architecture GEMMA = LLAMA_IN_GROUPS
            .headSize(10)
            .feedForward(new FeedForward(Activation.GEGLU, 21))
            .norm(Norm.RMS_NORM_PLUS_ONE)
            .embeddingScale(Math.sqrt(24))
            .tiedHead(true);
    /** As Gemma 3 has it. */
    static final Architecture GEMMA_WITH_HEAD_NORMS = GEMMA.qkNorm(QkNorm.HEAD);

    static final Architecture EXACT_GATES =
            LLAMA.activation(Activation.GEGLU_ERF).embeddingScale(3);

    static final Architecture DROPOUT = GPT_WITH_BIASES.dropout(0.25);
    static final Architecture DROPOUT_AND_ALL =
            HEAD_NORMS.activation(Activation.RELU_SQUARED).dropout(0.4);
    static final Architecture BERT = Bert.of(CONTEXT, 18, 2, 3);

    /** Undivided products of queries and keys, which few other biases stand beside. */
    static final Architecture GPT_NEO = GPT.attentionScale(1).biases(new Biases(false, true, true, true, false));

    private Shapes() {}

    static Map<String, Architecture> causal() {
        var shapes = new LinkedHashMap<String, Architecture>();
        shapes.put("GPT", GPT);
        shapes.put("GPT with biases", GPT_WITH_BIASES);
        shapes.put("Llama, one key-value head", LLAMA);
        shapes.put("Llama in groups", LLAMA_IN_GROUPS);
        shapes.put("rotary with biases", ROTARY_WITH_BIASES);
        shapes.put("squared ReLU", SQUARED_RELU);
        shapes.put("QK-norm", HEAD_NORMS);
        shapes.put("QK-norm with biases", HEAD_NORMS_WITH_BIASES);
        shapes.put("Qwen 3", QWEN3);
        shapes.put("wide heads with biases", WIDE_HEADS_WITH_BIASES);
        shapes.put("narrow heads", NARROW_HEADS);
        shapes.put("GPT-NeoX", NEOX);
        shapes.put("GPT-NeoX, an odd number turned", NEOX_ODD);
        shapes.put("Phi", PHI);
        shapes.put("Phi with all there is", PHI_WITH_ALL);
        shapes.put("linear scaling", LINEAR);
        shapes.put("Llama 3.1", LLAMA31);
        shapes.put("YaRN", YARN);
        shapes.put("OLMo 2", OLMO2);
        shapes.put("norms behind the layers with all there is", POST_NORM_WITH_ALL);
        shapes.put("Gemma", GEMMA);
        shapes.put("Gemma with QK-norm", GEMMA_WITH_HEAD_NORMS);
        shapes.put("exact GELU in a gate, a head of its own", EXACT_GATES);
        shapes.put("GPT-Neo", GPT_NEO);
        shapes.put("dropout", DROPOUT);
        shapes.put("QK-norm, squared ReLU and dropout", DROPOUT_AND_ALL);
        return shapes;
    }

    static Map<String, Architecture> all() {
        var shapes = causal();
        shapes.put("bidirectional", BIDIRECTIONAL);
        shapes.put("BERT", BERT);
        return shapes;
    }

    /** A model whose every weight matters: fresh ones are so small, and biases 0, that an error could hide. */
    static Transformer model(Architecture architecture) {
        return spread(Transformer.of(architecture, VOCABULARY, 1));
    }

    /** The same with a scalar head. */
    static Transformer scoring(Architecture architecture) {
        return spread(model(architecture).withScalarHead(2));
    }

    private static Transformer spread(Transformer model) {
        var random = new SplittableRandom(3);
        for (var tensor : model.parameters().tensors()) {
            boolean scale = tensor.role() == Role.NORM;
            double deviation =
                    tensor.shape().size() > 1 ? 1 / Math.sqrt(tensor.shape().getLast()) : 0.3;
            for (long i = 0; i < tensor.size(); i++) {
                double one =
                        scale ? 1 - model.architecture().conventions().norm().offset() : 0;
                double value = one + deviation * random.nextGaussian();
                model.parameters().values().set(tensor.offset() + i, (float) value);
            }
        }
        return model;
    }

    static int[] tokens(SplittableRandom random, int n) {
        return random.ints(n, 0, VOCABULARY).toArray();
    }

    /** The outputs of one sequence at one position, from a pass of its own. */
    static float[] outputs(LanguageModel model, int[] tokens, int position) {
        var outputs = model.pass(1, tokens.length).outputs(tokens, 0, 1, tokens.length);
        return outputs.toArray((long) position * model.outputs(), model.outputs());
    }

    static int[] first(int[] tokens, int n) {
        return Arrays.copyOf(tokens, n);
    }
}
