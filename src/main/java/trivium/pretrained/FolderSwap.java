package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/** Writes a folder beside where it is to stand, and moves it there when it is whole. */
final class FolderSwap {

    private FolderSwap() {}

    /** Writes files into a folder. */
    @FunctionalInterface
    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /**
     * Writes a folder of a model. One that is there is replaced; files in it that are none of the model's stay.
     *
     * @throws IllegalArgumentException if there is a file of that name, or a folder with files that is no model's
     */
    static Path write(Path folder, Content content) {
        return write(folder, content, true);
    }

    /** Writes a folder of an adapter, whatever else there is in it. */
    static Path writeAdapter(Path folder, Content content) {
        return write(folder, content, false);
    }

    private static Path write(Path folder, Content content, boolean model) {
        var place = folder.toAbsolutePath().normalize();
        try {
            requireFree(place, folder, model);
            Files.createDirectories(place.getParent());
            var target = Files.exists(place) ? place.toRealPath() : place;
            var temporary = beside(target, "part");
            try {
                content.writeTo(Files.createDirectory(temporary));
                swap(temporary, target, model);
            } finally {
                delete(temporary);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + (model ? "a model" : "an adapter") + " to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void requireFree(Path place, Path folder, boolean model) throws IOException {
        var what = model ? "a model" : "an adapter";
        if (place.getParent() == null) {
            throw new IllegalArgumentException(what + " needs a folder of its own, not " + folder);
        }
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(place)) {
            throw new IllegalArgumentException(folder + " is a file, not a folder to write " + what + " into");
        }
        boolean ours = !model
                || Files.exists(place.resolve(HuggingFaceConfig.FILE))
                        && (Files.exists(place.resolve(WeightFiles.WEIGHTS))
                                || Files.exists(place.resolve(WeightFiles.INDEX)));
        try (Stream<Path> files = Files.list(place)) {
            if (!ours && files.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        folder + " has files, but no model of Hugging Face's format among them,"
                                + " so it is not overwritten; write to a new folder");
            }
        }
    }

    private static void swap(Path temporary, Path target, boolean model) throws IOException {
        if (!Files.exists(target)) {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        var old = beside(target, "old");
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        keep(old, target, model);
        delete(old);
    }

    /** Moves what is none of the model's files. */
    private static void keep(Path old, Path target, boolean model) throws IOException {
        try (Stream<Path> files = Files.list(old)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                var now = target.resolve(name);
                boolean weights =
                        name.matches("model(-\\d+-of-\\d+)?\\.safetensors|model\\.safetensors\\.index\\.json");
                // transformers would put an older adapter beside the new model
                boolean adapter = name.matches("adapter_config\\.json|adapter_model\\.(safetensors|bin)");
                boolean tokens = name.matches("special_tokens_map\\.json|added_tokens\\.json|chat_template\\.jinja"
                        + "|vocab\\.json|merges\\.txt|tokenizer\\.model");
                boolean stale = model ? weights || tokens || adapter : adapter;
                if (!stale && !Files.exists(now)) {
                    Files.move(file, now);
                }
            }
        }
    }

    private static Path beside(Path place, String ending) {
        return place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + "." + ending);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
