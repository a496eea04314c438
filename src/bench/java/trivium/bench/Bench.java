package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import trivium.cli.Main;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Architecture;
import trivium.model.Architecture.Position;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Size;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Memory;
import trivium.tensor.Peak;
import trivium.tensor.Precision;
import trivium.train.AdamW;
import trivium.train.CrossEntropy;
import trivium.train.TrainLoop;

/**
 * How fast this machine trains and generates, alone or in turn with another program doing the same; and, chosen with
 * {@code --job}, the other benchmarks that need no JVM of their own.
 */
public final class Bench {

    private static final String USAGE = """
            usage: bench [--case NAME] [--job train|generate] [--steps N] [--rounds N] [--workers N] [--precision BF16]
                         [--json] [--peer COMMAND]
                         how fast training and generation are
                   bench --all [--peer COMMAND] [--trl COMMAND] [--optuna COMMAND] [--peer-hf COMMAND]
                         [--data FOLDER] [--text FILE] [--only FIGURE] [--rounds N] [--steps few] [--page FILE]
                         [--records FILE]
                         every figure of docs/performance.md, into that page
                   bench --job machine [--rounds N] [--workers N] [--json]
                         the multiply-add peak and the bandwidth of memory
                   bench --job tokenize [--json] FILE...
                         learning a vocabulary of 4,096 and encoding
                   bench --job sweep [--case NAME] [--trials N] [--steps N] [--rounds N] [--workers N]
                         [--peer COMMAND] [--json]
                         trials side by side against one after the other
                   bench --job search [--case NAME] [--trials N] [--seeds N] [--batch N] [--peer COMMAND] [--json]
                         how near TPE comes to the lowest values of functions
                   bench --job sft|reward|dpo --data FOLDER [--steps N] [--rounds N] [--workers N] [--peer COMMAND]
                         [--json]
                         seconds a step of fine-tuning, a reward model or DPO takes
                   bench --job align [--steps N] [--rounds N] [--workers N] [--json] [--peer COMMAND]
                         seconds a step of GRPO, split into sampling, scoring and learning
                   bench --job full|lora|greedy [--rows N] [--weights BF16] [--steps N] [--rounds N] [--workers N]
                         [--json] [--peer-hf COMMAND]
                         training and greedy generation in the shape of SmolLM2-135M, and the memory they take
                   bench --job soak [--minutes N] [--workers N] [--json]
                         whether a process keeps its size through rounds of all phases, ten minutes unless told
                   bench --job dice [--rounds N] [--steps N]
                         how much narrower common random numbers make the interval of a difference
                   bench --kernels [JMH's arguments]
                         each kernel by itself, and the floor under it
                   bench --rollouts [SETTING=VALUE...]
                         the study behind the default settings of alignment""";

    private static final int PROMPT = 8;
    private static final int FEWEST_GENERATIONS = 2;
    private static final long GENERATING_NANOSECONDS = 6_000_000_000L;
    private static final int MANY_ROWS = 32;
    private static final double MIB = 1 << 20;

    /** A model and the batch it is trained on; the same shapes as the PyTorch reference's. */
    private record Case(String name, Architecture architecture, int vocabulary, int rows, int steps) {

        Case steps(int changed) {
            return new Case(name, architecture, vocabulary, rows, changed);
        }

        /** "GPT, 4 layers, width 128, context 64, vocabulary 65". */
        String said() {
            boolean turns = architecture.conventions().position() == Position.ROTARY;
            return String.format(
                    Locale.ROOT,
                    "%s, %d layers, width %d, context %d, vocabulary %,d",
                    turns ? "Llama" : "GPT",
                    architecture.layers(),
                    architecture.width(),
                    architecture.context(),
                    vocabulary);
        }

        /** Of a training step, forward and backward. */
        double flopsPerToken() {
            return Size.training(architecture, vocabulary, rows, architecture.context())
                    .flopsPerToken();
        }
    }

    private static final int WARM_STEPS = 500;
    private static final long SETTLING_NANOSECONDS = 100_000_000;

    private static final List<Case> CASES = List.of(
            new Case("small", Gpt.small().context(64), 65, 12, 120),
            new Case("medium", Gpt.medium(), 65, 16, 8),
            new Case("llama", Llama.of(256, 256, 6, 8, 4), 512, 16, 12),
            new Case("gpt2-124m", Gpt.gpt2().context(256), 50_257, 2, 4));

