package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.model.Lora;
import trivium.model.Parameters;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Memory;
import trivium.tensor.Workers;
import trivium.train.AdamW;
import trivium.train.CrossEntropy;
import trivium.train.TrainLoop;

/**
 * Tokens per second and the most memory of a model of SmolLM2-135M's shape with random weights: training all of it,
 * training adapters of rank 16 beside all linear layers, and greedy generation; alone or in turn with transformers and
 * PEFT doing the same. One job a process, for the memory is the process's.
 */
final class TransformersBench {

    private static final String CASE = "smollm2-135m";
    private static final int VOCABULARY = 49_152;
    private static final Architecture SHAPE = new Architecture(
            2_048,
            576,
            30,
            new Attention(9, 3, true),
            new FeedForward(Activation.SWIGLU, 1_536),
            new Conventions(Norm.RMS_NORM, Position.ROTARY, false, true));

    private static final int ROWS = 4;
    private static final int TIME = 256;
    private static final int PROMPT = 16;
    private static final int COMPLETION = 64;
    private static final int RANK = 16;
    private static final int WARM = 2;
    private static final double LEARNING_RATE = 1e-4;
    private static final double DEVIATION = 0.02;

    private TransformersBench() {}

    /**
     * What is asked for.
     *
     * @param rows that are generated side by side
     * @param half whether the weights rest in bfloat16
     */
    private record Request(
            String job, int rows, boolean half, int steps, int rounds, int workers, boolean json, String peer) {

        boolean trains() {
            return !job.equals("greedy");
        }
    }

    /** What the rounds found; bytes are the most that the process had in use. */
    private record Found(List<Double> tokensPerSecond, long bytes) {}

    static int run(String job, List<String> arguments, PrintStream out) {
        var request = parse(job, arguments);
        var ours = new ArrayList<Double>();
        var theirs = new ArrayList<Double>();
        long peerBytes = 0;
        var model = model(request.half());
        try (var measure = request.trains() ? new Training(request, model) : new Generating(request, model)) {
            for (int round = 0; round < request.rounds(); round++) {
                ours.add(measure.getAsDouble());
                if (request.peer() != null) {
                    var row = Peer.row(
                            request.peer(),
                            request.trains() ? job : "generate",
                            CASE,
                            request.trains() ? 0 : request.rows());
                    theirs.add(row.get("tokens_per_s").getAsDouble());
                    peerBytes = Math.max(peerBytes, row.get("peak_mib").getAsLong() << 20);
                }
            }
        }
        print(request, new Found(ours, Memory.mostResidentBytes()), new Found(theirs, peerBytes), out);
        return 0;
    }

    /** In bfloat16 row by row, for the memory of a model in float32 would be the most that the process had in use. */
    private static Transformer model(boolean half) {
        if (!half) {
            return Transformer.of(SHAPE, VOCABULARY, 1);
        }
        var model = Transformer.blank(SHAPE, VOCABULARY, VOCABULARY, Dtype.BF16);
        var parameters = model.parameters();
        var random = new SplittableRandom(1);
        var row = Floats.zeros(SHAPE.hidden());
        for (var tensor : parameters.tensors()) {
            boolean norm = tensor.role() == Parameters.Role.NORM;
            int columns = tensor.shape().getLast();
            for (long at = tensor.offset(); at < tensor.end(); at += columns) {
                for (int i = 0; i < columns; i++) {
                    row.set(i, norm ? 1 : (float) (DEVIATION * random.nextGaussian()));
                }
                parameters.write(at, row, 0, columns);
            }
        }
        return model;
    }

    /** A round of it answers tokens per second. */
    private interface Measure extends DoubleSupplier, AutoCloseable {
        @Override
        default void close() {}
    }

    /** Rounds of steps; the first begins with some that are not counted. */
    private static final class Training implements Measure {
        private final Request request;
        private final TrainLoop loop;
        private final SplittableRandom random = new SplittableRandom(1);

        Training(Request request, Transformer model) {
            this.request = request;
            LanguageModel trained = request.job().equals("lora") ? model.withAdapter(Lora.rank(RANK), 1) : model;
            loop = new TrainLoop(
                    trained,
                    new AdamW(0.9, 0.999, 1e-8, 0.01, true),
                    Double.POSITIVE_INFINITY,
                    Compute.DEFAULT.withWorkers(request.workers()));
            IntStream.range(0, WARM).forEach(_ -> step());
        }

