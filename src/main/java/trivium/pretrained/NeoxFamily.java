package trivium.pretrained;

import com.google.gson.JsonObject;
import java.util.ArrayList;
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
import trivium.pretrained.TensorMap.Piece;

/**
 * GPT-NeoX, and Pythia (Black et al. 2022; Biderman et al. 2023; transformers' {@code configuration_gpt_neox.py}):
 * LayerNorm, rotary positions of a share of each head, attention and feed-forward side by side, and one matrix in which
 * queries, keys and values of one head follow those of another.
 */
final class NeoxFamily implements Family {

    private static final RotaryConfig.Names NAMES = new RotaryConfig.Names("rotary_emb_base", "rotary_pct", 0.25);

    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public String className() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public int missingVocabulary() {
        return 50_432;
    }

    @Override
    public String embedding() {
        return "gpt_neox.embed_in.weight";
    }

    @Override
    public String prefix() {
        return "gpt_neox.";
    }

    /** transformers 5 calls the head as all families do, and writes it by its old name. */
    @Override
    public String alias(String tensor) {
        return tensor.equals("embed_out.weight") ? "lm_head.weight" : tensor;
    }

    @Override
    public Architecture read(ConfigFields config) {
        int longest = config.positive("max_position_embeddings", 2_048);
        int heads = config.positive("num_attention_heads", 64);
        var rotary = RotaryConfig.read(config, NAMES, longest);
        boolean attention = config.flag("attention_bias", true);
        config.flag("is_decoder", false);
        return new Architecture(
                longest,
                config.positive("hidden_size", 6_144),
                config.positive("num_hidden_layers", 44),
                new Attention(heads, heads, true, QkNorm.NONE, 0, rotary),
                new FeedForward(
                        Activations.plain(config, "hidden_act", "gelu"),
                        config.positive("intermediate_size", 24_576),
                        config.flag("use_parallel_residual", true) ? Placement.PARALLEL : Placement.AFTER_ATTENTION),
                new Conventions(
                        Norm.LAYER_NORM,
                        config.number("layer_norm_eps", 1e-5),
                        Position.ROTARY,
                        new Biases(attention, attention, true, true, false),
                        config.flag("tie_word_embeddings", false),
                        config.number("hidden_dropout", 0)));
    }

    @Override
    public Optional<String> lacks(Architecture architecture) {
        return CommonLacks.causal(architecture)
                .or(() -> CommonLacks.layerNorm(architecture))
                .or(() -> architecture.conventions().position() == Position.ROTARY
                        ? Optional.empty()
                        : Optional.of("its positions are learned"))
                .or(() -> switch (architecture.feedForward().placement()) {
                    case AFTER_ATTENTION, PARALLEL -> Optional.empty();
                    case PARALLEL_ONE_NORM -> Optional.of("attention and feed-forward layer share a norm");
                    case AFTER_ATTENTION_POST_NORM -> Optional.of("its norms stand behind the layers");
                })
                .or(() -> CommonLacks.onlyWholeHeads(architecture));
    }

    @Override
    public void write(Architecture architecture, JsonObject config) {
        config.addProperty("hidden_size", architecture.width());
        config.addProperty("intermediate_size", architecture.hidden());
        config.addProperty("num_hidden_layers", architecture.layers());
        config.addProperty("num_attention_heads", architecture.attention().heads());
        config.addProperty(
                "hidden_act",
                Activations.plainName(architecture.feedForward().activation()).orElseThrow());
        config.addProperty("max_position_embeddings", architecture.context());
        config.addProperty("layer_norm_eps", architecture.conventions().epsilon());
        config.addProperty("attention_bias", architecture.conventions().biases().queriesKeysValues());
        config.addProperty("use_parallel_residual", architecture.feedForward().placement() == Placement.PARALLEL);
        config.addProperty("hidden_dropout", architecture.conventions().dropout());
        config.addProperty("attention_dropout", 0.0);
        RotaryConfig.write(architecture.attention().rotary(), true, config);
    }

    @Override
    public TensorMap tensors(Architecture architecture, int vocabulary) {
        var tensors = new TensorMap.Builder();
        int width = architecture.width();
        int hidden = architecture.hidden();
        var biases = architecture.conventions().biases();
        tensors.same(embedding(), "tokens.weight", vocabulary, width);
        for (int i = 0; i < architecture.layers(); i++) {
            var theirs = "gpt_neox.layers." + i + ".";
            var ours = "blocks." + i + ".";
            tensors.layer(theirs + "input_layernorm", ours + "norm1", biases.norms(), width);
            tensors.layer(theirs + "post_attention_layernorm", ours + "norm2", biases.norms(), width);
            tensors.joined(
                    theirs + "attention.query_key_value.weight",
                    headByHead(architecture, ours + "attention.", ".weight"),
                    width);
            tensors.same(theirs + "attention.dense.weight", ours + "attention.o.weight", width, width);
            if (attentionBiased(biases)) {
                tensors.joined(
                        theirs + "attention.query_key_value.bias",
                        biases.queriesKeysValues()
                                ? headByHead(architecture, ours + "attention.", ".bias")
                                : List.of(Piece.zeros(3 * width)));
                tensors.bias(theirs + "attention.dense.bias", ours + "attention.o.bias", biases.output(), width);
            }
            tensors.layer(theirs + "mlp.dense_h_to_4h", ours + "mlp.up", biases.feedForward(), hidden, width);
            tensors.layer(theirs + "mlp.dense_4h_to_h", ours + "mlp.down", biases.feedForward(), width, hidden);
        }
        tensors.layer("gpt_neox.final_layer_norm", "norm", biases.norms(), width);
        if (!architecture.conventions().tiedHead()) {
            tensors.same("embed_out.weight", "head.weight", vocabulary, width);
        }
        return tensors.build();
    }

    private static List<Piece> headByHead(Architecture architecture, String attention, String kind) {
        int size = architecture.headSize();
        var pieces = new ArrayList<Piece>();
        for (int head = 0; head < architecture.attention().heads(); head++) {
            for (var part : List.of("q", "k", "v")) {
                pieces.add(new Piece(attention + part + kind, head * size, size));
            }
        }
        return pieces;
    }

    private static boolean attentionBiased(Biases biases) {
        return biases.queriesKeysValues() || biases.output();
    }

    /** Masks and frequencies, which older files hold. */
    @Override
    public List<String> ignored() {
        return List.of("gpt_neox\\.layers\\.\\d+\\.attention\\.((masked_)?bias|rotary_emb\\.inv_freq)");
    }
}
