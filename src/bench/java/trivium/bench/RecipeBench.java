package trivium.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.PreferenceBatches;
import trivium.finetune.FineTuning;
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
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Recipe;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Workers;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/**
 * Seconds a step of a recipe takes, as its run's table has them: fine-tuning on 32 instructions of up to 128 tokens, a
 * reward model or DPO on 16 pairs of HH-RLHF's texts; a Llama of width 128 with 4 layers and random weights, alone or
 * in turn with another program doing the same.
 */
final class RecipeBench {

    private static final int TASKS = 32;
    private static final int LONGEST_TASK = 128;
    private static final int PAIRS = 16;
    private static final int WARM = 8;
    /** With fewer, recipes are evaluated at every step, and none is left to measure. */
    private static final int FEWEST = 12;

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

    private RecipeBench() {}

    /** What is asked for. */
    private record Request(String job, Path data, int steps, int rounds, int workers, String peer, boolean json) {}

    /** The model that all begin from, and what it learns. */
    private record Material(Run start, Conversations tasks, Comparisons pairs) {}

    static int run(String job, List<String> arguments, PrintStream out) {
        var request = parse(job, arguments);
        var material = material(request.data());
        var ours = new ArrayList<Double>();
        var theirs = new ArrayList<Double>();
        for (int round = 0; round < request.rounds(); round++) {
            ours.add(secondsPerStep(request, material));
            if (request.peer() != null) {
                theirs.add(Peer.secondsPerStep(request.peer(), request.job()));
            }
        }
        var found = new SecondsPerStep(request.job(), request.workers(), ours, theirs);
        if (request.job().equals("dpo")) {
            double reference = reference(request, material);
            var said = String.format(Locale.ROOT, "; before the steps, once, %.3f s a batch of pairs", reference);
            found.print(request.json(), Map.of("reference_seconds", reference), said, out);
        } else {
            found.print(request.json(), Map.of(), "", out);
        }
        return 0;
    }

    private static Material material(Path data) {
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
        var short128 = tasks.list().stream()
                .filter(task ->
                        ChatTemplate.DEFAULT.training(words, task.messages()).ids().length <= LONGEST_TASK)
                .toList();
        var start = new Run(
                RunCard.begin("pretrain", null, Map.of(), Origin.here(0, "")),
                Transformer.of(SHAPE, words.size(), 1),
                words,
                Map.of());
        return new Material(start, Conversations.of(short128), Comparisons.of(pairs));
    }

    /** The median time between two rows of the run's metrics, without the first {@value #WARM}. */
    private static double secondsPerStep(Request request, Material material) {
        var start = material.start();
        int steps = WARM + request.steps();
        var run = switch (request.job()) {
            case "sft" ->
                train(FineTuning.of(start, material.tasks()).batchSize(TASKS), request)
                        .run();
            case "reward" -> {
                try (var judge = train(
                                RewardModelling.of(start, material.pairs()).batchSize(PAIRS), request)
                        .run()) {
                    yield judge.run();
                }
            }
            default ->
                train(PreferenceOptimisation.of(start, material.pairs()).batchSize(PAIRS), request)
                        .run();
        };
        var seconds = run.metrics().doubleColumn("seconds");
        var validation = run.metrics().column("validation_loss");
        var times = new ArrayList<Double>();
        for (int step = WARM; step < steps; step++) {
            if (validation.isMissing(step)) { // else the row's time is that of an evaluation, too
                times.add(seconds.getDouble(step) - seconds.getDouble(step - 1));
            }
        }
        return Rounds.median(times);
    }

    private static <R extends Recipe<R>> R train(R recipe, Request request) {
        return recipe.steps(WARM + request.steps()).workers(request.workers()).progress(Progress.SILENT);
    }

    /** Seconds that the reference takes for as many pairs as a step has; a training asks it once, before its steps. */
    private static double reference(Request request, Material material) {
        var start = material.start();
        var batches = PreferenceBatches.encode(
                        material.pairs(), start.tokenizer(), ChatTemplate.DEFAULT, SHAPE.context())
                .completions();
        var order = batches.order(PAIRS, 1);
        var times = new ArrayList<Double>();
        try (var slices = new Slices(start.model(), Compute.DEFAULT.withWorkers(request.workers()))) {
            for (int step = 0; step < WARM + request.steps(); step++) {
                var batch = batches.batch(order.apply(step));
                long began = System.nanoTime();
                slices.values(batch, new float[batch.rows() * batch.time()]);
                times.add((System.nanoTime() - began) / 1e9);
            }
        }
        return Rounds.median(times.subList(WARM, times.size()));
    }

    private static String first(String text, int most) {
        return text.substring(0, Math.min(most, text.length()));
    }

    private static String last(String text, int most) {
        return text.substring(Math.max(0, text.length() - most));
    }

    private static Request parse(String job, List<String> words) {
        var arguments =
                Arguments.of(job, words, "--data FOLDER", "--steps N", "--rounds N", "--workers N", "--peer COMMAND");
        var data = arguments.text("--data");
        if (data == null) {
            throw new IllegalArgumentException("bench --job " + job
                    + " needs --data and the folder that holds hh_rlhf_helpful and instruct_rasbt");
        }
        int steps = arguments.number("--steps", FEWEST);
        if (steps < FEWEST) {
            throw new IllegalArgumentException(
                    "--steps of bench --job " + job + " needs at least " + FEWEST + ", not " + steps);
        }
        return new Request(
                job,
                Path.of(data),
                steps,
                arguments.rounds(),
                arguments.number("--workers", Workers.available()),
                arguments.text("--peer"),
                arguments.json());
    }
}
