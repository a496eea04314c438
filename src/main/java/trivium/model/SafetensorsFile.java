package trivium.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.MappedFile;

/**
 * A safetensors file, mapped into memory: tensors are read one by one, or in part, straight to where they are needed,
 * and converted to float32 on the way.
 */
public final class SafetensorsFile {

    private static final int LENGTH_BYTES = 8;
    private static final int LONGEST_BEGINNING = 64;
    /** What is said of PyTorch's files. */
    public static final String PICKLE = "is a pickle, which may run any program and is not read: save it with"
            + " save_pretrained of transformers or PEFT, which writes safetensors";

    /** How other files begin that are found under a name of this format. */
    private static final Map<String, String> FOREIGN = Map.of(
            "version https://git-lfs", // left by Git in place of a large file that Git LFS has not fetched
            "is a Git LFS pointer and not the weights: run git lfs pull, or download the file",
            "PK\3\4",
            PICKLE,
            "\u0080\2",
            PICKLE,
            "GGUF",
            "is a GGUF file: load the Hugging Face folder that it was made from",
            "<",
            "is a web page and not the weights: download the file again");

    private static final long LONGEST_HEADER = 100_000_000; // the format's own limit

    private final Path file;
    private final MappedFile bytes;
    private final Map<String, Tensor> tensors;

    private SafetensorsFile(Path file, MappedFile bytes, Map<String, Tensor> tensors) {
        this.file = file;
        this.bytes = bytes;
        this.tensors = tensors;
    }

    /**
     * One tensor of the file.
     *
     * @param type as the format names it: "F32", "BF16", "I64" …
     * @param from its first byte in the file
     */
    public record Tensor(String type, List<Integer> shape, long from) {

        /** How many numbers. */
        public long size() {
            return SafetensorsFile.size(shape);
        }
    }

    static long size(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /**
     * Maps a file, which is held to the format's rules; see docs/formats.md.
     *
     * @throws UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming the file and what is against the rules
     */
    public static SafetensorsFile open(Path file) {
        JsonFields.requireFile(file);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var length = readFully(channel, LENGTH_BYTES, file).getLong();
            if (length < 2 || length > LONGEST_HEADER) {
                requireNoOther(channel, file);
                throw SafetensorsHeader.foreign(file, "its header's length is " + length + " bytes");
            }
            long start = LENGTH_BYTES + length;
            if (start > channel.size()) {
                throw SafetensorsHeader.truncated(file, "its header ends", start, channel.size());
            }
            var json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(readFully(channel, (int) length, file))
                    .toString();
            var header = SafetensorsHeader.of(json, start, channel.size(), file);
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var place : header.places()) {
                tensors.put(place.name(), new Tensor(place.type(), place.shape(), start + place.from()));
            }
            return new SafetensorsFile(file, MappedFile.map(channel), Collections.unmodifiableMap(tensors));
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

    private static void requireNoOther(FileChannel channel, Path file) throws IOException {
        var first = ByteBuffer.allocate(Math.toIntExact(Math.min(LONGEST_BEGINNING, channel.size())));
        while (first.hasRemaining() && channel.read(first, first.position()) >= 0) {}
        var beginning = new String(first.array(), StandardCharsets.ISO_8859_1);
        FOREIGN.forEach((begins, what) -> {
            if (beginning.startsWith(begins)) {
                throw new IllegalArgumentException(file + " " + what);
            }
        });
    }

    private static ByteBuffer readFully(FileChannel channel, int bytes, Path file) throws IOException {
        var buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw SafetensorsHeader.foreign(file, "the file ends at " + channel.size() + " bytes: it is truncated");
            }
        }
        return buffer.flip();
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** All tensors by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** This tensor, or a sentence that names what is there instead. */
    public Tensor get(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw Safetensors.missing(file, name, tensors.keySet());
        }
        return tensor;
    }

    /** The type of a tensor's numbers, or a sentence that they are of none that models have here. */
    public Dtype dtype(String name) {
        var type = get(name).type();
        return Dtype.find(type)
                .orElseThrow(() -> new IllegalArgumentException(file + ": tensor " + JsonFields.shown(name)
                        + " is of type " + type + "; numbers are read as F32, F16 and BF16"));
    }

    /** Copies {@code count} numbers of a tensor, from its {@code first} on, to {@code to[at …]}. */
    public void read(String name, long first, Floats to, long at, long count) {
        var dtype = dtype(name);
        bytes.read(dtype, get(name).from() + first * dtype.bytes(), to, at, count);
    }

    /**
     * Copies columns {@code first … first + count - 1} of a matrix, which become rows: number (r, c) goes to
     * {@code to[at + (c - first) · rows + r]}.
     */
    public void readTransposed(String name, int first, int count, Floats to, long at) {
        var shape = get(name).shape();
        bytes.readTransposed(dtype(name), get(name).from(), shape.get(0), shape.get(1), first, count, to, at);
    }
}
