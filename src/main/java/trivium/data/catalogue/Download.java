package trivium.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Downloads one file, whatever happens on the way: after a broken connection the download resumes where it stopped, or
 * starts over if the server cannot resume, and the file counts only once its size and its hash are right.
 */
public final class Download {

    /** Attempts in a row that bring nothing new. */
    private static final int FRUITLESS = 3;

    private static final int CHUNK = 1 << 16;

    private final RemoteFile remote;
    private final Path half;
    private final Path file;
    private final Listener listener;
    private final Duration patience;

    private Content content;
    private String commit = "";
    /** Whether an answer of unknown length has come to its end. */
    private boolean ended;

    /**
     * @param file where the bytes are moved when they are complete; until then they gather in a hidden file beside it,
     *     and a download continues the bytes that an earlier one left there
     * @param patience how long a server may be silent
     */
    public Download(RemoteFile remote, Path file, Listener listener, Duration patience) {
        this.remote = remote;
        this.half = file.resolveSibling("." + file.getFileName() + ".part");
        this.file = file;
        this.listener = listener;
        this.patience = patience;
        this.content = remote.known();
    }

    /** Decides whether a file that is there already is the one wanted. */
    @FunctionalInterface
    public interface Check {
        boolean holds(Path file) throws IOException;
    }

    /**
     * Downloads the file; one process or thread at a time, and nothing if another was quicker.
     *
     * @throws RefusedException if the server refuses it
     * @throws IllegalArgumentException if the address serves other bytes than were expected
     * @throws UncheckedIOException saying what to do, if the server cannot be reached
     * @throws CancellationException if the thread is interrupted
     */
    public void run(Check there) throws IOException {
        try (var channel = FileChannel.open(half, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            // another process may have been quicker while this one waited
            if (!there.holds(file)) {
                run(channel);
            }
        } finally {
            if (Files.exists(half) && (Files.size(half) == 0 || there.holds(file))) {
                Files.delete(half);
            }
        }
    }

    /** The commit that the server took the file from ({@code X-Repo-Commit}); empty if it did not say. */
    public String commit() {
        return commit;
    }

    private void run(FileChannel half) throws IOException {
        boolean resumed = half.size() > 0;
        gather(half);
        if (!isRight() && resumed) {
            // the bytes of an earlier attempt may be wrong: once more from the start
            half.truncate(0);
            gather(half);
        }
        if (!isRight()) {
            var found = content.found(this.half);
            half.truncate(0);
            throw new IllegalArgumentException(remote.address() + " serves other bytes than "
                    + witness(remote.known().hash().isEmpty()) + ": " + content.kind() + " " + found + " instead of "
                    + content.hash() + "; nothing was kept. " + byHand());
        }
        half.force(true);
        Files.move(this.half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean isRight() throws IOException {
        return content.found(half).equals(content.hash());
    }

    /** Asks until all bytes are here, or asking again brings nothing. */
    private void gather(FileChannel half) throws IOException {
        ended = false;
        int fruitless = 0;
        while (!isComplete(half)) {
            long before = half.size();
            IOException broken = null;
            try {
                attempt(half);
            } catch (IOException e) {
                broken = e;
            }
            if (Thread.interrupted()) {
                // the interrupt may have closed the channel
                throw new CancellationException("fetching " + remote.address()
                        + " was interrupted; the next fetch goes on from " + Files.size(this.half) + " bytes");
            }
            if (broken != null && isFull()) {
                throw new UncheckedIOException(lacksSpace(), broken);
            }
            fruitless = half.size() > before ? 0 : fruitless + 1;
            if (!isComplete(half) && fruitless == FRUITLESS) {
                throw unreachable(half.size(), broken);
            }
            if (fruitless > 0) {
                pause(fruitless * patience.toMillis() / 100);
            }
        }
    }

    private boolean isComplete(FileChannel half) throws IOException {
        if (content.isSized() && half.size() > content.bytes()) {
            half.truncate(0);
        }
        return content.isSized() ? half.size() == content.bytes() : ended;
    }

    private void attempt(FileChannel half) throws IOException {
        try (var request = new Request(remote, patience)) {
            receive(request.send(half.size()), half);
        }
    }

    private void receive(Request.Answer answer, FileChannel half) throws IOException {
        switch (answer.status()) {
            case 206 -> {
                var range = answer.header("Content-Range");
                if (!range.startsWith("bytes " + half.size() + "-")) {
                    half.truncate(0);
                    throw new IOException("it answered with \"" + range + "\" instead of what was asked for");
                }
            }
            case 200 -> half.truncate(0);
            case 416 -> {
                half.truncate(0);
                throw new IOException("it has no such range of bytes");
            }
            case 408, 429, 500, 502, 503, 504 -> throw new IOException("it answered " + answer.status());
            default ->
                throw new RefusedException(
                        answer.status(),
                        remote.address() + " answered " + answer.status() + ", not the file. " + byHand());
        }
        learn(answer, half.size());
        if (content.isSized() && space() < content.bytes() - half.size()) {
            throw new UncheckedIOException(lacksSpace(), new IOException("no space"));
        }
        copy(answer.body(), half);
        ended = true;
    }

    /** Takes the server's word for what is not known of the file; another time it may speak of another version. */
    private void learn(Request.Answer answer, long have) throws IOException {
        long length = answer.length();
        var said = Content.announced(answer.headers(), length < 0 ? Content.UNKNOWN : have + length);
        var before = content;
        content = remote.known().or(said);
        commit = answer.first("X-Repo-Commit");
        if (have > 0 && !before.equals(remote.known()) && !before.equals(content)) {
            throw new IOException("the file changed in the meantime");
        }
    }

    private void copy(InputStream body, FileChannel half) throws IOException {
        var moved = new AtomicBoolean();
        half.position(half.size());
        // the HTTP client waits for ever for bytes that do not come
        try (var watch = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("download watch").factory());
                body) {
            watch.scheduleWithFixedDelay(
                    () -> {
                        if (!moved.getAndSet(false)) {
                            closeQuietly(body);
                        }
                    },
                    patience.toMillis(),
                    patience.toMillis(),
                    TimeUnit.MILLISECONDS);
            try {
                copy(body, half, moved);
            } finally {
                watch.shutdownNow();
            }
        }
    }

    private void copy(InputStream body, FileChannel half, AtomicBoolean moved) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            moved.set(true);
            if (content.isSized() && half.position() + read > content.bytes()) {
                half.truncate(0);
                throw new IllegalArgumentException(remote.address() + " serves more than the " + content.bytes()
                        + " bytes " + witness(!remote.known().isSized()) + ", so it is another file; nothing was kept. "
                        + byHand());
            }
            for (var bytes = ByteBuffer.wrap(chunk, 0, read); bytes.hasRemaining(); ) {
                half.write(bytes);
            }
            listener.at(remote.file(), half.position(), content.bytes());
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted");
            }
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException _) {
            // the response is given up anyway
        }
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who said what the file is. */
    private static String witness(boolean server) {
        return server ? "the server announced" : "the catalogue knows";
    }

