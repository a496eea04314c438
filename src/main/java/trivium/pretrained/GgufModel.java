package trivium.pretrained;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.RotaryScaling;
import trivium.model.RotaryScaling.Kind;
import trivium.model.Transformer;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;

/** A run as a GGUF file: what llama.cpp's {@code convert_hf_to_gguf.py} writes of the same Hugging Face folder. */
final class GgufModel {

    /** By {@code model_type}: what llama.cpp calls the architecture. */
    private static final Map<String, String> NAMES = Map.of(
            "gpt2", "gpt2",
            "llama", "llama",
            "mistral", "llama",
            "qwen2", "qwen2",
            "qwen3", "qwen3",
            "olmo2", "olmo2",
            "gemma", "gemma",
            "gpt_neox", "gptneox");

    private static final String EMBEDDING = "token_embd.weight";

    /** Of quantisation as a whole; this is the one there is. */
    private static final int QUANTIZATION_VERSION = 2;

    private final Export export;
    private final Transformer model;
    private final Family family;
    private final Architecture architecture;
    private final String name;

    private GgufModel(Export export) {
        this.export = export;
        this.model = export.model();
        this.family = export.family();
        this.architecture = model.architecture();
        if (!NAMES.containsKey(family.modelType())) {
            throw new IllegalArgumentException(
                    "models of the family " + family.modelType() + " are not written as GGUF; those that are: "
                            + NAMES.keySet().stream().sorted().toList());
        }
        if (model.outputs() != model.vocabulary()) {
            throw new IllegalArgumentException("the model of " + export.run().id()
                    + " scores, and has no head for the next token, which a GGUF file needs");
        }
        this.name = NAMES.get(family.modelType());
        requireActivation();
    }

    /** Each architecture has one, which files do not say; GELU is ggml's in the tanh form, whichever a model has. */
    private void requireActivation() {
        var there = architecture.feedForward().activation();
        var theirs = switch (name) {
            case "gpt2", "gptneox" -> List.of(Activation.GELU, Activation.GELU_ERF);
            case "gemma" -> List.of(Activation.GEGLU, Activation.GEGLU_ERF);
            default -> List.of(Activation.SWIGLU);
        };
        if (!theirs.contains(there)) {
            throw new IllegalArgumentException(
                    "llama.cpp's " + name + " has the activation " + theirs.getFirst() + ", not " + there);
        }
    }

    /** Writes the file; without a type, in the first of F16, BF16 and F32 that keeps every weight as it is. */
    static Path write(Export export, Path file, Optional<GgmlType> asked) {
        var model = new GgufModel(export);
        var type = asked.or(() -> export.chosen().map(GgmlType::of)).orElseGet(model::exact);
        var tensors = model.tensors(type);
        var values = model.values(type);
        values.putAll(GgufTokenizer.values(export.run(), model.model.vocabulary()));
        new GgufFile(values, tensors).write(file);
        return file;
    }

    private GgmlType exact() {
        return Stream.of(GgmlType.F16, GgmlType.BF16)
                .filter(type -> model.parameters().tensors().stream()
                        .filter(tensor -> tensor.shape().size() > 1)
                        .allMatch(tensor -> type.dtype()
                                .orElse(Dtype.F32)
                                .holds(model.parameters().read(tensor.offset(), tensor.size()), 0, tensor.size())))
                .findFirst()
                .orElse(GgmlType.F32);
    }

    private List<GgufFile.Tensor> tensors(GgmlType type) {
        var tensors = new ArrayList<GgufFile.Tensor>();
        for (var theirs : family.tensors(architecture, model.vocabulary()).tensors()) {
            var title = GgufNames.of(theirs.name(), name);
            var tensor = arranged(theirs, title);
            tensors.add(tensor(title, tensor, type));
            requireInRange(theirs, tensors.getLast().type());
            if (name.equals("gpt2")
                    && title.equals(EMBEDDING)
                    && architecture.conventions().tiedHead()) {
                // llama.cpp takes the embedding for the head by itself in other architectures only
                tensors.add(tensor("output.weight", tensor, type));
            }
        }
        scaledFrequencies().ifPresent(tensors::add);
        return tensors;
    }

    private void requireInRange(TensorMap.Tensor theirs, GgmlType type) {
        float largest = HuggingFaceFolder.largest(model, theirs);
        if (!type.reaches(largest)) {
            throw new IllegalArgumentException("tensor " + theirs.name() + " has numbers up to " + largest + ", which "
                    + type + " does not reach; write F32 or BF16");
        }
    }

    private TensorMap.Tensor arranged(TensorMap.Tensor theirs, String title) {
        if (name.equals("llama") && title.matches(".*\\.attn_[qk]\\.(weight|bias)")) {
            return GgufNames.turned(theirs, architecture.headSize());
        }
        return title.contains(".attn_qkv.") ? GgufNames.apart(GgufNames.upright(theirs)) : GgufNames.upright(theirs);
    }

