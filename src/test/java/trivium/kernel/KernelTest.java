package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.kernel.FrontEnd.ascii;
import static trivium.kernel.FrontEnd.header;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeromq.SocketType;

/** A kernel in a process of its own, spoken to through real sockets: what strangers and front ends may send it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KernelTest {

    private static final byte[] DELIMITER = ascii("<IDS|MSG>");
    private static final byte[] EMPTY = ascii("{}");

    private static FrontEnd front;
    private static int cells;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        front = new FrontEnd(folder);
        front.reply(FrontEnd.Channel.SHELL, front.request(FrontEnd.Channel.SHELL, "kernel_info_request", "{}"));
        front.subscribed();
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    private static void stillRuns() {
        cells++;
        assertEquals("cell " + cells, front.result("\"cell \" + " + cells));
        var id = front.request(FrontEnd.Channel.CONTROL, "kernel_info_request", "{}");
        assertEquals("ok", front.reply(FrontEnd.Channel.CONTROL, id).text("status"));
    }

    /** What a stranger without the key, or a front end out of order, may send to a port. */
    private static List<byte[][]> hostile() {
        var brackets = "[".repeat(100_000);
        return List.of(
                new byte[][] {DELIMITER, ascii(""), ascii(header("execute_request", "x")), EMPTY, EMPTY, EMPTY},
                new byte[][] {DELIMITER, ascii("00ff"), ascii(header("execute_request", "x")), EMPTY, EMPTY, EMPTY},
                new byte[][] {DELIMITER},
                new byte[][] {DELIMITER, ascii("")},
                new byte[][] {DELIMITER, ascii(""), EMPTY, EMPTY, EMPTY},
                new byte[][] {ascii("no delimiter at all")},
                new byte[][] {new byte[0]},
                new byte[][] {{-1, 0, 7}, DELIMITER, {-1, -2}, {-3}, {-4}, {-5}, {-6}, {-7}},
                front.signed("no json", "{}"),
                front.signed("{}", "{}"),
                front.signed("[]", "{}"),
                front.signed("null", "{}"),
                front.signed("{\"msg_type\": {}}", "{}"),
                front.signed(brackets, "{}"),
                front.signed(header("kernel_info_request", "a"), "[]"),
                front.signed(header("execute_request", "b"), "[]"),
                front.signed(header("execute_request", "c"), "{}"),
                front.signed(header("execute_request", "d"), "null"),
                front.signed(header("execute_request", "e"), "{\"code\": 1.5e9999, \"silent\": [1]}"),
                front.signed(header("execute_request", "f"), brackets),
                front.signed(header("complete_request", "g"), "{\"code\": \"a\", \"cursor_pos\": -7}"),
                front.signed(header("inspect_request", "h"), "{\"code\": \"a\", \"cursor_pos\": 2000000000}"),
                front.signed(header("is_complete_request", "i"), "{}"),
                front.signed(header("history_request", "j"), "{}"),
                front.signed(header("comm_open", "k"), "{\"data\": " + brackets + "}"),
                front.signed(header("comm_msg", "l"), "[]"),
                front.signed(header("shutdown_request", "m"), "[]"),
                front.signed(header("input_reply", "n"), "{\"value\": {}}"),
                front.signed(header("nobody_knows_this", "o"), brackets));
    }

    @ParameterizedTest
    @EnumSource(FrontEnd.Channel.class)
    void aCellRunsAfterHostileMessages(FrontEnd.Channel channel) {
        for (var frames : hostile()) {
            front.raw(channel, frames);
        }
        stillRuns();
    }

    static Stream<String> garbled() {
        return Stream.of("[]", "{}", "null", "7", "{\"code\": []}");
    }

    /** A request that was signed is answered, so that nobody waits for ever. */
    @ParameterizedTest
    @MethodSource("garbled")
    void aSignedRequestWithoutSenseGetsAnError(String content) {
        var reply =
                front.reply(FrontEnd.Channel.SHELL, front.request(FrontEnd.Channel.SHELL, "execute_request", content));
        assertEquals("execute_reply", reply.type());
        assertEquals("error", reply.text("status"));
        assertTrue(reply.text("evalue").contains("execute_request"), reply.text("evalue"));
    }

    @Test
    void aDeeplyNestedCellGetsAnErrorAndTheNextOneRuns() {
        var reply = front.reply(FrontEnd.Channel.SHELL, front.execute("(".repeat(100_000)));
        assertEquals("error", reply.text("status"));
        stillRuns();
    }

    /** The protocol's heartbeat answers what it gets; several frames, or none asked for, must not end it. */
    @Test
    void theHeartbeatGoesOnAfterHostileFrames() {
        try (var dealer = front.stranger(SocketType.DEALER, front.heartbeatPort());
                var beat = front.stranger(SocketType.REQ, front.heartbeatPort())) {
            FrontEnd.send(dealer, ascii("no empty frame first"));
            FrontEnd.send(dealer, new byte[0]);
            FrontEnd.send(dealer, new byte[0], ascii("one"), ascii("two"), ascii("three"));
            FrontEnd.send(dealer, new byte[0], ascii("again"));
            for (int i = 0; i < 3; i++) {
                beat.send(ascii("ping " + i));
                assertArrayEquals(ascii("ping " + i), beat.recv());
            }
        }
        stillRuns();
    }

    /** Bytes that are no ZeroMQ, and a frame that claims to be 2^62 bytes long, on every port. */
    @Test
    void bytesThatAreNoMessagesEndOnlyTheirOwnConnection() throws IOException {
        var random = new Random(7);
        var noise = new byte[4_096];
        random.nextBytes(noise);
        // ZMTP 3.0: signature, version 3.0, mechanism NULL, as-server 0, filler; then a long message frame.
        var greeting = new byte[64];
        greeting[0] = -1;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        System.arraycopy(ascii("NULL"), 0, greeting, 12, 4);
        byte[] huge = {2, 0x40, 0, 0, 0, 0, 0, 0, 0};
        byte[] hugeCommand = {6, 0x40, 0, 0, 0, 0, 0, 0, 0};
        byte[] twoGigabytes = {2, 0, 0, 0, 0, 0x7F, -1, -1, -1};
        var ready = concat(
                new byte[] {4, 25, 5},
                ascii("READY"),
                new byte[] {11},
                ascii("Socket-Type"),
                new byte[] {0, 0, 0, 3},
                ascii("REQ"));
        for (var bytes : List.of(
                noise,
                ascii("GET / HTTP/1.1\r\n\r\n"),
                concat(greeting, huge),
                concat(greeting, hugeCommand),
                concat(greeting, ready, huge),
                concat(greeting, ready, twoGigabytes))) {
            for (int port : new int[] {
                front.port(FrontEnd.Channel.SHELL),
                front.port(FrontEnd.Channel.CONTROL),
                front.port(FrontEnd.Channel.STDIN),
                front.heartbeatPort(),
                front.publishingPort()
            }) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.getOutputStream().write(bytes);
                    socket.getOutputStream().flush();
                    socket.setSoTimeout(100);
                    socket.getInputStream().read();
                } catch (IOException e) {
                    // refused while we wrote, or silent: both are fine
                }
            }
        }
        stillRuns();
    }

    private static byte[] concat(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (var part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void aMessageThatComesTwiceIsExecutedOnce() {
        front.result("int times = 0;");
        var message =
                front.signed(header("execute_request", "twice"), "{\"code\": \"times++;\", \"store_history\": true}");
        for (int i = 0; i < 3; i++) {
            front.raw(FrontEnd.Channel.SHELL, message);
        }
        assertEquals("1", front.result("times"));
    }

    /** At 50 ms each these would take longer than the test may. */
    @Test
    void manyRequestsAreAnsweredAtOnce() {
        var waiting = new HashSet<String>();
        for (int i = 0; i < 2_000; i++) {
            waiting.add(front.request(FrontEnd.Channel.SHELL, "kernel_info_request", "{}"));
        }
        while (!waiting.isEmpty()) {
            waiting.remove(front.next(FrontEnd.Channel.SHELL).parent());
        }
    }

    /** An error in a result's own words, or in a view's, is the cell's error. */
    @Test
    void anErrorWhileAResultIsShownIsTheCellsError() {
        for (var code : List.of(
                "new Object() { public String toString() { throw new AssertionError(\"no\"); } }",
                "new Object() { public String toString() { return toString() + 1; } }",
                "display(new Object() { public String toString() { return toString() + 1; } });")) {
            var reply = front.reply(FrontEnd.Channel.SHELL, front.execute(code));
            assertEquals("error", reply.text("status"), code);
        }
        stillRuns();
    }

    @Test
    void plainTextDoesNotActOnATerminal() {
        assertEquals("a\\u001b[2Jb\\u202ec\td", front.result("\"a\\u001b[2Jb\\u202ec\\td\""));
        var id = front.execute("var id = display(\"\\u009b31m\"); updateDisplay(id, \"\\u2067\");");
        assertEquals(
                List.of("\\u009b31m", "\\u2067"),
                front.outputs(id).stream().map(FrontEnd.Received::shown).toList());
    }

    @Test
    void aCellIsAnsweredWhateverStrangersSayMeanwhile() {
        var id = front.execute("new java.util.Scanner(System.in).nextLine()");
        for (var frames : hostile()) {
            front.raw(FrontEnd.Channel.STDIN, frames);
        }
        assertEquals("input_request", front.next(FrontEnd.Channel.STDIN).type());
        front.request(FrontEnd.Channel.STDIN, "input_reply", "{\"value\": []}");
        front.request(FrontEnd.Channel.STDIN, "input_reply", "{\"value\": \"an answer\"}");
        assertEquals("an answer", front.published("execute_result", id).shown());
    }

    @Test
    void aCellThatClosesTheOutputSilencesNoOther() {
        front.result("try (var out = new PrintWriter(System.out)) { out.print(\"first\"); } System.err.close(); 1");
        var id = front.execute("System.out.print(\"second\");");
        assertEquals("second", front.published("stream", id).text("text"));
    }

    /** Waiting for an answer ends with an interrupt, and the next question is asked and answered. */
    @Test
    void aQuestionCanBeInterrupted() {
        var id = front.execute("new java.util.Scanner(System.in).nextLine()");
        assertEquals("input_request", front.next(FrontEnd.Channel.STDIN).type());
        front.request(FrontEnd.Channel.CONTROL, "interrupt_request", "{}");
        assertEquals("Interrupted", front.reply(FrontEnd.Channel.SHELL, id).text("ename"));
        var again = front.execute("new java.util.Scanner(System.in).nextLine()");
        assertEquals("input_request", front.next(FrontEnd.Channel.STDIN).type());
        front.request(FrontEnd.Channel.STDIN, "input_reply", "{\"value\": \"late\"}");
        assertEquals("late", front.published("execute_result", again).shown());
    }

    /** A kernel of its own, since it ends with it. */
    @Test
    void anInterruptWhileTheKernelStartsStopsTheCellThatWaits(@TempDir Path folder) throws Exception {
        try (var young = new FrontEnd(folder)) {
            var cell = young.execute("while (true) {}");
            young.request(FrontEnd.Channel.CONTROL, "interrupt_request", "{}");
            assertEquals(
                    "Interrupted", young.reply(FrontEnd.Channel.SHELL, cell).text("ename"));
            assertEquals(
                    "ok",
                    young.reply(FrontEnd.Channel.SHELL, young.execute("1")).text("status"));

            var endless = young.execute("{ System.out.println(\"on\"); LongStream.iterate(1, Math::abs).sum(); }");
            assertEquals("on", young.published("stream", endless).text("text").strip());
            young.request(FrontEnd.Channel.CONTROL, "interrupt_request", "{}");
            var told = young.published("stream", endless).text("text");
            assertTrue(told.contains("java.util.stream.") && told.contains("restart the kernel"), told);
            var end = young.request(FrontEnd.Channel.CONTROL, "shutdown_request", "{\"restart\": true}");
            assertEquals(
                    "shutdown_reply", young.reply(FrontEnd.Channel.CONTROL, end).type());
            assertTrue(young.ends(30), "an endless cell holds the kernel");
        }
    }
}
