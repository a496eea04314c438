package trivium.pretrained;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import trivium.model.Parameters;
import trivium.model.Safetensors;
import trivium.model.Transformer;
import trivium.run.Run;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.text.Tokenizer;

/** A model as a Hugging Face folder: which files there are, and what stands in them. */
final class HuggingFaceFolder {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    /** What transformers looks for in a safetensors file. */
    static final Map<String, String> FORMAT = Map.of("format", "pt");

    private HuggingFaceFolder() {}

    static Path write(Export export, Path folder) {
        var model = export.model();
        var source = Source.of(export.run());
        var family = family(export);
        var json = source.flatMap(there -> there.parsed().as(model.architecture(), model.vocabulary()))
                .orElseGet(() -> HuggingFaceConfig.write(family, model.architecture(), model.vocabulary()));
        var tensors = tensors(export, family, source);
        var dtype = dtype(tensors);
        GemmaEmbedding.requireKept(model.architecture(), dtype);
        var tokens = SpecialTokens.of(export.run(), source);
        json.remove("torch_dtype");
        json.addProperty("dtype", dtype.torchName());
        tokens.write(json);
        if (model.outputs() != model.vocabulary()) {
            ScoreHead.describe(json, family, tokens.padding(export.run().tokenizer()));
        }
        caveat(family, export.run().tokenizer(), folder).ifPresent(System.out::println);
        return FolderSwap.write(folder, temporary -> {
            write(json, temporary.resolve(HuggingFaceConfig.FILE));
            writeWeights(tensors, export.maxShardSize(), temporary);
            write(tokens.generation(source), temporary.resolve(Source.GENERATION_FILE));
            writeTokenizer(export.run(), source, temporary);
        });
    }

    /** What a reader of the folder has to know of its tokenizer. */
    static Optional<String> caveat(Family family, Tokenizer tokenizer, Path folder) {
        boolean otherwise = family.modelType().equals("qwen2") && !GgufTokenizer.cutsAsQwen(tokenizer);
        return otherwise
                ? Optional.of("for the model_type qwen2 transformers' AutoTokenizer cuts text as Qwen's tokenizer does,"
                        + " whatever tokenizer.json says, and this one cuts it otherwise: read it with"
                        + " PreTrainedTokenizerFast.from_pretrained(\"" + folder + "\")")
                : Optional.empty();
    }

