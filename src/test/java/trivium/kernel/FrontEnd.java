package trivium.kernel;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * What Jupyter is to a kernel: starts one in a process of its own and speaks to its five ports, in the messages of
 * jupyter_client's documentation ("Messaging in Jupyter"), written here without the kernel's library.
 */
final class FrontEnd implements AutoCloseable {

    /** The channels of a kernel that take messages from outside. */
    enum Channel {
        SHELL,
        CONTROL,
        STDIN
    }

    /** What came from the kernel: type, content and parent's id. */
    record Received(String type, JsonObject content, String parent) {

        String text(String field) {
            return content.has(field) && content.get(field).isJsonPrimitive()
                    ? content.get(field).getAsString()
                    : "";
        }

        /** The result's or display's text. */
        String shown() {
            return content.getAsJsonObject("data").get("text/plain").getAsString();
        }
    }

    private static final String KEY = "a key of the test's own";
    private static final int PATIENCE_MS = Integer.getInteger("patience", 30_000);
    /** The same on every channel: a question goes to the sender of the cell. */
    private static final byte[] IDENTITY = ascii("front end");

    private static final byte[] DELIMITER = ascii("<IDS|MSG>");
    private static final Gson JSON = new Gson();

    private final ZMQ.Context context = ZMQ.context(1);
    private final List<Integer> ports;
    private final Process process;
    private final List<ZMQ.Socket> sockets = new ArrayList<>();
    private final ZMQ.Socket published;

