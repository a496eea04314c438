package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import trivium.tensor.Blas;
import trivium.tensor.Peak;
import trivium.tensor.Workers;

/** What the machine can do at best: multiply-adds in registers, and reading memory from end to end. */
final class MachineBench {

    private MachineBench() {}

    static int run(List<String> words, PrintStream out) {
        var arguments = Arguments.of("machine", words, "--rounds N", "--workers N");
        int workers = arguments.number("--workers", Workers.available());
        var peaks = new ArrayList<Double>();
        var memory = new ArrayList<Double>();
        for (int round = 0; round < arguments.rounds(); round++) {
            peaks.add(Peak.gigaflops(workers));
            memory.add(Peak.gigabytesPerSecond(workers));
        }
        if (arguments.json()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", "machine");
            row.put("workers", workers);
            row.put("peak_gflops", peaks);
            row.put("gigabytes_per_s", memory);
            row.put("products", Blas.name());
            out.println(new Gson().toJson(row));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%d workers; multiply-add peak %s GFLOP/s, memory %s GB/s, products by %s%n",
                    workers,
                    Rounds.shown("%.0f", peaks),
                    Rounds.shown("%.1f", memory),
                    Blas.name());
        }
        return 0;
    }
}
