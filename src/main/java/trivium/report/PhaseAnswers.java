package trivium.report;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.measure.Diversity;
import trivium.run.Run;

/**
 * What a run answers to prompts, several times to each, at temperature 1.
 *
 * @param prompts each as often as it was answered, one after the other
 * @param samples answers to a prompt
 * @param generations the answers as tokens
 * @param texts the answers
 * @param formed whether each has the right form: it ends where the chat template ends an answer, says something, and
 *     holds no other special token
 */
record PhaseAnswers(
        List<String> prompts, int samples, List<Generation> generations, List<String> texts, boolean[] formed) {

    private static final Sampling SAMPLING = Sampling.atTemperature(1).maxTokens(128);

    /** Asks a run in its chat template. */
    static PhaseAnswers of(Run run, List<String> prompts, int samples) {
        var asked = prompts.stream()
                .flatMap(prompt -> Collections.nCopies(samples, prompt).stream())
                .toList();
        var completions = run.completions();
        var generations = completions.replies(asked, run.template(), SAMPLING);
        int end = run.template().stop(run.tokenizer());
        int[] specials = run.tokenizer().specials().stream()
                .mapToInt(name -> run.tokenizer().special(name).orElseThrow())
                .toArray();
        var formed = new boolean[generations.size()];
        for (int i = 0; i < formed.length; i++) {
            var generation = generations.get(i);
            int[] said = generation.said();
            formed[i] = generation.finish() == Finish.STOP
                    && generation.tokens()[generation.tokens().length - 1] == end
                    && said.length > 0
                    && Arrays.stream(said)
                            .noneMatch(id -> Arrays.stream(specials).anyMatch(special -> special == id));
        }
        return new PhaseAnswers(asked, samples, generations, completions.texts(generations), formed);
    }

    List<Finish> finishes() {
        return generations.stream().map(Generation::finish).toList();
    }

    double[] lengths() {
        return ofEach(generation -> generation.tokens().length);
    }

    double[] entropies() {
        return ofEach(Generation::entropy);
    }

    private double[] ofEach(ToDoubleFunction<Generation> number) {
        return perPrompt(i -> number.applyAsDouble(generations.get(i)));
    }

    /** The mean over the answers to each prompt. */
    double[] perPrompt(IntToDoubleFunction ofAnswer) {
        return IntStream.range(0, generations.size() / samples)
                .mapToDouble(prompt -> IntStream.range(prompt * samples, (prompt + 1) * samples)
                        .mapToDouble(ofAnswer)
                        .average()
                        .orElseThrow())
                .toArray();
    }

    /** How different the answers to each prompt are from each other; of two samples at least. */
    List<Diversity> diversities() {
        return IntStream.range(0, texts.size() / samples)
                .mapToObj(prompt -> Diversity.of(texts.subList(prompt * samples, (prompt + 1) * samples)))
                .toList();
    }
}
