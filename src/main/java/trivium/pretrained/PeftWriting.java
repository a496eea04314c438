package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.model.Parameters;
import trivium.model.Safetensors;
import trivium.pretrained.PeftModules.Module;
import trivium.run.Run;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;

/**
 * Writes an adapter as PEFT's {@code save_pretrained} does. Where several of the engine's targets stand in one layer of
 * the family, the layer gets one A with all their rows and one B with a block for each, which is the same function.
 */
final class PeftWriting {

    private final AdaptedTransformer model;
    private final Map<String, Parameters.Tensor> places;
    private final Floats values;
    private final Map<String, Written> written = new LinkedHashMap<>(); // by the layer's name
    private final Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();

    /** Rank and α of a layer that was written. */
    private record Written(int rank, double alpha) {}

    private PeftWriting(AdaptedTransformer model) {
        this.model = model;
        places = TensorMap.places(model.parameters().tensors());
        values = model.parameters().values();
    }

    /**
     * Writes the folder.
     *
     * @param source of the model beneath, empty if that is not known
     */
    static Path write(AdaptedTransformer model, Family family, Optional<Source> source, Run run, Path folder) {
        var tokens = PeftTokens.of(
                model,
                source.map(Source::vocabulary).orElse(model.withoutAdapter().vocabulary()));
        var writing = new PeftWriting(model);
        var modules = PeftModules.of(family, model.withoutAdapter()).modules();
        modules.forEach(writing::add);
        var inFull = writing.addInFull(family);
        writing.addRows(tokens, family);
        var json = writing.config(modules, inFull, source.map(Source::folder).orElse(null));
        json.add(PeftTokens.SETTING, tokens.setting(family));
        return FolderSwap.writeAdapter(folder, temporary -> {
            Safetensors.write(temporary.resolve(PeftFolder.WEIGHTS), writing.sources(), HuggingFaceFolder.FORMAT);
            HuggingFaceFolder.write(json, temporary.resolve(PeftConfig.FILE));
            if (!tokens.setting(family).isJsonNull()) { // PEFT grows the model beneath to these
                HuggingFaceFolder.writeTokenizer(run, source, temporary);
            }
        });
    }

    private void addRows(PeftTokens tokens, Family family) {
        int width = model.withoutAdapter().architecture().width();
        if (!tokens.embedding().isEmpty()) {
            put(
                    PeftTokens.module(family) + PeftTokens.ROWS,
                    List.of(tokens.embedding().size(), width),
                    PeftTokens.rows(model, tokens.embedding(), false));
        }
        if (!tokens.tied() && !tokens.head().isEmpty()) {
            if (written.containsKey(PeftTokens.HEAD)) {
                throw new IllegalArgumentException("tokens were added to the vocabulary of the model that the adapter"
                        + " stands beside, whose head is one of its targets: PEFT has no folder for that; write the"
                        + " whole model with huggingFace(folder)");
            }
            put(
                    PeftTokens.HEAD + PeftTokens.ROWS,
                    List.of(tokens.head().size(), width),
                    PeftTokens.rows(model, tokens.head(), true));
        }
    }

    private List<Safetensors.Source> sources() {
        return tensors.entrySet().stream()
                .map(each -> new Safetensors.Source(
                        each.getKey(),
                        each.getValue().shape(),
                        Dtype.F32,
                        () -> each.getValue().values()))
                .toList();
    }

    private void put(String name, List<Integer> shape, Floats numbers) {
        tensors.put(PeftFolder.PREFIX + name, new Safetensors.Entry(shape, numbers));
    }

