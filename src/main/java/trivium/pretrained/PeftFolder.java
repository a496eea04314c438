package trivium.pretrained;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.model.AdaptedTransformer;
import trivium.model.JsonFields;
import trivium.model.Lora;
import trivium.model.Parameters;
import trivium.model.SafetensorsFile;
import trivium.model.Transformer;
import trivium.pretrained.PeftModules.Module;
import trivium.tensor.Floats;

/** Reads an adapter that PEFT's {@code save_pretrained} wrote: adapter_config.json and adapter_model.safetensors. */
final class PeftFolder {

    static final String WEIGHTS = "adapter_model.safetensors";
    static final String PREFIX = "base_model.model.";
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";
    static final String MAGNITUDE = ".lora_magnitude_vector";
    static final String SCORE = "score";
    private static final String BENEATH = ".base_layer.weight";

    private final Path folder;
    private final PeftConfig config;
    private final PeftTokens tokens;
    private final boolean resized; // embedding and head stand in the file because the vocabulary grew
    private final Family family;
    private final Transformer base;
    private final SafetensorsFile file;
    private final PeftModules modules;
    private final Map<String, Module> adapted = new LinkedHashMap<>(); // by the name in the file
    private final Map<String, String> saved = new LinkedHashMap<>(); // the engine's name of each tensor in full

    private PeftFolder(Path folder, Family family, Transformer model, int vocabulary) {
        this.folder = folder;
        this.family = family;
        if (!Files.exists(folder.resolve(PeftConfig.FILE))) {
            throw new IllegalArgumentException(folder + " is no folder of an adapter: it has no " + PeftConfig.FILE);
        }
        config = PeftConfig.read(folder.resolve(PeftConfig.FILE));
        if (!Files.exists(folder.resolve(WEIGHTS))) {
            throw new IllegalArgumentException(folder + " has no " + WEIGHTS
                    + (Files.exists(folder.resolve("adapter_model.bin"))
                            ? "; adapter_model.bin " + SafetensorsFile.PICKLE
                            : ""));
        }
        file = SafetensorsFile.open(folder.resolve(WEIGHTS));
        boolean tied = model.architecture().conventions().tiedHead();
        var json = JsonFields.open(folder.resolve(PeftConfig.FILE));
        tokens = PeftTokens.read(json, family, tied);
        int most = IntStream.of(model.vocabulary(), vocabulary, tokens.vocabulary(), rows())
                .max()
                .orElseThrow();
        resized = most > model.vocabulary() && !json.has("modules_to_save");
        base = PeftTokens.grown(model, most, family, resized ? Optional.of(file) : Optional.empty());
        modules = PeftModules.of(family, base);
    }

    /**
     * The model with the adapter of this folder beside it, and with the tokens that the adapter was trained with.
     *
     * @param vocabulary how many tokens there are at least
     * @throws IllegalArgumentException in one sentence: what is missing, damaged, not supported, or does not fit the
     *     model
     */
    static AdaptedTransformer read(Path folder, Family family, Transformer base, int vocabulary) {
        return new PeftFolder(folder, family, base, vocabulary).read();
    }

    /**
     * How many rows the embedding in the file has, which PEFT writes in full where it was resized; 0 if it has none.
     */
    private int rows() {
        return Stream.of(PeftTokens.BENEATH, ".weight")
                .map(ending -> PREFIX + PeftTokens.module(family) + ending)
                .filter(file.tensors()::containsKey)
                .mapToInt(name -> file.get(name).shape().getFirst())
                .max()
                .orElse(0);
    }

    private AdaptedTransformer read() {
        file.tensors().keySet().forEach(this::sort);
        boolean tied = config.tied() && base.architecture().conventions().tiedHead();
        if (tied && saved.containsValue(Lora.TOKENS_IN_FULL + ".weight")) {
            saved.remove(PREFIX + "lm_head.weight"); // the embedding once more
        }
        if (adapted.isEmpty()) {
            throw new IllegalArgumentException(file.file() + " has no tensors of an adapter (… .lora_A.weight)");
        }
        boolean scores = saved.containsValue(Lora.HEAD_IN_FULL + ".weight")
                && file.tensors().containsKey(PREFIX + SCORE + ".weight");
        var plain = base.withAdapter(lora(), 0);
        var model = scores ? plain.withScalarHead(0) : plain;
        var places = TensorMap.places(model.parameters().tensors());
        var targets = model.targets().stream()
                .collect(Collectors.toMap(AdaptedTransformer.Target::name, Function.identity()));
        adapted.forEach((name, module) -> fill(name, module, targets.get(module.target()), places, model.parameters()));
        saved.forEach((name, ours) -> {
            if (!places.containsKey(ours)) {
                throw new IllegalArgumentException(file.file() + " has a tensor " + JsonFields.shown(name) + ", but "
                        + config.where() + " describes none like it");
            }
            copy(name, places.get(ours), model.parameters().values());
        });
        return model;
    }

