package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Placement;
import trivium.model.JsonFields;
import trivium.model.RotaryScaling;
import trivium.model.RotaryScaling.Kind;

/** What a config.json means, as transformers 5.17 reads it: {@code models/FAMILY/configuration_FAMILY.py}. */
class HuggingFaceConfigTest {

    private static HuggingFaceConfig read(String json) {
        return HuggingFaceConfig.of(JsonFields.parse(json.replace('\'', '"'), "config.json"));
    }

    private static Architecture shape(String json) {
        return read(json).architecture();
    }

    /** Every setting missing: the numbers of transformers' configuration classes. */
    @ParameterizedTest
    @CsvSource({
        // model_type, vocabulary, width, hidden, layers, heads, kv heads, head size, context, epsilon, tied
        "gpt2,     50257,  768,  3072,  12, 12, 12, 64,  1024,   1e-5, true",
        "llama,    32000,  4096, 11008, 32, 32, 32, 128, 2048,   1e-6, false",
        "mistral,  32000,  4096, 14336, 32, 32, 8,  128, 4096,   1e-6, false",
        "qwen2,    151936, 4096, 22016, 32, 32, 32, 128, 32768,  1e-6, false",
        "qwen3,    151936, 4096, 22016, 32, 32, 32, 128, 32768,  1e-6, false",
        "gpt_neox, 50432,  6144, 24576, 44, 64, 64, 96,  2048,   1e-5, false"
    })
    void missingSettingsAreThoseOfTransformers(
            String type,
            int vocabulary,
            int width,
            int hidden,
            int layers,
            int heads,
            int shared,
            int size,
            int context,
            double epsilon,
            boolean tied) {
        var config = read("{'model_type': '" + type + "'}");
        var shape = config.architecture();
        assertEquals(vocabulary, config.vocabulary());
        assertEquals(width, shape.width());
        assertEquals(hidden, shape.hidden());
        assertEquals(layers, shape.layers());
        assertEquals(heads, shape.attention().heads());
        assertEquals(shared, shape.attention().keyValueHeads());
        assertEquals(size, shape.headSize());
        assertEquals(context, shape.context());
        assertEquals(epsilon, shape.conventions().epsilon());
        assertEquals(tied, shape.conventions().tiedHead());
        assertEquals(10_000, shape.attention().rotary().theta());
        assertEquals(
                type.equals("gpt_neox") ? 0.25 : 1, shape.attention().rotary().share());
        assertEquals(type.equals("gpt2") ? 0.1 : 0, shape.conventions().dropout());
    }

    /** SmolLM2-135M's, as it is published. */
    @Test
    void smolLm2() {
        var config = read("""
                {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
                 "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576,
                 "initializer_range": 0.041666666666666664, "intermediate_size": 1536, "is_llama_config": true,
                 "max_position_embeddings": 8192, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 9,
                 "num_hidden_layers": 30, "num_key_value_heads": 3, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
                 "rope_interleaved": false, "rope_scaling": null, "rope_theta": 100000, "tie_word_embeddings": true,
                 "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": true, "vocab_size": 49152}""");
        assertEquals(134_515_008, config.architecture().parameters(config.vocabulary()), "as its card says: 135M");
        assertEquals(100_000, config.architecture().attention().rotary().theta());
        assertEquals(1e-5, config.architecture().conventions().epsilon());
        assertEquals(8_192, config.longest());
    }

    /** Pythia-14m's, as it is published, with the settings' older names. */
    @Test
    void pythia() {
        var shape = shape("""
                {"architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 0, "classifier_dropout": 0.1,
                 "eos_token_id": 0, "hidden_act": "gelu", "hidden_size": 128, "initializer_range": 0.02,
                 "intermediate_size": 512, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
                 "model_type": "gpt_neox", "num_attention_heads": 4, "num_hidden_layers": 6,
                 "rotary_emb_base": 20000, "rotary_pct": 0.5, "tie_word_embeddings": false, "torch_dtype": "float16",
                 "transformers_version": "4.29.2", "use_cache": true, "use_parallel_residual": true,
                 "vocab_size": 50304}""");
        assertEquals(14_067_712, shape.parameters(50_304));
        assertEquals(20_000, shape.attention().rotary().theta());
        assertEquals(0.5, shape.attention().rotary().share());
        assertEquals(Placement.PARALLEL, shape.feedForward().placement());
        assertEquals(Activation.GELU_ERF, shape.feedForward().activation());
        assertEquals(
                Placement.AFTER_ATTENTION,
                shape("{'model_type': 'gpt_neox', 'use_parallel_residual': false}")
                        .feedForward()
                        .placement());
    }

