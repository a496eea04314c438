package trivium.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import trivium.text.PlainJson;

/**
 * Another program that runs the same benchmark and prints JSON lines with "job", "case", "batch" and "tokens_per_s", or
 * with "job" and "seconds_per_step" or "trials_per_minute".
 */
final class Peer {

    private Peer() {}

    /** Runs {@code command --case … --job … --json} in a shell and finds the row for this many rows. */
    static double tokensPerSecond(String command, String job, String name, int rows) {
        return number(
                command + " --case " + name + " --job " + job + " --json",
                row -> matches(row, job, name, rows),
                "tokens_per_s");
    }

    /**
     * Runs {@code command --case … --job …} in a shell and finds the row for this many rows.
     *
     * @param rows 0 for a training, whose case says them
     */
    static JsonObject row(String command, String job, String name, int rows) {
        return row(
                command + " --case " + name + " --job " + job + (rows == 0 ? "" : " --rows " + rows),
                row -> row.get("job").getAsString().equals(job)
                        && row.get("batch").getAsInt() == rows);
    }

    /** Runs {@code command --job …} in a shell and finds the job's row. */
    static double secondsPerStep(String command, String job) {
        return number(
                command + " --job " + job, row -> row.get("job").getAsString().equals(job), "seconds_per_step");
    }

    /** Runs {@code command --job sweep --trials … --steps …} in a shell and finds its row. */
    static double trialsPerMinute(String command, int trials, int steps) {
        return number(
                command + " --job sweep --trials " + trials + " --steps " + steps,
                row -> row.get("job").getAsString().equals("sweep"),
                "trials_per_minute");
    }

    /**
     * Runs {@code command --job search --case … --trials … --seeds …} in a shell and finds the lowest value of each
     * seed.
     */
    static double[] lowest(String command, String name, int trials, int seeds) {
        var row = row(
                command + " --job search --case " + name + " --trials " + trials + " --seeds " + seeds,
                each -> each.get("job").getAsString().equals("search")
                        && each.get("case").getAsString().equals(name));
        return StreamSupport.stream(row.getAsJsonArray("lowest").spliterator(), false)
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
    }

    private static double number(String line, Predicate<JsonObject> row, String field) {
        return row(line, row).get(field).getAsDouble();
    }

    private static JsonObject row(String line, Predicate<JsonObject> row) {
        try {
            var process = new ProcessBuilder("sh", "-c", line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalArgumentException("the peer's command failed; try it by itself: " + line);
            }
            return output.lines()
                    .filter(text -> text.startsWith("{\"")) // TRL also prints dictionaries, which begin with {'
                    .map(text -> PlainJson.parse(text).getAsJsonObject())
                    .filter(row)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the peer printed no such row: " + line));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run the peer: " + line, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Training rows need not say how large the batch is: a case has one. */
    private static boolean matches(JsonObject row, String job, String name, int rows) {
        return row.get("job").getAsString().equals(job)
                && row.get("case").getAsString().equals(name)
                && (job.equals("train") || row.get("batch").getAsInt() == rows);
    }
}