    /** What a tensor of the file is. */
    private void sort(String name) {
        var bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        for (var ending : List.of(A, B, MAGNITUDE + ".weight", MAGNITUDE)) {
            if (bare.endsWith(ending)) {
                var layer = bare.substring(0, bare.length() - ending.length());
                adapted.put(
                        name.substring(0, name.length() - ending.length()),
                        modules.find(layer).orElseThrow(() -> foreign(layer)));
                return;
            }
        }
        if (bare.endsWith(PeftTokens.BENEATH) || resized && isAtAnEnd(bare)) {
            return; // embedding or head as they were resized
        }
        if (bare.endsWith(BENEATH)) {
            var layer = bare.substring(0, bare.length() - BENEATH.length());
            requireBeneath(name, modules.find(layer).orElseThrow(() -> foreign(layer)));
            return;
        }
        if (bare.endsWith(PeftTokens.ROWS)) {
            boolean head = bare.equals(PeftTokens.HEAD + PeftTokens.ROWS);
            saved.put(name, (head && !tokens.tied() ? Lora.HEAD_ROWS : Lora.TOKEN_ROWS) + ".weight");
        } else if (bare.equals(family.embedding())) {
            saved.put(name, Lora.TOKENS_IN_FULL + ".weight");
        } else if (bare.equals("lm_head.weight") || bare.equals("embed_out.weight") || bare.equals(SCORE + ".weight")) {
            saved.put(name, Lora.HEAD_IN_FULL + ".weight");
        } else {
            throw new IllegalArgumentException(
                    file.file() + " has a tensor " + JsonFields.shown(name)
                            + ": of what is trained in full beside an adapter, the embedding of tokens and the head are supported");
        }
    }

    private boolean isAtAnEnd(String tensor) {
        return tensor.equals(family.embedding()) || tensor.equals(PeftTokens.HEAD + ".weight");
    }

    /** PEFT writes a head that is a target beside its adapter; it has to be the model's, number for number. */
    private void requireBeneath(String name, Module module) {
        requireShape(name, List.of(module.rows().length, module.in()));
        var row = Floats.zeros(module.in());
        var weights = base.parameters();
        for (int i = 0; i < module.rows().length; i++) {
            file.read(name, (long) i * module.in(), row, 0, module.in());
            if (!Arrays.equals(row.toArray(), weights.toArray(module.rows()[i], module.in()))) {
                throw new IllegalArgumentException(file.file() + ": tensor " + name
                        + " is not that of the model beneath:" + " the adapter was trained on another model");
            }
        }
    }

    private IllegalArgumentException foreign(String layer) {
        return new IllegalArgumentException(file.file() + " has an adapter beside " + JsonFields.shown(layer)
                + ", which a " + family.modelType() + " model of this shape has not; its linear layers are "
                + modules.names() + config.trainedBeside());
    }

    private Lora lora() {
        var targets = new LinkedHashSet<String>();
        var ranks = new ArrayList<String>();
        var alphas = new ArrayList<String>();
        var inOrder = adapted.entrySet().stream()
                .sorted(Comparator.comparingLong(each -> each.getValue().rows()[0]))
                .toList();
        inOrder.forEach(each -> {
            var name = each.getKey();
            var module = each.getValue();
            var shape = file.get(name + A).shape();
            int rank = shape.isEmpty() ? 0 : shape.getFirst();
            double alpha = config.alpha(module.name());
            targets.add(module.target());
            if (rank != config.rank()) {
                ranks.add(module.target() + "=" + rank);
            }
            if (alpha != config.alpha()) {
                alphas.add(module.target() + "=" + alpha);
            }
        });
        try {
            return new Lora(
                    config.rank(),
                    config.alpha(),
                    config.dropout(),
                    config.useRslora(),
                    config.useDora(),
                    new Lora.Parts(
                            PeftNames.shortest(targets, base.architecture().layers()),
                            ranks,
                            alphas,
                            modulesToSave(),
                            tokens.patterns()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(config.where() + " describes no adapter: " + e.getMessage(), e);
        }
    }

    private List<String> modulesToSave() {
        var modules = new ArrayList<String>();
        boolean tokens = saved.containsValue(Lora.TOKENS_IN_FULL + ".weight");
        boolean head = saved.containsValue(Lora.HEAD_IN_FULL + ".weight")
                && !file.tensors().containsKey(PREFIX + SCORE + ".weight");
        if (tokens) {
            modules.add("embedding");
        }
        // PEFT leaves a tied head as it is when its embedding is trained, unless it is told to tie them
        if (head || tokens && base.architecture().conventions().tiedHead() && !config.tied()) {
            modules.add("head");
        }
        return modules;
    }

    private void fill(
            String name,
            Module module,
            AdaptedTransformer.Target target,
            Map<String, Parameters.Tensor> places,
            Parameters parameters) {
        var values = parameters.values();
        copy(name + A, places.get(target.name() + Lora.A), values);
        var rows = module.rowsOf(target);
        place(name + B, rows, target.rank(), places.get(target.name() + Lora.B), values);
        if (config.useDora()) {
            var magnitude = file.tensors().containsKey(name + MAGNITUDE) ? MAGNITUDE : MAGNITUDE + ".weight";
            place(name + magnitude, rows, 1, places.get(target.name() + Lora.MAGNITUDE), values);
        }
    }

    private void copy(String name, Parameters.Tensor to, Floats values) {
        requireShape(name, to.shape());
        file.read(name, 0, values, to.offset(), to.size());
        requireFinite(name, values, to);
    }

    /** Rows of the file's to where the engine has them. */
    private void place(String name, int[] rows, int size, Parameters.Tensor to, Floats values) {
        requireShape(name, to.shape());
        for (int i = 0; i < rows.length; i++) {
            file.read(name, (long) i * size, values, to.offset() + (long) rows[i] * size, size);
        }
        requireFinite(name, values, to);
    }

    private void requireShape(String name, List<Integer> shape) {
        if (!file.get(name).shape().equals(shape)) {
            throw new IllegalArgumentException(file.file() + ": tensor " + name + " has shape "
                    + JsonFields.shown(file.get(name).shape()) + ", but the model in whose place it stands needs "
                    + shape + config.trainedBeside());
        }
    }

    private void requireFinite(String name, Floats values, Parameters.Tensor tensor) {
        WeightReading.requireFinite(file, name, values, tensor.offset(), tensor.size());
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
