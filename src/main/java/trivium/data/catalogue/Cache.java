package trivium.data.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

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
        return new Cache(ofUser("datasets"));
    }

    /** A folder of the user's cache, such as {@code models}. */
    public static Path ofUser(String name) {
        return of(System.getenv(), Path.of(System.getProperty("user.home", ".")))
                .resolve(name);
    }

    /** The XDG specification takes only absolute paths. */
    static Path of(Map<String, String> environment, Path home) {
        var own = Optional.ofNullable(environment.get("TRIVIUM_CACHE"))
                .filter(path -> !path.isBlank())
                .map(Path::of);
        var shared = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(home.resolve(".cache"))
                .resolve("trivium");
        return own.orElse(shared);
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
        new Download(RemoteFile.of(part), file, listener, patience).run(there -> holds(there, part));
    }

    /** Whether a file is there, with the size and the hash of the catalogue. */
    private static boolean holds(Path file, Part part) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == part.bytes()
                && Content.sha256(file).equals(part.sha256());
    }
}
