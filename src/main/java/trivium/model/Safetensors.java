package trivium.model;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;

/**
 * Tensors in a file that any tool reads: Hugging Face's safetensors. Eight bytes with the header's length, a JSON
 * header with type, shape and place of each tensor, then the numbers, little-endian. Trivium's own files are float32;
 * those of others are read in float32, float16 and bfloat16 ({@link SafetensorsFile}), and written so too.
 */
public final class Safetensors {

    private static final int LENGTH_BYTES = 8;
    private static final int CHUNK = 1 << 20;
    private static final int LISTED = 6;

    private Safetensors() {}

    /** Tensors of a file by name: shapes, and the numbers row by row. */
    public record Contents(Path file, Map<String, Entry> tensors) {

        /** This tensor, or a sentence that names what is there instead. */
        public Entry get(String name) {
            var entry = tensors.get(name);
            if (entry == null) {
                throw missing(file, name, tensors.keySet());
            }
            return entry;
        }
    }

    /** The sentence that a file lacks a tensor, with some of those it has: there may be thousands. */
    static IllegalArgumentException missing(Path file, String name, Collection<String> there) {
        var some = there.stream().limit(LISTED).map(JsonFields::shown).collect(Collectors.joining(", "));
        var listed = there.isEmpty()
                ? "none"
                : some + (there.size() > LISTED ? " and " + (there.size() - LISTED) + " more" : "");
        return new IllegalArgumentException(file + " has no tensor \"" + name + "\"; it has " + listed);
    }

    /** One tensor. */
    public record Entry(List<Integer> shape, Floats values) {}

    /** Writes all of a model's parameters: under a temporary name, then moved into place. */
    public static void write(Path file, Parameters parameters) {
        write(file, sources(parameters), Map.of());
    }

    /** Parameters as they stand in memory: in float32, or in bfloat16 where they rest so. */
    static List<Source> sources(Parameters parameters) {
        return parameters.tensors().stream()
                .map(t -> new Source(
                        t.name(), t.shape(), parameters.dtype(t), () -> parameters.read(t.offset(), t.size())))
                .toList();
    }

    /** Writes tensors in this order, in float32. */
    public static void write(Path file, Map<String, Entry> tensors) {
        var sources = new ArrayList<Source>();
        tensors.forEach((name, entry) -> sources.add(new Source(name, entry.shape(), Dtype.F32, entry::values)));
        write(file, sources, Map.of());
    }

    /**
     * A tensor that is to be written.
     *
     * @param values asked for when the tensor is written, so that tensors which are made for the file need not be in
     *     memory all at once
     */
    public record Source(String name, List<Integer> shape, Dtype dtype, Supplier<Floats> values) {

        /** How many numbers. */
        public long size() {
            return SafetensorsFile.size(shape);
        }

        /** Bytes in the file. */
        public long bytes() {
            return size() * dtype.bytes();
        }
    }

    /** Writes tensors in this order, with metadata that other tools look for, such as "format": "pt". */
    public static void write(Path file, List<Source> tensors, Map<String, String> metadata) {
        var header = header(tensors, metadata);
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
                for (var tensor : tensors) {
                    writeNumbers(channel, tensor.values().get(), tensor.dtype());
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] header(List<Source> tensors, Map<String, String> metadata) {
        var header = new JsonObject();
        if (!metadata.isEmpty()) {
            header.add(SafetensorsHeader.METADATA, new Gson().toJsonTree(metadata));
        }
        long at = 0;
        for (var tensor : tensors) {
            long end = at + tensor.bytes();
            var entry = new JsonObject();
            entry.addProperty("dtype", tensor.dtype().name());
            entry.add("shape", new Gson().toJsonTree(tensor.shape()));
            entry.add("data_offsets", new Gson().toJsonTree(new long[] {at, end}));
            header.add(tensor.name(), entry);
            at = end;
        }
        var json = header.toString();
        var padding = " ".repeat((-json.getBytes(StandardCharsets.UTF_8).length) & (LENGTH_BYTES - 1));
        return (json + padding).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeNumbers(FileChannel channel, Floats values, Dtype dtype) throws IOException {
        var buffer = ByteBuffer.allocate(CHUNK * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < values.size(); at += CHUNK) {
            buffer.clear();
            dtype.put(values.toArray(at, (int) Math.min(CHUNK, values.size() - at)), buffer);
            writeFully(channel, buffer.flip());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * Reads every tensor of a file, whatever type of floating point it is in; the file is held to the format's rules,
     * see docs/formats.md.
     *
     * @throws UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming the file and what is against the rules
     */
    public static Contents read(Path file) {
        var mapped = SafetensorsFile.open(file);
        var tensors = new LinkedHashMap<String, Entry>();
        mapped.tensors().forEach((name, tensor) -> {
            var values = Floats.zeros(tensor.size());
            mapped.read(name, 0, values, 0, tensor.size());
            tensors.put(name, new Entry(tensor.shape(), values));
        });
        return new Contents(file, tensors);
    }
}
