package trivium.data.catalogue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on this machine that misbehaves in every way we have heard of. */
class DatasetsTest {

    private static final int SIZE = 300_000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private HttpServer server;
    private byte[] content;
    private Part part;
    private Dataset dataset;
    private Cache cache;
    /** The Range header of each request, "" where there was none. */
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /** How far the newest answer has been received. */
    private volatile long heard;

    @BeforeEach
    void start() throws Exception {
        content = new byte[SIZE];
        new Random(7).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("server").factory()));
        server.start();
        var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        part = new Part("data.bin", address("/data"), hash, SIZE);
        dataset = new Dataset("thing", "random bytes", "none", List.of(part));
        cache = new Cache(folder.resolve("cache"), PATIENCE);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI address(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    @FunctionalInterface
    private interface Answer {
        void give(HttpExchange exchange, int request) throws IOException;
    }

    private void serve(Answer answer) {
        server.createContext("/data", exchange -> {
            try (exchange) {
                var range = exchange.getRequestHeaders().getFirst("Range");
                asked.add(range == null ? "" : range);
                heard = 0;
                answer.give(exchange, asked.size());
            }
        });
    }

    /** A connection that is cut may take bytes with it that were sent but not read yet; so wait until they are here. */
    private void awaitHeard(int bytes) {
        for (int i = 0; heard < bytes && i < 1000; i++) {
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void hear(String file, long done, long total) {
        heard = done;
    }

    /** Sends bytes from {@code from}, honestly labelled as if everything to the end came, but only up to {@code to}. */
    private void send(HttpExchange exchange, int from, int to) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (SIZE - 1) + "/" + SIZE);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, SIZE - from);
        exchange.getResponseBody().write(content, from, to - from);
        exchange.getResponseBody().flush();
        if (to < SIZE) {
            awaitHeard(to);
        }
    }

    private int start(HttpExchange exchange) {
        var range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    private void assertFetched() throws IOException {
        var file = cache.fetch(dataset, this::hear);
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of(file), files());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(cache.folder())) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private <E extends RuntimeException> String refused(Class<E> type) throws IOException {
        var message = assertThrows(type, () -> cache.fetch(dataset, this::hear)).getMessage();
        assertTrue(
                message.endsWith("Or put the file with SHA-256 " + part.sha256() + " at "
                        + folder.resolve("cache/thing/data.bin") + " by hand"),
                message);
        assertFalse(Files.exists(folder.resolve("cache/thing/data.bin")), "nothing wrong is kept under its name");
        return message;
    }

    @Test
    void isFetchedOnceWithProgress() throws IOException {
        serve((exchange, _) -> send(exchange, 0, SIZE));
        var heard = new ArrayList<Long>();
        cache.fetch(dataset, (file, done, total) -> {
            assertEquals("data.bin", file);
            assertEquals(SIZE, total);
            heard.add(done);
        });
        assertEquals(SIZE, heard.getLast());
        assertEquals(heard.stream().sorted().toList(), heard);
        assertFetched();
        assertEquals(1, asked.size(), "the second fetch finds it in the cache");
    }

    @Test
    void aCutConnectionIsTakenUpWhereItBroke() throws IOException {
        serve((exchange, request) -> send(exchange, start(exchange), request < 4 ? request * 70_000 : SIZE));
        assertFetched();
        assertEquals(List.of("", "bytes=70000-", "bytes=140000-", "bytes=210000-"), asked);
    }

    @Test
    void aServerThatIgnoresTheRangeStartsOver() throws IOException {
        serve((exchange, request) -> send(exchange, 0, request == 1 ? 100_000 : SIZE));
        assertFetched();
        assertEquals(List.of("", "bytes=100000-"), asked);
    }

    @Test
    void aLengthTooShortIsNoticedByTheSize() throws IOException {
        serve((exchange, request) -> {
            if (request > 1) {
                send(exchange, start(exchange), SIZE);
                return;
            }
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(content, 0, 1000);
        });
        assertFetched();
        assertEquals(List.of("", "bytes=1000-"), asked);
    }

    @Test
    void aLengthTooLongHarmsNothing() throws IOException {
        serve((exchange, _) -> {
            exchange.sendResponseHeaders(200, SIZE + 1000);
            exchange.getResponseBody().write(content);
            exchange.getResponseBody().flush();
            awaitHeard(SIZE);
        });
        assertFetched();
    }

    @Test
    void aWrongPlaceInTheFileIsNotBelieved() throws IOException {
        serve((exchange, request) -> {
            if (request == 2) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 5-" + (SIZE - 1) + "/" + SIZE);
                exchange.sendResponseHeaders(206, SIZE - 5);
                exchange.getResponseBody().write(content, 5, SIZE - 5);
            } else {
                send(exchange, start(exchange), request == 1 ? 100_000 : SIZE);
            }
        });
        assertFetched();
        assertEquals(List.of("", "bytes=100000-", ""), asked);
    }

    @Test
    void aServerThatFallsSilentIsAskedAgain() throws IOException {
        var over = new CountDownLatch(1);
        serve((exchange, request) -> {
            send(exchange, start(exchange), request == 1 ? 100_000 : SIZE);
            if (request == 1) {
                await(over);
            }
        });
        cache = new Cache(cache.folder(), Duration.ofMillis(300));
        assertFetched();
        over.countDown();
        assertEquals("bytes=100000-", asked.getLast());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void wrongBytesAreNotKept() throws IOException {
        var wrong = content.clone();
        wrong[SIZE / 2] ^= 1;
        serve((exchange, _) -> {
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(wrong);
        });
        var message = refused(IllegalArgumentException.class);
        assertTrue(
                message.startsWith(part.address() + " serves other bytes than the catalogue knows: SHA-256 "), message);
        assertEquals(1, asked.size(), "asking again would bring the same");
    }

    @Test
    void moreBytesThanThereAreMakeAnotherFile() throws IOException {
        serve((exchange, _) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(Arrays.copyOf(content, SIZE + 1));
        });
        assertTrue(refused(IllegalArgumentException.class).contains("serves more than the 300000 bytes"));
    }

    @Test
    void whatWasLeftBrokenIsFetchedAnew() throws IOException {
        Files.createDirectories(folder.resolve("cache/thing"));
        Files.write(folder.resolve("cache/thing/.data.bin.part"), new byte[1000]);
        serve((exchange, _) -> send(exchange, start(exchange), SIZE));
        assertFetched();
        assertEquals(List.of("bytes=1000-", ""), asked);
    }

    @Test
    void aDamagedFileInTheCacheIsReplaced() throws IOException {
        serve((exchange, _) -> send(exchange, 0, SIZE));
        Files.write(cache.fetch(dataset, this::hear), new byte[SIZE]);
        assertFetched();
        assertEquals(2, asked.size());
    }

    @Test
    void aServerThatBringsNothingNewIsGivenUp() throws IOException {
        serve((exchange, _) -> send(exchange, 0, 5000));
        var message = refused(UncheckedIOException.class);
        assertTrue(message.contains("could not be fetched") && message.contains("goes on from 5000 bytes"), message);
        assertEquals(4, asked.size());
    }

    @Test
    void passingTroubleIsWaitedOutAndARefusalIsNot() throws IOException {
        serve((exchange, request) -> {
            if (request == 1) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                send(exchange, 0, SIZE);
            }
        });
        assertFetched();
        asked.clear();
        server.removeContext("/data");
        Files.delete(folder.resolve("cache/thing/data.bin"));
        serve((exchange, _) -> exchange.sendResponseHeaders(404, -1));
        assertTrue(
                refused(IllegalArgumentException.class).startsWith(part.address() + " answered 404, not the file. "));
        assertEquals(1, asked.size());
    }

    @Test
    void redirectionsAreFollowed() throws IOException {
        server.createContext("/elsewhere", exchange -> {
            try (exchange) {
                send(exchange, 0, SIZE);
            }
        });
        serve((exchange, _) -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        assertFetched();
    }

    @Test
    void offlineSaysWhatToDo() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        part = new Part("data.bin", URI.create("http://localhost:" + closed + "/data"), part.sha256(), SIZE);
        dataset = new Dataset("thing", "random bytes", "none", List.of(part));
        assertTrue(refused(UncheckedIOException.class)
                .startsWith("localhost cannot be reached, so data.bin cannot be fetched; go online once. "));
        Files.write(folder.resolve("cache/thing/data.bin"), content);
        assertFetched();
    }

    @Test
    void anInterruptionKeepsWhatIsHere() throws IOException {
        serve((exchange, request) -> send(exchange, start(exchange), SIZE));
        assertThrows(
                CancellationException.class,
                () -> cache.fetch(dataset, (_, done, _) -> {
                    if (done > SIZE / 2) {
                        Thread.currentThread().interrupt();
                    }
                }));
        assertFalse(Thread.interrupted(), "the interruption has been taken");
        assertFetched();
        assertTrue(Integer.parseInt(asked.getLast().replaceAll("\\D", "")) > SIZE / 2, asked.toString());
    }

    @Test
    void severalFilesMakeAFolder() throws IOException {
        serve((exchange, _) -> send(exchange, 0, SIZE));
        var both = new Dataset("pair", "", "", List.of(part, new Part("b.bin", part.address(), part.sha256(), SIZE)));
        var here = cache.fetch(both, Listener.SILENT);
        assertEquals(folder.resolve("cache/pair"), here);
        assertArrayEquals(content, Files.readAllBytes(here.resolve("b.bin")));
    }

    @Test
    void theCacheFollowsTheEnvironment() {
        var home = Path.of("/home/ada");
        assertEquals(Path.of("/home/ada/.cache/trivium"), Cache.of(Map.of(), home));
        assertEquals(Path.of("/home/ada/.cache/trivium"), Cache.of(Map.of("XDG_CACHE_HOME", "relative"), home));
        assertEquals(Path.of("/var/c/trivium"), Cache.of(Map.of("XDG_CACHE_HOME", "/var/c"), home));
        assertEquals(Path.of("/big"), Cache.of(Map.of("XDG_CACHE_HOME", "/var/c", "TRIVIUM_CACHE", "/big"), home));
    }

    @Test
    void theCatalogueKnowsItsNames() {
        var shakespeare = Datasets.named("tinyshakespeare");
        assertEquals(1_115_394, shakespeare.bytes());
        assertEquals(
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                shakespeare.parts().getFirst().sha256());
        var names = Datasets.catalogue().stream().map(Dataset::name).toList();
        assertEquals(names.stream().distinct().toList(), names);
        assertEquals(
                "there is no data set \"shakespear\"; there are " + String.join(", ", names),
                assertThrows(IllegalArgumentException.class, () -> Datasets.fetch("shakespear"))
                        .getMessage());
    }
}
