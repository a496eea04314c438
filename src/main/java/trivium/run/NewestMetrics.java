package trivium.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import trivium.model.JsonFields;

/** The newest value of every metric of a {@link MetricsLog}, read from the file's end. */
final class NewestMetrics {

    /** Bytes that are read at once: some dozens of rows. Most metrics are in the last one. */
    private static final int BLOCK = 1 << 12;

    /** Rows further than so many bytes from the end are not read. */
    private static final long MOST = 1 << 26;

    private NewestMetrics() {}

    /** The newest values by name, "step" first, in the order of the header, without metrics never measured. */
    static Map<String, Double> read(Path file) throws IOException {
        JsonFields.requireFile(file);
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            var beginning = text(in, 0, Math.min(size, BLOCK));
            var header = beginning.substring(0, beginning.indexOf('\n') + 1);
            if (header.isEmpty()) {
                return Map.of();
            }
            var names = header.strip().split(",", -1);
            for (long block = BLOCK; ; block *= 8) {
                long from = Math.max(0, size - block);
                var values = newest(lines(from == 0 && size <= BLOCK ? beginning : text(in, from, size)), names);
                if (from == 0 || values.size() == names.length || block > MOST) {
                    return values;
                }
            }
        } catch (FileNotFoundException e) {
            if (Files.exists(file)) {
                throw e; // a folder of that name, or nothing that this user may read
            }
            return Map.of();
        }
    }

    /** Whole lines but the first, which is the header or the rest of a row. */
    private static String[] lines(String text) {
        int first = text.indexOf('\n') + 1;
        int last = text.lastIndexOf('\n');
        return first > last ? new String[0] : text.substring(first, last).split("\n", -1);
    }

    private static String text(RandomAccessFile in, long from, long to) throws IOException {
        var bytes = new byte[Math.toIntExact(to - from)];
        in.seek(from);
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
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
