package trivium.model;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import trivium.tensor.Floats;

/**
 * Tensors in a file that any tool reads: Hugging Face's safetensors, float32 only. Eight bytes with the header's
 * length, a JSON header with type, shape and place of each tensor, then the numbers, little-endian.
 */
public final class Safetensors {

    private static final int LENGTH_BYTES = 8;
    private static final long LONGEST_HEADER = 100_000_000; // the format's own limit
    private static final int CHUNK = 1 << 20;
    private static final int LISTED = 6;

    private Safetensors() {}

    /** Tensors of a file by name: shapes, and the numbers row by row. */
    public record Contents(Path file, Map<String, Entry> tensors) {

        /** This tensor, or a sentence that names what is there instead. */
        public Entry get(String name) {
            var entry = tensors.get(name);
            if (entry == null) {
                throw new IllegalArgumentException(file + " has no tensor \"" + name + "\"; it has " + listed());
            }
            return entry;
        }

        /** Some of the names: a file may have thousands. */
        private String listed() {
            var some = tensors.keySet().stream()
                    .limit(LISTED)
                    .map(JsonFields::shown)
                    .collect(Collectors.joining(", "));
            return tensors.isEmpty()
                    ? "none"
                    : some + (tensors.size() > LISTED ? " and " + (tensors.size() - LISTED) + " more" : "");
        }
    }

    /** One tensor. */
    public record Entry(List<Integer> shape, Floats values) {}

    /** Writes all of a model's parameters: under a temporary name, then moved into place. */
    public static void write(Path file, Parameters parameters) {
        write(file, entries(parameters));
    }

    /** Parameters by name, in their own memory. */
    static Map<String, Entry> entries(Parameters parameters) {
        var tensors = new LinkedHashMap<String, Entry>();
        for (var t : parameters.tensors()) {
            tensors.put(t.name(), new Entry(t.shape(), parameters.values().slice(t.offset(), t.size())));
        }
        return tensors;
    }

    /** Writes tensors in this order. */
    public static void write(Path file, Map<String, Entry> tensors) {
        var header = header(tensors);
        var temporary = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (var channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                var length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                writeFully(channel, length.putLong(header.length).flip());
                writeFully(channel, ByteBuffer.wrap(header));
                for (var entry : tensors.values()) {
                    writeNumbers(channel, entry.values());
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] header(Map<String, Entry> tensors) {
        var header = new JsonObject();
        long at = 0;
        for (var tensor : tensors.entrySet()) {
            long end = at + tensor.getValue().values().size() * Float.BYTES;
            var entry = new JsonObject();
            entry.addProperty("dtype", "F32");
            entry.add("shape", new Gson().toJsonTree(tensor.getValue().shape()));
            entry.add("data_offsets", new Gson().toJsonTree(new long[] {at, end}));
            header.add(tensor.getKey(), entry);
            at = end;
        }
        var json = header.toString();
        var padding = " ".repeat((-json.getBytes(StandardCharsets.UTF_8).length) & (LENGTH_BYTES - 1));
        return (json + padding).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeNumbers(FileChannel channel, Floats values) throws IOException {
        var buffer = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < values.size(); at += CHUNK) {
            int n = (int) Math.min(CHUNK, values.size() - at);
            buffer.clear();
            buffer.asFloatBuffer().put(values.toArray(at, n));
            writeFully(channel, buffer.limit(n * Float.BYTES));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * Reads every tensor of a file, which is held to the format's rules; see docs/formats.md.
     *
     * @throws UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming the file and what is against the rules
     */
    public static Contents read(Path file) {
        JsonFields.requireFile(file);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var length = readFully(channel, LENGTH_BYTES, file).getLong();
            if (length < 2 || length > LONGEST_HEADER || length > channel.size() - LENGTH_BYTES) {
                throw SafetensorsHeader.foreign(file, "its header's length is " + length + " bytes");
            }
            long start = LENGTH_BYTES + length;
            var json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(readFully(channel, (int) length, file))
                    .toString();
            var header = SafetensorsHeader.of(json, channel.size() - start, file);
            var tensors = new LinkedHashMap<String, Entry>();
            for (var place : header.places()) {
                channel.position(start + place.from());
                tensors.put(place.name(), new Entry(place.shape(), readNumbers(channel, place.size(), file)));
            }
            return new Contents(file, tensors);
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no file " + file, e);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted(); // answered by this
            throw new CancellationException("interrupted while " + file + " was read");
        } catch (CharacterCodingException e) {
            throw SafetensorsHeader.foreign(file, "its header is not UTF-8 text");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Floats readNumbers(FileChannel channel, long size, Path file) throws IOException {
        var values = Floats.zeros(size);
        for (long at = 0; at < size; at += CHUNK) {
            int n = (int) Math.min(CHUNK, size - at);
            var numbers = new float[n];
            readFully(channel, n * Float.BYTES, file).asFloatBuffer().get(numbers);
            values.set(at, numbers);
        }
        return values;
    }

    private static ByteBuffer readFully(FileChannel channel, int bytes, Path file) throws IOException {
        var buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw SafetensorsHeader.foreign(file, "it ends too early");
            }
        }
        return buffer.flip();
    }
}
