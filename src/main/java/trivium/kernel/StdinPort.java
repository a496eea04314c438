package trivium.kernel;

import io.github.spencerpark.jupyter.channels.StdinChannel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.messages.HMACGenerator;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import io.github.spencerpark.jupyter.messages.reply.InputReply;
import io.github.spencerpark.jupyter.messages.request.InputRequest;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.zeromq.ZMQ;

/**
 * Jupyter's stdin port, where the kernel asks and the front end answers. The socket has a thread of its own: an
 * interrupt during a read closes a socket for good, and cells are interrupted. What comes unasked is dropped.
 */
final class StdinPort extends StdinChannel {

    private record PendingInput(Message<InputRequest> message, CompletableFuture<String> answer) {}

    private final MessageReader reader;
    private final LinkedBlockingQueue<PendingInput> waiting = new LinkedBlockingQueue<>();
    private PendingInput asked;
    private volatile SocketLoop loop;

    StdinPort(ZMQ.Context context, HMACGenerator signatures, MessageReader reader) {
        super(context, signatures);
        this.reader = reader;
        SocketLoop.prepare(this);
    }

    @Override
    public void bind(KernelConnectionProperties properties) {
        bind(formatAddress(properties.getTransport(), properties.getIp(), properties.getStdinPort()));
        loop = new SocketLoop("stdin", this, this::receive, this::ask);
        loop.start();
    }

    /** The port's thread; after {@link #bind} only. */
    SocketLoop loop() {
        return loop;
    }

    /** Asks the user for a line and waits for it; an interrupt ends the waiting and the cell. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the socket's thread, which sends, must get in meanwhile
    public String getInput(MessageContext context, String prompt, boolean password) {
        var question = new PendingInput(
                new Message<>(context, InputRequest.MESSAGE_TYPE, new InputRequest(prompt, password)),
                new CompletableFuture<>());
        waiting.add(question);
        try {
            return question.answer().get() + System.lineSeparator();
        } catch (InterruptedException e) {
            question.answer().cancel(false);
            Thread.currentThread().interrupt();
            StopCheck.check();
            throw new CancellationException("the cell was interrupted while it waited for input");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void ask() {
        if (asked != null && !asked.answer().isDone()) {
            return;
        }
        asked = waiting.poll();
        if (asked != null) {
            while (!SocketLoop.receive(this, ZMQ.DONTWAIT).isEmpty()) {
                // an answer that came before anything was asked
            }
            sendMessage(asked.message());
        }
    }

    private void receive(List<byte[]> frames) {
        if (reader.read(frames) instanceof MessageReader.Complete whole
                && whole.message().getContent() instanceof InputReply reply
                && reply.getValue() != null
                && asked != null) {
            asked.answer().complete(reply.getValue());
        } else {
            loop.complain("A message was dropped: it is no answer to anything a cell has asked.", null);
        }
    }
}