    /** tokenizer.json, tokenizer_config.json, and chat_template.jinja where the tokenizer has the template's tokens. */
    static void writeTokenizer(Run run, Optional<Source> source, Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), run.tokenizer().toJson());
        var tokens = SpecialTokens.of(run, source);
        write(tokens.tokenizerConfig(run.model().context()), folder.resolve(Source.TOKENIZER_CONFIG));
        var template = JinjaText.of(run);
        if (template.isPresent()) {
            Files.writeString(folder.resolve(JinjaText.FILE), template.get());
        }
    }

    /** As transformers writes JSON. */
    static void write(JsonElement json, Path file) throws IOException {
        Files.writeString(file, GSON.toJson(json) + "\n");
    }

    /** The family that the model came from if it is still of that shape, or the first that it fits. */
    static Family family(Export export) {
        var source = Source.of(export.run());
        var model = export.model();
        var why = new LinkedHashMap<String, List<String>>();
        var families = new ArrayList<Family>();
        source.map(there -> there.parsed().family()).ifPresent(families::add);
        Families.all().stream().filter(family -> !families.contains(family)).forEach(families::add);
        for (var family : families) {
            var lack = family.lacks(model.architecture());
            if (lack.isEmpty()) {
                return family;
            }
            why.computeIfAbsent(lack.get(), reason -> new ArrayList<>()).add(family.modelType());
        }
        throw new IllegalArgumentException("the model of " + export.run().id()
                + " has no counterpart in transformers: "
                + why.entrySet().stream()
                        .map(entry -> entry.getKey() + " (" + String.join(", ", entry.getValue()) + ")")
                        .collect(Collectors.joining(", ")));
    }

    /** All tensors, with the type each is written in. */
    private static List<Safetensors.Source> tensors(Export export, Family family, Optional<Source> source) {
        var model = export.model();
        var map = model.outputs() == model.vocabulary()
                ? family.tensors(model.architecture(), model.vocabulary()).tensors()
                : ScoreHead.tensors(family, model);
        var dtypes = dtypes(export, map, source);
        var tensors = new ArrayList<Safetensors.Source>();
        for (var tensor : map) {
            var dtype = dtypes.get(tensor.name());
            tensors.add(new Safetensors.Source(
                    tensor.name(), tensor.shape(), dtype, () -> TensorMap.gather(tensor, model.parameters())));
        }
        return tensors;
    }

    private static Map<String, Dtype> dtypes(Export export, List<TensorMap.Tensor> map, Optional<Source> source) {
        var read = new LinkedHashMap<String, Dtype>();
        boolean exact = export.chosen().isEmpty();
        for (var tensor : map) {
            var dtype = export.chosen()
                    .orElseGet(() -> source.map(there -> there.others().getOrDefault(tensor.name(), there.dtype()))
                            .orElse(Dtype.F32));
            read.put(tensor.name(), dtype);
            exact = exact && holds(export.model(), tensor, dtype);
            if (export.chosen().isPresent() && dtype == Dtype.F16) {
                requireInRange(export.model(), tensor);
            }
        }
        if (!exact && export.chosen().isEmpty()) {
            read.replaceAll((name, dtype) -> Dtype.F32);
        }
        return read;
    }

    private static boolean holds(Transformer model, TensorMap.Tensor tensor, Dtype dtype) {
        return pieces(model, tensor).stream()
                .allMatch(range -> dtype.holds(read(model, range), 0, range.to() - range.from()));
    }

    private static void requireInRange(Transformer model, TensorMap.Tensor tensor) {
        float largest = largest(model, tensor);
        if (!GgmlType.F16.reaches(largest)) {
            throw new IllegalArgumentException("tensor " + tensor.name() + " has numbers up to " + largest
                    + ", which float16 does not reach; write float32 or bfloat16");
        }
    }

    /** The largest magnitude in a tensor. */
    static float largest(Transformer model, TensorMap.Tensor tensor) {
        float largest = 0;
        for (var range : pieces(model, tensor)) {
            largest = Math.max(largest, Vectors.largest(read(model, range), 0, range.to() - range.from()));
        }
        return largest;
    }

    private static Floats read(Transformer model, Parameters.Range range) {
        return model.parameters().read(range.from(), range.to() - range.from());
    }

    private static List<Parameters.Range> pieces(Transformer model, TensorMap.Tensor tensor) {
        var places = TensorMap.places(model.parameters().tensors());
        return tensor.pieces().stream()
                .filter(piece -> !piece.isZeros())
                .map(piece -> {
                    long from = places.get(piece.tensor()).offset() + (long) piece.from() * tensor.rowSize();
                    return new Parameters.Range(from, from + (long) piece.rows() * tensor.rowSize());
                })
                .toList();
    }

    /** The type of most numbers, which config.json names. */
    private static Dtype dtype(List<Safetensors.Source> tensors) {
        var bytes = tensors.stream()
                .collect(Collectors.groupingBy(
                        Safetensors.Source::dtype, Collectors.summingLong(Safetensors.Source::size)));
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** One file, or shards in the order of the tensors with an index of who is where, as transformers writes them. */
    private static void writeWeights(List<Safetensors.Source> tensors, long most, Path folder) {
        var shards = new ArrayList<List<Safetensors.Source>>();
        long size = 0;
        for (var tensor : tensors) {
            if (shards.isEmpty() || size + tensor.bytes() > most) {
                shards.add(new ArrayList<>());
                size = 0;
            }
            shards.getLast().add(tensor);
            size += tensor.bytes();
        }
        if (shards.size() == 1) {
            Safetensors.write(folder.resolve(WeightFiles.WEIGHTS), tensors, FORMAT);
            return;
        }
        var map = new JsonObject();
        for (int i = 0; i < shards.size(); i++) {
            var name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            Safetensors.write(folder.resolve(name), shards.get(i), FORMAT);
            shards.get(i).forEach(tensor -> map.addProperty(tensor.name(), name));
        }
        var metadata = new JsonObject();
        metadata.addProperty(
                "total_parameters",
                tensors.stream().mapToLong(Safetensors.Source::size).sum());
        metadata.addProperty(
                "total_size",
                tensors.stream().mapToLong(Safetensors.Source::bytes).sum());
        var index = new JsonObject();
        index.add("metadata", metadata);
        index.add("weight_map", map);
        try {
            write(index, folder.resolve(WeightFiles.INDEX));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder + ": " + e.getMessage(), e);
        }
    }
}
