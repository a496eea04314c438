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
        var place = folder.toAbsolutePath().normalize();
        try {
            requireFree(place, folder);
            Files.createDirectories(place.getParent());
            var target = Files.exists(place) ? place.toRealPath() : place;
            var temporary = beside(target, "part");
            try {
                content.writeTo(Files.createDirectory(temporary));
                swap(temporary, target);
            } finally {
                delete(temporary);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a model to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void requireFree(Path place, Path folder) throws IOException {
        if (place.getParent() == null) {
            throw new IllegalArgumentException("a model needs a folder of its own, not " + folder);
        }
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(place)) {
            throw new IllegalArgumentException(folder + " is a file, not a folder to write a model into");
        }
        boolean model = Files.exists(place.resolve(HuggingFaceConfig.FILE))
                && (Files.exists(place.resolve(WeightFiles.WEIGHTS)) || Files.exists(place.resolve(WeightFiles.INDEX)));
        try (Stream<Path> files = Files.list(place)) {
            if (!model && files.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        folder + " has files, but no model of Hugging Face's format among them,"
                                + " so it is not overwritten; write to a new folder");
            }
        }
    }

    private static void swap(Path temporary, Path target) throws IOException {
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
        keep(old, target);
        delete(old);
    }

    /** Moves what is none of the model's files. */
    private static void keep(Path old, Path target) throws IOException {
        try (Stream<Path> files = Files.list(old)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                var now = target.resolve(name);
                boolean weights =
                        name.matches("model(-\\d+-of-\\d+)?\\.safetensors|model\\.safetensors\\.index\\.json");
                boolean tokens = name.matches("special_tokens_map\\.json|added_tokens\\.json|chat_template\\.jinja"
                        + "|vocab\\.json|merges\\.txt|tokenizer\\.model");
                if (!weights && !tokens && !Files.exists(now)) {
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
