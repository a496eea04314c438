package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import trivium.model.Architecture;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;

/**
 * GPT-Neo (Black et al. 2021; transformers' {@code configuration_gpt_neo.py}), and the TinyStories models of 1 to 33
 * million parameters: LayerNorm, learned positions, products of queries and keys that are not divided by √D, no biases
 * of queries, keys and values. Every other layer sees a window of the last tokens, within which it sees everything.
 */
final class GptNeoFamily implements Family {

    private static final String GLOBAL = "global";
    private static final String LOCAL = "local";
    private static final String TYPES = "attention_types";
    private static final String LAYERS = "attention_layers";
    private static final int WINDOW = 256;
    private static final Biases BIASES = new Biases(false, true, true, true, false);

    @Override
    public String modelType() {
        return "gpt_neo";
    }

    @Override
    public String className() {
        return "GPTNeoForCausalLM";
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
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Architecture read(ConfigFields config) {
        int width = config.positive("hidden_size", 2_048);
        int layers = config.positive("num_layers", 24);
        int heads = config.positive("num_heads", 16);
        int longest = config.positive(contextSetting(), 2_048);
        int window = config.positive("window_size", WINDOW);
        Gpt2Family.Unused.SUMMARY.forEach(config::has);
        return new Architecture(
                slides(config, layers) ? Math.min(longest, window) : longest,
                width,
                layers,
                new Attention(heads, heads, true, QkNorm.NONE, 0, Rotary.PLAIN, 1),
                new FeedForward(
                        Activations.plain(config, "activation_function", "gelu_new"),
                        config.positive("intermediate_size", 4 * width)),
                new Conventions(
                        Norm.LAYER_NORM,
                        config.number("layer_norm_epsilon", 1e-5),
                        Position.LEARNED,
                        BIASES,
                        config.flag("tie_word_embeddings", true),
                        Dropouts.same(config, 0, "embed_dropout", "resid_dropout")));
    }

    /** Whether any layer sees a window only; transformers makes {@code attention_layers} of {@code attention_types}. */
    private static boolean slides(ConfigFields config, int layers) {
        config.has(LAYERS);
        if (!config.has(TYPES)) {
            return true;
        }
        var kinds = new ArrayList<String>();
        for (var item : config.list(TYPES)) {
            boolean pair = item instanceof JsonArray both
                    && both.size() == 2
                    && both.get(0) instanceof JsonArray
                    && both.get(1) instanceof JsonPrimitive count
                    && count.getAsString().matches("\\d{1,4}");
            if (!pair) {
                throw config.unsupported(TYPES, "expected a list such as [[[\"global\", \"local\"], 4]]");
            }
            for (int i = item.getAsJsonArray().get(1).getAsInt(); i > 0; i--) {
                for (JsonElement kind : item.getAsJsonArray().get(0).getAsJsonArray()) {
                    kinds.add(kind.isJsonPrimitive() ? kind.getAsString() : "");
                }
            }
        }
        if (kinds.size() != layers || !List.of(GLOBAL, LOCAL).containsAll(kinds)) {
            throw config.unsupported(TYPES, "expected \"global\" or \"local\" for each of the " + layers + " layers");
        }
        return kinds.contains(LOCAL);
    }

    @Override
    public Optional<String> lacks(Architecture architecture) {
        return CommonLacks.looksBack(architecture)
                .or(() -> architecture.attention().scale() == 1
                        ? Optional.empty()
                        : Optional.of("its products of queries and keys are divided by the root of the head's size"))
                .or(() -> CommonLacks.layerNorm(architecture))
                .or(() -> architecture.conventions().biases().queriesKeysValues()
                        ? Optional.of("its queries, keys and values have biases")
                        : Optional.empty())
                .or(() -> CommonLacks.likeGpt2(architecture));
    }

    @Override
    public void write(Architecture architecture, JsonObject config) {
        config.addProperty(contextSetting(), architecture.context());
        config.addProperty("hidden_size", architecture.width());
        config.addProperty("num_layers", architecture.layers());
        config.addProperty("num_heads", architecture.attention().heads());
        config.addProperty("intermediate_size", architecture.hidden());
        config.addProperty(
                "activation_function",
                Activations.plainName(architecture.feedForward().activation()).orElseThrow());
        config.addProperty("layer_norm_epsilon", architecture.conventions().epsilon());
        config.addProperty("embed_dropout", architecture.conventions().dropout());
        config.addProperty("resid_dropout", architecture.conventions().dropout());
        config.addProperty("attention_dropout", 0.0);
        var kinds = new JsonArray();
        kinds.add(new JsonPrimitive(GLOBAL));
        var all = new JsonArray();
        all.add(kinds);
        all.add(new JsonPrimitive(architecture.layers()));
        var types = new JsonArray();
        types.add(all);
        config.add(TYPES, types);
    }

    @Override
    public TensorMap tensors(Architecture architecture, int vocabulary) {
        int width = architecture.width();
        int hidden = architecture.hidden();
        var biases = architecture.conventions().biases();
        return Gpt2Family.tensors(this, architecture, vocabulary, (tensors, theirs, ours) -> {
            for (var name : List.of("k", "v", "q")) {
                tensors.same(
                        theirs + "attn.attention." + name + "_proj.weight",
                        ours + "attention." + name + ".weight",
                        width,
                        width);
            }
            tensors.layer(theirs + "attn.attention.out_proj", ours + "attention.o", biases.output(), width, width);
            tensors.layer(theirs + "ln_2", ours + "norm2", biases.norms(), width);
            tensors.layer(theirs + "mlp.c_fc", ours + "mlp.up", biases.feedForward(), hidden, width);
            tensors.layer(theirs + "mlp.c_proj", ours + "mlp.down", biases.feedForward(), width, hidden);
        });
    }

    /** Masks, which older files hold. */
    @Override
    public List<String> ignored() {
        return List.of("transformer\\.h\\.\\d+\\.attn\\.attention\\.(masked_)?bias");
    }
}
