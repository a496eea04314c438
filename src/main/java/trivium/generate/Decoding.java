package trivium.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import trivium.generate.Generation.Finish;
import trivium.model.Decoder;
import trivium.model.LanguageModel;
import trivium.tensor.Floats;
import trivium.tensor.Scatter;
import trivium.tensor.Team;

/**
 * Generates side by side in one decoder. A row that is done leaves, and the next completion that waits takes its place.
 * One thread, with a team where it has one.
 */
final class Decoding {

    /** Prompts that are read before an interruption is looked for. */
    private static final int AT_ONCE = 8;

    /** Logits of a step that take longer to draw from than to be shared out. */
    private static final int WORTH_SHARING = 1 << 10;

    private final Decoder decoder;
    private final Team team;
    private final Sampler[] samplers;
    private final Sampling sampling;
    private final StoppingCriterion stopping;
    private final int context;
    private final int vocabulary;
    private final Row[] rows; // null where one is free
    private final int spare; // the decoder's row that holds a prompt of which more is to come, or -1
    private final Floats keptLogits;

    private Waiting.Group kept; // its prompt stands in the spare row
    private Waiting.Group last;

    /**
     * How completions are drawn and when they are over.
     *
     * @param stopping whether so many of these tokens say what ends a completion
     */
    record Drawing(Sampling sampling, StoppingCriterion stopping) {}

    /**
     * Decoding in the first rows of a decoder.
     *
     * @param rows how many completions side by side
     * @param spare whether the decoder has one row more, in which a prompt is kept for completions that come later
     */
    Decoding(Decoder decoder, Team team, LanguageModel model, Drawing drawing, int rows, boolean spare) {
        this.decoder = decoder;
        this.team = team;
        sampling = drawing.sampling();
        stopping = drawing.stopping();
        context = model.context();
        vocabulary = model.outputs();
        samplers = new Sampler[Math.min(team.threads(), rows)];
        Arrays.setAll(samplers, _ -> new Sampler(sampling, vocabulary));
        this.rows = new Row[rows];
        this.spare = spare ? rows : -1;
        keptLogits = Floats.zeros(spare ? vocabulary : 0);
    }

    /** A prompt, its random numbers, and what has been added to it. */
    private final class Row {
        private final int[] prompt;
        private final int index;
        private final int limit;
        private final SplittableRandom random;
        private int[] tokens = new int[16];
        private float[] logProbs = new float[16];
        private float[] drawnLogProbs = new float[16];
        private final BitSet seen = new BitSet();
        private double entropy;
        private int count;
        private Finish finish;

        Row(int[] prompt, int index) {
            this.prompt = prompt;
            this.index = index;
            // The last token drawn need not be read back, so one more fits than the model can see.
            limit = Math.min(sampling.ending().maxTokens(), context - prompt.length + 1);
            if (sampling.repetitionPenalty() != 1) {
                Arrays.stream(prompt).forEach(seen::set);
            }
            random = new SplittableRandom(Scatter.mix(sampling.seed() + Scatter.mix(index + 1L)));
        }

        /** Draws from the distribution the sampler has read. */
        void draw(Sampler sampler) {
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
            } else if (stopping.test(tokens, logProbs, count)) {
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

    /** Generates until nobody waits any more: the completion of a prompt goes to the place of its index. */
    void run(Waiting waiting, Generation[] results) {
        last = null;
        kept = null;
        int[] active = new int[rows.length];
        int[] tokens = new int[rows.length];
        while (true) {
            stopIfInterrupted();
            while (admit(waiting)) {
                collect(results);
            }
            int count = 0;
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] != null) {
                    active[count] = i;
                    tokens[count++] = rows[i].lastToken();
                }
            }
            if (count == 0) {
                return;
            }
            decoder.step(active, tokens, count);
            drawAll(active, count);
            collect(results);
        }
    }

    /** Begins completions in the rows that are free, at most {@link #AT_ONCE} prompts; answers whether any. */
    private boolean admit(Waiting waiting) {
        var fresh = new ArrayList<Beginning>();
        boolean any = false;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != null) {
                continue;
            }
            if (fresh.size() == AT_ONCE && !waiting.hasMore(last)) {
                break;
            }
            var place = waiting.take(last);
            if (place == null) {
                break;
            }
            any = true;
            boolean known = place.group() == last;
            last = place.group();
            rows[i] = new Row(last.prompt(), place.index());
            if (known && !fresh.isEmpty()) {
                fresh.getLast().rows.add(i);
            } else if (last == kept) {
                decoder.copyRow(spare, i);
                samplers[0].read(keptLogits, 0, rows[i].seen);
                rows[i].draw(samplers[0]);
            } else {
                fresh.add(new Beginning(i));
            }
        }
        if (!fresh.isEmpty()) {
            begin(fresh, waiting);
        }
        return any;
    }

    /** Rows that begin with the same prompt. */
    private static final class Beginning {
        private final List<Integer> rows = new ArrayList<>();

        Beginning(int row) {
            rows.add(row);
        }

        int first() {
            return rows.getFirst();
        }
    }

    /** Reads the prompts, each once, and draws the first tokens. */
    private void begin(List<Beginning> fresh, Waiting waiting) {
        int[] first = fresh.stream().mapToInt(Beginning::first).toArray();
        var prompts = Arrays.stream(first).mapToObj(row -> rows[row].prompt).toList();
        decoder.prefill(first, prompts, (i, logits, offset) -> {
            samplers[0].read(logits, offset, rows[first[i]].seen);
            for (int row : fresh.get(i).rows) {
                if (row != first[i]) {
                    decoder.copyRow(first[i], row);
                }
                rows[row].draw(samplers[0]);
            }
            if (spare >= 0 && i == first.length - 1 && waiting.hasMore(last)) {
                keptLogits.copyFrom(logits, offset, 0, vocabulary);
                decoder.copyRow(first[i], spare);
                kept = last;
            }
        });
    }

    private void drawAll(int[] active, int count) {
        var logits = decoder.logits();
        if ((long) count * vocabulary < WORTH_SHARING || samplers.length == 1) {
            draw(logits, active, count, 0, 1);
        } else {
            team.run(samplers.length, part -> draw(logits, active, count, part, samplers.length));
        }
    }

    /** Every so many of the rows. */
    private void draw(Floats logits, int[] active, int count, int first, int step) {
        var sampler = samplers[first];
        for (int i = first; i < count; i += step) {
            var row = rows[active[i]];
            sampler.read(logits, (long) i * vocabulary, row.seen);
            row.draw(sampler);
        }
    }

    /** Rows that are done leave. */
    private void collect(Generation[] results) {
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != null && rows[i].finish != null) {
                results[rows[i].index] = rows[i].generation();
                rows[i] = null;
            }
        }
    }

    static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("generation was interrupted");
        }
    }
}
