package trivium.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Keeps a folder to one writer at a time: a lock that ends with its process, or when it is closed. */
public final class FolderLock implements AutoCloseable {

    private static final String FILE = ".lock";

    /** A writer tries for longer than {@link #isHeld} holds the lock to ask. */
    private static final int ATTEMPTS = 20;

    private static final long PAUSE_NANOS = 10_000_000;

    /**
     * The folders that this process holds. It must not ask the system about them: closing any channel to a file gives
     * up all locks that the process has on it (POSIX, fcntl).
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final FileChannel channel;
    private final Path folder;

    private FolderLock(FileChannel channel, Path folder) {
        this.channel = channel;
        this.folder = folder;
    }

    /**
     * Takes the folder, which is made if it is missing.
     *
     * @param what writes there, for the sentence: "training"
     * @throws IllegalArgumentException if another has it, in this process or another
     */
    public static FolderLock take(Path folder, String what) throws IOException {
        var place = Files.createDirectories(folder).toRealPath();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            synchronized (HELD) {
                if (HELD.contains(place)) {
                    break;
                }
                var channel =
                        FileChannel.open(place.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (channel.tryLock() != null) {
                    HELD.add(place);
                    return new FolderLock(channel, place);
                }
                channel.close();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new IllegalArgumentException(
                folder + " is in use: another " + what + " is writing there; wait for it, or keep this one elsewhere");
    }

    /** Whether a writer has the folder, in this process or another. */
    static boolean isHeld(Path folder) {
        try {
            var place = folder.toRealPath();
            synchronized (HELD) {
                if (HELD.contains(place)) {
                    return true;
                }
                if (!Files.exists(place.resolve(FILE))) {
                    return false;
                }
                try (var channel = FileChannel.open(place.resolve(FILE), StandardOpenOption.WRITE)) {
                    return channel.tryLock() == null;
                }
            }
        } catch (IOException e) {
            // no right to write there, or interrupted: then the card has the last word
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (channel.isOpen()) {
                channel.close();
                HELD.remove(folder);
            }
        }
    }
}