    /** @param folder for the connection file and what the kernel prints */
    FrontEnd(Path folder) throws IOException {
        ports = freePorts(5);
        var connection = Map.of(
                "ip", "127.0.0.1",
                "transport", "tcp",
                "key", KEY,
                "signature_scheme", "hmac-sha256",
                "shell_port", ports.get(0),
                "control_port", ports.get(1),
                "stdin_port", ports.get(2),
                "hb_port", ports.get(3),
                "iopub_port", ports.get(4));
        var file = Files.writeString(folder.resolve("connection.json"), JSON.toJson(connection));
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx512m",
                        "-Djava.awt.headless=true",
                        "-cp",
                        classPath,
                        Kernel.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("kernel.log").toFile())
                .start();
        for (var channel : Channel.values()) {
            sockets.add(connect(SocketType.DEALER, ports.get(channel.ordinal()), IDENTITY));
        }
        published = connect(SocketType.SUB, ports.get(4), new byte[0]);
        published.subscribe(new byte[0]);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var held = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var each : held) {
                each.close();
            }
        }
    }

    private ZMQ.Socket connect(SocketType type, int port, byte[] identity) {
        var socket = context.socket(type);
        if (identity.length > 0) {
            socket.setIdentity(identity);
        }
        socket.setLinger(0);
        socket.setRcvHWM(0);
        socket.setSndHWM(0);
        socket.setReceiveTimeOut(PATIENCE_MS);
        socket.connect("tcp://127.0.0.1:" + port);
        return socket;
    }

    int port(Channel channel) {
        return ports.get(channel.ordinal());
    }

    int heartbeatPort() {
        return ports.get(3);
    }

    int publishingPort() {
        return ports.get(4);
    }

    /** A socket beside the front end's own, as a stranger would open one. */
    ZMQ.Socket stranger(SocketType type, int port) {
        return connect(type, port, new byte[0]);
    }

    /** Frames as they are, the delimiter and no signature of ours added. */
    void raw(Channel channel, byte[]... frames) {
        send(sockets.get(channel.ordinal()), frames);
    }

    static void send(ZMQ.Socket socket, byte[]... frames) {
        for (int i = 0; i < frames.length; i++) {
            socket.send(frames[i], i < frames.length - 1 ? ZMQ.SNDMORE : 0);
        }
    }

    /** Signed as the kernel wants it, whatever header and content are. */
    byte[][] signed(String header, String content) {
        var parts = new byte[][] {ascii(header), ascii("{}"), ascii("{}"), content.getBytes(StandardCharsets.UTF_8)};
        return new byte[][] {DELIMITER, ascii(signature(parts)), parts[0], parts[1], parts[2], parts[3]};
    }

    private static String signature(byte[][] parts) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            for (var part : parts) {
                mac.update(part);
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String header(String type, String id) {
        return JSON.toJson(Map.of(
                "msg_id", id,
                "username", "test",
                "session", "session",
                "date", "2026-01-01T00:00:00.000000Z",
                "msg_type", type,
                "version", "5.3"));
    }

    /** Sends a request; answers its id. */
    String request(Channel channel, String type, String content) {
        var id = UUID.randomUUID().toString();
        raw(channel, signed(header(type, id), content));
        return id;
    }

    /** Sends a cell; answers the request's id. */
    String execute(String code) {
        return execute(code, true);
    }

    /** Sends a cell, as a page does, which can ask for input, or as a program, which cannot. */
    String execute(String code, boolean asks) {
        var content = Map.of(
                "code", code, "silent", false, "store_history", true, "allow_stdin", asks, "stop_on_error", false);
        return request(Channel.SHELL, "execute_request", JSON.toJson(content));
    }

    /** The next message of a channel; fails if none comes in half a minute. */
    Received next(Channel channel) {
        return received(sockets.get(channel.ordinal()));
    }

    /** The reply to a request, whatever comes before it. */
    Received reply(Channel channel, String id) {
        return until(sockets.get(channel.ordinal()), message -> message.parent().equals(id));
    }

    /** The first published message of this type with this parent. */
    Received published(String type, String parent) {
        return until(
                published,
                message -> message.type().equals(type) && message.parent().equals(parent));
    }

    /** The next message that the kernel publishes. */
    Received nextPublished() {
        return received(published);
    }

    /** Waits until the kernel has heard of the subscription: what it publishes before that is lost. */
    void subscribed() {
        for (int i = 0; i < 600; i++) {
            reply(Channel.SHELL, request(Channel.SHELL, "kernel_info_request", "{}"));
            published.setReceiveTimeOut(100);
            if (published.recv() != null) {
                published.setReceiveTimeOut(PATIENCE_MS);
                while (published.hasReceiveMore()) {
                    published.recv();
                }
                return;
            }
        }
        throw new IllegalStateException("the kernel publishes nothing");
    }

    /** What a cell published until the kernel was idle again, the busy and idle states left out. */
    List<Received> outputs(String parent) {
        var all = new ArrayList<Received>();
        while (true) {
            var message = until(published, each -> each.parent().equals(parent));
            if (message.type().equals("status")) {
                if (message.text("execution_state").equals("idle")) {
                    return all;
                }
            } else if (!message.type().equals("execute_input")) {
                all.add(message);
            }
        }
    }

    /** The text of a cell's result. */
    String result(String code) {
        var id = execute(code);
        var outputs = outputs(id);
        return outputs.stream()
                .filter(message -> message.type().equals("execute_result"))
                .map(Received::shown)
                .findFirst()
                .orElseGet(() -> outputs + " " + reply(Channel.SHELL, id));
    }

    private static Received until(ZMQ.Socket socket, Predicate<Received> wanted) {
        while (true) {
            var message = received(socket);
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private static Received received(ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        do {
            frames.add(Objects.requireNonNull(socket.recv(), "the kernel is silent"));
        } while (socket.hasReceiveMore());
        int at = 0;
        while (!java.util.Arrays.equals(frames.get(at), DELIMITER)) {
            at++;
        }
        var header = json(frames.get(at + 2));
        var parent = json(frames.get(at + 3));
        return new Received(
                header.get("msg_type").getAsString(),
                json(frames.get(at + 5)),
                parent.has("msg_id") ? parent.get("msg_id").getAsString() : "");
    }

    private static JsonObject json(byte[] text) {
        return JsonParser.parseString(new String(text, StandardCharsets.UTF_8)).getAsJsonObject();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the kernel's process ends by itself within so many seconds. */
    boolean ends(int seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        sockets.forEach(ZMQ.Socket::close);
        published.close();
        context.close();
    }
}
