package trivium.notebook;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import trivium.data.Label;
import trivium.data.Label.Verdict;
import trivium.data.PreferenceLabels;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.run.Run;
import trivium.text.Numbers;

/**
 * Pairs of answers to be judged blind: to each prompt two answers of one model with different random numbers, or one of
 * each of two models, in an order that is drawn. Prompts that the file holds already are not asked again, so the same
 * cell goes on where it stopped.
 */
final class Labelling {

    /** How often other random numbers are tried where both answers are the same. */
    private static final int TRIES = 5;

    /** Tokens of an answer, and the share of the context beside the prompt that it takes at most. */
    private static final int LONGEST = 100;

    private static final double ROOM = 0.75;

    /** Two answers to a prompt as a person sees them. */
    record Pair(String prompt, String first, String second) {}

    private final List<String> prompts;
    private final List<Run> runs;
    private final List<Completions> completions;
    private final long seed;
    private final Optional<String> foreign;
    private PreferenceLabels labels;
    private int at = -1;
    private Pair current;

    /**
     * @param file to which labels are added
     * @param runs one or two whose models answer
     * @param seed of answers and order; two people who are to be compared take the same
     */
    Labelling(List<String> prompts, Path file, List<Run> runs, long seed) {
        if (prompts.isEmpty() || runs.isEmpty() || runs.size() > 2) {
            throw new IllegalArgumentException("label(…) got " + prompts.size() + " prompts and " + runs.size()
                    + " runs: expected at least one prompt, and one run or two");
        }
        this.prompts = List.copyOf(prompts);
        this.runs = List.copyOf(runs);
        this.seed = seed;
        completions = runs.stream().map(Run::completions).toList();
        labels = PreferenceLabels.read(file);
        foreign = ofAnotherModel(StandIn.own(prompts, file));
        advance();
    }

    /** What to say of labels that the file held already if their answers are not these models'; empty otherwise. */
    Optional<String> foreign() {
        return foreign;
    }

    /** Looks at the first label only: to write the answers to all again would take as long as the labelling itself. */
    private Optional<String> ofAnotherModel(PreferenceLabels found) {
        return found.list().stream()
                .findFirst()
                .filter(label -> !pair(label.prompt(), prompts.indexOf(label.prompt()))
                        .equals(Optional.of(new Pair(label.prompt(), label.first(), label.second()))))
                .map(_ -> Numbers.count(found.list().size(), "label") + " given earlier, to answers of another model,"
                        + " in " + found.file() + " also count; to begin anew, take another file name.");
    }

    /** The pair to be judged now; empty when all are. */
    Optional<Pair> current() {
        return Optional.ofNullable(current);
    }

    /** Prompts that are over, be they labelled, skipped, or answered alike. */
    int done() {
        return at;
    }

    int size() {
        return prompts.size();
    }

    PreferenceLabels labels() {
        return labels;
    }

    /** Keeps what was said of the current pair and goes to the next; nothing where there is none. */
    void answer(Verdict verdict) {
        if (current != null) {
            labels = labels.with(new Label(current.prompt(), current.first(), current.second(), verdict));
            advance();
        }
    }

    /** Goes to the next pair and keeps nothing. */
    void skip() {
        if (current != null) {
            advance();
        }
    }

    private void advance() {
        current = null;
        while (current == null && ++at < prompts.size()) {
            var prompt = prompts.get(at);
            if (labels.list().stream().noneMatch(label -> label.prompt().equals(prompt))) {
                current = pair(prompt, at).orElse(null);
            }
        }
    }

    /** Two answers that differ, in the order that the seed and the prompt's place draw; empty if none do. */
    private Optional<Pair> pair(String prompt, int place) {
        var random = new SplittableRandom(seed * 1_000_003 + place);
        boolean turned = random.nextBoolean();
        for (int i = 0; i < TRIES; i++) {
            long dice = random.nextLong();
            var one = answer(0, prompt, dice);
            var other = answer(runs.size() - 1, prompt, runs.size() == 1 ? random.nextLong() : dice);
            if (!one.equals(other)) {
                return Optional.of(turned ? new Pair(prompt, other, one) : new Pair(prompt, one, other));
            }
        }
        return Optional.empty();
    }

    /**
     * An answer that can be learned from: it fits the contexts with its prompt, also when its text is read again. That
     * may take more tokens than it was written in, most of all where bytes that make no character became U+FFFD; then
     * its end is left out.
     */
    private String answer(int number, String prompt, long dice) {
        var run = runs.get(number);
        var writer = completions.get(number);
        int asked = run.template().prompt(writer.tokenizer(), prompt).length;
        int room = (int) (ROOM * (run.model().context() - asked));
        var sampling = Sampling.atTemperature(1).maxTokens(Math.clamp(room, 1, LONGEST));
        var answer = writer.answer(prompt, run.template(), sampling.seed(dice));
        int end = answer.length();
        while (end > 0 && !fits(prompt, answer.substring(0, end))) {
            end = answer.offsetByCodePoints(end, -1);
        }
        return answer.substring(0, end);
    }

    private boolean fits(String prompt, String answer) {
        return runs.stream()
                .allMatch(run ->
                        run.template().example(run.tokenizer(), prompt, answer).ids().length
                                <= run.model().context());
    }
}