    private Bench() {}

    /** What is asked for. */
    private record Request(
            List<Case> cases,
            List<String> jobs,
            int rounds,
            boolean brief,
            boolean json,
            String peer,
            Compute compute) {
        int workers() {
            return compute.workers();
        }
    }

    /**
     * Runs what the arguments ask for and ends the process: with 0, with 1 where a benchmark's answer is no, with 2 and
     * one sentence where an argument is wrong.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("--kernels")) {
            Kernels.main(Arrays.copyOfRange(arguments, 1, arguments.length));
        } else {
            System.exit(Main.run(Bench::run, List.of(arguments), System.out, System.err));
        }
    }

    private static int run(List<String> arguments, PrintStream out) {
        switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
            case "help", "-h", "--help" -> {
                out.println(USAGE);
                return 0;
            }
            case "--all" -> {
                return AllBench.run(arguments.subList(1, arguments.size()), Program::ask, out);
            }
            case "--rollouts" -> {
                RolloutStudy.main(arguments.stream().skip(1).toArray(String[]::new));
                return 0;
            }
            default -> {}
        }
        int place = arguments.indexOf("--job") + 1;
        var job = place > 0 && place < arguments.size() ? arguments.get(place) : "";
        return switch (job) {
            case "machine" -> MachineBench.run(arguments, out);
            case "tokenize" -> TokenizeBench.run(arguments, out);
            case "sweep" -> SweepBench.run(arguments, out);
            case "search" -> SearchBench.run(arguments, out);
            case "sft", "reward", "dpo" -> RecipeBench.run(job, arguments, out);
            case "align" -> AlignBench.run(arguments, out);
            case "full", "lora", "greedy" -> TransformersBench.run(job, arguments, out);
            case "soak" -> SoakBench.run(arguments, out);
            case "dice" -> DiceBench.run(arguments, out);
            default -> cases(arguments, out);
        };
    }

    private static int cases(List<String> arguments, PrintStream out) {
        var request = parse(arguments);
        request.compute().caveat().ifPresent(System.err::println);
        double peak = Peak.gigaflops(request.workers());
        if (!request.json()) {
            out.printf(
                    Locale.ROOT,
                    "%d workers; multiply-add peak %.0f GFLOP/s, memory %.1f GB/s, products by %s%n",
                    request.workers(),
                    peak,
                    Peak.gigabytesPerSecond(request.workers()),
                    Blas.name());
        }
        warm(request.compute());
        for (var test : request.cases()) {
            for (var job : request.jobs()) {
                if (job.equals("train")) {
                    var what = new Measured("train", test, test.rows());
                    peak = report(request, what, () -> train(test, request.compute()), peak, out);
                } else {
                    for (int rows : new int[] {1, MANY_ROWS}) {
                        var what = new Measured("generate", test, rows);
                        peak = report(request, what, () -> generate(request, test, rows), peak, out);
                    }
                }
            }
        }
        return 0;
    }

    /** Lets HotSpot compile a training: its code is memory too, and no model's. */
    private static void warm(Compute compute) {
        train(new Case("warm", Gpt.of(16, 16, 1, 1), 65, 4, WARM_STEPS), compute);
    }

    private record Measured(String job, Case test, int rows) {

        /** Of a token, in operations; a generation goes forward only. */
        double flopsPerToken() {
            return job.equals("train") ? test.flopsPerToken() : test.flopsPerToken() / 3;
        }
    }

    /**
     * What one measurement found.
     *
     * @param heapPerStep bytes that an optimiser step asks of Java's heap, the least seen: what HotSpot has not
     *     compiled yet asks for more; -1 for a generation
     * @param allocated bytes of native memory
     * @param counted the same by the formula, beforehand
     * @param grown bytes that the process has more in use than before, Java's heap and code included; -1 for a
     *     generation, which begins with what the training before has left
     */
    private record Found(double tokensPerSecond, long heapPerStep, long allocated, long counted, long grown) {}

