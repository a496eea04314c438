package trivium.model;

import java.util.Locale;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.tensor.CachedAttention;
import trivium.tensor.Dtype;
import trivium.tensor.Memory;
import trivium.tensor.Panels;

/**
 * What a transformer takes, counted before anything is allocated: parameters, floating-point operations, bytes of
 * native memory. The formulas stand in docs/algorithms/transformer.md.
 *
 * @param architecture its shape
 * @param vocabulary V, tokens it reads
 * @param outputs numbers per position: V, or 1 for a model that scores
 * @param rows sequences in a batch, or generated side by side
 * @param time T, tokens in each
 * @param use what is done with it
 * @param learning what of it is trained, and what beside it
 */
public record Size(
        Architecture architecture, int vocabulary, int outputs, int rows, int time, Use use, Learning learning) {

    /** With all parameters trained. */
    public Size(Architecture architecture, int vocabulary, int outputs, int rows, int time, Use use) {
        this(architecture, vocabulary, outputs, rows, time, use, Learning.ALL);
    }

    /**
     * What training keeps gradient and moments of.
     *
     * @param frozen parameters that it leaves as they are
     * @param resting parameters that stand in memory as bfloat16
     * @param beside parameters of an adapter, all of which it trains
     * @param forward numbers that the adapter keeps of each position on its way forward
     * @param backward and those on its way back
     */
    public record Learning(long frozen, long resting, long beside, double forward, double backward) {

        /** All parameters, and nothing beside them. */
        public static final Learning ALL = new Learning(0, 0, 0, 0, 0);

        static Learning of(Parameters parameters) {
            long frozen = parameters.count() - parameters.trainedCount();
            return new Learning(frozen, parameters.weights().restingCount(), 0, 0, 0);
        }
    }

    /** What a model is used for, which decides what is kept. */
    public enum Use {
        /** Forward, backward and AdamW, as {@code trivium.train} does them. */
        TRAINING("training on"),
        /** The same, computing activations again on the way back ({@link LanguageModel#checkpointingPass}). */
        CHECKPOINTING("training on"),
        /** Forward only. */
        SCORING("scoring"),
        /** One decoder, with the keys and values of its rows up to the context. */
        GENERATING("generating");

        private final String verb;

        Use(String verb) {
            this.verb = verb;
        }

        /** Of a training that keeps all activations, or not. */
        public static Use training(boolean checkpointing) {
            return checkpointing ? CHECKPOINTING : TRAINING;
        }

        private boolean trains() {
            return this == TRAINING || this == CHECKPOINTING;
        }
    }

    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    /** A float of 4 bytes; sums are in float64, exact up to 9 petabytes. */
    private static final double FLOAT = 4;

    /** AdamW's first and second moments. */
    private static final int MOMENTS = 2;

    public Size {
        if (vocabulary < 2) {
            throw new IllegalArgumentException("a vocabulary needs at least 2 tokens, not " + vocabulary);
        }
        if (outputs < 1) {
            throw new IllegalArgumentException("a model needs at least 1 output, not " + outputs);
        }
        if (rows < 1) {
            throw new IllegalArgumentException("rows must be at least 1, not " + rows);
        }
        if (time < 1 || time > architecture.context()) {
            throw new IllegalArgumentException(
                    "time must be from 1 to the context of " + architecture.context() + " tokens, not " + time);
        }
    }

    /** Training a language model on batches of {@code rows} times {@code time} tokens. */
    public static Size training(Architecture architecture, int vocabulary, int rows, int time) {
        return new Size(architecture, vocabulary, vocabulary, rows, time, Use.TRAINING);
    }

    /** Generating {@code rows} sequences side by side in one decoder, each up to the context. */
    public static Size generating(Architecture architecture, int vocabulary, int rows) {
        return new Size(architecture, vocabulary, vocabulary, rows, architecture.context(), Use.GENERATING);
    }

    /** How many parameters. */
    public long parameters() {
        boolean learned = architecture.conventions().position() == Position.LEARNED;
        double embeddings = width() * (vocabulary + (learned ? architecture.context() : 0));
        double head = (tied() ? 0 : width() * outputs)
                + (architecture.conventions().biases().head() ? outputs : 0);
        return (long) (embeddings + layers() * blockParameters() + norm() + head);
    }

    private double blockParameters() {
        var attention = architecture.attention();
        var places = architecture.conventions().biases();
        double biases = (places.queriesKeysValues() ? queriesKeysValues() : 0)
                + (places.output() ? width() : 0)
                + (places.feedForward() ? up() + width() : 0);
        double headNorms = switch (attention.qkNorm()) {
            case NONE -> 0;
            case HEAD -> 2 * architecture.headSize();
            case WIDTH -> queriesKeys();
        };
        return matrices() + biases + headNorms + (oneNorm() ? 1 : 2) * norm();
    }

    private double norm() {
        var conventions = architecture.conventions();
        return conventions.norm() == Norm.LAYER_NORM && conventions.biases().norms() ? 2 * width() : width();
    }

    /**
     * Floating-point operations a token, a multiplication and an addition counted as two: training 6 N + 12 L H D T,
     * else a third of that (Kaplan et al. 2020, section 2.1; Chowdhery et al. 2022, appendix B). N leaves out what is
     * only looked up: positions, and the tokens' embedding unless it is the head too. Attention is counted in full.
     */
    public long flopsPerToken() {
        boolean learned = architecture.conventions().position() == Position.LEARNED;
        double lookedUp = width() * ((learned ? architecture.context() : 0) + (tied() ? 0 : vocabulary));
        double forward = 2 * (parameters() - lookedUp) + 4 * layers() * gathered() * time;
        return (long) (use.trains() ? 3 * forward : forward);
    }

    /** Bytes of native memory, all in all. */
    public long bytes() {
        return (long) (FLOAT * (weights() + learning.beside() + learned() + state()));
    }

    /**
     * The same with this many decoders of the one model, each of these rows.
     *
     * @param readers prompts that a decoder reads at once
     */
    public long bytes(int decoders, int readers) {
        double passes = decoders * (readers - 1) * reader();
        return bytes() + (long) (FLOAT * ((decoders - 1) * decoder() + passes));
    }

    /** The parameters' memory; of those in bfloat16 two take the place of one. */
    private double weights() {
        return parameters() - learning.resting() / 2.0;
    }

    /** Gradient and moments of what is trained: numbers. */
    private double learned() {
        return use.trains() ? (1.0 + MOMENTS) * (parameters() - learning.frozen() + learning.beside()) : 0;
    }

    private int slices() {
        return Slices.count(rows, time);
    }

    /** What is kept beside parameters and gradients: numbers. */
    private double state() {
        double tables = architecture.conventions().position() == Position.ROTARY
                ? (double) architecture.context() * architecture.turned()
                : 0;
        return switch (use) {
            case TRAINING, CHECKPOINTING -> {
                double sliceRows = Math.ceilDiv(rows, slices());
                double n = sliceRows * time;
                yield tables
                        + slices()
                                * (pass(sliceRows, time) + logits(n) + back(n) + n * learning.backward() + vectors());
            }
            case SCORING -> {
                double sliceRows = Math.ceilDiv(rows, slices());
                yield tables + slices() * (pass(sliceRows, time) + logits(sliceRows * time));
            }
            case GENERATING -> tables + packed() + decoder();
        };
    }

    /** {@link TransformerPass} without its outputs. */
    private double pass(double rows, double time) {
        double n = rows * time;
        double weights = 2.0 * FullAttention.Room.size(architecture, (int) time);
        double stream = (layers() + 1) * n * width();
        double kept = use == Use.CHECKPOINTING ? 1 : layers();
        return n * learning.forward() + stream + kept * n * block() + weights + n * (width() + 2);
    }

    /** A {@link TransformerPass} that reads prompts, its blocks in turn on the same memory. */
    private double reader() {
        double n = architecture.context();
        double weights = 2.0 * FullAttention.Room.size(architecture, architecture.context());
        double block = block() + learning.forward();
        return n * (Math.min(2, layers() + 1) * width() + block + width() + 2) + weights;
    }

    /** {@link BlockPass}, a position. */
    private double block() {
        var attention = architecture.attention();
        double headNorms = switch (attention.qkNorm()) {
            case NONE -> 0;
            case HEAD -> queriesKeys() + attention.heads() + attention.keyValueHeads();
            case WIDTH -> queriesKeys() + 2;
        };
        double norms = oneNorm() ? width() + 2 : 2 * width() + 4;
        return norms + width() + gathered() + queriesKeysValues() + headNorms + up() + hidden();
    }

    private double logits(double n) {
        return n * (outputs + 1.0);
    }

    /** Gradients on their way back. */
    private double back(double n) {
        double second = architecture.parallel() ? width() : 0;
        double stream = width() + Math.max(width(), gathered());
        return n * (stream + second + hidden() + queriesKeysValues());
    }

    /** {@link VectorGradients}. */
    private double vectors() {
        double head = architecture.conventions().biases().head() ? outputs : 0;
        return layers() * (blockParameters() - matrices()) + norm() + head;
    }

    private double matrices() {
        return width() * (up() + queriesKeysValues() + gathered() + hidden());
    }

    /** {@link PackedWeights}. */
    private double packed() {
        int width = architecture.width();
        int hidden = architecture.hidden();
        double block = packed((int) queriesKeysValues(), width)
                + packed(width, architecture.gathered())
                + packed((int) up(), width)
                + packed(width, hidden);
        return layers() * block + packed(outputs, width);
    }

    /** What rests is packed in bfloat16 too, but beneath an adapter, where W + s B A is packed. */
    private double packed(int out, int in) {
        boolean half = learning.resting() > 0 && learning.beside() == 0;
        return half ? Panels.halfSize(out, in) : Panels.size(out, in);
    }

    /** {@link TransformerDecoder}: a pass for one prompt, caches for the rows, room for blocks and products. */
    private double decoder() {
        double caches = layers()
                * CachedAttention.size(
                        rows,
                        architecture.attention().keyValueHeads(),
                        architecture.headSize(),
                        architecture.context());
        double products = Panels.SCRATCH;
        double room = TransformerDecoder.room(rows, parameters() > Transformer.TOGETHER);
        return reader() + caches + room * (block() + 3 * width() + 2) + rows * (width() + outputs) + products;
    }

    private double width() {
        return architecture.width();
    }

    private double layers() {
        return architecture.layers();
    }

    private double hidden() {
        return architecture.hidden();
    }

    private boolean gated() {
        return architecture.feedForward().activation().gated();
    }

    private double up() {
        return gated() ? 2 * hidden() : hidden();
    }

    /** (H + 2K)·D. */
    private double queriesKeysValues() {
        return gathered() + 2.0 * architecture.attention().keyValueHeads() * architecture.headSize();
    }

    /** (H + K)·D. */
    private double queriesKeys() {
        return gathered() + (double) architecture.attention().keyValueHeads() * architecture.headSize();
    }

    /** H·D. */
    private double gathered() {
        return (double) architecture.attention().heads() * architecture.headSize();
    }

    private boolean oneNorm() {
        return architecture.feedForward().placement() == Placement.PARALLEL_ONE_NORM;
    }

    private boolean tied() {
        return architecture.conventions().tiedHead() && outputs == vocabulary;
    }

    /**
     * Refuses what this machine's memory cannot hold.
     *
     * @throws IllegalArgumentException with the numbers
     */
    public void requireFits() {
        requireFits(0);
    }

    /**
     * Refuses what this machine's memory cannot hold beside an average of the weights.
     *
     * @param average its bytes; 0 for none
     * @throws IllegalArgumentException with the numbers
     */
    public void requireFits(long average) {
        requireFits(
                (double) bytes() + average,
                work() + (average > 0 ? ", their weights averaged," : "") + " with " + parametersText(),
                "take fewer rows, a shorter context or a smaller model");
    }

    /** Refuses a model whose parameters alone the memory cannot hold. */
    static void requireParametersFit(Architecture architecture, int vocabulary, int outputs, Dtype dtype) {
        var size = new Size(architecture, vocabulary, outputs, 1, 1, Use.SCORING);
        requireFits(
                (double) dtype.bytes() * size.parameters(), "a model of " + size.parametersText(), "make it smaller");
    }

    /** Refuses an adapter whose numbers alone the memory cannot hold. */
    static void requireAdapterFits(long numbers) {
        var what = String.format(Locale.ROOT, "an adapter of %,d parameters", numbers);
        requireFits(FLOAT * (double) numbers, what, "give it a smaller rank");
    }

    private static void requireFits(double bytes, String what, String advice) {
        if (bytes > Memory.usableBytes()) {
            throw new IllegalArgumentException(what + " takes " + text(bytes) + ", but of this machine's "
                    + text(Memory.machineBytes()) + " of memory " + text(Memory.usableBytes()) + " can be used: "
                    + advice);
        }
    }

    /** Such as "training on 16 rows of 256 tokens". */
    private String work() {
        return String.format(
                Locale.ROOT, "%s %,d %s of %,d %s", use.verb, rows, one(rows, "row"), time, one(time, "token"));
    }

    private static String one(int count, String noun) {
        return count == 1 ? noun : noun + "s";
    }

    private String parametersText() {
        return String.format(Locale.ROOT, "%,d parameters", parameters());
    }

    private static String text(double bytes) {
        return bytes < GIB
                ? String.format(Locale.ROOT, "%.1f MiB", bytes / MIB)
                : String.format(Locale.ROOT, "%,.1f GiB", bytes / GIB);
    }

    @Override
    public String toString() {
        var gradients = use.trains() ? ", gradient and moments " + text(FLOAT * learned()) : "";
        return String.format(
                Locale.ROOT,
                "%s; %s: %,.1f MFLOP a token, %s (parameters %s%s, the rest %s)",
                parametersText(),
                work(),
                flopsPerToken() / 1e6,
                text(bytes()),
                text(FLOAT * weights()),
                gradients,
                text(FLOAT * state()));
    }
}
