package trivium.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.zeromq.ZMQ;

/**
 * The thread of one socket: it alone reads from it and closes it, takes each message as soon as it is there, and goes
 * on whatever a message brings about. (The base library's loop ends for good at the first exception, which any process
 * of the machine can cause, and looks for messages twenty times a second.)
 */
final class SocketLoop {

    /** How long a loop that is asked to end, or has something to send, may sleep. */
    private static final int LOOK_MS = 50;

    /** Bytes of a single frame beyond which its connection is dropped before any memory is taken for it. */
    private static final long LARGEST_FRAME = 1L << 26;

    private static final System.Logger LOG = System.getLogger("trivium.kernel");

    private final ZMQ.Socket socket;
    private final Consumer<List<byte[]>> handler;
    private final Runnable each;
    private final Thread thread;
    private volatile boolean open = true;
    private long complaints;

    /**
     * @param socket bound already; belongs to this loop from now on
     * @param handler takes the frames of one message
     * @param each is run before each look for a message
     */
    SocketLoop(String name, ZMQ.Socket socket, Consumer<List<byte[]>> handler, Runnable each) {
        this.socket = socket;
        this.handler = handler;
        this.each = each;
        socket.setReceiveTimeOut(LOOK_MS);
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What every socket of the kernel is set to before it is bound. */
    static void prepare(ZMQ.Socket socket) {
        socket.setMaxMsgSize(LARGEST_FRAME);
        socket.setSndHWM(0); // the default drops messages beyond a thousand that wait
        socket.setLinger(1_000);
    }

    /** Whether this thread is the loop's, which alone may read from its socket. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Asks the loop to end after what it is doing; it closes its socket then. */
    void close() {
        open = false;
    }

    /** Waits for the end of a loop that was closed; answers whether it came within this time. */
    boolean ended(long milliseconds) {
        try {
            thread.join(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        while (open) {
            try {
                each.run();
                var frames = receive(socket, 0);
                if (!frames.isEmpty()) {
                    handler.accept(frames);
                }
            } catch (Throwable e) { // also a StackOverflowError or OutOfMemoryError: the next message may be a good one
                complain("A message could not be handled.", e);
            }
        }
        socket.close();
    }

    /**
     * Says what is wrong with messages: the first, second, fourth, eighth time, so that a flood does not fill a log.
     */
    void complain(String sentence, Throwable cause) {
        complaints++;
        if (Long.bitCount(complaints) == 1) {
            var count = complaints == 1 ? "" : " (the " + complaints + "th on this port)";
            LOG.log(System.Logger.Level.WARNING, thread.getName() + ": " + sentence + count, cause);
        }
    }

    /** The frames of the next message; none if the time is up, or at once with {@link ZMQ#DONTWAIT}. */
    static List<byte[]> receive(ZMQ.Socket socket, int flags) {
        var frames = new ArrayList<byte[]>();
        var frame = socket.recv(flags);
        while (frame != null) {
            frames.add(frame);
            frame = socket.hasReceiveMore() ? socket.recv() : null;
        }
        return frames;
    }
}
