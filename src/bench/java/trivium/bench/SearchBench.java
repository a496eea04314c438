package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.inference.MannWhitneyUTest;
import trivium.sweep.Goal;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.Tpe;

/**
 * How near TPE comes to the lowest values of functions ({@link TestFunction}) in a number of trials, over seeds, and
 * whether another program's search comes nearer.
 */
final class SearchBench {

    private static final int TRIALS = 60;
    private static final int SEEDS = 50;
    private static final double LEVEL = 0.95;

    private SearchBench() {}

    /** What is asked for. */
    private record Request(List<TestFunction> functions, int trials, int seeds, int batch, String peer, boolean json) {}

    static int run(List<String> words, PrintStream out) {
        var request = parse(words);
        for (var function : request.functions()) {
            double[] ours = above(function, lowest(function, request));
            double[] theirs = request.peer() == null
                    ? new double[0]
                    : above(
                            function,
                            Peer.lowest(
                                    request.peer() + " --batch " + request.batch(),
                                    function.name(),
                                    request.trials(),
                                    request.seeds()));
            print(function, request, ours, theirs, out);
        }
        return 0;
    }

    /** The lowest value that a search with each seed found. */
    private static double[] lowest(TestFunction function, Request request) {
        return IntStream.range(0, request.seeds())
                .mapToDouble(seed -> Sweep.of(Tpe.of(
                                        Goal.lowest("value"),
                                        request.trials(),
                                        function.hyperparameters().toArray(Hyperparameter[]::new))
                                .seed(seed)
                                .batch(request.batch()))
                        .measure(trial -> Map.of("value", function.value().applyAsDouble(trial)))
                        .lowest("value")
                        .metrics()
                        .get("value"))
                .toArray();
    }

    /** The regret of each seed, in order of size. */
    private static double[] above(TestFunction function, double... lowest) {
        return Arrays.stream(lowest)
                .map(value -> Math.max(0, value - function.lowest()))
                .sorted()
                .toArray();
    }

    private static void print(TestFunction function, Request request, double[] ours, double[] theirs, PrintStream out) {
        double p = theirs.length == 0 ? Double.NaN : new MannWhitneyUTest().mannWhitneyUTest(ours, theirs);
        if (request.json()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", "search");
            row.put("case", function.name());
            row.put("trials", request.trials());
            row.put("batch", request.batch());
            row.put("regret", ours);
            if (theirs.length > 0) {
                row.put("peer_regret", theirs);
                row.put("p", p);
            }
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "search    %-12s %d trials, %d seeds, %d a round: regret %s%s%n",
                function.name(),
                request.trials(),
                request.seeds(),
                request.batch(),
                median(ours),
                theirs.length == 0
                        ? ""
                        : String.format(Locale.ROOT, "; peer %s; Mann-Whitney p %.2g", median(theirs), p));
    }

    /**
     * The median with its 95 % interval, from one value to another by their rank: as many of n values are below the
     * median as heads fall in n throws (Conover 1999, Practical Nonparametric Statistics, section 3.2).
     */
    private static String median(double[] sorted) {
        int n = sorted.length;
        int low = new BinomialDistribution(n, 0.5).inverseCumulativeProbability((1 - LEVEL) / 2) - 1;
        double middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return low < 0
                ? String.format(Locale.ROOT, "%.3g", middle)
                : String.format(Locale.ROOT, "%.3g (%.3g to %.3g)", middle, sorted[low], sorted[n - 1 - low]);
    }

    private static Request parse(List<String> words) {
        var arguments =
                Arguments.of("search", words, "--case NAME", "--trials N", "--seeds N", "--batch N", "--peer COMMAND");
        var functions = arguments.all("--case").stream().map(SearchBench::named).toList();
        return new Request(
                functions.isEmpty() ? TestFunction.ALL : functions,
                arguments.number("--trials", TRIALS),
                arguments.number("--seeds", SEEDS),
                arguments.number("--batch", 4),
                arguments.text("--peer"),
                arguments.json());
    }

    private static TestFunction named(String name) {
        return TestFunction.ALL.stream()
                .filter(function -> function.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no function \"" + name + "\"; there are "
                        + TestFunction.ALL.stream().map(TestFunction::name).toList()));
    }
}