    /** Norms, biases and learned positions stay float32: llama.cpp computes with them as they are. */
    private GgufFile.Tensor tensor(String title, TensorMap.Tensor tensor, GgmlType type) {
        boolean matrix = tensor.shape().size() > 1 && !title.startsWith("position_embd");
        var chosen = !matrix ? GgmlType.F32 : type.takesRowsOf(tensor.shape().getLast()) ? type : GgmlType.F16;
        boolean plusOne = title.endsWith("norm.weight");
        return new GgufFile.Tensor(title, tensor.shape(), chosen, () -> {
            var numbers = TensorMap.gather(tensor, model.parameters());
            return plusOne ? raised(numbers) : numbers;
        });
    }

    /** A norm's scales as they are multiplied by: llama.cpp adds no 1 to those of a Gemma. */
    private Floats raised(Floats scales) {
        float offset = architecture.conventions().norm().offset();
        for (long i = 0; i < scales.size(); i++) {
            scales.set(i, scales.get(i) + offset);
        }
        return scales;
    }

    private Map<String, Object> values(GgmlType type) {
        var values = new LinkedHashMap<String, Object>();
        values.put("general.architecture", name);
        values.put("general.type", "model");
        values.put("general.name", export.run().id());
        values.put(name + ".block_count", architecture.layers());
        values.put(name + ".context_length", context());
        values.put(name + ".embedding_length", architecture.width());
        values.put(name + ".feed_forward_length", architecture.hidden());
        values.put(name + ".attention.head_count", architecture.attention().heads());
        values.put(name + ".attention.head_count_kv", architecture.attention().keyValueHeads());
        values.put(
                name + ".attention.layer_norm_" + (architecture.conventions().norm() == Norm.LAYER_NORM ? "" : "rms_")
                        + "epsilon",
                (float) architecture.conventions().epsilon());
        values.put(name + ".attention.key_length", architecture.headSize());
        values.put(name + ".attention.value_length", architecture.headSize());
        values.put(name + ".vocab_size", model.vocabulary());
        if (name.equals("gptneox")) {
            values.put(
                    name + ".use_parallel_residual", architecture.feedForward().placement() == Placement.PARALLEL);
        }
        if (architecture.conventions().position() == Position.ROTARY) {
            rotary(values);
        }
        values.put("general.file_type", type.fileType());
        values.put("general.quantization_version", QUANTIZATION_VERSION);
        return values;
    }

    /** What the model was made for, of which less may have been loaded. */
    private int context() {
        return Source.of(export.run())
                .map(Source::parsed)
                .filter(config -> config.as(architecture, model.vocabulary()).isPresent())
                .map(HuggingFaceConfig::architecture)
                .filter(read -> read.conventions().position() == Position.ROTARY)
                .orElse(architecture)
                .context();
    }

    private void rotary(Map<String, Object> values) {
        var rotary = architecture.attention().rotary();
        var scaling = rotary.scaling();
        int turned = (int) (architecture.headSize() * rotary.share());
        if (turned % 2 != 0) {
            throw new IllegalArgumentException(
                    "llama.cpp turns an even number of each head's elements by their position, not " + turned);
        }
        values.put(name + ".rope.dimension_count", turned);
        values.put(name + ".rope.freq_base", (float) rotary.theta());
        if (scaling.kind() == Kind.LINEAR) {
            values.put(name + ".rope.scaling.type", "linear");
            values.put(name + ".rope.scaling.factor", (float) scaling.factor());
        }
        if (scaling.kind() == Kind.YARN) {
            if (!scaling.equals(RotaryScaling.yarn(scaling.factor(), scaling.originalContext()))) {
                throw new IllegalArgumentException("llama.cpp has YaRN with 1 and 32 turns (beta_slow, beta_fast), not "
                        + scaling.slow() + " and " + scaling.fast());
            }
            values.put(name + ".rope.scaling.type", "yarn");
            values.put(name + ".rope.scaling.factor", (float) scaling.factor());
            values.put(name + ".rope.scaling.original_context_length", scaling.originalContext());
        }
    }

    /** Llama 3's scaling is a tensor: by what each frequency is divided. */
    private Optional<GgufFile.Tensor> scaledFrequencies() {
        var rotary = architecture.attention().rotary();
        if (architecture.conventions().position() != Position.ROTARY
                || rotary.scaling().kind() != Kind.LLAMA3) {
            return Optional.empty();
        }
        int size = (int) (architecture.headSize() * rotary.share());
        var factors = new float[size / 2];
        for (int i = 0; i < factors.length; i++) {
            double frequency = Math.pow(rotary.theta(), -2.0 * i / size);
            factors[i] = (float) (1 / rotary.scaling().kept(i, frequency, size, rotary.theta()));
        }
        return Optional.of(new GgufFile.Tensor(
                "rope_freqs.weight", List.of(factors.length), GgmlType.F32, () -> Floats.of(factors)));
    }
}
