package trivium.notebook;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * cell goes on where it stopped, and two who label into one file at the same time share the prompts. The pair after the
 * one that is judged is written meanwhile, beside.
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
    /** Places of prompts that are over. */
    private final BitSet over = new BitSet();
    /** Why prompts were left out, one sentence each. */
    private final List<String> leftOut = new ArrayList<>();

    private int at;
    private Pair current;
    /** Whether somebody else's label of the prompt before this one stands. */
    private boolean late;

    private int nextPlace = -1;
    /** The pair of the prompt at {@link #nextPlace}, while it is being written. */
    private FutureTask<Optional<Pair>> next;

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
                .filter(label -> !isOurs(label))
                .map(_ -> Numbers.count(found.list().size(), "label") + " given earlier, to answers of another model,"
                        + " in " + found.file() + " also count; to begin anew, take another file name.");
    }

    private boolean isOurs(Label label) {
        try {
            return pair(label.prompt(), prompts.indexOf(label.prompt()))
                    .equals(Optional.of(new Pair(label.prompt(), label.first(), label.second())));
        } catch (IllegalArgumentException e) { // these models cannot answer the prompt
            return false;
        }
    }

    /** The pair to be judged now; empty when all are, or when an interrupt came before it was written. */
    Optional<Pair> current() {
        return Optional.ofNullable(current);
    }

    /** Prompts that are over, be they labelled, skipped, answered alike or left out. */
    int done() {
        return over.cardinality();
    }

    /** What to say of prompts that were left out; empty where none was. */
    Optional<String> leftOut() {
        return leftOut.stream()
                .findFirst()
                .map(why -> Numbers.count(leftOut.size(), "prompt") + (leftOut.size() == 1 ? " is" : " are")
                        + " left out" + (leftOut.size() == 1 ? ": " : ", the first for this reason: ") + why + ".");
    }

    /** What to say where the last answer was not kept; empty where it was. */
    Optional<String> late() {
        return late
                ? Optional.of("Somebody else has labelled the prompt before this one meanwhile: that label stands, and"
                        + " yours was not kept. Going on in the middle of those that are left.")
                : Optional.empty();
    }

    int size() {
        return prompts.size();
    }

    PreferenceLabels labels() {
        return labels;
    }

    /** Keeps what was said of the current pair, unless somebody was faster, and goes to the next. */
    void answer(Verdict verdict) {
        if (current != null) {
            var label = new Label(current.prompt(), current.first(), current.second(), verdict);
            late = labels.withUnlessLabelled(label).isEmpty();
            leave();
            advance();
        }
    }

    /** Goes to the next pair and keeps nothing. */
    void skip() {
        if (current != null) {
            late = false;
            leave();
            advance();
        }
    }

    private void leave() {
        over.set(at);
        current = null;
    }

    /** Goes to the first prompt from here on that is not over, with all that anybody has labelled by now. */
    void advance() {
        labels = PreferenceLabels.read(labels.file());
        var labelled = labels.list().stream().map(Label::prompt).collect(Collectors.toSet());
        IntStream.range(0, prompts.size())
                .filter(place -> labelled.contains(prompts.get(place)))
                .forEach(over::set);
        if (late) {
            at = halfway(at);
        }
        while (current == null && done() < prompts.size()) {
            at = following(at);
            current = written(at).orElse(null);
            if (current == null) {
                over.set(at);
            }
        }
        writeAhead();
    }

    /**
     * The middle of what is left from here on. The other one goes on at its beginning, in step with whom all answers
     * would be in vain; so each has about as many prompts before both meet.
     */
    private int halfway(int place) {
        var left = IntStream.range(0, prompts.size())
                .map(i -> (place + i) % prompts.size())
                .filter(each -> !over.get(each))
                .toArray();
        return left.length == 0 ? place : left[left.length / 2];
    }

    private int following(int place) {
        int clear = over.nextClearBit(place);
        return clear < prompts.size() ? clear : over.nextClearBit(0);
    }

    /** The pair at a place, which may be written already; empty if the answers are alike or cannot be written. */
    private Optional<Pair> written(int place) {
        try {
            return place == nextPlace ? awaited() : pair(prompts.get(place), place);
        } catch (IllegalArgumentException e) {
            leftOut.add(e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Pair> awaited() {
        try {
            return next.get();
        } catch (InterruptedException e) {
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            nextPlace = -1;
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Has the next pair written on a thread of its own, while the person reads this one. */
    private void writeAhead() {
        int place = current == null ? -1 : over.nextClearBit(at + 1);
        if (place < 0 || place >= prompts.size() || place == nextPlace) {
            return;
        }
        if (next != null) {
            next.cancel(true);
        }
        nextPlace = place;
        next = new FutureTask<>(() -> pair(prompts.get(place), place));
        Thread.ofPlatform().name("next-pair").daemon().start(next);
    }

    /**
     * Two answers that differ, in the order that the seed and the prompt's place draw; empty if none do.
     *
     * @throws IllegalArgumentException in a sentence, if the models cannot answer
     */
    private Optional<Pair> pair(String prompt, int place) {
        requireRoom(prompt);
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

    private void requireRoom(String prompt) {
        for (var run : runs) {
            int tokens = run.template().example(run.tokenizer(), prompt, "").ids().length;
            if (tokens >= run.model().context()) {
                throw new IllegalArgumentException("a prompt of " + tokens
                        + " tokens, with those of the template, leaves no room for an answer in the model's context of "
                        + run.model().context());
            }
        }
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
