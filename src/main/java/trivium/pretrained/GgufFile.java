package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import trivium.run.AtomicFile;
import trivium.tensor.Floats;

/**
 * A GGUF file, version 3, little-endian (ggml's {@code docs/gguf.md}): values by key, descriptions of tensors, tensors.
 *
 * @param values text, Boolean, Integer (written as uint32), Float, or a list of texts, Integers (int32) or Floats
 */
record GgufFile(Map<String, Object> values, List<Tensor> tensors) {

    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int VERSION = 3;
    /** Tensors begin at multiples of this many bytes. */
    private static final int ALIGNMENT = 32;

    /** Numbers written at a time; whole blocks. */
    private static final int CHUNK = 1 << 16;

    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /**
     * One tensor.
     *
     * @param shape (rows, columns), or one number; the file has them the other way round
     * @param numbers its content, asked for when it is written
     */
    record Tensor(String name, List<Integer> shape, GgmlType type, Supplier<Floats> numbers) {

        long size() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        long bytes() {
            return type.bytes(size());
        }
    }

    /** Writes the file aside and moves it to its place. */
    void write(Path file) {
        try {
            AtomicFile.write(file, temporary -> {
                try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    writeTo(channel);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private void writeTo(FileChannel channel) throws IOException {
        write(head(), channel);
        for (var tensor : tensors) {
            pad(channel);
            write(tensor, channel);
        }
        pad(channel);
    }

    private static void write(ByteBuffer bytes, FileChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void pad(FileChannel channel) throws IOException {
        write(ByteBuffer.allocate((int) (aligned(channel.position()) - channel.position())), channel);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static void write(Tensor tensor, FileChannel channel) throws IOException {
        var numbers = tensor.numbers().get();
        var buffer = ByteBuffer.allocate((int) tensor.type().bytes(CHUNK)).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < numbers.size(); at += CHUNK) {
            tensor.type().put(numbers.toArray(at, (int) Math.min(CHUNK, numbers.size() - at)), buffer.clear());
            write(buffer.flip(), channel);
        }
    }

    private ByteBuffer head() {
        var out = new Bytes();
        out.int32(MAGIC).int32(VERSION).int64(tensors.size()).int64(values.size());
        values.forEach((key, value) -> {
            out.text(key);
            write(value, out);
        });
        long offset = 0;
        for (var tensor : tensors) {
            out.text(tensor.name()).int32(tensor.shape().size());
            tensor.shape().reversed().forEach(out::int64);
            out.int32(tensor.type().id()).int64(offset);
            offset = aligned(offset + tensor.bytes());
        }
        return out.buffer();
    }

    private static void write(Object value, Bytes out) {
        if (value instanceof List<?> list) {
            out.int32(ARRAY).int32(type(list)).int64(list.size());
            list.forEach(item -> writeItem(item, out));
            return;
        }
        out.int32(type(value));
        writeItem(value, out);
    }

    private static int type(List<?> list) {
        var first = list.isEmpty() ? "" : list.getFirst();
        return first instanceof Integer ? INT32 : type(first);
    }

    private static int type(Object value) {
        return switch (value) {
            case String _ -> STRING;
            case Boolean _ -> BOOL;
            case Integer _ -> UINT32;
            case Float _ -> FLOAT32;
            default -> throw new IllegalArgumentException("a GGUF file has no " + value.getClass());
        };
    }

    private static void writeItem(Object value, Bytes out) {
        switch (value) {
            case String text -> out.text(text);
            case Boolean flag -> out.int8(flag ? 1 : 0);
            case Integer whole -> out.int32(whole);
            case Float real -> out.int32(Float.floatToRawIntBits(real));
            default -> throw new IllegalArgumentException("a GGUF file has no " + value.getClass());
        }
    }

    /** Grows as it is written to, little-endian. */
    private static final class Bytes {
        private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        private ByteBuffer room(int size) {
            if (bytes.remaining() < size) {
                var larger = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + size))
                        .order(ByteOrder.LITTLE_ENDIAN);
                bytes = larger.put(bytes.flip());
            }
            return bytes;
        }

        void int8(int value) {
            room(1).put((byte) value);
        }

        Bytes int32(int value) {
            room(Integer.BYTES).putInt(value);
            return this;
        }

        Bytes int64(long value) {
            room(Long.BYTES).putLong(value);
            return this;
        }

        Bytes text(String text) {
            var utf8 = text.getBytes(StandardCharsets.UTF_8);
            int64(utf8.length);
            room(utf8.length).put(utf8);
            return this;
        }

        ByteBuffer buffer() {
            return bytes.flip();
        }
    }
}
