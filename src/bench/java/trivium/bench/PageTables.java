package trivium.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tables of docs/performance.md, each made of the measurements of one or two figures alone, in Markdown, and below
 * each where and how it was measured.
 */
final class PageTables {

    private static final double MIB = 1 << 20;
    private static final String NOTHING = "–";

    private PageTables() {}

    /** A table for every figure that was measured, by the name that its markers have. */
    static Map<String, String> of(List<Measurement> all) {
        var byFigure = all.stream()
                .collect(Collectors.groupingBy(Measurement::figure, LinkedHashMap::new, Collectors.toList()));
        var tables = new LinkedHashMap<String, String>();
        byFigure.forEach((figure, rows) -> {
            var table = switch (PageFigure.valueOf(figure.toUpperCase(Locale.ROOT))) {
                case MACHINE -> machine(rows);
                case TRAIN, GENERATE, PRECISION -> tokens(rows);
                case WORKERS -> workers(rows);
                case LOSS -> losses(rows);
                case RECIPES -> recipes(rows);
                case TRANSFORMERS -> transformers(rows);
                case SWEEP -> sweep(rows);
                case KERNELS -> kernels(rows);
            };
            tables.put(figure, table + "\n\n" + below(rows));
        });
        var memory = all.stream()
                .filter(row -> row.figure().equals("train") || row.figure().equals("generate"))
                .toList();
        if (!memory.isEmpty()) {
            tables.put("memory", memory(memory) + "\n\n" + below(memory));
        }
        return tables;
    }

