package trivium.kernel;

import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.messages.ContentType;
import io.github.spencerpark.jupyter.messages.Header;
import io.github.spencerpark.jupyter.messages.MessageType;
import io.github.spencerpark.jupyter.messages.reply.CommInfoReply;
import io.github.spencerpark.jupyter.messages.reply.HistoryReply;
import io.github.spencerpark.jupyter.messages.reply.InterruptReply;
import io.github.spencerpark.jupyter.messages.reply.KernelInfoReply;
import io.github.spencerpark.jupyter.messages.reply.ShutdownReply;
import java.util.List;
import java.util.Map;

/** Replies with the status that the protocol asks of each; the base library's lack it. */
final class Replies {

    private static final String OK = "ok";

    private Replies() {}

    static final class KernelInfo extends KernelInfoReply {

        @SuppressWarnings("unused") // read by Gson, here and below
        private final String status = OK;

        KernelInfo(LanguageInfo language, String banner) {
            super(Header.PROTOCOL_VERISON, "trivium", "0.1.0", language, banner, List.of());
        }
    }

    /** In the place of the base library's, which does not write entries as the protocol has them. */
    static final class Remembered implements ContentType<Remembered> {

        @SuppressWarnings("unused")
        private final String status = OK;

        @SuppressWarnings("unused")
        private final List<List<Object>> history;

        /** @param history as {@link History#find} answers it */
        Remembered(List<List<Object>> history) {
            this.history = history;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // the type has the other class's name; only its own name is sent
        public MessageType<Remembered> getType() {
            return (MessageType) HistoryReply.MESSAGE_TYPE;
        }
    }

    static final class Comms extends CommInfoReply {

        @SuppressWarnings("unused")
        private final String status = OK;

        Comms(Map<String, CommInfo> comms) {
            super(comms);
        }
    }

    static final class Interrupted extends InterruptReply {

        @SuppressWarnings("unused")
        private final String status = OK;
    }

    /** In the place of the base library's, which cannot be extended. */
    static final class Shutdown implements ContentType<Shutdown> {

        @SuppressWarnings("unused")
        private final String status = OK;

        @SuppressWarnings("unused")
        private final boolean restart;

        Shutdown(boolean restart) {
            this.restart = restart;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // as above
        public MessageType<Shutdown> getType() {
            return (MessageType) ShutdownReply.MESSAGE_TYPE;
        }
    }
}
