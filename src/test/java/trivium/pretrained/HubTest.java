package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.run.Progress;

/**
 * Downloads from a server on this machine that answers as Hugging Face's does: small files itself, named by Git's
 * SHA-1, large ones by a redirection to another server, named by SHA-256.
 */
class HubTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String WEIGHTS = "model.safetensors";

    private static final int SIZE = 300_000;

    /** Enough to be shown while it comes. */
    private static final int LARGE = 9_000_000;

    @TempDir
    Path folder;

    private HttpServer hub;
    private HttpServer store;
    /** The repository by path; large files are those of more than 1,000 bytes. */
    private final Map<String, byte[]> files = new TreeMap<>();

    /** What a server does before it answers as it should, by path; answers whether it has answered. */
    private final Map<String, Trouble> troubles = new HashMap<>();

    private final Map<String, Integer> requests = new TreeMap<>();
    /** "PATH RANGE TOKEN" of what the second server was asked. */
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @FunctionalInterface
    private interface Trouble {
        boolean makes(HttpExchange exchange, int request) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        hub = server(this::answer);
        store = server(this::deliver);
        files.put("config.json", "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8));
        files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
        files.put("README.md", "# A model".getBytes(StandardCharsets.UTF_8));
        files.put(WEIGHTS, random(SIZE));
    }

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @AfterEach
    void stop() {
        hub.stop(0);
        store.stop(0);
    }

    private static HttpServer server(HttpHandler handler) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("server").factory()));
        server.createContext("/", handler);
        server.start();
        return server;
    }

    private static String address(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** The first server: /OWNER/NAME/resolve/REVISION/FILE. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var file = exchange.getRequestURI().getPath().replaceFirst("/ada/tiny/resolve/[^/]+/", "");
            if (trouble("hub:" + file, exchange)) {
                return;
            }
            var content = files.get(file);
            var headers = exchange.getResponseHeaders();
            headers.set("X-Repo-Commit", COMMIT);
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
            } else if (content.length <= 1000) {
                headers.set("ETag", "\"" + gitName(content) + "\"");
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
            } else {
                headers.set("X-Linked-Size", String.valueOf(content.length));
                headers.set("X-Linked-ETag", "\"" + hash("SHA-256", content) + "\"");
                headers.set("ETag", "\"" + hash("MD5", content) + "\"");
                headers.set("Location", address(store) + "/" + file);
                exchange.sendResponseHeaders(302, -1);
            }
        }
    }

    /** The second server: the bytes, from where they are wanted. */
    private void deliver(HttpExchange exchange) throws IOException {
        try (exchange) {
            var file = exchange.getRequestURI().getPath().substring(1);
            var range = exchange.getRequestHeaders().getFirst("Range");
            asked.add(file + " " + range + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            if (!trouble(file, exchange)) {
                int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
                send(exchange, files.get(file), from, files.get(file).length);
            }
        }
    }

    private boolean trouble(String file, HttpExchange exchange) throws IOException {
        int request;
        synchronized (requests) {
            request = requests.merge(file, 1, Integer::sum);
        }
        return troubles.containsKey(file) && troubles.get(file).makes(exchange, request);
    }

    /** Bytes from {@code from}, announced as if all came, but only up to {@code to}. */
    private static void send(HttpExchange exchange, byte[] content, int from, int to) throws IOException {
        if (from > 0) {
            var range = "bytes " + from + "-" + (content.length - 1) + "/" + content.length;
            exchange.getResponseHeaders().set("Content-Range", range);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        exchange.getResponseBody().write(content, from, to - from);
        exchange.getResponseBody().flush();
    }

    private static String gitName(byte[] content) {
        var head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
        var all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return hash("SHA-1", all);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Path download(Progress progress) {
        var there = new Hub(
                URI.create(address(hub)),
                "secret",
                folder.resolve("models"),
                folder.resolve("snapshots"),
                Duration.ofSeconds(3),
                progress);
        return there.fetch(Repository.of("ada/tiny"));
    }

    private Path download() {
        return download(Progress.SILENT);
    }

    private void assertDownloaded() throws IOException {
        assertDownloaded(download());
    }

    private void assertDownloaded(Path place) throws IOException {
        for (var file : files.entrySet()) {
            assertArrayEquals(file.getValue(), Files.readAllBytes(place.resolve(file.getKey())), file.getKey());
        }
        try (var all = Files.list(place)) {
            var names = all.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .collect(Collectors.toSet());
            names.removeAll(files.keySet());
            assertEquals(Set.of("download.json"), names, "nothing else is left");
        }
    }

    private <E extends RuntimeException> String refused(Class<E> type) {
        var message = assertThrows(type, this::download).getMessage();
        assertFalse(Files.exists(folder.resolve("models/ada--tiny").resolve(WEIGHTS)), "nothing wrong is kept");
        return message;
    }

    @Test
    void aModelIsDownloadedOnceAndItsHashesAreKept() throws IOException {
        var place = download();
        assertEquals(folder.resolve("models/ada--tiny"), place);
        assertDownloaded(place);
        assertEquals(List.of(WEIGHTS + " null null"), asked, "the token is for the first server only");
        var manifest = DownloadManifest.in(place).orElseThrow();
        assertEquals(COMMIT, manifest.commit());
        assertEquals(address(hub) + "/ada/tiny", manifest.address());
        files.forEach((name, content) -> assertEquals(
                hash("SHA-256", content), manifest.files().get(name).sha256()));
        stop();
        assertEquals(place, download(), "what is complete is there without a server");
    }

    @Test
    void withoutNetworkASentenceNamesAllFilesAtOnce() {
        stop();
        var sentence = refused(UncheckedIOException.class);
        assertTrue(
                sentence.contains("cannot be reached, so ada/tiny cannot be downloaded; go online once")
                        && sentence.contains("put config.json, tokenizer.json, model.safetensors of ")
                        && sentence.contains("into " + folder.resolve("models/ada--tiny")),
                sentence);
    }

    @Test
    void theFirstServerHearsTheTokenAndTheCommitOfTheFirstFile() {
        var seen = Collections.synchronizedList(new ArrayList<String>());
        for (var file : List.of("config.json", WEIGHTS)) {
            troubles.put("hub:" + file, (exchange, _) -> {
                seen.add(exchange.getRequestURI().getPath() + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                return false;
            });
        }
        download();
        assertEquals(
                List.of(
                        "/ada/tiny/resolve/main/config.json Bearer secret",
                        "/ada/tiny/resolve/" + COMMIT + "/" + WEIGHTS + " Bearer secret"),
                seen);
    }

    @Test
    void aKilledDownloadGoesOnWhereItStopped() throws IOException {
        var place = Files.createDirectories(folder.resolve("models/ada--tiny"));
        Files.write(place.resolve("." + WEIGHTS + ".part"), Arrays.copyOf(files.get(WEIGHTS), SIZE / 2));
        assertDownloaded();
        assertEquals(List.of(WEIGHTS + " bytes=" + SIZE / 2 + "- null"), asked);
    }

    @Test
    void anInterruptedDownloadGoesOnWhereItStopped() throws IOException {
        files.put(WEIGHTS, random(LARGE));
        var ends = new ArrayList<String>();
        var interrupting = new Progress() {
            @Override
            public void start(String title, long total) {
                assertEquals("downloading ada--tiny, MB of " + WEIGHTS, title);
                assertEquals(9, total);
            }

            @Override
            public void step(long done, Map<String, Double> metrics) {
                if (done == 4) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void finish(String outcome) {
                ends.add(outcome);
            }
        };
        assertThrows(CancellationException.class, () -> download(interrupting));
        assertFalse(Thread.interrupted(), "the interruption has been taken");
        assertEquals(List.of("interrupted"), ends);
        assertDownloaded();
        var range = asked.getLast().split(" ")[1];
        assertTrue(Integer.parseInt(range.replaceAll("\\D", "")) > 3_900_000, range);
    }

    @Test
    void wrongBytesAreRemoved() throws IOException {
        troubles.put(WEIGHTS, (exchange, _) -> {
            var wrong = files.get(WEIGHTS).clone();
            wrong[SIZE / 2] ^= 1;
            send(exchange, wrong, 0, SIZE);
            return true;
        });
        var message = refused(IllegalArgumentException.class);
        assertTrue(
                message.contains(" serves other bytes than the server announced: SHA-256 ")
                        && message.contains(" instead of " + hash("SHA-256", files.get(WEIGHTS))),
                message);
        troubles.clear();
        assertDownloaded();
        assertEquals(List.of(WEIGHTS + " null null", WEIGHTS + " null null"), asked);
    }

    @Test
    void wrongBytesOfASmallFileAreFoundByGitsHash() {
        troubles.put("hub:config.json", (exchange, _) -> {
            exchange.getResponseHeaders().set("ETag", "\"" + gitName(files.get("config.json")) + "\"");
            send(exchange, "{\"model_type\": \"lLama\"}".getBytes(StandardCharsets.UTF_8), 0, 23);
            return true;
        });
        var message = refused(IllegalArgumentException.class);
        assertTrue(message.contains("Git's SHA-1 "), message);
    }

    @Test
    void aServerThatIgnoresTheRangeStartsOver() throws IOException {
        troubles.put(WEIGHTS, (exchange, request) -> {
            send(exchange, files.get(WEIGHTS), 0, request == 1 ? SIZE / 2 : SIZE);
            return true;
        });
        assertDownloaded();
    }

    @Test
    void whatIsShorterThanAnnouncedIsAskedForAgain() throws IOException {
        troubles.put(WEIGHTS, (exchange, request) -> {
            if (request == 1) {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write(files.get(WEIGHTS), 0, 1000);
            }
            return request == 1;
        });
        assertDownloaded();
        assertEquals(WEIGHTS + " bytes=1000- null", asked.getLast());
    }

    @Test
    void aServerInTroubleIsAskedAgain() throws IOException {
        troubles.put(WEIGHTS, (exchange, request) -> {
            if (request == 1) {
                exchange.sendResponseHeaders(503, -1);
            }
            return request == 1;
        });
        assertDownloaded();
    }

    @Test
    void whatIsNotForEverybodySaysWhatToDo() {
        for (int status : new int[] {401, 403}) {
            troubles.put("hub:config.json", (exchange, _) -> {
                exchange.sendResponseHeaders(status, -1);
                return true;
            });
            var message = refused(IllegalArgumentException.class);
            assertTrue(
                    message.startsWith(address(hub) + "/ada/tiny is not for everybody, or does not exist (its server"
                                    + " answered " + status + "): accept its terms there in a browser")
                            && message.contains("HF_TOKEN"),
                    message);
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        files.remove("tokenizer.json");
        var message = refused(IllegalArgumentException.class);
        assertTrue(
                message.contains("/ada/tiny has no such file or revision: ") && message.contains("tokenizer.json"),
                message);
        files.put("tokenizer.json", new byte[2]);
        files.remove(WEIGHTS);
        files.put("pytorch_model.bin", new byte[10]);
        message = refused(IllegalArgumentException.class);
        assertTrue(message.contains("weights in pickle files (pytorch_model.bin) are not read"), message);
    }

    @Test
    void moreThanTheDiskHoldsIsNotBegun() {
        troubles.put("hub:" + WEIGHTS, (exchange, _) -> {
            exchange.getResponseHeaders().set("X-Linked-Size", "900000000000000000");
            exchange.getResponseHeaders().set("Location", address(store) + "/" + WEIGHTS);
            exchange.sendResponseHeaders(302, -1);
            return true;
        });
        var message = refused(UncheckedIOException.class);
        assertTrue(
                message.contains(" has too little space for model.safetensors, which has 900000000000.00 MB"), message);
    }

    @Test
    void aDamagedFileIsFoundAndDownloadedAgain() throws IOException {
        var place = download();
        var weights = place.resolve(WEIGHTS);
        var manifest = DownloadManifest.in(place).orElseThrow();
        var written = Files.getLastModifiedTime(weights);
        Files.write(weights, new byte[SIZE]);
        var message = assertThrows(
                        IllegalArgumentException.class, () -> manifest.check(weights, hash("SHA-256", new byte[SIZE])))
                .getMessage();
        assertTrue(message.contains("is not what was downloaded from " + address(hub) + "/ada/tiny"), message);
        Files.setLastModifiedTime(weights, FileTime.fromMillis(written.toMillis() + 5000));
        assertDownloaded();
        assertEquals(2, asked.size());
        Files.setLastModifiedTime(weights, FileTime.fromMillis(written.toMillis() + 5000));
        assertDownloaded();
        assertEquals(2, asked.size(), "a file that was only touched is read, and kept");
    }

    @Test
    void aFilePutThereByHandIsTaken() throws IOException {
        var place = Files.createDirectories(folder.resolve("models/ada--tiny"));
        Files.write(place.resolve(WEIGHTS), files.get(WEIGHTS));
        assertDownloaded();
        assertEquals(List.of(), asked);
    }

    @Test
    void shardsAreThoseOfTheIndex() throws IOException {
        files.put("a-1.safetensors", files.remove(WEIGHTS));
        files.put("a-2.safetensors", new byte[5000]);
        var index = "{\"weight_map\": {\"x\": \"a-2.safetensors\", \"y\": \"a-1.safetensors\"}}";
        files.put("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
        assertDownloaded();
    }

    @Test
    void anIndexThatLeavesTheFolderIsRefused() {
        files.remove(WEIGHTS);
        var index = "{\"weight_map\": {\"x\": \"../../a.safetensors\"}}";
        files.put("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
        var message = refused(IllegalArgumentException.class);
        assertTrue(message.contains("it names the file ../../a.safetensors, but shards are"), message);
    }

    @Test
    void whatHuggingFacesProgramsHaveDownloadedIsUsed() throws IOException {
        var place = folder.resolve("snapshots/models--ada--tiny");
        var snapshot = Files.createDirectories(place.resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(place.resolve("refs"));
        Files.writeString(place.resolve("refs/main"), COMMIT);
        Files.writeString(snapshot.resolve("config.json"), "{}");
        Files.writeString(snapshot.resolve("tokenizer.json"), "{}");
        Files.writeString(snapshot.resolve(WEIGHTS), "");
        assertEquals(snapshot, download());
        Files.delete(snapshot.resolve(WEIGHTS));
        assertDownloaded();
    }

    @Test
    void theEnvironmentIsReadAsHuggingFacesProgramsDo() {
        var home = Path.of("/home/ada");
        var plain = Hub.of(Map.of(), home, Progress.SILENT);
        assertEquals(URI.create("https://huggingface.co"), plain.endpoint());
        assertEquals(Path.of("/home/ada/.cache/huggingface/hub"), plain.snapshots());
        var own = Hub.of(
                Map.of("HF_ENDPOINT", "https://mirror.example/", "HF_HOME", "/big", "HF_TOKEN", "t\n"),
                home,
                Progress.SILENT);
        assertEquals(URI.create("https://mirror.example"), own.endpoint());
        assertEquals(Path.of("/big/hub"), own.snapshots());
        assertEquals("t", own.token());
        assertThrows(
                IllegalArgumentException.class,
                () -> Hub.of(Map.of("HF_ENDPOINT", "mirror.example"), home, Progress.SILENT));
    }

    @Test
    void everyModelOfTheCatalogueHasItsFiles() {
        var names =
                PretrainedModels.catalogue().stream().map(PretrainedModel::name).toList();
        assertEquals(names.stream().distinct().toList(), names);
        for (var model : PretrainedModels.catalogue()) {
            var repository = Repository.of(model.name());
            assertEquals(model.repository(), repository.name());
            var hub = URI.create("https://huggingface.co");
            for (var file : repository.wanted()) {
                assertEquals(
                        "https",
                        file.address(hub, repository.name(), repository.revision())
                                .getScheme());
            }
        }
        var stories = Repository.of("stories15M").wanted();
        assertEquals(
                List.of("tokenizer.bin", "README.md", "stories15M.bin"),
                stories.stream().map(Repository.Wanted::file).toList());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Repository.of("gpt3"))
                .getMessage()
                .startsWith("there is no model \"gpt3\" in the catalogue; there are distilgpt2, gpt2, SmolLM2-135M, "));
    }
}