        private double step() {
            int n = ROWS * TIME;
            var tokens = random.ints(n, 0, VOCABULARY).toArray();
            var targets = random.ints(n, 0, VOCABULARY).toArray();
            var counts = new float[n];
            Arrays.fill(counts, 1);
            var batch = new Batch(ROWS, TIME, tokens, targets, counts, 1);
            long start = System.nanoTime();
            loop.step(batch, CrossEntropy.PLAIN, LEARNING_RATE);
            return (System.nanoTime() - start) / 1e9;
        }

        @Override
        public double getAsDouble() {
            var times =
                    IntStream.range(0, request.steps()).mapToObj(_ -> step()).toList();
            return ROWS * TIME / Rounds.median(times);
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    private static final class Generating implements Measure {
        private final Request request;
        private final Generator generator;
        private final List<int[]> prompts;

        Generating(Request request, Transformer model) {
            this.request = request;
            generator = new Generator(model, request.workers());
            var random = new SplittableRandom(1);
            prompts = IntStream.range(0, request.rows())
                    .mapToObj(_ -> random.ints(PROMPT, 0, VOCABULARY).toArray())
                    .toList();
            IntStream.range(0, WARM).forEach(_ -> generate());
        }

        private double generate() {
            long start = System.nanoTime();
            generator.generate(prompts, Sampling.greedy().maxTokens(COMPLETION));
            return (System.nanoTime() - start) / 1e9;
        }

        @Override
        public double getAsDouble() {
            var times = IntStream.range(0, request.steps())
                    .mapToObj(_ -> generate())
                    .toList();
            return request.rows() * COMPLETION / Rounds.median(times);
        }
    }

    private static void print(Request request, Found ours, Found theirs, PrintStream out) {
        double tokens = Rounds.median(ours.tokensPerSecond());
        boolean compares = !theirs.tokensPerSecond().isEmpty();
        double ratio = compares ? tokens / Rounds.median(theirs.tokensPerSecond()) : Double.NaN;
        var weights = request.half() ? "BF16" : "FLOAT32";
        int rows = request.trains() ? ROWS : request.rows();
        if (request.json()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", request.job());
            row.put("case", CASE);
            row.put("batch", rows);
            row.put("weights", weights);
            row.put("workers", request.workers());
            row.put("rounds", ours.tokensPerSecond());
            row.put("most_bytes", ours.bytes());
            if (compares) {
                row.put("peer_rounds", theirs.tokensPerSecond());
                row.put("peer_most_bytes", theirs.bytes());
                row.put("ratio", ratio);
            }
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-7s %s, %d rows, %s weights, %d workers: %s tokens/s, at most %,d MiB%s%n",
                request.job(),
                CASE,
                rows,
                weights,
                request.workers(),
                Rounds.shown("%.1f", ours.tokensPerSecond()),
                ours.bytes() >> 20,
                Rounds.peer("%.1f", "tokens/s", theirs.tokensPerSecond(), ratio)
                        + (compares ? String.format(Locale.ROOT, ", at most %,d MiB", theirs.bytes() >> 20) : ""));
    }

    private static Request parse(String job, List<String> words) {
        boolean trains = !job.equals("greedy");
        var takes = new ArrayList<>(List.of("--steps N", "--rounds N", "--workers N", "--peer-hf COMMAND"));
        takes.addAll(trains ? List.of() : List.of("--rows N"));
        takes.addAll(job.equals("full") ? List.of() : List.of("--weights BF16"));
        var arguments = Arguments.of(job, words, takes.toArray(String[]::new));
        var weights = arguments.text("--weights");
        if (weights != null && !weights.equals("BF16")) {
            throw new IllegalArgumentException("--weights of bench --job " + job
                    + " needs BF16 after it, or is left out for" + " float32, not \"" + weights + "\"");
        }
        var peer = arguments.text("--peer-hf");
        return new Request(
                job,
                arguments.number("--rows", 1),
                weights != null,
                arguments.number("--steps", trains ? 5 : 3),
                arguments.number("--rounds", peer == null ? 1 : 3),
                arguments.number("--workers", Workers.available()),
                arguments.json(),
                peer);
    }
}
