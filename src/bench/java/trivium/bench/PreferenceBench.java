package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import trivium.align.Dpo;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.PreferenceBatches;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;
import trivium.model.Compute;
import trivium.model.Slices;
import trivium.model.Transformer;
import trivium.tensor.Workers;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.train.AdamW;
import trivium.train.TrainLoop;

/**
 * Seconds a step of DPO takes: 16 pairs of HH-RLHF's texts, a Llama of width 128 with 4 layers and random weights,
 * alone or in turn with another program doing the same.
 */
final class PreferenceBench {

    private static final int ROUNDS = 3;
    private static final int PAIRS = 16;
    private static final int WARM = 8;
    private static final int COMPARISONS = 600;
    private static final int PROMPT = 150;
    private static final int ANSWER = 200;
    private static final int VOCABULARY = 1_024;

    /** Head tied to the embedding as the peer's is; as many keys and values as heads. */
    private static final Architecture SHAPE = new Architecture(
            256,
            128,
            4,
            new Attention(4, 4, true),
            new FeedForward(Activation.SWIGLU, 352),
            new Conventions(Norm.RMS_NORM, Position.ROTARY, false, true));

    private PreferenceBench() {}

    /** What is asked for. */
    private record Request(Path data, int steps, int workers, String peer, boolean json) {}

    /**
     * What one measurement found.
     *
     * @param step median seconds of a step
     * @param reference seconds that the reference takes for as many pairs; once in a training
     */
    private record Found(double step, double reference) {}

    static int run(List<String> arguments, PrintStream out) {
        var request = parse(arguments);
        var batches = batches(request.data());
        var ours = new ArrayList<Found>();
        var theirs = new ArrayList<Double>();
        for (int round = 0; round < (request.peer() == null ? 1 : ROUNDS); round++) {
            ours.add(measure(batches, request));
            if (request.peer() != null) {
                theirs.add(Peer.secondsPerStep(request.peer(), "dpo"));
            }
        }
        print(request, ours, theirs, out);
        return 0;
    }

    private static PreferenceBatches batches(Path data) {
        var tasks = Conversations.read(data.resolve("instruct_rasbt").resolve("instruction-data.json"));
        var texts = tasks.list().stream().map(Conversation::prompt).collect(Collectors.toCollection(ArrayList::new));
        tasks.list().forEach(task -> texts.add(task.completion()));
        var words = Tokenizer.bpe(Corpus.of(texts), VOCABULARY).withSpecials(ChatTemplate.DEFAULT.specials());
        var pairs = Comparisons.read(data.resolve("hh_rlhf_helpful").resolve("train_short256.jsonl"))
                .limit(COMPARISONS)
                .list()
                .stream()
                .map(pair -> new Comparison(
                        last(pair.prompt(), PROMPT), first(pair.chosen(), ANSWER), first(pair.rejected(), ANSWER)))
                .toList();
        return PreferenceBatches.encode(Comparisons.of(pairs), words, ChatTemplate.DEFAULT, SHAPE.context())
                .completions();
    }

    private static String first(String text, int most) {
        return text.substring(0, Math.min(most, text.length()));
    }

    private static String last(String text, int most) {
        return text.substring(Math.max(0, text.length() - most));
    }

    private static Found measure(PreferenceBatches batches, Request request) {
        var compute = Compute.DEFAULT.withWorkers(request.workers());
        int most = batches.examples().stream()
                .flatMapToInt(example -> IntStream.of(example.ids()))
                .max()
                .orElseThrow();
        var frozen = Transformer.of(SHAPE, Math.max(VOCABULARY, most + 1), 1);
        var order = batches.order(PAIRS, 1);
        var steps = new ArrayList<Double>();
        var scoring = new ArrayList<Double>();
        try (var reference = new Slices(frozen, compute);
                var loop = new TrainLoop(frozen.copy(), AdamW.DEFAULT, 1, compute)) {
            for (int step = 0; step < WARM + request.steps(); step++) {
                var batch = batches.batch(order.apply(step));
                var values = new float[batch.rows() * batch.time()];
                long start = System.nanoTime();
                reference.values(batch, values);
                scoring.add((System.nanoTime() - start) / 1e9);
                var sums = new double[batch.rows()];
                for (int i = 0; i < values.length; i++) {
                    sums[i / batch.time()] += batch.weights()[i] == 0 ? 0 : values[i];
                }
                start = System.nanoTime();
                loop.step(batch, Dpo.beta(0.1).objective(sums), 1e-6);
                steps.add((System.nanoTime() - start) / 1e9);
            }
        }
        return new Found(
                Rounds.median(steps.subList(WARM, steps.size())), Rounds.median(scoring.subList(WARM, scoring.size())));
    }

    private static void print(Request request, List<Found> ours, List<Double> theirs, PrintStream out) {
        var steps = ours.stream().map(Found::step).toList();
        double reference = Rounds.median(ours.stream().map(Found::reference).toList());
        var row = new LinkedHashMap<String, Object>();
        row.put("job", "dpo");
        row.put("workers", request.workers());
        row.put("seconds_per_step", steps);
        row.put("reference_seconds", reference);
        if (!theirs.isEmpty()) {
            row.put("peer_seconds_per_step", theirs);
            row.put("ratio", Rounds.median(theirs) / Rounds.median(steps));
            row.put("ratio_with_reference", Rounds.median(theirs) / (Rounds.median(steps) + reference));
        }
        if (request.json()) {
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "dpo       %d pairs a step, %d workers: %s s a step, and once in a training %.3f s for the reference%n",
                PAIRS,
                request.workers(),
                Rounds.shown("%.3f", steps),
                reference);
        if (!theirs.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "          peer %s s a step; ratio of medians %.2f, %.2f with the reference asked in each step%n",
                    Rounds.shown("%.3f", theirs),
                    (double) row.get("ratio"),
                    (double) row.get("ratio_with_reference"));
        }
    }

    private static Request parse(List<String> arguments) {
        Path data = null;
        int steps = 12;
        int workers = Workers.available();
        String peer = null;
        boolean json = false;
        var words = arguments.iterator();
        while (words.hasNext()) {
            var word = words.next();
            switch (word) {
                case "--json" -> json = true;
                case "--job" -> Bench.value(word, words);
                case "--data" -> data = Path.of(Bench.value(word, words));
                case "--peer" -> peer = Bench.value(word, words);
                case "--steps" -> steps = Bench.number(word, words);
                case "--workers" -> workers = Bench.number(word, words);
                default ->
                    throw new IllegalArgumentException("bench --job dpo does not know \"" + word
                            + "\"; it takes --data FOLDER, --steps N, --workers N, --peer COMMAND and --json");
            }
        }
        if (data == null) {
            throw new IllegalArgumentException(
                    "bench --job dpo needs --data and the folder that holds hh_rlhf_helpful and instruct_rasbt");
        }
        return new Request(data, steps, workers, peer, json);
    }
}
