package trivium.generate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import trivium.generate.Generation.Finish;
import trivium.model.Decoder;
import trivium.tensor.Scatter;

/** Generates for one handful of prompts, side by side in one decoder; rows leave when they are done. One thread. */
final class Decoding {

    private final Decoder decoder;
    private final Sampler sampler;
    private final Sampling sampling;
    private final StoppingCriterion stopping;
    private final int context;
    private final int vocabulary;

    /** @param stopping whether so many of these tokens say what ends a completion */
    Decoding(Decoder decoder, Sampling sampling, StoppingCriterion stopping, int context, int vocabulary) {
        this.stopping = stopping;
        this.decoder = decoder;
        this.sampler = new Sampler(sampling, vocabulary);
        this.sampling = sampling;
        this.context = context;
        this.vocabulary = vocabulary;
    }

    /** A prompt, its random numbers, and what has been added to it. */
    private final class Row {
        private final int[] prompt;
        private final int limit;
        private final SplittableRandom random;
        private int[] tokens = new int[16];
        private float[] logProbs = new float[16];
        private float[] drawnLogProbs = new float[16];
        private final BitSet seen = new BitSet();
        private double entropy;
        private int count;
        private Finish finish;

        Row(int[] prompt, long index) {
            this.prompt = prompt;
            // The last token drawn need not be read back, so one more fits than the model can see.
            limit = Math.min(sampling.ending().maxTokens(), context - prompt.length + 1);
            if (sampling.repetitionPenalty() != 1) {
                Arrays.stream(prompt).forEach(seen::set);
            }
            random = new SplittableRandom(Scatter.mix(sampling.seed() + Scatter.mix(index + 1)));
        }

        /** Draws from the distribution the sampler has read. */
        void draw() {
            if (count == tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * count);
                logProbs = Arrays.copyOf(logProbs, 2 * count);
                drawnLogProbs = Arrays.copyOf(drawnLogProbs, 2 * count);
            }
            int token = sampler.draw(random.nextDouble());
            tokens[count] = token;
            drawnLogProbs[count] = (float) sampler.drawnLogProb(token);
            logProbs[count++] = (float) sampler.logProb(token);
            entropy += sampler.entropy();
            if (sampling.repetitionPenalty() != 1) {
                seen.set(token);
            }
            if (sampling.ending().tokens().contains(token)) {
                finish = Finish.STOP;
            } else if (stopping.test(tokens, count)) {
                finish = Finish.STOP_TEXT;
            } else if (count == limit) {
                finish = limit == sampling.ending().maxTokens() ? Finish.LENGTH : Finish.CONTEXT;
            }
        }

        int lastToken() {
            return tokens[count - 1];
        }

        Generation generation() {
            return new Generation(
                    prompt,
                    Arrays.copyOf(tokens, count),
                    Arrays.copyOf(logProbs, count),
                    Arrays.copyOf(drawnLogProbs, count),
                    entropy / count,
                    finish);
        }
    }

    /**
     * Generates for {@code prompts[index]} for each of these indices, equal prompts next to each other, into
     * {@code results[index]}.
     */
    void run(List<int[]> prompts, int[] indices, Generation[] results) {
        var rows = new Row[indices.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new Row(prompts.get(indices[i]), indices[i]);
            if (i > 0 && Arrays.equals(rows[i].prompt, rows[i - 1].prompt)) {
                decoder.copyRow(i - 1, i);
            } else {
                stopIfInterrupted();
                decoder.prefill(i, rows[i].prompt);
                sampler.read(decoder.logits(), 0, rows[i].seen);
            }
            rows[i].draw();
        }
        continueAll(rows);
        for (int i = 0; i < rows.length; i++) {
            results[indices[i]] = rows[i].generation();
        }
    }

    private void continueAll(Row[] rows) {
        int[] active = new int[rows.length];
        int[] tokens = new int[rows.length];
        for (int count = unfinished(rows, active); count > 0; count = unfinished(rows, active)) {
            stopIfInterrupted();
            for (int i = 0; i < count; i++) {
                tokens[i] = rows[active[i]].lastToken();
            }
            decoder.step(active, tokens, count);
            var logits = decoder.logits();
            for (int i = 0; i < count; i++) {
                sampler.read(logits, (long) i * vocabulary, rows[active[i]].seen);
                rows[active[i]].draw();
            }
        }
    }

    private static int unfinished(Row[] rows, int[] active) {
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].finish == null) {
                active[count++] = i;
            }
        }
        return count;
    }

    static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("generation was interrupted");
        }
    }
}
