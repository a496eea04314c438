package trivium.run;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;
import trivium.model.JsonFields;

/**
 * Writes metrics to a CSV file while training goes on. Every row is handed to the operating system as it is added, so
 * that whoever follows the file sees it and a killed process loses at most a part of its last line, which {@link #read}
 * passes over.
 *
 * <p>The header names the metrics; when a new one turns up, the file is rewritten under a temporary name with the
 * longer header and moved into place. One thread at a time.
 */
public final class MetricsLog implements AutoCloseable {

    private final Path file;
    private final List<String> names = new ArrayList<>();
    private BufferedWriter out;
    private FileDescriptor descriptor;
    private FolderLock lock;

    private MetricsLog(Path file) {
        this.file = file;
    }

    /** Starts a log, or continues the one in {@code file}. */
    public static MetricsLog open(Path file) {
        return open(file, Long.MAX_VALUE);
    }

    /** Continues the log in {@code file} behind step {@code last}; rows of later steps are cut off. */
    static MetricsLog open(Path file, long last) {
        var log = new MetricsLog(file);
        try {
            var lines = Files.exists(file) ? wholeLines(file) : List.<String>of();
            var rows = new ArrayList<String>();
            if (!lines.isEmpty()) {
                var header = header(lines.getFirst(), file);
                log.names.addAll(List.of(header).subList(1, header.length));
                for (int i = 1; i < lines.size(); i++) {
                    if (step(lines.get(i), file + " line " + (i + 1)) <= last) {
                        rows.add(lines.get(i));
                    }
                }
            }
            log.rewrite(rows);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write metrics to " + file + ": " + e.getMessage(), e);
        }
        return log;
    }

    /** Adds a row. */
    public void add(long step, Map<String, Double> metrics) {
        try {
            var unseen = metrics.keySet().stream()
                    .filter(name -> !names.contains(name) && !name.equals(MetricsTable.STEP))
                    .toList();
            if (!unseen.isEmpty()) {
                check(unseen);
                unseen.forEach(name -> MetricsTable.requireOther(name, names));
                extend(unseen);
            }
            out.write(names.stream()
                    .map(name -> metrics.containsKey(name) ? metrics.get(name).toString() : "")
                    .collect(Collectors.joining(",", step + ",", "\n")));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write metrics to " + file + ": " + e.getMessage(), e);
        }
    }

    /** Makes every row so far durable against a loss of power. */
    void sync() {
        try {
            descriptor.sync();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write metrics to " + file + ": " + e.getMessage(), e);
        }
    }

    /** This log, which releases the lock {@code taken} when it is closed. */
    MetricsLog holding(FolderLock taken) {
        lock = taken;
        return this;
    }

    @Override
    public void close() {
        try {
            out.close();
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write metrics to " + file + ": " + e.getMessage(), e);
        }
    }

    /** The rows of a log, finished or not: a last line that was cut off is left out. */
    public static Table read(Path file) {
        var table = new MetricsTable();
        try {
            var lines = wholeLines(file);
            if (lines.isEmpty()) {
                return table.table();
            }
            var header = header(lines.getFirst(), file);
            for (int i = 1; i < lines.size(); i++) {
                readRow(lines.get(i), header, table, file + " line " + (i + 1));
            }
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there are no metrics: " + file + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read metrics from " + file + ": " + e.getMessage(), e);
        }
        return table.table();
    }

    /** The names of the columns, "step" first, each a name of its own. */
    private static String[] header(String line, Path file) {
        var names = line.split(",", -1);
        if (!names[0].equals(MetricsTable.STEP)) {
            throw new IllegalArgumentException(file + " is damaged: its header should begin with \"" + MetricsTable.STEP
                    + "\", not with \"" + JsonFields.shown(names[0]) + "\"");
        }
        for (int i = 1; i < names.length; i++) {
            try {
                MetricsTable.requireOther(names[i], List.of(names).subList(1, i));
                check(List.of(names[i]));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " is damaged: in its header " + e.getMessage(), e);
            }
        }
        return names;
    }

    private static long step(String line, String where) {
        try {
            return Long.parseLong(line.split(",", 2)[0]);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    where + " should begin with a step's number: \"" + JsonFields.shown(line) + "\"", e);
        }
    }

    private static void readRow(String line, String[] header, MetricsTable table, String where) {
        var cells = line.split(",", -1);
        if (cells.length > header.length) {
            throw new IllegalArgumentException(
                    where + " has " + cells.length + " values, but the header names only " + header.length);
        }
        try {
            var row = new LinkedHashMap<String, Double>();
            for (int i = 1; i < header.length; i++) {
                // every row names every metric, so that the columns keep the header's order
                row.put(header[i], i >= cells.length || cells[i].isEmpty() ? Double.NaN : Double.valueOf(cells[i]));
            }
            table.add(Long.parseLong(cells[0]), row);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    where + " should hold numbers only: \"" + JsonFields.shown(line) + "\"", e);
        }
    }

    private static void check(List<String> unseen) {
        for (var name : unseen) {
            if (name.isBlank() || name.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
                throw new IllegalArgumentException("a metric cannot be called \"" + JsonFields.shown(name)
                        + "\": commas, quotes and line ends would break its CSV file");
            }
        }
    }

    private void extend(List<String> unseen) throws IOException {
        out.close();
        // the file may have been deleted: the training goes on, and its end writes the table that it has in memory
        var lines = Files.exists(file) ? wholeLines(file) : List.<String>of();
        names.addAll(unseen);
        rewrite(lines.isEmpty() ? List.of() : lines.subList(1, lines.size()));
    }

    /** Puts the header and these rows in place and goes on behind them; short rows miss the newest metrics. */
    private void rewrite(List<String> rows) throws IOException {
        var lines = new ArrayList<String>(rows.size() + 1);
        lines.add(names.isEmpty() ? MetricsTable.STEP : MetricsTable.STEP + "," + String.join(",", names));
        for (var row : rows) {
            long missing = names.size() - row.chars().filter(c -> c == ',').count();
            lines.add(row + ",".repeat((int) Math.max(0, missing)));
        }
        AtomicFile.write(file, temporary -> Files.write(temporary, lines));
        var appending = new FileOutputStream(file.toFile(), true);
        descriptor = appending.getFD();
        out = new BufferedWriter(new OutputStreamWriter(appending, StandardCharsets.UTF_8));
    }

    private static List<String> wholeLines(Path file) throws IOException {
        var text = JsonFields.text(file);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
}
