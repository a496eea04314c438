package trivium.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A line of docs/performance.jsonl: what one benchmark printed, and where it did.
 *
 * @param figure which of the page's it belongs to
 * @param command behind {@code environment/lab}, with names in the place of peers' commands and of folders
 * @param machine such as "2 cores of an AMD EPYC 9B14"
 * @param date such as 2026-11-27
 * @param commit of the source, or empty
 * @param row what was printed
 */
record Measurement(String figure, String command, String machine, String date, String commit, JsonObject row) {

    static Measurement of(JsonObject line) {
        return new Measurement(
                line.get("figure").getAsString(),
                line.get("command").getAsString(),
                line.get("machine").getAsString(),
                line.get("date").getAsString(),
                line.get("commit").getAsString(),
                line.getAsJsonObject("row"));
    }

    JsonObject line() {
        var line = new JsonObject();
        line.addProperty("figure", figure);
        line.addProperty("command", command);
        line.addProperty("machine", machine);
        line.addProperty("date", date);
        line.addProperty("commit", commit);
        line.add("row", row);
        return line;
    }

    boolean has(String field) {
        return row.has(field);
    }

    String text(String field) {
        return row.get(field).getAsString();
    }

    double number(String field) {
        return row.get(field).getAsDouble();
    }

    /** The rounds under this name; empty where there are none, as of a peer that was not given. */
    List<Double> rounds(String field) {
        JsonElement all = row.get(field);
        if (!(all instanceof JsonArray rounds)) {
            return List.of();
        }
        return IntStream.range(0, rounds.size())
                .mapToObj(i -> rounds.get(i).getAsDouble())
                .toList();
    }
}
