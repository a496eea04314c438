package trivium.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import trivium.data.files.ContentHash;

/**
 * Where fetched data sets are kept, each in a folder of its own.
 *
 * @param folder made when it is first needed
 * @param patience how long a server may be silent before it is asked again
 */
public record Cache(Path folder, Duration patience) {

    /** File locks keep other processes out, not other threads of this one. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    /** A cache in this folder, with 20 seconds of patience. */
    public Cache(Path folder) {
        this(folder, Duration.ofSeconds(20));
    }

    /**
     * The user's: {@code TRIVIUM_CACHE}, or {@code trivium} in {@code XDG_CACHE_HOME}, or {@code ~/.cache/trivium}; in
     * there {@code datasets}.
     */
    public static Cache ofUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
    }

    /** The XDG specification takes only absolute paths. */
    static Cache of(Map<String, String> environment, Path home) {
        var own = Optional.ofNullable(environment.get("TRIVIUM_CACHE"))
                .filter(path -> !path.isBlank())
                .map(Path::of);
        var shared = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(home.resolve(".cache"))
                .resolve("trivium");
        return new Cache(own.orElse(shared).resolve("datasets"));
    }

    /** Where a data set is, after downloading what is missing: a file, or a folder if there are several. */
    public Path fetch(Dataset dataset, Listener listener) {
        var own = folder.resolve(dataset.name());
        THREADS.lock();
        try {
            Files.createDirectories(own);
            for (var part : dataset.parts()) {
                var file = own.resolve(part.file());
                if (!holds(file, part)) {
                    fetch(part, file, listener);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    own + " could not be written: " + e.getMessage()
                            + "; TRIVIUM_CACHE names another folder for the cache",
                    e);
        } finally {
            THREADS.unlock();
        }
        return dataset.parts().size() == 1
                ? own.resolve(dataset.parts().getFirst().file())
                : own;
    }

    private void fetch(Part part, Path file, Listener listener) throws IOException {
        var half = file.resolveSibling("." + part.file() + ".part");
        try (var channel = FileChannel.open(half, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            // another process may have been quicker while this one waited
            if (!holds(file, part)) {
                new Download(part, half, file, listener, patience).run(channel);
            }
        } finally {
            if (Files.exists(half) && (Files.size(half) == 0 || holds(file, part))) {
                Files.delete(half);
            }
        }
    }

    /** Whether a file is there, with the size and the hash of the catalogue. */
    private static boolean holds(Path file, Part part) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == part.bytes()
                && sha256(file).equals(part.sha256());
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            var digest = ContentHash.sha256();
            byte[] chunk = new byte[1 << 16];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
