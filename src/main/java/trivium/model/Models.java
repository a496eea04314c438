package trivium.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.text.PlainJson;

/** Models in folders: {@code model.json} with the shape, {@code model.safetensors} with the weights. */
public final class Models {

    // Beside this class, not with the thread's loader: a notebook's cells run with one of their own.
    private static final List<ModelKind> KINDS =
            ServiceLoader.load(ModelKind.class, ModelKind.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();

    private static final String SHAPE = "model.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String FROZEN = "frozen";
    private static final int LONGEST_SENTENCE = 300;

    /** Parameters, of 64 MiB. */
    private static final long SMALL = 1 << 24;

    private Models() {}

    /** Writes a model into a folder, each file under a temporary name and then moved into place. */
    public static void save(LanguageModel model, Path folder) {
        try {
            Files.createDirectories(folder);
            var weights = new ArrayList<Safetensors.Source>();
            model.beneath().ifPresent(beneath -> weights.addAll(Safetensors.sources(beneath)));
            weights.addAll(Safetensors.sources(model.parameters()));
            Safetensors.write(folder.resolve(WEIGHTS), weights, Map.of());
            var temporary = folder.resolve(SHAPE + ".part");
            Files.writeString(temporary, toJson(model));
            Files.move(
                    temporary,
                    folder.resolve(SHAPE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a model to " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * All of a model but its weights, as {@code model.json} has it: what the model says of itself, and the names of its
     * frozen tensors where there are any.
     */
    public static String toJson(LanguageModel model) {
        var parameters = model.parameters();
        var frozen = new JsonArray();
        parameters.tensors().stream()
                .filter(parameters::isFrozen)
                .forEach(tensor -> frozen.add(new JsonPrimitive(tensor.name())));
        if (frozen.size() == 0) {
            return model.toJson();
        }
        var json = PlainJson.parse(model.toJson()).getAsJsonObject();
        json.add(FROZEN, frozen);
        return json.toString();
    }

    /** The same without the type in which weights rest, which changes no number that the model gives. */
    public static String identity(LanguageModel model) {
        var json = PlainJson.parse(toJson(model)).getAsJsonObject();
        boolean rests = json.remove(Transformer.DTYPE) != null;
        if (json.has(AdaptedTransformer.BASE)) {
            rests |= json.getAsJsonObject(AdaptedTransformer.BASE).remove(Transformer.DTYPE) != null;
        }
        return rests ? json.toString() : toJson(model);
    }

    private static void freeze(Parameters parameters, JsonFields json) {
        var names = json.has(FROZEN) ? json.texts(FROZEN) : List.<String>of();
        for (var name : names) {
            if (parameters.tensors().stream().noneMatch(tensor -> tensor.name().equals(name))) {
                throw json.damaged("\"" + FROZEN + "\" names the tensor " + JsonFields.shown(name)
                        + ", which its model does not have");
            }
        }
        parameters.freeze(tensor -> names.contains(tensor.name()));
    }

    /**
     * The model that {@link #save} wrote.
     *
     * @throws UncheckedIOException if a file is missing or cannot be read
     * @throws IllegalArgumentException naming the file that is damaged, or does not fit the other
     */
    public static LanguageModel load(Path folder) {
        var file = folder.resolve(SHAPE);
        try {
            var json = JsonFields.read(file);
            var kind = kind(json.text("kind"), file.toString());
            var weights = SafetensorsFile.open(folder.resolve(WEIGHTS));
            requireWeights(json, kind, weights);
            var model = blank(json, kind);
            model.beneath().ifPresent(beneath -> fill(beneath, weights));
            fill(model.parameters(), weights);
            freeze(model.parameters(), json);
            return model;
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no model in " + folder + ": " + SHAPE + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a damaged shape before it asks for memory that only larger weights would need. A small model is made all
     * the same, so that the first tensor that differs is named.
     */
    private static void requireWeights(JsonFields json, ModelKind kind, SafetensorsFile weights) {
        long needed = described(json, () -> kind.parameters(json.json()));
        long there = weights.tensors().values().stream()
                .mapToLong(SafetensorsFile.Tensor::size)
                .sum();
        if (needed > Math.max(there, SMALL)) {
            throw new IllegalArgumentException(json.where() + " describes a model of " + needed + " parameters, but "
                    + weights.file() + " holds " + there + " numbers");
        }
    }

    private static LanguageModel blank(JsonFields json, ModelKind kind) {
        return described(json, () -> kind.blank(json.json()));
    }

    /** What a kind reads from its JSON; the message of any error names the file. */
    private static <T> T described(JsonFields json, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (RuntimeException e) { // of several libraries: Gson's, and of kinds from other packages
            var sentence = e.getClass() == IllegalArgumentException.class && e.getMessage() != null
                    ? ": " + JsonFields.shown(e.getMessage(), LONGEST_SENTENCE)
                    : " does not describe a model: it is not the JSON that saving one of its kind writes";
            throw new IllegalArgumentException(json.where() + sentence, e);
        }
    }

    /**
     * The shape that {@link ModelConfig#settings} described, as a run's card has it.
     *
     * @param where the settings stand, for the sentence if no kind knows them
     */
    public static ModelConfig config(Map<String, Object> settings, String where) {
        return kind(String.valueOf(settings.getOrDefault("model", "nothing")), where)
                .config(settings);
    }

    private static ModelKind kind(String name, String where) {
        return KINDS.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(where + " describes a model of kind \"" + JsonFields.shown(name)
                                + "\"; this version knows "
                                + KINDS.stream()
                                        .map(known -> "\"" + known.name() + "\"")
                                        .collect(Collectors.joining(", "))));
    }

    /** Copies named tensors into a model's parameters; every one must be there, in its shape, and finite. */
    public static void fill(Parameters parameters, SafetensorsFile contents) {
        var piece = Floats.zeros(Math.min(Parameters.PIECE, parameters.count()));
        for (var tensor : parameters.tensors()) {
            var shape = contents.get(tensor.name()).shape();
            if (!shape.equals(tensor.shape())) {
                throw new IllegalArgumentException(contents.file() + ": tensor " + tensor.name() + " has shape "
                        + JsonFields.shown(shape) + " but the model needs " + tensor.shape());
            }
            for (long done = 0; done < tensor.size(); done += Parameters.PIECE) {
                long count = Math.min(Parameters.PIECE, tensor.size() - done);
                contents.read(tensor.name(), done, piece, 0, count);
                if (!Float.isFinite(Vectors.largest(piece, 0, count))) {
                    throw notFinite(tensor, contents);
                }
                parameters.write(tensor.offset() + done, piece, 0, count);
            }
        }
    }

    private static IllegalArgumentException notFinite(Parameters.Tensor tensor, SafetensorsFile contents) {
        var values = Floats.zeros(tensor.size());
        contents.read(tensor.name(), 0, values, 0, tensor.size());
        long bad = LongStream.range(0, values.size())
                .filter(i -> !Float.isFinite(values.get(i)))
                .count();
        return new IllegalArgumentException(contents.file() + ": " + bad + " of the " + values.size()
                + " numbers of tensor " + tensor.name()
                + " are not finite; the training that wrote them diverged, or the file is damaged: train again with a"
                + " lower learning rate, or load an earlier state");
    }
}
