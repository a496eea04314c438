package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.tensor.Floats;
import trivium.tensor.Memory;
import trivium.tensor.Workers;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.toytown.ToyTown;

/**
 * Whether a process that trains for hours keeps its size: rounds of pre-training, fine-tuning, reward model, alignment
 * and sweep at a tiny scale, and what the process holds after each minute. Nothing is closed and nothing is kept, as in
 * a notebook whose cells are run again and again.
 */
final class SoakBench {

    private static final double MIB = 1 << 20;
    private static final int MINUTES = 10;
    private static final int PROMPTS = 24;
    private static final long SETTLING_NANOSECONDS = 200_000_000;
    private static final int SETTLING_TURNS = 3;

    /**
     * How much more than after its first minute a flat process may hold: a tenth, and what the JVM itself varies by.
     */
    private static final double MOST_SHARE = 0.10;

    private static final long MOST_BYTES = 32 << 20;
    private static final int MOST_THREADS = 2;

    private SoakBench() {}

    /**
     * What the process holds once garbage and free pages have gone back.
     *
     * @param resident bytes in use as Linux counts them, 0 elsewhere
     * @param heap bytes of live Java objects
     * @param held bytes of live native memory
     */
    record Sample(int minute, int rounds, long resident, long heap, int threads, long held) {}

    /** The data of every round. */
    private record Town(
            Corpus stories,
            Tokenizer tokenizer,
            Conversations lessons,
            Comparisons preferences,
            List<String> prompts) {}

    /** What is asked for. */
    private record Request(int minutes, int workers, boolean json) {}

    static int run(List<String> arguments, PrintStream out) {
        var request = parse(arguments);
        var town = town();
        var samples = new ArrayList<Sample>();
        long start = System.nanoTime();
        int rounds = 0;
        for (int minute = 1; minute <= request.minutes(); minute++) {
            while (System.nanoTime() - start < TimeUnit.MINUTES.toNanos(minute)) {
                round(town, rounds++, request.workers());
            }
            var sample = sample(minute, rounds);
            samples.add(sample);
            print(sample, request.json(), out);
        }
        var grown = grown(samples);
        if (!request.json()) {
            out.println(grown.isEmpty() ? "flat: " + criterion() : "not flat: " + String.join("; ", grown));
        }
        return grown.isEmpty() ? 0 : 1;
    }

    private static String criterion() {
        return String.format(
                Locale.ROOT,
                "after no later minute did resident memory, heap or native memory exceed what they were after the first"
                        + " by more than %.0f %% and %.0f MiB, nor threads by more than %d",
                100 * MOST_SHARE,
                MOST_BYTES / MIB,
                MOST_THREADS);
    }

    /** What grew after the first minute by more than a flat process may, a sentence each; none if it is flat. */
    static List<String> grown(List<Sample> samples) {
        var grown = new ArrayList<String>();
        grown(samples, "resident memory", Sample::resident).ifPresent(grown::add);
        grown(samples, "heap", Sample::heap).ifPresent(grown::add);
        grown(samples, "native memory", Sample::held).ifPresent(grown::add);
        var first = samples.getFirst();
        samples.stream()
                .filter(sample -> sample.threads() > first.threads() + MOST_THREADS)
                .findFirst()
                .ifPresent(sample -> grown.add("threads grew from " + first.threads() + " to " + sample.threads()
                        + " by minute " + sample.minute()));
        return grown;
    }

    private static Optional<String> grown(List<Sample> samples, String name, ToLongFunction<Sample> bytes) {
        long first = bytes.applyAsLong(samples.getFirst());
        double most = first * (1 + MOST_SHARE) + MOST_BYTES;
        return samples.stream()
                .filter(sample -> bytes.applyAsLong(sample) > most)
                .findFirst()
                .map(sample -> String.format(
                        Locale.ROOT,
                        "%s grew from %.0f MiB to %.0f by minute %d",
                        name,
                        first / MIB,
                        bytes.applyAsLong(sample) / MIB,
                        sample.minute()));
    }

    private static Town town() {
        var town = ToyTown.sample();
        var stories = town.stories(200);
        return new Town(
                stories,
                Tokenizer.bpe(stories, 400).withSpecials(ChatTemplate.DEFAULT.specials()),
                town.instructions(100),
                town.preferences(100),
                town.prompts(PROMPTS));
    }

    /** Every phase once, with a seed of the round's own. */
    private static void round(Town town, int number, int workers) {
        var shape = Llama.of(224, 32, 2, 2, 1);
        Run base = Pretraining.of(shape, town.tokenizer(), town.stories())
                .steps(20)
                .batchSize(8)
                .evaluations(2)
                .samples("One day")
                .seed(number)
                .workers(workers)
                .run();
        Run tuned = FineTuning.of(base, town.lessons())
                .epochs(1)
                .seed(number)
                .workers(workers)
                .run();
        var judge = RewardModelling.of(tuned, town.preferences())
                .epochs(1)
                .seed(number)
                .workers(workers)
                .run();
        PolicyOptimisation.of(tuned, town.prompts())
                .reward(judge)
                .algorithm(Grpo.numGenerations(4))
                .batchSize(4)
                .maxTokens(12)
                .heldOut(4)
                .steps(4)
                .seed(number)
                .workers(workers)
                .run();
        Sweep.grid(Hyperparameter.logRange("learning_rate", 1e-4, 1e-3, 3))
                .parallel(workers)
                .seed(number)
                .run(trial -> Pretraining.of(shape, town.tokenizer(), town.stories())
                        .steps(5)
                        .batchSize(4)
                        .evaluations(1)
                        .learningRate(trial.real("learning_rate"))
                        .seed(trial.seed())
                        .workers(1)
                        .run())
                .lowest("loss"); // throws if no trial has finished
    }

    /** Native memory goes back with the objects that own it, a moment after them. */
    private static Sample sample(int minute, int rounds) {
        for (int turn = 0; turn < SETTLING_TURNS; turn++) {
            Memory.giveBack();
            LockSupport.parkNanos(SETTLING_NANOSECONDS);
        }
        var java = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Sample(
                minute,
                rounds,
                Memory.residentBytes(),
                java.getUsed(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                Floats.heldBytes());
    }

    private static void print(Sample sample, boolean json, PrintStream out) {
        if (json) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", "soak");
            row.put("minute", sample.minute());
            row.put("rounds", sample.rounds());
            row.put("resident_bytes", sample.resident());
            row.put("heap_bytes", sample.heap());
            row.put("threads", sample.threads());
            row.put("native_bytes", sample.held());
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "soak minute %2d  %,6d rounds   resident %,6.0f MiB   heap %,6.1f MiB   threads %3d   native %,8.2f MiB%n",
                sample.minute(),
                sample.rounds(),
                sample.resident() / MIB,
                sample.heap() / MIB,
                sample.threads(),
                sample.held() / MIB);
    }

    private static Request parse(List<String> words) {
        var arguments = Arguments.of("soak", words, "--minutes N", "--workers N");
        return new Request(
                arguments.number("--minutes", MINUTES),
                arguments.number("--workers", Workers.available()),
                arguments.json());
    }
}
