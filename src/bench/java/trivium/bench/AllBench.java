package trivium.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import trivium.bench.PageFigure.Peers;
import trivium.run.Origin;
import trivium.text.PlainJson;

/**
 * Every figure of docs/performance.md: runs the benchmarks one after the other, writes what each printed into
 * docs/performance.jsonl as soon as it is done, and the page's tables from that file, between {@code <!-- bench:NAME
 * -->} and {@code <!-- /bench:NAME -->}. What stands outside of these stays as it is.
 */
final class AllBench {

    private static final int ROUNDS = 3;

    private AllBench() {}

    /** Runs {@code bench} with these arguments and answers the JSON lines it prints. */
    @FunctionalInterface
    interface Jobs {
        List<JsonObject> run(List<String> arguments);
    }

    /**
     * What is asked for.
     *
     * @param given by the name that stands for it: a peer's command, the folder of data, the text
     */
    private record Request(
            List<PageFigure> figures, Map<String, String> given, int rounds, boolean few, Path page, Path records) {

        boolean has(Peers peer) {
            return given.get(peer.name()) != null;
        }

        /** The arguments with what was given in the place of names. */
        List<String> meant(List<String> arguments) {
            return arguments.stream()
                    .map(word -> given.entrySet().stream()
                            .filter(entry -> entry.getValue() != null
                                    && (word.equals(entry.getKey()) || word.startsWith(entry.getKey() + " ")))
                            .findFirst()
                            .map(entry -> entry.getValue()
                                    + word.substring(entry.getKey().length()))
                            .orElse(word))
                    .toList();
        }
    }

    /** Answers 0 if all ran, 1 if some could not. */
    static int run(List<String> arguments, Jobs jobs, PrintStream out) {
        var request = parse(arguments);
        PerformancePage.check(request.page());
        var missing = new ArrayList<String>();
        for (var figure : request.figures()) {
            try {
                var found = measured(request, figure, jobs, out);
                var all = kept(request.records(), figure);
                all.addAll(found);
                write(request.records(), all);
                PerformancePage.write(request.page(), PageTables.of(all));
            } catch (IllegalArgumentException e) {
                missing.add(figure.marker());
                out.println(figure.marker() + ": " + e.getMessage());
            }
        }
        if (!missing.isEmpty()) {
            out.println("without " + String.join(", ", missing) + ", whose tables are as they were");
        }
        return missing.isEmpty() ? 0 : 1;
    }

    private static List<Measurement> measured(Request request, PageFigure figure, Jobs jobs, PrintStream out) {
        boolean hasPeer = request.has(figure.peer());
        if (figure.peer() != Peers.NONE && !hasPeer) {
            out.println(figure.marker() + ": without a peer; its column stays empty");
        }
        var here = Origin.here(0, "");
        var machine = here.environment().get("cores") + " cores of "
                + here.environment().get("processor");
        var date = LocalDate.now(ZoneOffset.UTC).toString();
        var found = new ArrayList<Measurement>();
        for (var job : figure.jobs(request.rounds(), request.few(), hasPeer)) {
            var command = command(job);
            requireGiven(request, job);
            out.println(command);
            for (var row : jobs.run(request.meant(job))) {
                found.add(new Measurement(figure.marker(), command, machine, date, here.commit(), row));
            }
        }
        return found;
    }

    /** As people type it. */
    private static String command(List<String> job) {
        var words = job.stream()
                .filter(word -> !word.equals("--json"))
                .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
                .collect(Collectors.joining(" "));
        return job.getFirst().equals("pretrain") ? words : "bench " + words;
    }

    private static void requireGiven(Request request, List<String> job) {
        var names = Map.of(PageFigure.DATA, "--data FOLDER", PageFigure.TEXT, "--text FILE");
        names.forEach((name, option) -> {
            if (job.contains(name) && request.given().get(name) == null) {
                throw new IllegalArgumentException("add " + option);
            }
        });
    }

    /** The records of all other figures. */
    private static List<Measurement> kept(Path records, PageFigure but) {
        return read(records).stream()
                .filter(row -> !row.figure().equals(but.marker()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    static List<Measurement> read(Path records) {
        if (!Files.exists(records)) {
            return List.of();
        }
        try {
            return Files.readAllLines(records).stream()
                    .map(line -> Measurement.of(PlainJson.parse(line).getAsJsonObject()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + records, e);
        }
    }

    private static void write(Path records, List<Measurement> all) {
        try {
            Files.write(records, all.stream().map(row -> row.line().toString()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + records, e);
        }
    }

    private static Request parse(List<String> words) {
        var arguments = new Arguments(
                words,
                Set.of(
                        "--peer",
                        "--trl",
                        "--optuna",
                        "--peer-hf",
                        "--data",
                        "--text",
                        "--only",
                        "--rounds",
                        "--steps",
                        "--page",
                        "--records"),
                word -> "bench --all does not know \"" + word + "\"; bench help says what it takes");
        var only = arguments.all("--only").stream().map(AllBench::figure).toList();
        var steps = arguments.text("--steps");
        if (steps != null && !steps.equals("few")) {
            throw new IllegalArgumentException(
                    "--steps of bench --all needs \"few\" after it, to try it, not \"" + steps + "\"");
        }
        var given = new HashMap<String, String>();
        given.put(Peers.PYTORCH.name(), arguments.text("--peer"));
        given.put(Peers.TRL.name(), arguments.text("--trl"));
        given.put(Peers.HUGGINGFACE.name(), arguments.text("--peer-hf"));
        given.put(Peers.OPTUNA.name(), arguments.text("--optuna"));
        given.put(PageFigure.DATA, arguments.text("--data"));
        given.put(PageFigure.TEXT, arguments.text("--text"));
        return new Request(
                only.isEmpty() ? List.of(PageFigure.values()) : only,
                given,
                arguments.number("--rounds", ROUNDS),
                steps != null,
                Path.of(arguments.text("--page") == null ? "docs/performance.md" : arguments.text("--page")),
                Path.of(arguments.text("--records") == null ? "docs/performance.jsonl" : arguments.text("--records")));
    }

    private static PageFigure figure(String name) {
        return Arrays.stream(PageFigure.values())
                .filter(figure -> figure.marker().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no figure \"" + name + "\"; there are "
                        + Arrays.stream(PageFigure.values())
                                .map(PageFigure::marker)
                                .collect(Collectors.joining(", "))));
    }
}