    /** A layer beside which there is a target, or several. */
    private void add(Module module) {
        var rows = new LinkedHashMap<AdaptedTransformer.Target, int[]>();
        for (var target : model.targets()) {
            var of = module.rowsOf(target);
            for (int row : of) {
                if (row >= 0) {
                    rows.put(target, of);
                    break;
                }
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        int rank =
                rows.keySet().stream().mapToInt(AdaptedTransformer.Target::rank).sum();
        double scale = rows.keySet().iterator().next().scale();
        int outs = module.rows().length;
        var a = Floats.zeros((long) rank * module.in());
        var b = Floats.zeros((long) outs * rank);
        int column = 0;
        for (var each : rows.entrySet()) {
            var target = each.getKey();
            a.copyFrom(values, at(target, Lora.A), (long) column * module.in(), (long) target.rank() * module.in());
            for (int i = 0; i < outs; i++) {
                int row = each.getValue()[i];
                for (int k = 0; row >= 0 && k < target.rank(); k++) {
                    float number = values.get(at(target, Lora.B) + (long) row * target.rank() + k);
                    double factor = target.scale() == scale ? 1 : target.scale() / scale;
                    b.set((long) i * rank + column + k, (float) (factor * number));
                }
            }
            column += target.rank();
        }
        put(module.name() + PeftFolder.A, List.of(rank, module.in()), a);
        put(module.name() + PeftFolder.B, List.of(outs, rank), b);
        if (model.lora().useDora()) {
            put(module.name() + PeftFolder.MAGNITUDE, List.of(outs), magnitudes(module, rows));
        }
        written.put(module.name(), new Written(rank, scale * (model.lora().useRslora() ? Math.sqrt(rank) : rank)));
    }

    private long at(AdaptedTransformer.Target target, String kind) {
        return places.get(target.name() + kind).offset();
    }

    /** Rows that are no target's keep the length they have. */
    private Floats magnitudes(Module module, Map<AdaptedTransformer.Target, int[]> rows) {
        var weights = model.withoutAdapter().parameters();
        var lengths = Floats.zeros(module.rows().length);
        for (int i = 0; i < module.rows().length; i++) {
            long from = module.rows()[i];
            lengths.set(i, (float) Math.sqrt(Vectors.squares(weights.read(from, module.in()), 0, module.in())));
            for (var each : rows.entrySet()) {
                int row = each.getValue()[i];
                if (row >= 0) {
                    lengths.set(i, values.get(at(each.getKey(), Lora.MAGNITUDE) + row));
                }
            }
        }
        return lengths;
    }

    /** Embedding and head that are trained in full; answers what PEFT calls them. */
    private List<String> addInFull(Family family) {
        var names = new ArrayList<String>();
        var tokens = places.get(Lora.TOKENS_IN_FULL + ".weight");
        var head = places.get(Lora.HEAD_IN_FULL + ".weight");
        if (tokens != null) {
            var name = family.embedding();
            put(name, tokens.shape(), values.slice(tokens.offset(), tokens.size()));
            var parts = name.split("\\.");
            names.add(parts[parts.length - 2]);
            if (head == null
                    && model.withoutAdapter().architecture().conventions().tiedHead()) {
                put("lm_head.weight", tokens.shape(), values.slice(tokens.offset(), tokens.size()));
            }
        }
        if (head != null) {
            boolean scores = model.outputs() == 1;
            var name = scores ? PeftFolder.SCORE : "lm_head";
            put(name + ".weight", head.shape(), values.slice(head.offset(), head.size()));
            names.add(name);
        }
        return names;
    }

    private JsonObject config(List<Module> modules, List<String> inFull, String source) {
        var usual = usual();
        var ranks = new JsonObject();
        var alphas = new JsonObject();
        written.forEach((name, of) -> {
            if (of.rank() != usual.rank()) {
                ranks.addProperty(name, of.rank());
            }
            if (of.alpha() != usual.alpha()) {
                alphas.addProperty(name, of.alpha());
            }
        });
        boolean tied = places.containsKey(Lora.TOKENS_IN_FULL + ".weight")
                && !places.containsKey(Lora.HEAD_IN_FULL + ".weight")
                && model.withoutAdapter().architecture().conventions().tiedHead();
        var json = new JsonObject();
        json.add("alpha_pattern", alphas);
        json.add("base_model_name_or_path", source == null ? JsonNull.INSTANCE : new JsonPrimitive(source));
        json.addProperty("bias", "none");
        json.addProperty("ensure_weight_tying", tied);
        json.addProperty("fan_in_fan_out", modules.stream().anyMatch(Module::transposed));
        json.addProperty("inference_mode", true);
        json.addProperty("init_lora_weights", true);
        json.addProperty("lora_alpha", usual.alpha());
        json.addProperty("lora_dropout", model.lora().dropout());
        json.add("modules_to_save", inFull.isEmpty() ? JsonNull.INSTANCE : texts(inFull));
        json.addProperty("peft_type", "LORA");
        json.addProperty("r", usual.rank());
        json.add("rank_pattern", ranks);
        json.add("target_modules", texts(targetModules(modules)));
        json.addProperty("task_type", model.outputs() == 1 ? "SEQ_CLS" : "CAUSAL_LM");
        json.addProperty("use_dora", model.lora().useDora());
        json.addProperty("use_rslora", model.lora().useRslora());
        return json;
    }

    /** Rank and α that most layers have. */
    private Written usual() {
        return written.values().stream()
                .collect(Collectors.groupingBy(Function.identity(), LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static JsonArray texts(Collection<String> texts) {
        var array = new JsonArray();
        texts.forEach(text -> array.add(new JsonPrimitive(text)));
        return array;
    }

    /** By the end of their names where all layers of that name are meant, else in full. */
    private List<String> targetModules(List<Module> modules) {
        var all = kinds(modules.stream().map(Module::name).toList());
        var names = new ArrayList<String>();
        kinds(written.keySet()).forEach((kind, of) -> {
            if (of.size() == all.get(kind).size()) {
                names.add(kind);
            } else {
                names.addAll(of);
            }
        });
        return names;
    }

    private static Map<String, List<String>> kinds(Collection<String> names) {
        return names.stream()
                .collect(Collectors.groupingBy(
                        name -> name.replaceFirst("^.*\\.\\d+\\.", ""), LinkedHashMap::new, Collectors.toList()));
    }
}
