package trivium.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The newest value of every metric of a {@link MetricsLog}, read from the file's end. */
final class NewestMetrics {

    /** Some dozens of rows. Most metrics are in the last one, a validation loss often as well. */
    private static final int BLOCK = 1 << 13;

    private NewestMetrics() {}

    /** By name, "step" first, in the order of the header; a metric that was never measured is not there. */
    static Map<String, Double> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            var header = in.readLine();
            if (header == null || in.getFilePointer() >= size) {
                return Map.of();
            }
            long rows = in.getFilePointer();
            var names = header.split(",", -1);
            for (long block = BLOCK; ; block *= 8) {
                long from = Math.max(rows, size - block);
                var values = newest(block(in, from, size, from == rows), names);
                if (from == rows || values.size() == names.length) {
                    return values;
                }
            }
        }
    }

    /** Whole lines between two places of the file; the first may be the rest of one unless a row begins there. */
    private static String[] block(RandomAccessFile in, long from, long to, boolean atRow) throws IOException {
        var bytes = new byte[Math.toIntExact(to - from)];
        in.seek(from);
        in.readFully(bytes);
        var text = new String(bytes, StandardCharsets.UTF_8);
        int first = atRow ? 0 : text.indexOf('\n') + 1;
        int last = text.lastIndexOf('\n') + 1;
        return first >= last ? new String[0] : text.substring(first, last).split("\n", -1);
    }

    private static Map<String, Double> newest(String[] lines, String[] names) {
        var found = new Double[names.length];
        int missing = names.length;
        for (int line = lines.length - 1; line >= 0 && missing > 0; line--) {
            var cells = lines[line].split(",", -1);
            for (int i = 0; i < Math.min(cells.length, names.length); i++) {
                if (found[i] == null && !cells[i].isEmpty()) {
                    double value = number(cells[i]);
                    if (!Double.isNaN(value)) {
                        found[i] = value;
                        missing--;
                    }
                }
            }
        }
        var values = new LinkedHashMap<String, Double>();
        for (int i = 0; i < names.length; i++) {
            if (found[i] != null) {
                values.put(names[i], found[i]);
            }
        }
        return values;
    }

    private static double number(String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            // what MetricsLog.read complains about by line; a list of runs shows the rest
            return Double.NaN;
        }
    }
}
