package trivium.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trivium.cli.Main;
import trivium.text.PlainJson;

/** A benchmark in a process of its own, so that its speed does not depend on what ran before it. */
final class Program {

    /** What {@code lab pretrain} says in the end. */
    private static final Pattern TRAINED = Pattern.compile("seed (\\d+): validation loss ([\\d.]+) nats.*");

    private Program() {}

    /**
     * Runs {@code bench} with these arguments, started as this process was, and answers the JSON lines that it prints.
     * Where the first is "pretrain", it is {@code lab pretrain} instead, of which the answer is one such line.
     *
     * @throws IllegalArgumentException in a sentence if the program fails
     */
    static List<JsonObject> ask(List<String> arguments) {
        boolean trains = arguments.getFirst().equals("pretrain");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add((trains ? Main.class : Bench.class).getName());
        command.addAll(arguments);
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (process.waitFor() != 0) {
                throw new IllegalArgumentException(
                        "it failed; try it by itself: environment/lab bench " + String.join(" ", arguments));
            }
            return trains ? lines.stream().flatMap(Program::trained).toList() : rows(lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private static List<JsonObject> rows(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("{\""))
                .map(line -> PlainJson.parse(line).getAsJsonObject())
                .toList();
    }

    private static Stream<JsonObject> trained(String line) {
        return TRAINED.matcher(line).results().map(found -> {
            var row = new JsonObject();
            row.addProperty("job", "pretrain");
            row.addProperty("seed", Integer.valueOf(found.group(1)));
            row.addProperty("validation_loss", Double.valueOf(found.group(2)));
            return row;
        });
    }
}
