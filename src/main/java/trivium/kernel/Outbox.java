package trivium.kernel;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Everything the kernel tells its front ends leaves through one thread, in order. That thread is never interrupted (an
 * interrupt during a send closes the socket for good), and it gathers printed text for {@value #GATHER_MS} ms, so that
 * a cell that prints 20,000 lines sends a few messages and loses none.
 */
final class Outbox {

    private static final long GATHER_MS = 50;

    /** Printed text waiting for longer than this is sent at once, so that memory stays bounded. */
    private static final int GATHER_BYTES = 1 << 18;

    /** The two streams of a cell. */
    enum Stream {
        OUT,
        ERR
    }

    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Map<Stream, ByteArrayOutputStream> gathered = new EnumMap<>(Stream.class);
    private final BiConsumer<Stream, String> writer;
    private volatile boolean open = true;

    /** @param writer sends text of a stream to the front ends; called on the outbox's thread */
    Outbox(BiConsumer<Stream, String> writer) {
        this.writer = writer;
        for (var stream : Stream.values()) {
            gathered.put(stream, new ByteArrayOutputStream());
        }
        Thread.ofPlatform().daemon().name("outbox").start(this::run);
    }

    /** A stream of bytes in UTF-8 that ends up in the front end. */
    OutputStream stream(Stream stream) {
        return new OutputStream() {
            @Override
            public void write(int one) {
                gather(stream, new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                gather(stream, bytes, from, count);
            }
        };
    }

    /** Adds text to a stream, as code that prints would. */
    void print(Stream stream, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        gather(stream, bytes, 0, bytes.length);
    }

    private synchronized void gather(Stream stream, byte[] bytes, int from, int count) {
        var text = gathered.get(stream);
        text.write(bytes, from, count);
        if (text.size() > GATHER_BYTES) {
            enqueueText();
        }
    }

    /** Sends after everything printed and sent so far. */
    synchronized void send(Runnable message) {
        enqueueText();
        if (open) {
            queue.add(message);
        } else {
            message.run();
        }
    }

    /** Waits until everything so far is on its way; not from the outbox's own thread. */
    void flush() {
        var sent = new CountDownLatch(1);
        send(sent::countDown);
        try {
            sent.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // all of it still leaves in order, only later than asked
        }
    }

    private void run() {
        while (open || !queue.isEmpty()) {
            try {
                var next = queue.poll(GATHER_MS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    next.run();
                } else {
                    enqueueText();
                }
            } catch (InterruptedException e) {
                // no code should interrupt this thread
            } catch (Throwable e) { // an Error too: what waits behind this message is to be sent all the same
                System.getLogger("trivium.kernel").log(System.Logger.Level.WARNING, "A message could not be sent.", e);
            }
        }
    }

    private synchronized void enqueueText() {
        gathered.forEach((stream, bytes) -> {
            var text = take(bytes);
            if (!text.isEmpty()) {
                queue.add(() -> writer.accept(stream, text));
            }
        });
    }

    /** The gathered text up to the last whole character; what remains of a character waits for its other bytes. */
    private static String take(ByteArrayOutputStream gathered) {
        if (gathered.size() == 0) {
            return "";
        }
        var bytes = gathered.toByteArray();
        int whole = wholeCharacters(bytes);
        gathered.reset();
        gathered.writeBytes(Arrays.copyOfRange(bytes, whole, bytes.length));
        return new String(bytes, 0, whole, StandardCharsets.UTF_8);
    }

    static int wholeCharacters(byte[] bytes) {
        for (int back = 1; back <= Math.min(4, bytes.length); back++) {
            int lead = bytes[bytes.length - back] & 0xFF;
            if (lead < 0x80) {
                return bytes.length;
            }
            if (lead >= 0xC0) {
                int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
                return back < length ? bytes.length - back : bytes.length;
            }
        }
        return bytes.length;
    }

    /** Sends what waits and ends; later messages are sent on the thread of their sender. */
    void close() {
        flush();
        open = false;
    }
}
