package trivium.kernel;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.github.spencerpark.jupyter.messages.HMACGenerator;
import io.github.spencerpark.jupyter.messages.Header;
import io.github.spencerpark.jupyter.messages.KernelTimestamp;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import io.github.spencerpark.jupyter.messages.MessageType;
import io.github.spencerpark.jupyter.messages.adapters.HeaderAdapter;
import io.github.spencerpark.jupyter.messages.adapters.HistoryRequestAdapter;
import io.github.spencerpark.jupyter.messages.adapters.KernelTimestampAdapter;
import io.github.spencerpark.jupyter.messages.adapters.MessageTypeAdapter;
import io.github.spencerpark.jupyter.messages.request.CompleteRequest;
import io.github.spencerpark.jupyter.messages.request.ExecuteRequest;
import io.github.spencerpark.jupyter.messages.request.HistoryRequest;
import io.github.spencerpark.jupyter.messages.request.InspectRequest;
import io.github.spencerpark.jupyter.messages.request.IsCompleteRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Turns the frames of Jupyter's wire protocol into messages, whatever was sent: {@code [identity…, "<IDS|MSG>",
 * signature, header, parent header, metadata, content, buffer…]}. A port of the kernel is open to every process of the
 * machine, so nothing a stranger sends may throw here.
 *
 * <p>A signed message counts once, as in jupyter_client, so that a process that listened cannot have a cell run again.
 */
final class MessageReader {

    /** A message that was read, or the reason why there is none. */
    sealed interface Incoming {}

    /** A message to be handled. */
    record Complete(Message<?> message) implements Incoming {}

    /** Signed, with a header, and content that cannot be read: the sender gets the sentence as an error. */
    record Malformed(MessageContext context, String sentence) implements Incoming {}

    /** Frames that get no answer: unsigned, sent twice, or no message at all. */
    record Refused(String sentence) implements Incoming {}

    private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);

    /** Signature, header, parent header, metadata, content. */
    private static final int PARTS = 5;

    /** As many signatures as jupyter_client remembers. */
    private static final int REMEMBERED = 1 << 16;

    private static final Gson JSON = new GsonBuilder()
            .registerTypeAdapter(KernelTimestamp.class, KernelTimestampAdapter.INSTANCE)
            .registerTypeAdapter(Header.class, HeaderAdapter.INSTANCE)
            .registerTypeAdapter(MessageType.class, MessageTypeAdapter.INSTANCE)
            .registerTypeAdapter(HistoryRequest.class, HistoryRequestAdapter.INSTANCE)
            .create();

    private final HMACGenerator signatures;
    private final Set<String> seen = new LinkedHashSet<>();

    MessageReader(HMACGenerator signatures) {
        this.signatures = signatures;
    }

    Incoming read(List<byte[]> frames) {
        int at = delimiter(frames);
        if (at < 0 || frames.size() - at - 1 < PARTS) {
            return new Refused("It has " + frames.size()
                    + " frames; a message has its sender, \"<IDS|MSG>\", a signature" + " and four parts of JSON.");
        }
        var parts = frames.subList(at + 1, frames.size());
        var refusal = refusal(text(parts.getFirst()), parts.subList(1, PARTS));
        if (!refusal.isEmpty()) {
            return new Refused(refusal);
        }
        try {
            var header = JSON.fromJson(text(parts.get(1)), Header.class);
            var parent = JSON.fromJson(text(parts.get(2)), JsonObject.class);
            return content(
                    List.copyOf(frames.subList(0, at)),
                    header,
                    parent == null || parent.size() == 0 ? null : JSON.fromJson(parent, Header.class),
                    parts);
        } catch (RuntimeException | StackOverflowError e) {
            return new Refused("Its header is not the JSON of a Jupyter message.");
        }
    }

    private static int delimiter(List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            if (Arrays.equals(frames.get(i), DELIMITER)) {
                return i;
            }
        }
        return -1;
    }

    /** Why a signature is refused; empty where it is valid. A kernel without a key accepts every message. */
    private synchronized String refusal(String signature, List<byte[]> signed) {
        var ours = signatures.calculateSignature(signed.toArray(byte[][]::new));
        if (ours.isEmpty()) {
            return "";
        }
        if (!MessageDigest.isEqual(ours.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8))) {
            return "It is not signed with this kernel's key.";
        }
        if (!seen.add(ours)) {
            return "It came once before.";
        }
        if (seen.size() > REMEMBERED) {
            seen.remove(seen.iterator().next());
        }
        return "";
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a message's type is known at run time only
    private static Incoming content(List<byte[]> identities, Header header, Header parent, List<byte[]> parts) {
        var type = Objects.requireNonNull(header.getType());
        var message = new Message(identities, header, parent, null, null, null);
        try {
            var json = JSON.fromJson(text(parts.get(4)), JsonObject.class);
            Class<?> kind = type == MessageType.UNKNOWN ? JsonObject.class : type.getContentType();
            Object content = JSON.fromJson(json, kind);
            if (content == null || lacksCode(content)) {
                throw new JsonParseException("nothing there");
            }
            return new Complete(new Message(
                    identities,
                    header,
                    parent,
                    metadata(parts.get(3)),
                    content,
                    List.copyOf(parts.subList(PARTS, parts.size()))));
        } catch (RuntimeException | StackOverflowError e) {
            return new Malformed(
                    message,
                    "The metadata or content of this " + type.getName()
                            + " is not what Jupyter's messaging protocol says; nothing was done.");
        }
    }

    private static Map<String, Object> metadata(byte[] part) {
        var metadata = new LinkedHashMap<String, Object>();
        JSON.fromJson(text(part), JsonObject.class)
                .entrySet()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }

    /** Whether a request about code has no code: Gson leaves missing fields null. */
    private static boolean lacksCode(Object content) {
        return switch (content) {
            case ExecuteRequest request -> request.getCode() == null;
            case CompleteRequest request -> request.getCode() == null;
            case InspectRequest request -> request.getCode() == null;
            case IsCompleteRequest request -> request.getCode() == null;
            default -> false;
        };
    }

    private static String text(byte[] frame) {
        return new String(frame, StandardCharsets.UTF_8);
    }
}