    /** Llama 3.2's scaling in the older keys and in the newer. */
    @Test
    void olderAndNewerKeysSayTheSame() {
        var older = shape("""
                {"model_type": "llama", "rope_theta": 500000.0, "max_position_embeddings": 131072,
                 "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                                  "original_max_position_embeddings": 8192, "rope_type": "llama3"}}""");
        var newer = shape("""
                {"model_type": "llama", "max_position_embeddings": 131072,
                 "rope_parameters": {"rope_theta": 500000.0, "factor": 32.0, "high_freq_factor": 4.0,
                                     "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
                                     "rope_type": "llama3"}}""");
        assertEquals(older, newer);
        assertEquals(RotaryScaling.llama3(32, 8_192), older.attention().rotary().scaling());
        assertEquals(500_000, older.attention().rotary().theta());
    }

    @Test
    void otherScalings() {
        var start = "{'model_type': 'llama', 'max_position_embeddings': 64, 'rope_scaling': ";
        var linear = shape(start + "{'type': 'linear', 'factor': 4}}")
                .attention()
                .rotary()
                .scaling();
        assertEquals(RotaryScaling.linear(4), linear);
        var yarn = shape(
                        start + "{'rope_type': 'yarn', 'factor': 2.0, 'beta_fast': 16, 'attention_factor': 1.0693147}}")
                .attention()
                .rotary()
                .scaling();
        assertEquals(
                new RotaryScaling(Kind.YARN, 2, 64, 1, 16), yarn, "the original context is the context if missing");
        var top = shape(start + "{'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 1, 'high_freq_factor': 4,"
                        + " 'original_max_position_embeddings': 16}, 'original_max_position_embeddings': 32}")
                .attention()
                .rotary()
                .scaling();
        assertEquals(RotaryScaling.llama3(8, 32), top, "the setting outside goes before that within");
        assertEquals(
                RotaryScaling.NONE, shape(start + "null}").attention().rotary().scaling());
    }

    @Test
    void biasesAreRead() {
        assertEquals(Biases.NONE, shape("{'model_type': 'llama'}").conventions().biases());
        assertEquals(
                new Biases(true, true, false, false, false),
                shape("{'model_type': 'llama', 'attention_bias': true}")
                        .conventions()
                        .biases());
        assertEquals(
                new Biases(false, false, true, false, false),
                shape("{'model_type': 'llama', 'mlp_bias': true}").conventions().biases());
        assertEquals(
                Biases.QUERIES_KEYS_VALUES,
                shape("{'model_type': 'qwen2'}").conventions().biases());
        assertTrue(shape("{'model_type': 'qwen3', 'attention_bias': true}")
                .conventions()
                .biases()
                .output());
        assertFalse(shape("{'model_type': 'gpt_neox', 'attention_bias': false}")
                .conventions()
                .biases()
                .output());
    }

    /** In a window, everything before is seen up to its length. */
    @Test
    void aSlidingWindowLimitsTheContext() {
        assertEquals(
                4_096,
                shape("{'model_type': 'mistral', 'max_position_embeddings': 32768}")
                        .context());
        assertEquals(
                32_768,
                shape("{'model_type': 'mistral', 'max_position_embeddings': 32768, 'sliding_window': null}")
                        .context());
        assertEquals(
                2_048,
                shape("{'model_type': 'mistral', 'max_position_embeddings': 2048, 'sliding_window': 4096}")
                        .context());
        var qwen = "{'model_type': 'qwen2', 'sliding_window': 128, 'num_hidden_layers': 24, 'max_window_layers': ";
        assertEquals(32_768, shape(qwen + "0}").context(), "not used unless use_sliding_window is true");
        assertEquals(128, shape(qwen + "12, 'use_sliding_window': true}").context());
        assertEquals(32_768, shape(qwen + "24, 'use_sliding_window': true}").context(), "in no layer");
        var config = read("{'model_type': 'mistral', 'max_position_embeddings': 32768, 'sliding_window': 512}");
        assertEquals(32_768, config.longest());
        assertEquals(
                512,
                config.as(config.architecture(), config.vocabulary())
                        .orElseThrow()
                        .get("sliding_window")
                        .getAsInt(),
                "written back with its window");
    }

    @ParameterizedTest
    @CsvSource({"gelu_new, GELU", "gelu_pytorch_tanh, GELU", "gelu_fast, GELU", "gelu, GELU_ERF", "relu2, RELU_SQUARED"
    })
    void activations(String name, Activation activation) {
        var shape = shape("{'model_type': 'gpt2', 'activation_function': '" + name + "'}");
        assertEquals(activation, shape.feedForward().activation());
    }

    @Test
    void headsOfAnotherSize() {
        var shape = shape("{'model_type': 'llama', 'hidden_size': 64, 'num_attention_heads': 4, 'head_dim': 32}");
        assertEquals(32, shape.headSize());
        assertEquals(
                4,
                shape("{'model_type': 'mistral', 'hidden_size': 32, 'num_attention_heads': 8, 'head_dim': null}")
                        .headSize());
    }
}
