package trivium.exercise;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One question to an answer.
 *
 * @param at what it is asked about, as a reader would write it: "logits (2, 0, 0) and target 0"
 * @param expected what is right, or {@link #FINITE}
 * @param answer asks the answer; may throw anything
 * @param mistakes what other answers are known for
 */
record Probe(String at, double[] expected, Supplier<double[]> answer, List<Mistake> mistakes) {

    /** Expected of an answer that may be any finite numbers. */
    static final double[] FINITE = {};

    /**
     * A mistake that is known by what it answers.
     *
     * @param answer what is answered by whom makes it
     * @param says what to think of, a sentence
     */
    record Mistake(double[] answer, String says) {}

    Probe(String at, double[] expected, Supplier<double[]> answer) {
        this(at, expected, answer, List.of());
    }

    /** This probe with one more mistake; the first that fits is said. */
    Probe mistake(String says, double... answer) {
        var more = new ArrayList<>(mistakes);
        more.add(new Mistake(answer, says));
        return new Probe(at, expected, this.answer, List.copyOf(more));
    }
}