    /**
     * Measures and prints. The processor is not always as fast: its peak is measured again after each round, and rounds
     * that differ much are repeated.
     *
     * @param known the highest peak measured so far, in GFLOP/s
     * @return the highest after this
     */
    private static double report(
            Request request, Measured what, Supplier<Found> measure, double known, PrintStream out) {
        var ours = new ArrayList<Double>();
        Found first = null; // later ones find memory that the process has already
        var theirs = new ArrayList<Double>();
        double peak = known;
        while (ours.size() < request.rounds()
                || ours.size() < 2 * request.rounds() && Rounds.isNoisy(Rounds.ratios(ours, theirs))) {
            settle();
            var found = measure.get();
            first = first == null ? found : first;
            ours.add(found.tokensPerSecond());
            peak = Math.max(peak, Peak.gigaflops(request.workers()));
            if (request.peer() != null) {
                theirs.add(Peer.tokensPerSecond(
                        request.peer(), what.job(), what.test().name(), what.rows()));
            }
        }
        print(what, ours, first, theirs, peak, request, out);
        return peak;
    }

    /** Native memory of the measurement before goes back with the objects that own it, a moment after them. */
    private static void settle() {
        System.gc();
        long before;
        do {
            before = Memory.residentBytes();
            LockSupport.parkNanos(SETTLING_NANOSECONDS);
        } while (Memory.residentBytes() < before);
    }

    private static void print(
            Measured what,
            List<Double> ours,
            Found found,
            List<Double> theirs,
            double peak,
            Request request,
            PrintStream out) {
        double tokens = Rounds.median(ours);
        double gigaflops = what.flopsPerToken() * tokens / 1e9;
        var row = new LinkedHashMap<String, Object>();
        row.put("job", what.job());
        row.put("case", what.test().name());
        row.put("model", what.test().said());
        row.put("batch", what.rows());
        row.put("workers", request.workers());
        row.put("precision", request.compute().precision().name());
        row.put("tokens_per_s", tokens);
        row.put("rounds", ours);
        row.put("gflops", gigaflops);
        if (gigaflops <= peak) {
            row.put("share_of_peak", gigaflops / peak);
        }
        row.put("memory_bytes", found.allocated());
        row.put("memory_counted_bytes", found.counted());
        if (found.heapPerStep() >= 0) {
            row.put("process_grew_bytes", found.grown());
            row.put("heap_bytes_per_step", found.heapPerStep());
        }
        var ratios = Rounds.ratios(ours, theirs);
        if (!theirs.isEmpty()) {
            row.put("peer_tokens_per_s", Rounds.median(theirs));
            row.put("peer_rounds", theirs);
            row.put("ratio", tokens / Rounds.median(theirs));
            row.put("ratios", ratios);
        }
        out.println(request.json() ? new Gson().toJson(row) : text(what, tokens, peak, found, theirs, ratios));
    }

