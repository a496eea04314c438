package trivium.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
        var json = parse(line, where, needed);
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

    private static JsonElement parse(String line, String where, String needed) {
        try {
            var reader = new JsonReader(new StringReader(line));
            reader.setStrictness(Strictness.STRICT);
            var json = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonParseException("more follows the object");
            }
            return json;
        } catch (JsonParseException | IOException e) {
            var cut = line.strip().startsWith("{") && !line.strip().endsWith("}") ? " (is the line cut off?)" : "";
            throw new IllegalArgumentException(where + ": this is not valid JSON" + cut + needed, e);
        }
    }
}
