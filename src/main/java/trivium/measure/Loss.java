package trivium.measure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import trivium.data.Batches;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.tensor.Workers;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * How well a model predicts a text: its mean cross entropy.
 *
 * <p>Nats per token compare models with the same tokenizer only; bits per byte compare any two. Special tokens cost
 * nats, as the model has to predict them, but have no bytes.
 *
 * @param nats mean −log p of the tokens that count, in nats per token
 * @param tokens how many count
 * @param bytes their text's length in UTF-8
 */
public record Loss(double nats, long tokens, long bytes) {

    /** Windows scored together. */
    private static final int ROWS = 32;

    /** What the text costs in bits for each of its bytes: nats · tokens / bytes / ln 2. */
    public double bitsPerByte() {
        return nats * tokens / bytes / Math.log(2);
    }

    /** e to the nats per token: as uncertain as a choice between this many equally likely tokens. */
    public double perplexity() {
        return Math.exp(nats);
    }

    /**
     * Over the positions with weight of the batches {@code 0 … count - 1}; a weight other than 0 and 1 counts its
     * prediction that much in the mean.
     */
    public static Loss over(Slices slices, Batches batches, int count, Tokenizer tokenizer) {
        double nats = 0;
        double weight = 0;
        long tokens = 0;
        long bytes = 0;
        for (int step = 0; step < count; step++) {
            stopIfInterrupted();
            var batch = batches.at(step);
            var values = new float[batch.rows() * batch.time()];
            slices.values(batch, values);
            for (int i = 0; i < values.length; i++) {
                if (batch.weights()[i] != 0) { // padding's values may be anything, NaN included
                    nats -= batch.weights()[i] * values[i];
                    weight += batch.weights()[i];
                }
            }
            tokens += batch.counted();
            bytes += bytes(batch, tokenizer);
        }
        return new Loss(nats / weight, tokens, bytes);
    }

    /**
     * Over a sequence of tokens, cut into windows of the model's context; within a window each token is predicted from
     * those before it. The first token of all is given, not predicted.
     */
    public static Loss of(LanguageModel model, Tokenizer tokenizer, int... tokens) {
        if (tokens.length < 2) {
            throw new IllegalArgumentException("a text of " + tokens.length
                    + " tokens: the loss needs at least two, one to predict the other from");
        }
        if (model.looksAhead()) {
            throw new IllegalArgumentException("a model that looks both ways sees the token it would have to predict;"
                    + " measure it on hidden tokens: HiddenTokens.over");
        }
        int predicted = tokens.length - 1;
        int time = Math.min(model.context(), predicted);
        int windows = Math.ceilDiv(predicted, time);
        try (var slices = new Slices(model, Workers.available())) {
            return over(
                            slices,
                            step -> windows(tokens, time, (int) step * ROWS),
                            Math.ceilDiv(windows, ROWS),
                            tokenizer)
                    .withBytes(bytes(tokens, 1, tokens.length, tokenizer));
        }
    }

    /**
     * Over a text that begins a document: {@link Tokenizer#END_OF_TEXT}, where the tokenizer has it, is given before
     * the first token.
     */
    public static Loss of(LanguageModel model, Tokenizer tokenizer, String text) {
        return of(model, tokenizer, Sentences.document(tokenizer, text));
    }

    private Loss withBytes(long bytes) {
        return new Loss(nats, tokens, bytes);
    }

    /** Up to {@code ROWS} windows from this one on; the last one of all may be shorter, padded at its end. */
    private static Batch windows(int[] tokens, int time, int first) {
        int rows = Math.min(ROWS, Math.ceilDiv(tokens.length - 1, time) - first);
        int from = first * time;
        int count = Math.min(rows * time, tokens.length - 1 - from);
        var weights = new float[rows * time];
        Arrays.fill(weights, 0, count, 1);
        return new Batch(
                rows,
                time,
                Arrays.copyOf(Arrays.copyOfRange(tokens, from, from + count), rows * time),
                Arrays.copyOf(Arrays.copyOfRange(tokens, from + 1, from + 1 + count), rows * time),
                weights,
                RowLayout.lengths(1, IntStream.range(0, rows).map(row -> Math.min(time, count - row * time))));
    }

    private static long bytes(Batch batch, Tokenizer tokenizer) {
        long bytes = 0;
        for (int i = 0; i < batch.targets().length; ) {
            int end = runEnd(i, (i / batch.time() + 1) * batch.time(), p -> batch.weights()[p] != 0);
            bytes += bytes(batch.targets(), i, end, tokenizer);
            i = Math.max(end, i + 1);
        }
        return bytes;
    }

    /**
     * Bytes of these tokens' text. Plain tokens in a row are decoded together: a character may be spread over several.
     */
    private static long bytes(int[] tokens, int from, int to, Tokenizer tokenizer) {
        var specials = new BitSet();
        tokenizer
                .specials()
                .forEach(name -> specials.set(tokenizer.special(name).orElseThrow()));
        long bytes = 0;
        for (int i = from; i < to; ) {
            int end = runEnd(i, to, p -> !specials.get(tokens[p]));
            bytes += tokenizer.decode(Arrays.copyOfRange(tokens, i, end)).getBytes(StandardCharsets.UTF_8).length;
            i = Math.max(end, i + 1);
        }
        return bytes;
    }

    /** The first position from {@code from} on, {@code to} at the latest, that does not belong. */
    private static int runEnd(int from, int to, IntPredicate belongs) {
        int end = from;
        while (end < to && belongs.test(end)) {
            end++;
        }
        return end;
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("measuring the loss was interrupted");
        }
    }

    @Override
    public String toString() {
        return Numbers.value(nats) + " nats per token, " + Numbers.value(bitsPerByte()) + " bits per byte ("
                + Numbers.count(tokens, "token") + ")";
    }
}
