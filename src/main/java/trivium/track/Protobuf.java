package trivium.track;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A message in protobuf's wire format: fields one behind the other, each with its number and one of three forms of
 * value. Fields of value 0 are written too, which readers take as they take one that is missing.
 */
final class Protobuf {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The message that {@code fields} writes. */
    static byte[] message(Consumer<Protobuf> fields) {
        var message = new Protobuf();
        fields.accept(message);
        return message.bytes.toByteArray();
    }

    /** An integer of any width that is not below 0, or an enum. */
    Protobuf integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    Protobuf real(int field, double value) {
        tag(field, FIXED64);
        little(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    Protobuf real32(int field, float value) {
        tag(field, FIXED32);
        little(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    Protobuf text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Protobuf bytes(int field, byte[] value) {
        tag(field, LENGTH);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    Protobuf message(int field, Consumer<Protobuf> fields) {
        return bytes(field, message(fields));
    }

    private void tag(int field, int form) {
        varint((long) field << 3 | form);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~SEVEN_BITS) != 0) {
            bytes.write((int) (rest & SEVEN_BITS | MORE));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    private void little(long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes.write((int) (value >>> 8 * i));
        }
    }
}
