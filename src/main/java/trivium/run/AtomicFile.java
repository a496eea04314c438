package trivium.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files so that nobody ever sees half of one: under a temporary name in the same folder, forced to disk, then
 * moved into place.
 */
public final class AtomicFile {

    private AtomicFile() {}

    /** Writes the content to a path. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path temporary) throws IOException;
    }

    /** Replaces {@code file} by what {@code content} writes; on failure the old file stays as it was. */
    public static void write(Path file, Content content) throws IOException {
        var place = file.toAbsolutePath();
        Files.createDirectories(place.getParent());
        // not createTempFile, whose files only their owner may read
        var temporary = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            content.writeTo(temporary);
            try (var whole = new RandomAccessFile(temporary.toFile(), "rw")) {
                whole.getFD().sync();
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            remember(place.getParent());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Makes the names in a folder durable against a loss of power, where the system offers that. */
    static void remember(Path folder) {
        try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Windows opens no folders, and keeps their names by itself
            return;
        }
    }
}
