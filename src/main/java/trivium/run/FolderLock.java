package trivium.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a folder to one writer at a time: a lock that ends with its process, or when it is closed. */
public final class FolderLock implements AutoCloseable {

    private static final String FILE = ".lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the folder, which is made if it is missing.
     *
     * @param what writes there, for the sentence: "training"
     * @throws IllegalArgumentException if another has it, in this process or another
     */
    public static FolderLock take(Path folder, String what) throws IOException {
        var channel = FileChannel.open(
                Files.createDirectories(folder).resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process: the same sentence
        }
        channel.close();
        throw new IllegalArgumentException(
                folder + " is in use: another " + what + " is writing there; wait for it, or keep this one elsewhere");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
