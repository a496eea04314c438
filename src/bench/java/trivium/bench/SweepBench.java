package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import trivium.data.Corpus;
import trivium.model.Architecture;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;

/**
 * What a sweep of small models is worth: as many trials side by side as there are cores, one worker thread each,
 * against one trial after the other with all cores on each, in turn; and against another program's sweep.
 */
final class SweepBench {

    private static final int ROUNDS = 3;
    private static final int LETTERS = 40_000;
    private static final int ALPHABET = 26;

    /** The case that docs/peers/optuna_sweep.py runs too. */
    private static final String PEERS = "width-32-long";

    /** A model, and how many rows a step of it has. */
    private record Case(Architecture architecture, int rows) {}

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static {
        CASES.put("width-16", new Case(Gpt.of(16, 16, 1, 2), 4));
        CASES.put("width-32", new Case(Gpt.of(32, 32, 2, 2), 4));
        CASES.put(PEERS, new Case(Gpt.of(64, 32, 2, 2), 16));
        CASES.put("tiny", new Case(Gpt.tiny(), 16));
        CASES.put("small", new Case(Gpt.small().context(64), 16));
    }

    private SweepBench() {}

    /** What is asked for. */
    private record Request(
            List<String> cases, int trials, int steps, int rounds, int workers, String peer, boolean json) {}

    static int run(List<String> arguments, PrintStream out) {
        var request = parse(arguments);
        var corpus = new Corpus("letters", List.of(letters()));
        var tokenizer = Tokenizer.characters(corpus);
        for (var name : request.cases()) {
            var test = CASES.get(name);
            var recipe = Pretraining.of(test.architecture(), tokenizer, corpus)
                    .batchSize(test.rows())
                    .steps(request.steps())
                    .evaluations(1);
            trialsPerMinute(
                    recipe, request, request.workers(), 1); // HotSpot has to see the code run before it compiles
            var together = new ArrayList<Double>();
            var inTurn = new ArrayList<Double>();
            var theirs = new ArrayList<Double>();
            for (int round = 0; round < request.rounds(); round++) {
                together.add(trialsPerMinute(recipe, request, request.workers(), 1));
                inTurn.add(trialsPerMinute(recipe, request, 1, request.workers()));
                if (request.peer() != null) {
                    theirs.add(Peer.trialsPerMinute(request.peer(), request.trials(), request.steps()));
                }
            }
            print(name, request, together, inTurn, theirs, out);
        }
        return 0;
    }

    private static double trialsPerMinute(Pretraining recipe, Request request, int parallel, int workers) {
        long start = System.nanoTime();
        var result = Sweep.grid(Hyperparameter.logRange("learning_rate", 1e-4, 1e-3, request.trials()))
                .parallel(parallel)
                .run(trial -> recipe.learningRate(trial.real("learning_rate"))
                        .seed(trial.seed())
                        .workers(workers)
                        .run());
        double minutes = (System.nanoTime() - start) / 60e9;
        result.lowest("loss"); // throws if no trial has finished
        return request.trials() / minutes;
    }

    private static void print(
            String name,
            Request request,
            List<Double> together,
            List<Double> inTurn,
            List<Double> theirs,
            PrintStream out) {
        double ratio = Rounds.median(together) / Rounds.median(inTurn);
        double peerRatio = theirs.isEmpty() ? Double.NaN : Rounds.median(together) / Rounds.median(theirs);
        if (request.json()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", "sweep");
            row.put("case", name);
            row.put("trials", request.trials());
            row.put("steps", request.steps());
            row.put("workers", request.workers());
            row.put("together_trials_per_min", together);
            row.put("in_turn_trials_per_min", inTurn);
            row.put("ratio", ratio);
            if (!theirs.isEmpty()) {
                row.put("peer_trials_per_min", theirs);
                row.put("peer_ratio", peerRatio);
            }
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "sweep     %-8s %d trials of %d steps: %d at a time with 1 thread each %s trials/min,"
                        + " 1 at a time with %d threads %s trials/min; ratio of medians %.2f%s%n",
                name,
                request.trials(),
                request.steps(),
                request.workers(),
                Rounds.shown("%.1f", together),
                request.workers(),
                Rounds.shown("%.1f", inTurn),
                ratio,
                Rounds.peer("%.1f", "trials/min", theirs, peerRatio));
    }

    private static String letters() {
        var random = new SplittableRandom(1);
        var text = new StringBuilder();
        for (int i = 0; i < LETTERS; i++) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(ALPHABET)));
        }
        return text.toString();
    }

    private static Request parse(List<String> words) {
        var arguments = Arguments.of(
                "sweep",
                words,
                "--case NAME",
                "--trials N",
                "--steps N",
                "--rounds N",
                "--workers N",
                "--peer COMMAND");
        var cases = arguments.all("--case").stream().map(SweepBench::named).toList();
        var peer = arguments.text("--peer");
        if (peer != null && !cases.equals(List.of(PEERS))) {
            throw new IllegalArgumentException("bench --job sweep --peer compares one case: add --case " + PEERS);
        }
        return new Request(
                cases.isEmpty() ? List.copyOf(CASES.keySet()) : cases,
                arguments.number("--trials", 8),
                arguments.number("--steps", 100),
                arguments.number("--rounds", ROUNDS),
                arguments.number("--workers", Workers.available()),
                peer,
                arguments.json());
    }

    private static String named(String name) {
        if (!CASES.containsKey(name)) {
            throw new IllegalArgumentException(
                    "there is no case \"" + name + "\" of a sweep; there are " + CASES.keySet());
        }
        return name;
    }
}