    private static String text(
            Measured what, double tokens, double peak, Found found, List<Double> theirs, List<Double> ratios) {
        double gigaflops = what.flopsPerToken() * tokens / 1e9;
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-9s %-10s %2d rows %,10.0f tokens/s %6.1f GFLOP/s ",
                what.job(),
                what.test().name(),
                what.rows(),
                tokens,
                gigaflops));
        text.append(
                gigaflops <= peak
                        ? String.format(Locale.ROOT, "%4.0f %% of peak", 100 * gigaflops / peak)
                        : "more than the peak that was measured, so the machine was too noisy to tell a share");
        text.append(String.format(
                Locale.ROOT, "   %,.0f MiB (counted %,.0f)", found.allocated() / MIB, found.counted() / MIB));
        if (found.heapPerStep() >= 0) {
            text.append(String.format(
                    Locale.ROOT,
                    ", process + %,.0f MiB, %,d bytes of heap a step",
                    found.grown() / MIB,
                    found.heapPerStep()));
        }
        if (!theirs.isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "   peer %,.0f, ratio %.2f (%s%s)",
                    Rounds.median(theirs),
                    tokens / Rounds.median(theirs),
                    Rounds.shown("%.2f", ratios),
                    Rounds.isNoisy(ratios) ? ": the machine was too noisy to tell" : ""));
        }
        return text.toString();
    }

    private static Found train(Case test, Compute compute) {
        long before = Floats.allocatedBytes();
        long resident = Memory.residentBytes();
        int time = test.architecture().context();
        int n = test.rows() * time;
        var random = new SplittableRandom(1);
        var counts = new float[n];
        Arrays.fill(counts, 1);
        var times = new ArrayList<Double>();
        long heap = Long.MAX_VALUE;
        long grown = 0;
        long asking = Long.MAX_VALUE; // takes some heap as well
        var model = Transformer.of(test.architecture(), test.vocabulary(), 1);
        try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, compute)) {
            for (int step = 0; step < test.steps(); step++) {
                var tokens = random.ints(n, 0, test.vocabulary()).toArray();
                var targets = random.ints(n, 0, test.vocabulary()).toArray();
                var batch = new Batch(test.rows(), time, tokens, targets, counts, 1);
                long first = Memory.heapAllocatedBytes();
                long asked = Memory.heapAllocatedBytes();
                asking = Math.min(asking, asked - first);
                long start = System.nanoTime();
                loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                times.add((System.nanoTime() - start) / 1e9);
                heap = Math.min(heap, Memory.heapAllocatedBytes() - asked);
            }
            grown = Memory.residentBytes() - resident;
        }
        return new Found(
                n / Rounds.median(times.subList(test.steps() / 4, test.steps())),
                Math.max(0, heap - asking),
                Floats.allocatedBytes() - before,
                Size.training(test.architecture(), test.vocabulary(), test.rows(), time)
                        .bytes(),
                grown);
    }

    private static Found generate(Request request, Case test, int rows) {
        long before = Floats.allocatedBytes();
        var model = Transformer.of(test.architecture(), test.vocabulary(), 1);
        var random = new SplittableRandom(1);
        var prompts = IntStream.range(0, rows)
                .mapToObj(i -> random.ints(PROMPT, 0, test.vocabulary()).toArray())
                .toList();
        int count = test.architecture().context() - PROMPT;
        var generator = new Generator(model, request.workers());
        var times = new ArrayList<Double>();
        long start = System.nanoTime();
        // The first seconds are HotSpot's, which has to see the code run before it compiles it.
        while (times.size() < FEWEST_GENERATIONS
                || !request.brief() && System.nanoTime() - start < GENERATING_NANOSECONDS) {
            long began = System.nanoTime();
            generator.generate(prompts, Sampling.atTemperature(1).maxTokens(count));
            times.add((System.nanoTime() - began) / 1e9);
        }
        return new Found(
                rows * count / Rounds.median(times.subList(times.size() / 2, times.size())),
                -1,
                Floats.allocatedBytes() - before,
                generator.bytes(rows).orElseThrow(),
                -1);
    }

    private static Request parse(List<String> words) {
        var arguments = new Arguments(
                words,
                Set.of("--case", "--job", "--peer", "--workers", "--precision", "--steps", "--rounds"),
                word -> "bench does not know \"" + word + "\"; bench help says what it takes");
        var cases = arguments.all("--case").stream().map(Bench::named).toList();
        var jobs = arguments.all("--job").stream().map(Bench::job).toList();
        var compute = Compute.DEFAULT.withWorkers(arguments.number("--workers", Compute.DEFAULT.workers()));
        boolean brief = arguments.text("--steps") != null;
        int steps = arguments.number("--steps", 1);
        return new Request(
                (cases.isEmpty() ? CASES : cases)
                        .stream().map(test -> brief ? test.steps(steps) : test).toList(),
                jobs.isEmpty() ? List.of("train", "generate") : jobs,
                arguments.rounds(),
                brief,
                arguments.json(),
                arguments.text("--peer"),
                arguments.text("--precision") == null
                        ? compute
                        : compute.withPrecision(Precision.of(arguments.text("--precision"))));
    }

    private static Case named(String name) {
        return CASES.stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no case \"" + name + "\"; there are "
                        + CASES.stream().map(Case::name).toList()));
    }

    private static String job(String name) {
        if (!List.of("train", "generate").contains(name)) {
            throw new IllegalArgumentException("there is no job \"" + name
                    + "\"; there are train, generate, machine, tokenize, sweep, sft, reward, dpo, align, full, lora,"
                    + " greedy, soak and dice");
        }
        return name;
    }
}
