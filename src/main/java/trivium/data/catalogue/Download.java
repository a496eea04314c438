package trivium.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Downloads one file, whatever happens on the way: after a broken connection the download resumes where it stopped, or
 * starts over if the server cannot resume, and the file counts only once its hash is right.
 */
final class Download {

    /** Attempts in a row that bring nothing new. */
    private static final int FRUITLESS = 3;

    private static final int CHUNK = 1 << 16;

    private final Part part;
    private final Path half;
    private final Path file;
    private final Listener listener;
    private final Duration patience;

    /**
     * @param half where the bytes gather; a download continues the bytes that an earlier attempt left there
     * @param file where the bytes are moved when they are complete
     * @param patience how long a server may be silent
     */
    Download(Part part, Path half, Path file, Listener listener, Duration patience) {
        this.part = part;
        this.half = half;
        this.file = file;
        this.listener = listener;
        this.patience = patience;
    }

    /** @param half the open file where bytes gather */
    void run(FileChannel half) throws IOException {
        boolean resumed = half.size() > 0;
        gather(half);
        var sha256 = Cache.sha256(this.half);
        if (!sha256.equals(part.sha256()) && resumed) {
            // the bytes of an earlier attempt may be wrong: once more from the start
            half.truncate(0);
            gather(half);
            sha256 = Cache.sha256(this.half);
        }
        if (!sha256.equals(part.sha256())) {
            half.truncate(0);
            throw new IllegalArgumentException(part.address() + " serves other bytes than the catalogue knows: SHA-256 "
                    + sha256 + " instead of " + part.sha256() + "; nothing was kept. " + byHand());
        }
        Files.move(this.half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Asks until all bytes are here, or asking again brings nothing. */
    private void gather(FileChannel half) throws IOException {
        if (half.size() > part.bytes()) {
            half.truncate(0);
        }
        int fruitless = 0;
        while (half.size() < part.bytes()) {
            long before = half.size();
            IOException broken = null;
            try {
                attempt(half);
            } catch (IOException e) {
                broken = e;
            }
            if (Thread.interrupted()) {
                // the interrupt may have closed the channel
                throw new CancellationException("fetching " + part.address()
                        + " was interrupted; the next fetch goes on from " + Files.size(this.half) + " bytes");
            }
            fruitless = half.size() > before ? 0 : fruitless + 1;
            if (half.size() < part.bytes() && fruitless == FRUITLESS) {
                throw unreachable(half.size(), broken);
            }
            if (fruitless > 0) {
                pause(fruitless * patience.toMillis() / 100);
            }
        }
    }

    private void attempt(FileChannel half) throws IOException {
        long have = half.size();
        var request = HttpRequest.newBuilder(part.address()).timeout(patience).header("Accept-Encoding", "identity");
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        try (var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(patience)
                .build()) {
            try {
                receive(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()), half);
            } finally {
                // close() would wait for a stalled connection
                client.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void receive(HttpResponse<InputStream> response, FileChannel half) throws IOException {
        switch (response.statusCode()) {
            case 206 -> {
                var range = response.headers().firstValue("Content-Range").orElse("");
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
            case 429, 500, 502, 503, 504 -> throw new IOException("it answered " + response.statusCode());
            default ->
                throw new IllegalArgumentException(
                        part.address() + " answered " + response.statusCode() + ", not the file. " + byHand());
        }
        copy(response.body(), half);
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
            if (half.position() + read > part.bytes()) {
                half.truncate(0);
                throw new IllegalArgumentException(part.address() + " serves more than the " + part.bytes()
                        + " bytes the catalogue knows, so it is another file; nothing was kept. " + byHand());
            }
            for (var bytes = ByteBuffer.wrap(chunk, 0, read); bytes.hasRemaining(); ) {
                half.write(bytes);
            }
            listener.at(part.file(), half.position(), part.bytes());
            if (Thread.currentThread().isInterrupted()) {
                return;
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

    private UncheckedIOException unreachable(long have, IOException why) {
        boolean offline = why instanceof ConnectException
                || why instanceof HttpConnectTimeoutException
                || why != null && why.getCause() instanceof UnresolvedAddressException;
        var reason = why == null
                ? "it ends after " + have + " of " + part.bytes() + " bytes"
                : why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        var sentence = offline
                ? part.address().getHost() + " cannot be reached, so " + part.file()
                        + " cannot be fetched; go online once. "
                : part.address() + " could not be fetched (" + reason + "); the next try goes on from " + have
                        + " bytes. ";
        return new UncheckedIOException(sentence + byHand(), why == null ? new IOException(reason) : why);
    }

    private String byHand() {
        return "Or put the file with SHA-256 " + part.sha256() + " at " + file + " by hand";
    }
}
