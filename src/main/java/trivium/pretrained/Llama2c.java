package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.FeedForward;
import trivium.model.Llama;
import trivium.model.Parameters;
import trivium.model.RotaryScaling;
import trivium.model.Transformer;
import trivium.pretrained.TensorMap.Piece;
import trivium.run.AtomicFile;
import trivium.tensor.Floats;
import trivium.text.Numbers;

/**
 * A model file of Karpathy's llama2.c in its first format, which {@code run.c} reads: seven whole numbers, then float32
 * tensors ({@code export.py}, {@code legacy_export}), little-endian.
 *
 * @param architecture θ is 10,000 and ε 1e-5 in every such file
 * @param vocabulary V, rows of the embedding
 */
record Llama2c(Architecture architecture, int vocabulary) {

    private static final int HEADER = 7 * Integer.BYTES;

    /** What files of the later formats begin with. */
    private static final int LATER = 0x616b3432;

    private static final double THETA = 10_000;
    private static final double EPSILON = 1e-5;
    private static final int MOST = 1 << 20;
    private static final int CHUNK = 1 << 16;

    /** The file of a folder that has one and no config.json; empty for other folders. */
    static Optional<Path> in(Path folder) {
        if (!Files.isDirectory(folder) || Files.exists(folder.resolve(HuggingFaceConfig.FILE))) {
            return Optional.empty();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".bin"))
                    .filter(file -> !file.endsWith(Llama2cTokenizer.FILE)
                            && !file.getFileName().toString().startsWith("pytorch_model"))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the header.
     *
     * @throws IllegalArgumentException if this is none, or the file is longer or shorter than it says
     */
    static Llama2c read(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var head = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // until the header is here, or the end
            }
            if (head.hasRemaining()) {
                throw damaged(file, "it has " + channel.size() + " bytes, and its header alone has " + HEADER);
            }
            head.flip();
            if (head.getInt(0) == LATER) {
                throw new IllegalArgumentException(file + " is a file of llama2.c in version "
                        + head.getInt(Integer.BYTES) + "; only those that run.c reads are (export.py --version 0)");
            }
            int[] said = IntStream.range(0, 7).map(_ -> head.getInt()).toArray();
            var model = described(file, said);
            long expected = HEADER + Float.BYTES * model.numbers();
            if (channel.size() != expected) {
                throw damaged(
                        file, "it has " + channel.size() + " bytes, and a model of its header's shape has " + expected);
            }
            return model;
        }
    }

    private static Llama2c described(Path file, int... said) {
        int width = said[0];
        int heads = said[3];
        int shared = said[4];
        int vocabulary = Math.abs(said[5]);
        boolean sane = IntStream.range(0, 7).allMatch(i -> i == 5 || said[i] > 0 && said[i] <= MOST)
                && vocabulary > 0
                && vocabulary <= MOST
                && width % heads == 0
                && width / heads % 2 == 0
                && heads % shared == 0;
        if (!sane) {
            throw damaged(
                    file,
                    "its header describes no model: width " + width + ", hidden " + said[1] + ", layers " + said[2]
                            + ", heads " + heads + " over " + shared + ", vocabulary " + said[5] + ", context "
                            + said[6]);
        }
        return new Llama2c(
                Llama.of(said[6], width, said[2], heads, shared)
                        .feedForward(new FeedForward(Activation.SWIGLU, said[1]))
                        .epsilon(EPSILON)
                        .rotaryTheta(THETA)
                        .tiedHead(said[5] > 0),
                vocabulary);
    }

    private static IllegalArgumentException damaged(Path file, String why) {
        return new IllegalArgumentException(file + " is no whole model file of llama2.c: " + why);
    }

    /** A stretch of the file: some of our tensors one after the other, or numbers that are not used any more. */
    private record Stretch(List<TensorMap.Tensor> tensors, long unused) {}

    private List<Stretch> stretches() {
        var map = LlamaFamily.LLAMA.tensors(architecture, vocabulary);
        var stretches = new ArrayList<Stretch>();
        stretches.add(of(map, "model.embed_tokens"));
        for (var each : List.of(
                "input_layernorm",
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "post_attention_layernorm",
                "mlp.gate_proj",
                "mlp.down_proj",
                "mlp.up_proj")) {
            stretches.add(of(map, "model.layers.N." + each));
        }
        stretches.add(of(map, "model.norm"));
        // cosines and sines, which run.c computes by itself
        stretches.add(new Stretch(List.of(), (long) architecture.context() * architecture.headSize()));
        if (!architecture.conventions().tiedHead()) {
            stretches.add(of(map, "lm_head"));
        }
        return stretches;
    }

    private Stretch of(TensorMap map, String name) {
        return new Stretch(
                map.tensors().stream()
                        .filter(tensor ->
                                tensor.name().replaceFirst("\\.\\d+\\.", ".N.").equals(name + ".weight"))
                        .map(tensor -> name.matches(".*[qk]_proj")
                                ? GgufNames.turned(tensor, architecture.headSize())
                                : tensor)
                        .toList(),
                0);
    }

    private long numbers() {
        return stretches().stream()
                .mapToLong(each -> each.unused()
                        + each.tensors().stream()
                                .mapToLong(TensorMap.Tensor::size)
                                .sum())
                .sum();
    }

    /** The model of a file whose header this is. */
    Transformer model(Path file) throws IOException {
        var model = Transformer.blank(architecture, vocabulary, vocabulary);
        var places = TensorMap.places(model.parameters().tensors());
        try (var channel = FileChannel.open(file)) {
            channel.position(HEADER);
            for (var stretch : stretches()) {
                for (var tensor : stretch.tensors()) {
                    for (var piece : tensor.pieces()) {
                        fill(model.parameters(), places.get(piece.tensor()), piece, tensor.rowSize(), channel, file);
                    }
                }
                channel.position(channel.position() + Float.BYTES * stretch.unused());
            }
        }
        return model;
    }

    private static void fill(
            Parameters parameters, Parameters.Tensor ours, Piece piece, int row, FileChannel channel, Path file)
            throws IOException {
        long at = ours.offset() + (long) piece.from() * row;
        long end = at + (long) piece.rows() * row;
        while (at < end) {
            var numbers = new float[(int) Math.min(CHUNK, end - at)];
            var bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw damaged(file, "it ends early");
                }
            }
            bytes.flip().asFloatBuffer().get(numbers);
            for (float number : numbers) {
                if (!Float.isFinite(number)) {
                    throw damaged(file, "a weight is " + number);
                }
            }
            parameters.values().set(at, numbers);
            at += numbers.length;
        }
    }

    /** Writes a model, and {@code tokenizer.bin} beside it. */
    static Path write(Export export, Path file) {
        var model = export.model();
        var shape = model.architecture();
        lacks(model).ifPresent(lack -> {
            throw new IllegalArgumentException("llama2.c has no counterpart of the model of "
                    + export.run().id() + ": " + lack);
        });
        var tokens = Llama2cTokenizer.bytes(export.run().tokenizer(), model.vocabulary());
        try {
            AtomicFile.write(file, temporary -> new Llama2c(shape, model.vocabulary()).write(model, temporary));
            AtomicFile.write(file.resolveSibling(Llama2cTokenizer.FILE), temporary -> Files.write(temporary, tokens));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    /** What of the model {@code run.c} has not, the first that there is. */
    private static Optional<String> lacks(Transformer model) {
        var shape = model.architecture();
        var rotary = shape.attention().rotary();
        if (model.outputs() != model.vocabulary()) {
            return Optional.of("it scores, and has no head for the next token");
        }
        return LlamaFamily.LLAMA
                .lacks(shape)
                .or(() -> lack(!shape.conventions().biases().equals(Biases.NONE), "its layers have biases"))
                .or(() -> lack(
                        shape.headSize() * shape.attention().heads() != shape.width(),
                        "its heads have " + shape.headSize() + " numbers, not width / heads"))
                .or(() -> lack(
                        shape.feedForward().activation() != Activation.SWIGLU,
                        "its activation is " + shape.feedForward().activation() + ", not SWIGLU"))
                .or(() -> lack(
                        rotary.theta() != THETA,
                        "its positions turn with θ = " + Numbers.setting(rotary.theta()) + ", not 10,000"))
                .or(() -> lack(
                        !rotary.equals(new Architecture.Rotary(THETA, 1, RotaryScaling.NONE)),
                        "its rotary positions are scaled, or of a share of each head"))
                .or(() -> lack(
                        shape.conventions().epsilon() != EPSILON,
                        "its norms have ε = " + shape.conventions().epsilon() + ", not 1e-5"))
                .or(() -> lack(!shape.equals(plain(shape)), "it is no Llama of llama2.c's shape: " + shape));
    }

    private static Optional<String> lack(boolean lacks, String what) {
        return lacks ? Optional.of(what) : Optional.empty();
    }

    /** The shape as such a file has it. */
    private static Architecture plain(Architecture shape) {
        return Llama.of(
                        shape.context(),
                        shape.width(),
                        shape.layers(),
                        shape.attention().heads(),
                        shape.attention().keyValueHeads())
                .headSize(
                        shape.width() / shape.attention().heads() == shape.headSize()
                                ? shape.attention().headSize()
                                : 0)
                .feedForward(
                        new FeedForward(Activation.SWIGLU, shape.feedForward().hidden()))
                .epsilon(EPSILON)
                .rotaryTheta(THETA)
                .dropout(shape.conventions().dropout())
                .tiedHead(shape.conventions().tiedHead());
    }

    private void write(Transformer model, Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int rows = architecture.conventions().tiedHead() ? vocabulary : -vocabulary;
            var head = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            for (int each : new int[] {
                architecture.width(),
                architecture.hidden(),
                architecture.layers(),
                architecture.attention().heads(),
                architecture.attention().keyValueHeads(),
                rows,
                architecture.context()
            }) {
                head.putInt(each);
            }
            write(head.flip(), channel);
            for (var stretch : stretches()) {
                for (var tensor : stretch.tensors()) {
                    write(TensorMap.gather(tensor, model.parameters()), channel);
                }
                if (stretch.unused() > 0) {
                    write(Floats.zeros(stretch.unused()), channel);
                }
            }
        }
    }

    private static void write(Floats numbers, FileChannel channel) throws IOException {
        for (long at = 0; at < numbers.size(); at += CHUNK) {
            var some = numbers.toArray(at, (int) Math.min(CHUNK, numbers.size() - at));
            var bytes = ByteBuffer.allocate(some.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(some);
            write(bytes, channel);
        }
    }

    private static void write(ByteBuffer bytes, FileChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