    private boolean isFull() {
        return space() < CHUNK;
    }

    private long space() {
        return file.toAbsolutePath().getParent().toFile().getUsableSpace();
    }

    private String lacksSpace() {
        return file.toAbsolutePath().getParent() + " has too little space for " + remote.file()
                + (content.isSized() ? ", which has " + Part.size(content.bytes()) : "")
                + "; make room, or let TRIVIUM_CACHE name a folder on another disk";
    }

    /** Whether this is what happens where a server cannot be reached at all. */
    public static boolean isOffline(Throwable why) {
        return why instanceof ConnectException
                || why instanceof HttpConnectTimeoutException
                || why != null && why.getCause() instanceof UnresolvedAddressException;
    }

    private UncheckedIOException unreachable(long have, IOException why) {
        boolean offline = isOffline(why);
        var reason = why == null
                ? "it ends after " + have + " of " + content.bytes() + " bytes"
                : why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        var sentence = offline
                ? remote.address().getHost() + " cannot be reached, so " + remote.file()
                        + " cannot be fetched; go online once. "
                : remote.address() + " could not be fetched (" + reason + "); the next try goes on from " + have
                        + " bytes. ";
        return new UncheckedIOException(sentence + byHand(), why == null ? new IOException(reason) : why);
    }

    private String byHand() {
        var hash = content.hash().isEmpty() ? "" : " with " + content.kind() + " " + content.hash();
        return "Or put the file" + hash + " at " + file + " by hand";
    }
}
