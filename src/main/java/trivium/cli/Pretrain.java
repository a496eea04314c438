package trivium.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.ConsoleProgress;
import trivium.run.RunStore;
import trivium.tensor.Precision;
import trivium.text.Tokenizer;

/**
 * Pre-trains nanoGPT's CPU configuration on a text file, character by character: 4 layers, width 128, context 64, 12
 * rows, 2,000 steps; on Shakespeare its published validation loss is 1.88 nats per character. The same text and seed go
 * on where an earlier process was stopped or killed.
 */
final class Pretrain {

    private static final int CONTEXT = 64;
    private static final int ROWS = 12;
    private static final int STEPS = 2_000;
    private static final double LEARNING_RATE = 1e-3;
    private static final double VALIDATION = 0.1;
    private static final int HASH_DIGITS = 8;

    private Pretrain() {}

    static int run(List<String> arguments, PrintStream out) {
        if (arguments.isEmpty() || arguments.size() > 3) {
            throw new IllegalArgumentException(
                    "pretrain needs a text file, and may have a seed and a precision after it: pretrain FILE [SEED"
                            + " [FLOAT32 or BF16]]");
        }
        long seed = arguments.size() == 1 ? 1 : seed(arguments.get(1));
        var precision = arguments.size() < 3 ? Precision.FLOAT32 : Precision.of(arguments.get(2));
        var corpus = Corpus.text(arguments.getFirst());
        var folder = RunStore.open(Path.of("runs")).folder(name(corpus, seed, precision));
        var run = Pretraining.of(Gpt.small().context(CONTEXT), Tokenizer.characters(corpus), corpus)
                .steps(STEPS)
                .batchSize(ROWS)
                .learningRate(LEARNING_RATE)
                .validation(VALIDATION)
                .seed(seed)
                .precision(precision)
                .keep(folder)
                .progress(new ConsoleProgress())
                .run();
        out.printf(
                Locale.ROOT,
                "seed %d: validation loss %.4f nats per character over the whole split, %,.0f tokens/s%n",
                seed,
                run.last("validation_loss"),
                run.last("tokens") / run.last("seconds"));
        out.println("saved in " + folder);
        return 0;
    }

    /** The same for the same text, seed and precision only. */
    private static String name(Corpus corpus, long seed, Precision precision) {
        var name = "pretrain-" + corpus.sha256().substring(0, HASH_DIGITS) + "-seed" + seed;
        return precision == Precision.FLOAT32 ? name : name + "-bf16";
    }

    private static long seed(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the seed must be a whole number, not \"" + word + "\"", e);
        }
    }
}
