package trivium.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import trivium.align.Grpo;
import trivium.align.Learner;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.Rollouts;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Compute;
import trivium.model.Llama;
import trivium.model.Slices;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Workers;
import trivium.text.Tokenizers;
import trivium.train.TrainLoop;

/**
 * Seconds a step of GRPO, split into sampling, scoring (reward, and the reference's log-probabilities) and learning: a
 * llama of width 128 and 4 layers with random weights, 8 prompts of 12 tokens × 8 completions of 64 tokens, β = 0.1. A
 * peer that does the same work and prints a JSON line with "job": "grpo" and "seconds_per_step" takes turns with it.
 */
final class AlignBench {

    private static final int VOCABULARY = 1_024;
    private static final int PROMPTS = 8;
    private static final int GROUP = 8;
    private static final int PROMPT = 12;
    private static final int COMPLETION = 64;
    private static final int ROUNDS = 3;
    private static final double LEARNING_RATE = 2e-4;

    private AlignBench() {}

    /** Medians over the steps of a round, in seconds. */
    private record Split(double sampling, double scoring, double learning) {
        double step() {
            return sampling + scoring + learning;
        }
    }

    /** What is asked for. */
    private record Request(int steps, int rounds, int workers, boolean json, String peer) {}

    static int run(List<String> arguments, PrintStream out) {
        var request = parse(arguments);
        measure(request); // HotSpot has to see the code run before it compiles
        var ours = new ArrayList<Split>();
        var theirs = new ArrayList<Double>();
        for (int round = 0; round < request.rounds(); round++) {
            ours.add(measure(request));
            if (request.peer() != null) {
                theirs.add(Peer.secondsPerStep(request.peer(), "grpo"));
            }
        }
        print(request, ours, theirs, out);
        return 0;
    }

    private static Split measure(Request request) {
        var model = Llama.of(256, 128, 4, 4, 4).fresh(VOCABULARY, 1);
        var start = new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                model,
                Tokenizers.characters(List.of("ab")),
                Map.of());
        Reward reward = (_, completion) -> completion.length();
        var recipe = PolicyOptimisation.of(start, List.of("a", "b"))
                .reward(reward)
                .learningRate(LEARNING_RATE)
                .workers(request.workers());
        var policy = model.copy();
        var generator = new Generator(policy, request.workers());
        var sampling = new ArrayList<Double>();
        var scoring = new ArrayList<Double>();
        var learning = new ArrayList<Double>();
        try (var loop = TrainLoop.withoutDropout(policy, recipe.optimisation());
                var reference = new Slices(model, Compute.DEFAULT.withWorkers(request.workers()));
                var learner = Grpo.numGenerations(GROUP)
                        .beta(0.1)
                        .learner(new Learner.Context(loop, start, reward, recipe.optimisation(), COMPLETION))) {
            for (int step = 0; step < request.steps(); step++) {
                long began = System.nanoTime();
                var generations = generator.generate(
                        prompts(step),
                        Sampling.atTemperature(1).maxTokens(COMPLETION).seed(step));
                long sampled = System.nanoTime();
                double[] rewards = generations.stream()
                        .mapToDouble(each -> reward.score("", String.valueOf(each.tokens()[0])))
                        .toArray();
                var rollouts = Rollouts.of(generations, GROUP, rewards, reference);
                long scored = System.nanoTime();
                learner.learn(rollouts, LEARNING_RATE);
                sampling.add((sampled - began) / 1e9);
                scoring.add((scored - sampled) / 1e9);
                learning.add((System.nanoTime() - scored) / 1e9);
            }
        }
        return new Split(warm(sampling), warm(scoring), warm(learning));
    }

    private static List<int[]> prompts(int step) {
        var random = new SplittableRandom(step);
        return IntStream.range(0, PROMPTS)
                .mapToObj(_ -> random.ints(PROMPT, 0, VOCABULARY).toArray())
                .flatMap(prompt -> Collections.nCopies(GROUP, prompt).stream())
                .toList();
    }

    /** The median without the first quarter. */
    private static double warm(List<Double> times) {
        return Rounds.median(times.subList(times.size() / 4, times.size()));
    }

    private static void print(Request request, List<Split> ours, List<Double> theirs, PrintStream out) {
        double sampling = Rounds.median(ours.stream().map(Split::sampling).toList());
        double scoring = Rounds.median(ours.stream().map(Split::scoring).toList());
        double learning = Rounds.median(ours.stream().map(Split::learning).toList());
        var parts = new LinkedHashMap<String, Double>();
        parts.put("sampling_seconds", sampling);
        parts.put("scoring_seconds", scoring);
        parts.put("learning_seconds", learning);
        var said =
                String.format(Locale.ROOT, "; sampling %.3f, scoring %.3f, learning %.3f", sampling, scoring, learning);
        new SecondsPerStep(
                        "align",
                        request.workers(),
                        ours.stream().map(Split::step).toList(),
                        theirs)
                .print(request.json(), parts, said, out);
    }

    private static Request parse(List<String> words) {
        var arguments = Arguments.of("align", words, "--steps N", "--rounds N", "--workers N", "--peer COMMAND");
        return new Request(
                arguments.number("--steps", 8),
                arguments.number("--rounds", ROUNDS),
                arguments.number("--workers", Workers.available()),
                arguments.json(),
                arguments.text("--peer"));
    }
}
