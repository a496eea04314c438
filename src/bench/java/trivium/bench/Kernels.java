package trivium.bench;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import trivium.tensor.Blas;
import trivium.tensor.Peak;

/**
 * All kernels on one thread, each in a JVM of its own: what a call takes, the floor under it, and how far above the
 * floor it is, as a Markdown table. The floor is the longer of two times: that of the arithmetic at the multiply-add
 * peak, and that of reading as many bytes as the kernel must move from a buffer as large as what it touches, both
 * measured here. JMH's own arguments may follow, such as {@code Norm} for the kernels whose name contains it, or
 * {@code -wi 20} for a longer warm-up on a busy machine.
 */
public final class Kernels {

    private static final TimeValue ITERATION = TimeValue.milliseconds(100);
    /** HotSpot takes a second for the longest of the kernels. */
    private static final int WARMING = 12;

    private static final int MEASURING = 4;

    /** In the order of a step. */
    private static final Map<String, BiFunction<String, Shape, Work>> FAMILIES = new LinkedHashMap<>();

    static {
        FAMILIES.put("Product", ProductBench::work);
        FAMILIES.put("LayerNorm", LayerNormBench::work);
        FAMILIES.put("RmsNorm", RmsNormBench::work);
        FAMILIES.put("Rotary", RotaryBench::work);
        FAMILIES.put("Softmax", SoftmaxBench::work);
        FAMILIES.put("Gelu", GeluBench::work);
        FAMILIES.put("SquaredRelu", SquaredReluBench::work);
        FAMILIES.put("Swiglu", SwigluBench::work);
        FAMILIES.put("Dropout", DropoutBench::work);
        FAMILIES.put("LogProbability", LogProbabilityBench::work);
        FAMILIES.put("Optimizer", OptimizerBench::work);
        FAMILIES.put("Panels", PanelsBench::work);
        FAMILIES.put("CachedAttention", CachedAttentionBench::work);
    }

    private static final List<String> ORDER = List.copyOf(FAMILIES.keySet());

    /** The head of the table. */
    static final String HEAD =
            "| kernel | size | takes | floor | set by | times the floor |\n|---|---|---|---|---|---|";

    private Kernels() {}

    /** Runs for two minutes or so and prints the table. */
    public static void main(String... arguments) throws RunnerException, CommandLineOptionException {
        boolean json = List.of(arguments).contains("--json");
        var asked = new CommandLineOptions(
                Arrays.stream(arguments).filter(word -> !word.equals("--json")).toArray(String[]::new));
        var out = System.out;
        double peak = Peak.gigaflops(1);
        if (!json) {
            head(peak, out);
        }
        var options = new OptionsBuilder()
                .parent(asked)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(asked.getForkCount().orElse(1))
                .warmupIterations(asked.getWarmupIterations().orElse(WARMING))
                .warmupTime(asked.getWarmupTime().orElse(ITERATION))
                .measurementIterations(asked.getMeasurementIterations().orElse(MEASURING))
                .measurementTime(asked.getMeasurementTime().orElse(ITERATION))
                .verbosity(VerboseMode.SILENT)
                .build();
        new Runner(options)
                .run().stream()
                        .sorted(Comparator.comparingInt(result -> ORDER.indexOf(family(result))))
                        .map(result -> row(result, peak))
                        .map(row -> new Gson().toJsonTree(row).getAsJsonObject())
                        .forEach(row -> out.println(json ? row : line(row)));
    }

    private static void head(double peak, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "One thread; multiply-add peak %.0f GFLOP/s, memory %.1f GB/s, products by %s.%n%n",
                peak,
                Peak.gigabytesPerSecond(1),
                Blas.name());
        out.println(HEAD);
    }

    private static String family(RunResult result) {
        var name = result.getParams().getBenchmark().split("\\.");
        return name[name.length - 2].replace("Bench", "");
    }

    /** What was found of a kernel, by name. */
    private static Map<String, Object> row(RunResult result, double peak) {
        var name = result.getParams().getBenchmark();
        var kernel = name.substring(name.lastIndexOf('.') + 1);
        var shape = Shape.valueOf(result.getParams().getParam("shape"));
        var work = FAMILIES.get(family(result)).apply(kernel, shape);
        double nanoseconds = result.getPrimaryResult().getScore();
        double arithmetic = 2 * work.steps() / peak;
        long touched = (long) (work.touched() * Float.BYTES);
        double moving = work.moved() * Float.BYTES / Peak.gigabytesPerSecond(1, touched);
        double floor = Math.max(arithmetic, moving);
        var row = new LinkedHashMap<String, Object>();
        row.put("job", "kernels");
        row.put("kernel", family(result) + " " + words(kernel));
        row.put("size", shape.name().toLowerCase(Locale.ROOT));
        row.put("takes_ns", nanoseconds);
        row.put("floor_ns", floor);
        row.put("set_by", arithmetic > moving ? "arithmetic" : "bytes, " + size(touched));
        return row;
    }

    /** A line of the table. */
    static String line(JsonObject row) {
        double takes = row.get("takes_ns").getAsDouble();
        double floor = row.get("floor_ns").getAsDouble();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %.1f |",
                row.get("kernel").getAsString(),
                row.get("size").getAsString(),
                time(takes),
                time(floor),
                row.get("set_by").getAsString(),
                takes / floor);
    }

    /** "weightGradient" as "weight gradient". */
    private static String words(String name) {
        return name.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    private static String time(double nanoseconds) {
        return nanoseconds < 1e3
                ? String.format(Locale.ROOT, "%.0f ns", nanoseconds)
                : nanoseconds < 1e6
                        ? String.format(Locale.ROOT, "%.1f µs", nanoseconds / 1e3)
                        : String.format(Locale.ROOT, "%.2f ms", nanoseconds / 1e6);
    }

    private static String size(long bytes) {
        return bytes < 1 << 20 ? Math.ceilDiv(bytes, 1 << 10) + " KiB" : Math.ceilDiv(bytes, 1 << 20) + " MiB";
    }
}
