package trivium.pretrained;

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
import trivium.model.Architecture.Position;
import trivium.pretrained.TensorMap.Piece;

/**
 * GPT-2 (Radford et al. 2019; transformers' {@code configuration_gpt2.py}): LayerNorm, learned positions, one matrix
 * (in, out) for queries, keys and values side by side.
 */
final class Gpt2Family implements Family {

    private static final int WIDTH = 768;

    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public String className() {
        return "GPT2LMHeadModel";
    }

    @Override
    public int missingVocabulary() {
        return 50_257;
    }

    @Override
    public String embedding() {
        return "transformer.wte.weight";
    }

    @Override
    public String contextSetting() {
        return "n_positions";
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Architecture read(ConfigFields config) {
        config.require("scale_attn_weights", new JsonPrimitive(true));
        config.require("scale_attn_by_inverse_layer_idx", new JsonPrimitive(false));
        config.require("add_cross_attention", new JsonPrimitive(false));
        config.flag("reorder_and_upcast_attn", false); // the order of a product and a scale
        Unused.SUMMARY.forEach(config::has);
        int width = config.positive("n_embd", WIDTH);
        int heads = config.positive("n_head", 12);
        return new Architecture(
                config.positive("n_positions", 1_024),
                width,
                config.positive("n_layer", 12),
                new Attention(heads, heads, true),
                new FeedForward(
                        Activations.plain(config, "activation_function", "gelu_new"),
                        config.positive("n_inner", 4 * width)),
                new Conventions(
                        Norm.LAYER_NORM,
                        config.number("layer_norm_epsilon", 1e-5),
                        Position.LEARNED,
                        Biases.BODY,
                        config.flag("tie_word_embeddings", true),
                        Dropouts.same(config, 0.1, "embd_pdrop", "resid_pdrop")));
    }

    /** Settings of heads that no language model has. */
    static final class Unused {
        static final List<String> SUMMARY = List.of(
                "attn_pdrop",
                "summary_activation",
                "summary_first_dropout",
                "summary_proj_to_labels",
                "summary_type",
                "summary_use_proj");
    }

    @Override
    public Optional<String> lacks(Architecture architecture) {
        return CommonLacks.causal(architecture)
                .or(() -> CommonLacks.layerNorm(architecture))
                .or(() -> CommonLacks.likeGpt2(architecture));
    }

    @Override
    public void write(Architecture architecture, JsonObject config) {
        config.addProperty("n_positions", architecture.context());
        config.addProperty("n_embd", architecture.width());
        config.addProperty("n_layer", architecture.layers());
        config.addProperty("n_head", architecture.attention().heads());
        config.addProperty("n_inner", architecture.hidden());
        config.addProperty(
                "activation_function",
                Activations.plainName(architecture.feedForward().activation()).orElseThrow());
        config.addProperty("layer_norm_epsilon", architecture.conventions().epsilon());
        config.addProperty("embd_pdrop", architecture.conventions().dropout());
        config.addProperty("resid_pdrop", architecture.conventions().dropout());
        config.addProperty("attn_pdrop", 0.0);
        config.addProperty("scale_attn_weights", true);
    }

    @Override
    public TensorMap tensors(Architecture architecture, int vocabulary) {
        int width = architecture.width();
        int hidden = architecture.hidden();
        var biases = architecture.conventions().biases();
        return tensors(this, architecture, vocabulary, (tensors, theirs, ours) -> {
            var attention = ours + "attention.";
            tensors.conv1d(theirs + "attn.c_attn.weight", width, sideBySide(attention, ".weight", width));
            tensors.joined(
                    theirs + "attn.c_attn.bias",
                    biases.queriesKeysValues()
                            ? sideBySide(attention, ".bias", width)
                            : List.of(Piece.zeros(3 * width)));
            conv1d(tensors, theirs + "attn.c_proj", attention + "o", width, width, biases.output());
            tensors.layer(theirs + "ln_2", ours + "norm2", biases.norms(), width);
            conv1d(tensors, theirs + "mlp.c_fc", ours + "mlp.up", width, hidden, biases.feedForward());
            conv1d(tensors, theirs + "mlp.c_proj", ours + "mlp.down", hidden, width, biases.feedForward());
        });
    }

    /** Adds what stands in a block behind its first norm. */
    @FunctionalInterface
    interface Block {
        void add(TensorMap.Builder tensors, String theirs, String ours);
    }

    /** The tensors of a family that names its parts as GPT-2's files do. */
    static TensorMap tensors(Family family, Architecture architecture, int vocabulary, Block block) {
        var tensors = new TensorMap.Builder();
        int width = architecture.width();
        boolean shifts = architecture.conventions().biases().norms();
        tensors.same(family.embedding(), "tokens.weight", vocabulary, width);
        tensors.same("transformer.wpe.weight", "positions.weight", architecture.context(), width);
        for (int i = 0; i < architecture.layers(); i++) {
            var theirs = "transformer.h." + i + ".";
            var ours = "blocks." + i + ".";
            tensors.layer(theirs + "ln_1", ours + "norm1", shifts, width);
            block.add(tensors, theirs, ours);
        }
        tensors.layer("transformer.ln_f", "norm", shifts, width);
        if (!architecture.conventions().tiedHead()) {
            tensors.same("lm_head.weight", "head.weight", vocabulary, width);
        }
        return tensors.build();
    }

    private static List<Piece> sideBySide(String attention, String kind, int width) {
        return List.of(
                new Piece(attention + "q" + kind, 0, width),
                new Piece(attention + "k" + kind, 0, width),
                new Piece(attention + "v" + kind, 0, width));
    }

    private static void conv1d(TensorMap.Builder tensors, String theirs, String ours, int in, int out, boolean biased) {
        tensors.conv1d(theirs + ".weight", in, List.of(new Piece(ours + ".weight", 0, out)));
        tensors.bias(theirs + ".bias", ours + ".bias", biased, out);
    }

    /** Masks, which older files hold. */
    @Override
    public List<String> ignored() {
        return List.of("transformer\\.h\\.\\d+\\.attn\\.(masked_)?bias");
    }
}
