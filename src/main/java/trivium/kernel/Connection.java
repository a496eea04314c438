package trivium.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.channels.ShellChannel;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.channels.StdinChannel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import io.github.spencerpark.jupyter.messages.publish.PublishStatus;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import trivium.text.Printable;

/**
 * Jupyter's five sockets. What is published goes through the {@link Outbox}; the four that are read have a
 * {@link SocketLoop} each, in the place of the base library's own sockets.
 */
final class Connection extends JupyterConnection {

    /** How long a cell that does not end may hold up the end of the kernel. */
    private static final long LAST_MOMENTS_MS = 2_000;

    private final Outbox outbox;
    private final KernelConnectionProperties properties;
    private final ZMQ.Context context = ZMQ.context(1);
    private final RequestPort requests;
    private final RequestPort controls;
    private final StdinPort questions;
    private final CountDownLatch closed = new CountDownLatch(1);
    private SocketLoop heartbeats;

    Connection(KernelConnectionProperties properties, Outbox outbox)
            throws NoSuchAlgorithmException, InvalidKeyException {
        super(properties);
        this.properties = properties;
        this.outbox = outbox;
        for (var unused : List.of(heartbeat, shell, control, stdin)) {
            unused.close();
        }
        var signatures = properties.createHMACGenerator();
        var reader = new MessageReader(signatures);
        requests = new RequestPort(context, signatures, reader, false, this);
        controls = new RequestPort(context, signatures, reader, true, this);
        questions = new StdinPort(context, signatures, reader);
        SocketLoop.prepare(iopub);
    }

    /** Opens the ports; requests are handled from now on. */
    @Override
    public void connect() {
        iopub.bind(properties);
        beat();
        questions.bind(properties);
        requests.bind(properties);
        controls.bind(properties);
        outbox.send(() -> iopub.sendMessage(new Message<>(null, PublishStatus.MESSAGE_TYPE, PublishStatus.STARTING)));
    }

    /**
     * Sends every heartbeat back as it came, to whom it came from. (A socket of type REP, which would do the second by
     * itself, lost one answer in twenty runs where a stranger's message without an empty frame came beside it, and who
     * asks waits for that answer for ever.)
     */
    private void beat() {
        var socket = context.socket(SocketType.ROUTER);
        SocketLoop.prepare(socket);
        socket.bind(properties.getTransport() + "://" + properties.getIp() + ":" + properties.getHbPort());
        heartbeats = new SocketLoop(
                "heartbeat",
                socket,
                frames -> {
                    for (int i = 0; i < frames.size(); i++) {
                        socket.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
                    }
                },
                () -> {});
        heartbeats.start();
    }

    /** Sends a message to all front ends; on the outbox's thread. */
    void publish(Message<?> message) {
        iopub.sendMessage(message);
    }

    /** The port on which cells arrive. */
    RequestPort requests() {
        return requests;
    }

    @Override
    public ShellReplyEnvironment prepareReplyEnv(ShellChannel channel, MessageContext context) {
        return new Outgoing(channel, questions, iopub, context, outbox);
    }

    /** Asks every port to end after the message that it is handling; returns at once. */
    @Override
    public void close() {
        loops().forEach(SocketLoop::close);
        closed.countDown();
    }

    /** Waits until the connection is closed and everything published is sent, but not for a cell that does not end. */
    @Override
    public void waitUntilClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long end = System.nanoTime() + LAST_MOMENTS_MS * 1_000_000;
        boolean all = true;
        for (var loop : loops()) {
            all &= loop.ended(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        super.close(); // its context returns when the last words are sent, or have waited a second for a receiver
        if (all) {
            context.close();
        }
    }

    private List<SocketLoop> loops() {
        return List.of(heartbeats, questions.loop(), requests.loop(), controls.loop());
    }

    private static final class Outgoing extends ShellReplyEnvironment {

        private final Outbox outbox;
        private boolean deferred;

        Outgoing(ShellChannel shell, StdinChannel stdin, JupyterSocket iopub, MessageContext context, Outbox outbox) {
            super(shell, stdin, iopub, context);
            this.outbox = outbox;
        }

        @Override
        public ShellReplyEnvironment defer() {
            deferred = true;
            return this;
        }

        @Override
        public void publish(Message<?> message) {
            if (deferred) {
                deferred = false;
                defer(() -> publish(message));
            } else {
                if (message.getContent() instanceof DisplayData data) {
                    neutralise(data);
                }
                outbox.send(() -> getIopub().sendMessage(message));
            }
        }

        /** Replaces control characters in plain text, which terminals and logs would obey. */
        private static void neutralise(DisplayData data) {
            if (data.getData(MIMEType.TEXT_PLAIN) instanceof String text
                    && !Printable.of(text).equals(text)) {
                data.putText(Printable.of(text));
            }
        }

        @Override
        public void reply(Message<?> message) {
            if (deferred) {
                deferred = false;
                defer(() -> reply(message));
            } else {
                getShell().sendMessage(message);
            }
        }
    }
}
