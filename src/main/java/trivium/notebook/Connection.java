package trivium.notebook;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.channels.ShellChannel;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.channels.StdinChannel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;

/** Jupyter's five sockets, with everything that is published going through the {@link Outbox}. */
final class Connection extends JupyterConnection {

    private final Outbox outbox;

    Connection(KernelConnectionProperties properties, Outbox outbox)
            throws NoSuchAlgorithmException, InvalidKeyException {
        super(properties);
        this.outbox = outbox;
        iopub.setSndHWM(0); // the default drops messages beyond a thousand that wait
    }

    @Override
    public ShellReplyEnvironment prepareReplyEnv(ShellChannel channel, MessageContext context) {
        return new Outgoing(channel, stdin, iopub, context, outbox);
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
                outbox.send(() -> getIopub().sendMessage(message));
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
