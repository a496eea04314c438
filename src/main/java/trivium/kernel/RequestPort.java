package trivium.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ShellChannel;
import io.github.spencerpark.jupyter.channels.ShellHandler;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.messages.HMACGenerator;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import io.github.spencerpark.jupyter.messages.MessageType;
import io.github.spencerpark.jupyter.messages.reply.ErrorReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.zeromq.ZMQ;

/**
 * Jupyter's shell or control port: hands requests to the kernel's handlers and answers those that fail or make no
 * sense.
 */
final class RequestPort extends ShellChannel {

    private final JupyterConnection connection;
    private final MessageReader reader;
    private final String name;
    private final boolean control;
    private final ArrayDeque<Message<?>> waiting = new ArrayDeque<>(); // came while a cell was running
    private volatile SocketLoop loop;

    /** @param reader of both ports, since what came on one of them must not come again on the other */
    RequestPort(
            ZMQ.Context context,
            HMACGenerator signatures,
            MessageReader reader,
            boolean control,
            JupyterConnection connection) {
        super(context, signatures, control, connection);
        this.connection = connection;
        this.reader = reader;
        this.control = control;
        name = control ? "control" : "shell";
        SocketLoop.prepare(this);
    }

    @Override
    public void bind(KernelConnectionProperties properties) {
        bind(formatAddress(
                properties.getTransport(),
                properties.getIp(),
                control ? properties.getControlPort() : properties.getShellPort()));
        loop = new SocketLoop(name, this, frames -> dispatch(frames, this::answer), this::catchUp);
        loop.start();
    }

    /** The port's thread; after {@link #bind} only. */
    SocketLoop loop() {
        return loop;
    }

    /** Hands over every message that waits; on the port's own thread only. */
    void drain(BiConsumer<ShellReplyEnvironment, Message<?>> handler) {
        while (!waiting.isEmpty()) {
            inEnvironment(waiting.poll(), handler);
        }
        for (var frames = SocketLoop.receive(this, ZMQ.DONTWAIT);
                !frames.isEmpty();
                frames = SocketLoop.receive(this, ZMQ.DONTWAIT)) {
            dispatch(frames, message -> inEnvironment(message, handler));
        }
    }

    /**
     * Handles what has come and is wanted at once, and answers whether that was anything; the rest waits. On the port's
     * own thread only, while a cell runs.
     */
    boolean takeEarly(Predicate<Message<?>> wanted) {
        var early = new ArrayList<Message<?>>();
        for (var frames = SocketLoop.receive(this, ZMQ.DONTWAIT);
                !frames.isEmpty();
                frames = SocketLoop.receive(this, ZMQ.DONTWAIT)) {
            dispatch(frames, message -> (wanted.test(message) ? early : waiting).add(message));
        }
        early.forEach(this::answer);
        return !early.isEmpty();
    }

    private void catchUp() {
        while (!waiting.isEmpty()) {
            answer(waiting.poll());
        }
    }

    private void answer(Message<?> message) {
        inEnvironment(message, this::handle);
    }

    private void inEnvironment(Message<?> message, BiConsumer<ShellReplyEnvironment, Message<?>> handler) {
        var env = connection.prepareReplyEnv(this, message);
        handler.accept(env, message);
        env.resolveDeferrals();
        if (env.isMarkedForShutdown()) {
            connection.close();
        }
    }

    private void dispatch(List<byte[]> frames, Consumer<Message<?>> handler) {
        switch (reader.read(frames)) {
            case MessageReader.Complete whole -> handler.accept(whole.message());
            case MessageReader.Malformed garbled -> {
                loop.complain(garbled.sentence(), null);
                var env = connection.prepareReplyEnv(this, garbled.context());
                env.setBusyDeferIdle();
                refuse(env, garbled.context(), new ErrorReply("MalformedMessage", garbled.sentence(), List.of()));
                env.resolveDeferrals();
            }
            case MessageReader.Refused refused -> loop.complain("A message was refused. " + refused.sentence(), null);
        }
    }

    /** Has the kernel's handler for this type of message handle it. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // the library looks handlers up by type and cannot say so
    void handle(ShellReplyEnvironment env, Message message) {
        if (connection.getHandler(message.getHeader().getType()) instanceof ShellHandler handler) {
            try {
                handler.handle(env, message);
            } catch (Throwable e) { // an Error too: its sender waits for an answer, and the port goes on
                var sentence = "This " + message.getHeader().getType().getName() + " could not be handled: " + e;
                loop.complain(sentence, e);
                refuse(env, message, new ErrorReply(e.getClass().getSimpleName(), sentence, List.of()));
            }
        }
    }

    /** Answers a request with an error; messages that are no requests get no answer. */
    private static void refuse(ShellReplyEnvironment env, MessageContext context, ErrorReply error) {
        var type = context.getHeader().getType().getName();
        if (type.endsWith("_request")) {
            var reply = MessageType.getType(type.replace("_request", "_reply")).error();
            if (reply != null && MessageType.getType(type) != MessageType.UNKNOWN) {
                env.replyError(reply, error);
            }
        }
    }
}
