package trivium.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import trivium.data.files.Json;

/** Reads JSON Lines: one object a line with certain text fields. Other fields and blank lines are passed over. */
final class JsonLines {

    private JsonLines() {}

    /** The values of {@code fields}, in this order, for every line. */
    static List<List<String>> read(Path file, String... fields) {
        var lines = TextFiles.read(file).lines().toList();
        var records = new ArrayList<List<String>>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                records.add(record(lines.get(i), file + " line " + (i + 1), List.of(fields)));
            }
        }
        return records;
    }

    private static List<String> record(String line, String where, List<String> fields) {
        var needed = fields.stream()
                .map(field -> '"' + field + "\": …")
                .collect(Collectors.joining(", ", "; each line needs {", "}"));
        var json = Json.line(line, where, needed);
        if (!json.isJsonObject()) {
            throw new IllegalArgumentException(where + ": this is not a JSON object" + needed);
        }
        var values = new ArrayList<String>();
        for (String field : fields) {
            var value = json.getAsJsonObject().get(field);
            if (value == null || value.isJsonNull()) {
                throw new IllegalArgumentException(where + ": \"" + field + "\" is missing" + needed);
            }
            if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
                throw new IllegalArgumentException(where + ": \"" + field + "\" is not a text in quotes" + needed);
            }
            values.add(value.getAsString());
        }
        return values;
    }
}
