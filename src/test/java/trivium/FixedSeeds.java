package trivium;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.RewardModelling;
import trivium.align.Rloo;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.lstm.LstmShape;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.pretrain.Task;
import trivium.run.Run;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.tensor.Precision;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * Every recipe at a fixed seed, small: what it ends with is the same whatever is moved in the code. {@code main} prints
 * each run's last metrics to the last bit and the SHA-256 of its weights, which are the same on one machine;
 * {@link FixedSeedsTest} holds the metrics against those written down.
 */
final class FixedSeeds {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .\"\\\n")).withSpecials(ChatTemplate.DEFAULT.specials());

    private static final List<String> LAST = List.of(
            "loss", "validation_loss", "grad_norm", "reward", "gold", "kl", "validation_accuracy", "bits_per_byte");

    /** The last metrics of a run, the hash of its weights, and the names of all that it measured. */
    record Ending(Map<String, Double> metrics, String weights, List<String> measured) {

        static Ending of(Run run) {
            var metrics = new LinkedHashMap<String, Double>();
            LAST.stream()
                    .filter(run.metrics()::containsColumn)
                    .forEach(metric -> metrics.put(metric, run.last(metric)));
            return new Ending(metrics, hash(run.model()), run.metrics().columnNames());
        }
    }

    private FixedSeeds() {}

    public static void main(String[] arguments) {
        endings().forEach((name, ending) -> {
            ending.metrics()
                    .forEach((metric, value) ->
                            System.out.println(name + "," + metric + "," + value + "," + Double.toHexString(value)));
            System.out.println(name + ",weights," + ending.weights() + ",");
        });
    }

    static Map<String, Ending> endings() {
        var endings = new LinkedHashMap<String, Ending>();
        Map<String, Run> runs = runs();
        runs.forEach((name, run) -> endings.put(name, Ending.of(run)));
        return endings;
    }

    private static Map<String, Run> runs() {
        var runs = new LinkedHashMap<String, Run>();
        var base = small(Pretraining.of(Llama.of(24, 16, 2, 2, 1), LETTERS, corpus()), 40)
                .samples("ab")
                .run();
        runs.put("llama", base);
        runs.put(
                "gpt dropout",
                small(Pretraining.of(Gpt.of(24, 16, 1, 2).dropout(0.1), LETTERS, corpus()), 20)
                        .run());
        runs.put(
                "bf16",
                small(Pretraining.of(Llama.of(24, 16, 1, 2, 2), LETTERS, corpus()), 20)
                        .precision(Precision.BF16)
                        .run());
        runs.put(
                "masked",
                small(Pretraining.of(Bert.of(24, 16, 1, 2), LETTERS, corpus()), 20)
                        .task(Task.maskedTokens())
                        .run());
        runs.put(
                "middle",
                small(Pretraining.of(Gpt.of(48, 16, 1, 2), LETTERS, corpus()), 20)
                        .task(Task.missingMiddle())
                        .run());
        runs.put(
                "lstm",
                small(Pretraining.of(new LstmShape(24, 12, 1), LETTERS, corpus()), 10)
                        .run());
        var tuned = FineTuning.of(base, Conversations.of(questions()))
                .epochs(6)
                .batchSize(8)
                .seed(2)
                .run();
        runs.put("finetune", tuned);
        runs.put(
                "finetune packed",
                FineTuning.of(base, Conversations.of(questions()))
                        .epochs(6)
                        .batchSize(4)
                        .packed()
                        .seed(3)
                        .run());
        try (var judge = RewardModelling.of(tuned, Comparisons.of(choices()))
                .epochs(3)
                .batchSize(8)
                .seed(4)
                .run()) {
            runs.put("reward model", judge.run());
            runs.put("grpo", aligned(tuned).reward(judge).gold(SHORT).run());
        }
        runs.put(
                "grpo twice",
                aligned(tuned)
                        .reward(SHORT)
                        .algorithm(Grpo.numGenerations(3).beta(0.02).epochs(2))
                        .warmup(2)
                        .run());
        runs.put(
                "reinforce",
                aligned(tuned)
                        .reward(SHORT)
                        .algorithm(Rloo.numGenerations(3).beta(0.1))
                        .run());
        var trials = new ConcurrentSkipListMap<String, Run>();
        Sweep.grid(Hyperparameter.logRange("learning_rate", 1e-3, 1e-2, 2))
                .repeat(2)
                .parallel(2)
                .seed(9)
                .run(trial -> {
                    double rate = trial.real("learning_rate");
                    var run = small(Pretraining.of(Llama.of(24, 16, 1, 2, 2), LETTERS, corpus()), 10)
                            .learningRate(rate)
                            .seed(trial.seed())
                            .workers(1)
                            .run();
                    trials.put("sweep " + rate + " " + trial.seed(), run);
                    return run;
                });
        runs.putAll(trials);
        return runs;
    }

    private static final Reward SHORT = (_, answer) -> -answer.length();

    private static Pretraining small(Pretraining recipe, int steps) {
        return recipe.steps(steps).batchSize(4).evaluations(2).seed(1);
    }

    private static PolicyOptimisation aligned(Run tuned) {
        return PolicyOptimisation.of(tuned, prompts())
                .batchSize(3)
                .maxTokens(6)
                .heldOut(4)
                .steps(6)
                .learningRate(1e-3)
                .seed(5);
    }

    private static Corpus corpus() {
        return Corpus.of(IntStream.range(0, 60)
                .mapToObj(i -> word(i, 20) + ".\n" + word(7 * i, 9))
                .toList());
    }

    private static List<Conversation> questions() {
        return IntStream.range(0, 80)
                .mapToObj(i -> new Conversation(word(i, 4), word(i, 4).substring(2)))
                .toList();
    }

    private static List<Comparison> choices() {
        return IntStream.range(0, 60)
                .mapToObj(i -> new Comparison(word(i, 3), word(i, 3) + "aa", word(5 * i + 1, 4)))
                .toList();
    }

    private static List<String> prompts() {
        return IntStream.range(0, 24).mapToObj(i -> word(11 * i, 4)).toList();
    }

    /** Letters a to f, the same for the same number whatever generator of random numbers the library uses. */
    private static String word(int number, int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> "" + "abcdef".charAt((number * 31 + i * (number % 5 + 1) + i * i) % 6))
                .reduce("", String::concat);
    }

    private static String hash(LanguageModel model) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var values = model.parameters().values();
            float[] weights = values.toArray(0, Math.toIntExact(values.size()));
            var bytes = ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(weights);
            return HexFormat.of().formatHex(digest.digest(bytes.array())).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
