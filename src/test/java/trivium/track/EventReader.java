package trivium.track;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads event files by their specification: frames with their sums bit by bit, messages field by field. */
final class EventReader {

    /** The reversed polynomial of CRC-32C (Castagnoli). */
    private static final int POLYNOMIAL = 0x82f63b78;

    private EventReader() {}

    /** A message's fields by number, each as often as it is there: numbers, or bytes to be read further. */
    record Message(Map<Integer, List<Object>> fields) {

        static Message of(byte[] bytes) {
            var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            var fields = new TreeMap<Integer, List<Object>>();
            while (in.hasRemaining()) {
                int tag = (int) varint(in);
                Object value = switch (tag & 7) {
                    case 0 -> varint(in);
                    case 1 -> in.getDouble();
                    case 2 -> {
                        var content = new byte[(int) varint(in)];
                        in.get(content);
                        yield content;
                    }
                    case 5 -> (double) in.getFloat();
                    default -> throw new IllegalArgumentException("wire type " + (tag & 7));
                };
                fields.computeIfAbsent(tag >>> 3, _ -> new ArrayList<>()).add(value);
            }
            return new Message(fields);
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 127) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        boolean has(int field) {
            return fields.containsKey(field);
        }

        double number(int field) {
            return has(field) ? ((Number) fields.get(field).getFirst()).doubleValue() : 0;
        }

        String text(int field) {
            return has(field) ? new String((byte[]) fields.get(field).getFirst(), StandardCharsets.UTF_8) : "";
        }

        List<Message> messages(int field) {
            return fields.getOrDefault(field, List.of()).stream()
                    .map(bytes -> of((byte[]) bytes))
                    .toList();
        }

        Message at(int... path) {
            var at = this;
            for (int field : path) {
                at = at.has(field) ? at.messages(field).getFirst() : new Message(Map.of());
            }
            return at;
        }
    }

    /** The events of a file, each with both of its sums checked. */
    static List<byte[]> frames(Path file) throws IOException {
        var in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        var events = new ArrayList<byte[]>();
        while (in.hasRemaining()) {
            int at = in.position();
            var event = new byte[(int) in.getLong()];
            check(in.getInt(), in.array(), at, Long.BYTES, file);
            in.get(event);
            check(in.getInt(), event, 0, event.length, file);
            events.add(event);
        }
        return events;
    }

    private static void check(int masked, byte[] bytes, int from, int count, Path file) {
        int sum = -1;
        for (int i = from; i < from + count; i++) {
            sum ^= bytes[i] & 255;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ POLYNOMIAL;
            }
        }
        sum = ~sum;
        long expected = ((sum >>> 15 | sum << 17) + 0xa282ead8L) & 0xffffffffL;
        if (Integer.toUnsignedLong(masked) != expected) {
            throw new IllegalArgumentException(
                    file + ": a sum is " + HexFormat.of().toHexDigits(masked) + ", not "
                            + HexFormat.of().toHexDigits((int) expected));
        }
    }

    static List<Message> events(Path file) throws IOException {
        return frames(file).stream().map(Message::of).toList();
    }

    /** All events of a folder's files, in the order of the files' names. */
    static List<Message> folder(Path folder) throws IOException {
        var events = new ArrayList<Message>();
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList()) {
                events.addAll(events(file));
            }
        }
        return events;
    }

    /** "3 loss 0.5" for each scalar, in the order of the events. */
    static List<String> scalars(List<Message> events) {
        var scalars = new ArrayList<String>();
        for (var event : events) {
            for (var value : event.at(5).messages(1)) {
                if (value.has(2)) {
                    scalars.add((long) event.number(2) + " " + value.text(1) + " " + (float) value.number(2));
                }
            }
        }
        return scalars;
    }

    /** The values of a tag that is no scalar, oldest first. */
    static List<Message> tagged(List<Message> events, String tag) {
        return events.stream()
                .flatMap(event -> event.at(5).messages(1).stream())
                .filter(value -> value.text(1).equals(tag))
                .toList();
    }
}
