package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.model.JsonFields;
import trivium.model.SafetensorsFile;
import trivium.tensor.Dtype;

/**
 * The weights of a folder: {@code model.safetensors}, or the shards that {@code model.safetensors.index.json} names,
 * mapped into memory.
 *
 * @param files the files, in their order
 * @param places the file of each tensor, by the tensor's name
 */
record WeightFiles(List<Path> files, Map<String, SafetensorsFile> places) {

    static final String WEIGHTS = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    /**
     * Opens the weights of a folder.
     *
     * @throws IllegalArgumentException if there are none that can be read, or an index does not say what is there
     */
    static WeightFiles open(Path folder) {
        if (Files.exists(folder.resolve(WEIGHTS))) {
            var file = SafetensorsFile.open(folder.resolve(WEIGHTS));
            var places = new LinkedHashMap<String, SafetensorsFile>();
            file.tensors().keySet().forEach(name -> places.put(name, file));
            return new WeightFiles(List.of(file.file()), Collections.unmodifiableMap(places));
        }
        if (Files.exists(folder.resolve(INDEX))) {
            return indexed(folder);
        }
        throw new IllegalArgumentException(folder + " has neither " + WEIGHTS + " nor " + INDEX + others(folder));
    }

    /** The type that transformers takes where config.json names none: of the first file's first tensor by name. */
    Optional<Dtype> dtype() {
        return places.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, SafetensorsFile> place) ->
                                place.getValue().file())
                        .thenComparing(Map.Entry.comparingByKey()))
                .flatMap(
                        place -> Dtype.find(place.getValue().get(place.getKey()).type()).stream())
                .findFirst();
    }

    /** What else there is in a folder without weights. */
    static String others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .sorted()
                    .flatMap(name -> other(name).map(why -> "; " + name + " " + why).stream())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Why weights of this name are not read: files of PyTorch's hold pickled programs, which are not run. */
    static Optional<String> other(String name) {
        if (name.matches(".*\\.(bin|pt|pth|ckpt)")) {
            return Optional.of(SafetensorsFile.PICKLE);
        }
        if (name.endsWith(".gguf")) {
            return Optional.of(
                    "is GGUF, which is written here and not read: load the Hugging Face folder that it was made from");
        }
        return name.matches(".*\\.(h5|msgpack)") ? Optional.of("is of another format") : Optional.empty();
    }

    private static WeightFiles indexed(Path folder) {
        var index = folder.resolve(INDEX);
        var map = JsonFields.open(index).object("weight_map");
        var open = new LinkedHashMap<String, SafetensorsFile>();
        var places = new LinkedHashMap<String, SafetensorsFile>();
        for (var name : map.names()) {
            var shard = map.text(name);
            var file = open.computeIfAbsent(shard, it -> SafetensorsFile.open(shard(folder, index, it)));
            if (!file.tensors().containsKey(name)) {
                throw new IllegalArgumentException(index + " says that tensor " + JsonFields.shown(name) + " is in "
                        + JsonFields.shown(shard) + ", which does not have it");
            }
            places.put(name, file);
        }
        for (var file : open.values()) {
            for (var name : file.tensors().keySet()) {
                if (places.get(name) != file) {
                    throw new IllegalArgumentException(file.file() + " has a tensor " + JsonFields.shown(name)
                            + ", which "
                            + index.getFileName()
                            + (places.containsKey(name)
                                    ? " says is in " + places.get(name).file().getFileName() + ": it is there twice"
                                    : " does not name"));
                }
            }
        }
        var files = new ArrayList<>(List.of(index));
        open.values().forEach(file -> files.add(file.file()));
        return new WeightFiles(List.copyOf(files), Collections.unmodifiableMap(places));
    }

    /** A file of the folder itself: an index from elsewhere must not open files elsewhere. */
    private static Path shard(Path folder, Path index, String name) {
        if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.safetensors")) {
            throw new IllegalArgumentException(index + " names the shard \"" + JsonFields.shown(name)
                    + "\", which is no safetensors file in the folder itself");
        }
        var file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    index + " names the shard " + name + ", which is missing in " + folder + ": download it");
        }
        return file;
    }
}
