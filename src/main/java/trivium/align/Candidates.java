package trivium.align;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.run.Run;

/**
 * Several completions of one prompt, drawn independently.
 *
 * @param prompt that all answer
 * @param texts the completions, without the end token
 * @param lengths tokens of each completion, the end token included
 * @param finishes why each ended
 * @param logProbs log p of each whole completion in nats, under the distribution that it was drawn from
 */
public record Candidates(String prompt, List<String> texts, int[] lengths, List<Finish> finishes, double[] logProbs) {

    /** All are held in memory. */
    private static final int MOST = 10_000_000;

    public Candidates {
        texts = List.copyOf(texts);
        finishes = List.copyOf(finishes);
        if (texts.isEmpty()
                || lengths.length != texts.size()
                || finishes.size() != texts.size()
                || logProbs.length != texts.size()) {
            throw new IllegalArgumentException(texts.size() + " completions, " + lengths.length + " lengths, "
                    + finishes.size() + " reasons why they ended and " + logProbs.length
                    + " log-probabilities: expected as many of each, and at least one");
        }
    }

    /**
     * Draws {@code n} completions of each prompt, in the run's chat template.
     *
     * @throws IllegalArgumentException if there is no prompt, n is below 1, or the sampling is greedy and more than one
     *     is asked for
     */
    static List<Candidates> draw(Run run, List<String> prompts, int n, Sampling sampling) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("there are no prompts to answer; give at least one");
        }
        if (n < 1) {
            throw new IllegalArgumentException(n + " completions of each prompt: expected at least 1");
        }
        if ((long) n * prompts.size() > MOST) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%,d completions of each of %,d prompts: expected at most %,d in all",
                    n,
                    prompts.size(),
                    MOST));
        }
        if (n > 1 && sampling.temperature() == 0) {
            throw new IllegalArgumentException("at temperature 0 all " + n + " completions of a prompt are the same;"
                    + " choose from completions at a temperature above 0, such as 1");
        }
        var asked = prompts.stream()
                .flatMap(prompt -> Collections.nCopies(n, prompt).stream())
                .toList();
        var completions = run.completions();
        var generations = completions.replies(asked, run.template(), sampling);
        var texts = completions.texts(generations);
        return IntStream.range(0, prompts.size())
                .mapToObj(i ->
                        of(prompts.get(i), texts.subList(i * n, (i + 1) * n), generations.subList(i * n, (i + 1) * n)))
                .toList();
    }

    private static Candidates of(String prompt, List<String> texts, List<Generation> generations) {
        return new Candidates(
                prompt,
                texts,
                generations.stream()
                        .mapToInt(generation -> generation.tokens().length)
                        .toArray(),
                generations.stream().map(Generation::finish).toList(),
                generations.stream().mapToDouble(Candidates::drawnLogProb).toArray());
    }

    private static double drawnLogProb(Generation generation) {
        return IntStream.range(0, generation.drawnLogProbs().length)
                .mapToDouble(i -> generation.drawnLogProbs()[i])
                .sum();
    }

    /** n, how many there are. */
    public int size() {
        return texts.size();
    }

    /** Whether this one ended by itself and says something, so that it can be learned from. */
    boolean teaches(int index) {
        return ended(index) && !texts.get(index).isBlank();
    }

    /** Whether this one ended by itself. */
    boolean ended(int index) {
        return !finishes.get(index).isCut();
    }

    @Override
    public String toString() {
        return size() + " completions of \"" + prompt + "\", log p " + Arrays.toString(logProbs);
    }
}
