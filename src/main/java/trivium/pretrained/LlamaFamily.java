package trivium.pretrained;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Optional;
import trivium.model.Architecture;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;

/**
 * The families whose block is Llama's (Touvron et al. 2023): RMSNorm, rotary positions, keys and values shared between
 * heads, a gated feed-forward layer. They differ in {@link Block}, biases and the settings that files may leave out
 * (transformers' {@code configuration_llama.py}, {@code …_mistral.py}, {@code …_qwen2.py}, {@code …_qwen3.py},
 * {@code …_olmo2.py}, {@code …_gemma.py}).
 *
 * @param modelType as config.json has it
 * @param className of transformers
 * @param missing what transformers takes where a file has no such setting
 * @param biases which the family has
 * @param block its norms, and what is missing of its numbers
 * @param windows whether it may see a window of the last tokens only
 */
record LlamaFamily(String modelType, String className, Missing missing, BiasRule biases, Block block, Windows windows)
        implements Family {

    /**
     * What transformers takes where a file has no such setting.
     *
     * @param keyValueHeads 0 for as many as there are heads
     * @param headSize 0 for width / heads
     */
    record Missing(int vocabulary, int width, int hidden, int keyValueHeads, int context, int headSize) {}

    /** What a block's norms are, and what transformers takes for the number of layers and heads, and for ε. */
    enum Block {
        LLAMA(QkNorm.NONE, Norm.RMS_NORM, Placement.AFTER_ATTENTION, 32, 32, 1e-6),
        QWEN3(QkNorm.HEAD, Norm.RMS_NORM, Placement.AFTER_ATTENTION, 32, 32, 1e-6),
        OLMO2(QkNorm.WIDTH, Norm.RMS_NORM, Placement.AFTER_ATTENTION_POST_NORM, 32, 32, 1e-5),
        /** With an embedding that is multiplied by √width, as {@link GemmaEmbedding} has it, and a tied head. */
        GEMMA(QkNorm.NONE, Norm.RMS_NORM_PLUS_ONE, Placement.AFTER_ATTENTION, 28, 16, 1e-6);

        private final QkNorm qkNorm;
        private final Norm norm;
        private final Placement placement;
        private final int layers;
        private final int heads;
        private final double epsilon;

        Block(QkNorm qkNorm, Norm norm, Placement placement, int layers, int heads, double epsilon) {
            this.qkNorm = qkNorm;
            this.norm = norm;
            this.placement = placement;
            this.layers = layers;
            this.heads = heads;
            this.epsilon = epsilon;
        }
    }

    /** Which biases a family has. */
    enum BiasRule {
        /** None. */
        NEVER,
        /** What {@code attention_bias} and {@code mlp_bias} say. */
        BOTH_SETTINGS,
        /** What {@code attention_bias} says. */
        ATTENTION_SETTING,
        /** Those of queries, keys and values. */
        QUERIES_KEYS_VALUES
    }

    /** How a family says that it sees a window of the last tokens only. */
    enum Windows {
        /** Never. */
        NONE,
        /** {@code sliding_window}, unless it is null. */
        ALWAYS,
        /** {@code sliding_window} if {@code use_sliding_window} is true. */
        IF_USED
    }

    static final LlamaFamily LLAMA = new LlamaFamily(
            "llama",
            "LlamaForCausalLM",
            new Missing(32_000, 4_096, 11_008, 0, 2_048, 0),
            BiasRule.BOTH_SETTINGS,
            Block.LLAMA,
            Windows.NONE);

    static final LlamaFamily MISTRAL = new LlamaFamily(
            "mistral",
            "MistralForCausalLM",
            new Missing(32_000, 4_096, 14_336, 8, 131_072, 0),
            BiasRule.NEVER,
            Block.LLAMA,
            Windows.ALWAYS);

    static final LlamaFamily QWEN2 = new LlamaFamily(
            "qwen2",
            "Qwen2ForCausalLM",
            new Missing(151_936, 4_096, 22_016, 32, 32_768, 0),
            BiasRule.QUERIES_KEYS_VALUES,
            Block.LLAMA,
            Windows.IF_USED);

    static final LlamaFamily QWEN3 = new LlamaFamily(
            "qwen3",
            "Qwen3ForCausalLM",
            new Missing(151_936, 4_096, 22_016, 32, 32_768, 128),
            BiasRule.ATTENTION_SETTING,
            Block.QWEN3,
            Windows.IF_USED);

    static final LlamaFamily OLMO2 = new LlamaFamily(
            "olmo2",
            "Olmo2ForCausalLM",
            new Missing(50_304, 4_096, 11_008, 0, 2_048, 0),
            BiasRule.ATTENTION_SETTING,
            Block.OLMO2,
            Windows.NONE);

    static final LlamaFamily GEMMA = new LlamaFamily(
            "gemma",
            "GemmaForCausalLM",
            new Missing(256_000, 3_072, 24_576, 16, 8_192, 256),
            BiasRule.ATTENTION_SETTING,
            Block.GEMMA,
            Windows.NONE);

    private static final int WINDOW = 4_096;

    @Override
    public int missingVocabulary() {
        return missing.vocabulary();
    }

    @Override
    public String embedding() {
        return "model.embed_tokens.weight";
    }

    @Override
    public String prefix() {
        return "model.";
    }

    @Override
    public Architecture read(ConfigFields config) {
        int width = config.positive("hidden_size", missing.width());
        int heads = config.positive("num_attention_heads", block.heads);
        int shared = config.positive("num_key_value_heads", keyValueHeads(config, heads));
        int longest = config.positive("max_position_embeddings", missing.context());
        var rotary = RotaryConfig.read(config, RotaryConfig.Names.USUAL, longest);
        int headSize = config.positive("head_dim", missing.headSize());
        int context = window(config, longest);
        boolean gemma = block == Block.GEMMA;
        if (gemma) {
            config.require("use_bidirectional_attention", new JsonPrimitive(false));
            config.has("hidden_activation"); // which transformers does not read any more
        }
        return new Architecture(
                context,
                width,
                config.positive("num_hidden_layers", block.layers),
                new Attention(heads, shared, true, block.qkNorm, headSize * heads == width ? 0 : headSize, rotary),
                new FeedForward(
                        Activations.gated(config, "hidden_act", gemma ? "gelu_pytorch_tanh" : "silu"),
                        config.positive("intermediate_size", missing.hidden()),
                        block.placement),
                new Conventions(
                        block.norm,
                        config.number("rms_norm_eps", block.epsilon),
                        Position.ROTARY,
                        biases(config),
                        config.flag("tie_word_embeddings", gemma),
                        0,
                        gemma ? GemmaEmbedding.scale(config, width) : 1));
    }

    /** A setting that is null means as many as heads; one that is missing means the family's number. */
    private int keyValueHeads(ConfigFields config, int heads) {
        return missing.keyValueHeads() == 0 || config.isNull("num_key_value_heads") ? heads : missing.keyValueHeads();
    }

    private Biases biases(ConfigFields config) {
        return switch (biases) {
            case NEVER -> Biases.NONE;
            case QUERIES_KEYS_VALUES -> Biases.QUERIES_KEYS_VALUES;
            case ATTENTION_SETTING, BOTH_SETTINGS -> {
                boolean attention = config.flag("attention_bias", false);
                boolean feedForward = biases == BiasRule.BOTH_SETTINGS && config.flag("mlp_bias", false);
                yield new Biases(attention, attention, feedForward, false, false);
            }
        };
    }

    /** The context in which a window of the last tokens sees everything. */
    private int window(ConfigFields config, int longest) {
        if (windows == Windows.NONE) {
            return longest;
        }
        int layers = config.positive("num_hidden_layers", 32);
        boolean used = windows == Windows.ALWAYS || config.flag("use_sliding_window", false);
        int window = config.isNull("sliding_window") ? longest : config.positive("sliding_window", WINDOW);
        int first = config.integer("max_window_layers").orElse(28);
        var types = config.texts("layer_types");
        types.stream()
                .filter(type -> !type.equals("full_attention") && !type.equals("sliding_attention"))
                .findFirst()
                .ifPresent(type -> {
                    throw config.unsupported(
                            "layer_types", "supported are full_attention and sliding_attention, not " + type);
                });
        boolean slides =
                windows == Windows.ALWAYS || (types.isEmpty() ? first < layers : types.contains("sliding_attention"));
        return used && slides ? Math.min(longest, window) : longest;
    }

    @Override
    public Optional<String> lacks(Architecture architecture) {
        return CommonLacks.causal(architecture)
                .or(() -> rotaryBlock(architecture))
                .or(() -> lacksBiases(architecture.conventions().biases()))
                .or(() -> architecture.attention().qkNorm() == block.qkNorm
                        ? Optional.empty()
                        : Optional.of(
                                "its QK-norm is " + architecture.attention().qkNorm() + ", not " + block.qkNorm));
    }

    private Optional<String> rotaryBlock(Architecture architecture) {
        if (architecture.conventions().norm() != block.norm) {
            return Optional.of("its norms are not " + block.norm);
        }
        if (architecture.conventions().position() != Position.ROTARY) {
            return Optional.of("its positions are not rotary");
        }
        if (Activations.gatedName(architecture.feedForward().activation()).isEmpty()) {
            return Optional.of(
                    "its feed-forward layer, " + architecture.feedForward().activation() + ", has no gate");
        }
        if (architecture.feedForward().placement() != block.placement) {
            return Optional.of("its feed-forward layer and norms do not stand as " + block.placement);
        }
        double scale = architecture.conventions().embeddingScale();
        if (block == Block.GEMMA ? !GemmaEmbedding.isScale(scale, architecture.width()) : scale != 1) {
            return Optional.of("its embedding is multiplied by " + scale);
        }
        return RotaryConfig.lacks(architecture.attention().rotary(), false);
    }

    private Optional<String> lacksBiases(Biases there) {
        boolean same = switch (biases) {
            case NEVER -> sameBiases(there, Biases.NONE);
            case QUERIES_KEYS_VALUES -> sameBiases(there, Biases.QUERIES_KEYS_VALUES);
            case ATTENTION_SETTING ->
                there.queriesKeysValues() == there.output() && !there.feedForward() && !there.head();
            case BOTH_SETTINGS -> there.queriesKeysValues() == there.output() && !there.head();
        };
        return same ? Optional.empty() : Optional.of("its biases are others");
    }

    /** An RMSNorm has no shift, whatever is said of norms' biases. */
    private static boolean sameBiases(Biases one, Biases other) {
        return one.queriesKeysValues() == other.queriesKeysValues()
                && one.output() == other.output()
                && one.feedForward() == other.feedForward()
                && one.head() == other.head();
    }

    @Override
    public void write(Architecture architecture, JsonObject config) {
        config.addProperty("hidden_size", architecture.width());
        config.addProperty("intermediate_size", architecture.hidden());
        config.addProperty("num_hidden_layers", architecture.layers());
        config.addProperty("num_attention_heads", architecture.attention().heads());
        config.addProperty("num_key_value_heads", architecture.attention().keyValueHeads());
        config.addProperty("head_dim", architecture.headSize());
        config.addProperty(
                "hidden_act",
                Activations.gatedName(architecture.feedForward().activation()).orElseThrow());
        config.addProperty("max_position_embeddings", architecture.context());
        config.addProperty("rms_norm_eps", architecture.conventions().epsilon());
        var there = architecture.conventions().biases();
        if (biases == BiasRule.ATTENTION_SETTING || biases == BiasRule.BOTH_SETTINGS) {
            config.addProperty("attention_bias", there.queriesKeysValues());
        }
        if (biases == BiasRule.BOTH_SETTINGS) {
            config.addProperty("mlp_bias", there.feedForward());
        }
        if (windows != Windows.NONE) {
            config.add("sliding_window", JsonNull.INSTANCE);
        }
        if (windows == Windows.IF_USED) {
            config.addProperty("use_sliding_window", false);
        }
        RotaryConfig.write(architecture.attention().rotary(), false, config);
    }

    @Override
    public TensorMap tensors(Architecture architecture, int vocabulary) {
        var tensors = new TensorMap.Builder();
        int width = architecture.width();
        tensors.same(embedding(), "tokens.weight", vocabulary, width);
        for (int i = 0; i < architecture.layers(); i++) {
            block(architecture, "model.layers." + i + ".", "blocks." + i + ".", tensors);
        }
        tensors.same("model.norm.weight", "norm.weight", width);
        if (!architecture.conventions().tiedHead()) {
            tensors.same("lm_head.weight", "head.weight", vocabulary, width);
        }
        return tensors.build();
    }

    private void block(Architecture architecture, String theirs, String ours, TensorMap.Builder tensors) {
        int width = architecture.width();
        int size = architecture.headSize();
        int gathered = architecture.attention().heads() * size;
        int shared = architecture.attention().keyValueHeads() * size;
        int hidden = architecture.hidden();
        var biases = architecture.conventions().biases();
        linear(tensors, theirs + "self_attn.q_proj", ours + "attention.q", gathered, width, biases.queriesKeysValues());
        linear(tensors, theirs + "self_attn.k_proj", ours + "attention.k", shared, width, biases.queriesKeysValues());
        linear(tensors, theirs + "self_attn.v_proj", ours + "attention.v", shared, width, biases.queriesKeysValues());
        linear(tensors, theirs + "self_attn.o_proj", ours + "attention.o", width, gathered, biases.output());
        if (block.qkNorm != QkNorm.NONE) {
            boolean each = block.qkNorm == QkNorm.HEAD;
            tensors.same(theirs + "self_attn.q_norm.weight", ours + "attention.qnorm.weight", each ? size : gathered);
            tensors.same(theirs + "self_attn.k_norm.weight", ours + "attention.knorm.weight", each ? size : shared);
        }
        linear(tensors, theirs + "mlp.gate_proj", ours + "mlp.gate", hidden, width, biases.feedForward());
        linear(tensors, theirs + "mlp.up_proj", ours + "mlp.up", hidden, width, biases.feedForward());
        linear(tensors, theirs + "mlp.down_proj", ours + "mlp.down", width, hidden, biases.feedForward());
        boolean post = block.placement == Placement.AFTER_ATTENTION_POST_NORM;
        tensors.same(
                theirs + (post ? "post_attention_layernorm.weight" : "input_layernorm.weight"),
                ours + "norm1.weight",
                width);
        tensors.same(
                theirs + (post ? "post_feedforward_layernorm.weight" : "post_attention_layernorm.weight"),
                ours + "norm2.weight",
                width);
    }

    private static void linear(TensorMap.Builder tensors, String theirs, String ours, int out, int in, boolean biased) {
        tensors.same(theirs + ".weight", ours + ".weight", out, in);
        if (biased) {
            tensors.same(theirs + ".bias", ours + ".bias", out);
        }
    }

    @Override
    public List<String> ignored() {
        return List.of("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq");
    }
}