    private static String machine(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| workers | multiply-add peak, GFLOP/s | memory, GB/s | products by |");
        lines.add("|---|---|---|---|");
        for (var row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %.0f | %s | %s | %s |",
                    row.number("workers"),
                    spread("%.0f", row.rounds("peak_gflops")),
                    spread("%.1f", row.rounds("gigabytes_per_s")),
                    row.text("products")));
        }
        return String.join("\n", lines);
    }

    private static String tokens(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| case | rows | tokens/s | PyTorch | ratio | rounds | bytes of heap a step |");
        lines.add("|---|---|---|---|---|---|---|");
        for (var row : rows) {
            var theirs = row.rounds("peer_rounds");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s: %s%s | %.0f | %s | %s | %s | %d | %s |",
                    row.text("case"),
                    row.text("model"),
                    row.text("precision").equals("BF16") ? ", bfloat16" : "",
                    row.number("batch"),
                    spread("%,.0f", row.rounds("rounds")),
                    spread("%,.0f", theirs),
                    ratio(row.rounds("rounds"), theirs, false),
                    row.rounds("rounds").size(),
                    row.has("heap_bytes_per_step")
                            ? String.format(Locale.ROOT, "%,.0f", row.number("heap_bytes_per_step"))
                            : NOTHING));
        }
        return String.join("\n", lines);
    }

    private static String workers(List<Measurement> rows) {
        var rounds = new TreeMap<Integer, List<Double>>();
        rows.forEach(row -> rounds.computeIfAbsent((int) row.number("workers"), _ -> new ArrayList<>())
                .addAll(row.rounds("rounds")));
        var one = rounds.firstEntry().getValue();
        var lines = new ArrayList<String>();
        lines.add("| workers | medium, tokens/s | times as fast as " + rounds.firstKey() + " | rounds |");
        lines.add("|---|---|---|---|");
        rounds.forEach((workers, found) -> lines.add(String.format(
                Locale.ROOT,
                "| %d | %s | %s | %d |",
                workers,
                spread("%,.0f", found),
                ratio(found, one, false),
                found.size())));
        return String.join("\n", lines);
    }

    private static String losses(List<Measurement> rows) {
        var losses = new LinkedHashMap<String, Map<Integer, Double>>();
        var seeds = new LinkedHashSet<Integer>();
        for (var row : rows) {
            var precision = row.command().endsWith("BF16") ? "bfloat16" : "float32";
            int seed = (int) row.number("seed");
            seeds.add(seed);
            losses.computeIfAbsent(precision, _ -> new LinkedHashMap<>()).put(seed, row.number("validation_loss"));
        }
        var lines = new ArrayList<String>();
        lines.add("| nats per character | "
                + seeds.stream().map(seed -> "seed " + seed).collect(Collectors.joining(" | ")) + " |");
        lines.add("|---|" + "---|".repeat(seeds.size()));
        losses.forEach((precision, found) -> lines.add("| " + precision + " | "
                + seeds.stream()
                        .map(seed ->
                                found.containsKey(seed) ? String.format(Locale.ROOT, "%.4f", found.get(seed)) : NOTHING)
                        .collect(Collectors.joining(" | "))
                + " |"));
        return String.join("\n", lines);
    }

    private static String recipes(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| job | seconds a step | TRL | ratio | rounds | of it |");
        lines.add("|---|---|---|---|---|---|");
        for (var row : rows) {
            var ours = row.rounds("seconds_per_step");
            var theirs = row.rounds("peer_seconds_per_step");
            var parts = row.row().entrySet().stream()
                    .filter(part -> part.getKey().endsWith("_seconds"))
                    .map(part -> String.format(
                            Locale.ROOT,
                            "%s %.3f",
                            part.getKey().replace("_seconds", "").replace('_', ' '),
                            part.getValue().getAsDouble()))
                    .collect(Collectors.joining(", "));
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %d | %s |",
                    row.text("job"),
                    spread("%.3f", ours),
                    spread("%.3f", theirs),
                    ratio(ours, theirs, true),
                    ours.size(),
                    parts.isEmpty() ? NOTHING : parts));
        }
        return String.join("\n", lines);
    }

    private static String transformers(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| job | rows | weights | tokens/s | transformers | ratio | rounds | MiB | transformers | ratio |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|");
        for (var row : rows) {
            var theirs = row.rounds("peer_rounds");
            double most = row.number("most_bytes");
            double theirMost = theirs.isEmpty() ? Double.NaN : row.number("peer_most_bytes");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %s | %s | %s | %s | %d | %,.0f | %s | %s |",
                    row.text("job"),
                    row.number("batch"),
                    row.text("weights").equals("BF16") ? "bfloat16" : "float32",
                    spread("%.0f", row.rounds("rounds")),
                    spread("%.0f", theirs),
                    ratio(row.rounds("rounds"), theirs, false),
                    row.rounds("rounds").size(),
                    most / MIB,
                    theirs.isEmpty() ? NOTHING : String.format(Locale.ROOT, "%,.0f", theirMost / MIB),
                    theirs.isEmpty() ? NOTHING : String.format(Locale.ROOT, "%.2f", most / theirMost)));
        }
        return String.join("\n", lines);
    }

    private static String sweep(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| trials of | together, trials/min | one after the other | Optuna | ratio | rounds |");
        lines.add("|---|---|---|---|---|---|");
        for (var row : rows) {
            var together = row.rounds("together_trials_per_min");
            var theirs = row.rounds("peer_trials_per_min");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s, %.0f × %.0f steps | %s | %s | %s | %s | %d |",
                    row.text("case"),
                    row.number("trials"),
                    row.number("steps"),
                    spread("%,.0f", together),
                    spread("%,.0f", row.rounds("in_turn_trials_per_min")),
                    spread("%,.0f", theirs),
                    ratio(together, theirs, false),
                    together.size()));
        }
        return String.join("\n", lines);
    }

    private static String kernels(List<Measurement> rows) {
        return Kernels.HEAD + "\n"
                + rows.stream().map(row -> Kernels.line(row.row())).collect(Collectors.joining("\n"));
    }

    private static String memory(List<Measurement> rows) {
        var lines = new ArrayList<String>();
        lines.add("| MiB | rows | counted | allocated | the process grew by |");
        lines.add("|---|---|---|---|---|");
        for (var row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s, %s | %.0f | %,.0f | %,.0f | %s |",
                    row.text("case"),
                    row.text("job").equals("train") ? "training" : "generating",
                    row.number("batch"),
                    row.number("memory_counted_bytes") / MIB,
                    row.number("memory_bytes") / MIB,
                    row.has("process_grew_bytes")
                            ? String.format(Locale.ROOT, "%,.0f", row.number("process_grew_bytes") / MIB)
                            : NOTHING));
        }
        return String.join("\n", lines);
    }

    /** "45,300 (44,100 to 46,000)": the median, and from the lowest to the highest where there are several. */
    private static String spread(String format, List<Double> rounds) {
        if (rounds.isEmpty()) {
            return NOTHING;
        }
        var median = String.format(Locale.ROOT, format, Rounds.median(rounds));
        return rounds.size() == 1
                ? median
                : median
                        + String.format(
                                Locale.ROOT,
                                " (" + format + " to " + format + ")",
                                Collections.min(rounds),
                                Collections.max(rounds));
    }

    /** Of the medians, and from the lowest to the highest of the rounds; how many times as fast we are. */
    private static String ratio(List<Double> ours, List<Double> theirs, boolean lessIsBetter) {
        if (theirs.isEmpty()) {
            return NOTHING;
        }
        var above = lessIsBetter ? theirs : ours;
        var below = lessIsBetter ? ours : theirs;
        var ratio = String.format(Locale.ROOT, "%.2f", Rounds.median(above) / Rounds.median(below));
        if (ours.size() != theirs.size() || ours.size() == 1) {
            return ratio;
        }
        var each = Rounds.ratios(above, below);
        return String.format(
                Locale.ROOT,
                "%s (%.2f to %.2f%s)",
                ratio,
                Collections.min(each),
                Collections.max(each),
                Rounds.isNoisy(each) ? ", too noisy to tell" : "");
    }

    /** Where, when and by which commands. */
    private static String below(List<Measurement> rows) {
        var places = rows.stream()
                .map(row -> row.machine() + ", " + row.date()
                        + (row.commit().isEmpty() ? "" : ", " + row.commit().substring(0, 8)))
                .distinct()
                .collect(Collectors.joining("; "));
        var shown = rows.stream()
                .map(row -> List.of(row.command().split(" ")))
                .collect(Collectors.groupingBy(List::size, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(alike -> "`environment/lab " + merged(alike) + "`")
                .collect(Collectors.joining(", "));
        boolean compares = rows.stream()
                .anyMatch(row -> PageFigure.valueOf(row.figure().toUpperCase(Locale.ROOT))
                                .peer()
                        != PageFigure.Peers.NONE);
        var peer = compares && rows.stream().noneMatch(row -> row.command().contains("--peer"))
                ? " No peer was there to compare with."
                : "";
        return "Medians, and in brackets the lowest and the highest round. " + places + ": " + shown + "." + peer;
    }

    /** Commands of as many words as one, in which words that differ stand beside each other: "--case small|medium". */
    private static String merged(List<List<String>> commands) {
        return IntStream.range(0, commands.getFirst().size())
                .mapToObj(i ->
                        commands.stream().map(words -> words.get(i)).distinct().collect(Collectors.joining("|")))
                .collect(Collectors.joining(" "));
    }
}
