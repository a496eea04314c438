package trivium.data.toytown;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The true reward of a story, term by term: what a learned reward model only guesses at, so that over-optimising the
 * guess can be seen.
 *
 * <p>{@code 1.5} for naming all that the prompt names {@code + 1.5} for a happy ending {@code - 1} for each
 * contradiction, each repeated sentence and each sentence that cannot be read {@code - 0.35 · |sentences - 7| + 0.6 ·
 * min(happy words, 2) - 0.8 · max(0, happy words - 3)}. The best story scores 4.2.
 *
 * @param reading the completion, replayed
 * @param named whether it names every person, thing and place that the prompt names
 */
public record GoldReward(Reading reading, boolean named) {

    /** A good story has this many sentences. */
    public static final int TARGET_SENTENCES = 7;

    /** What this completion earns, and for what. */
    public static GoldReward of(String prompt, String completion) {
        var reading = Parser.read(completion);
        return new GoldReward(reading, reading.names(Request.words(prompt)));
    }

    /** The reward of a completion, higher is better: {@code of(prompt, completion).total()}. */
    public static double score(String prompt, String completion) {
        return of(prompt, completion).total();
    }

    /** For naming what was asked: 1.5 or 0. */
    public double naming() {
        return named ? 1.5 : 0;
    }

    /** For a last sentence that is happy: 1.5 or 0. */
    public double ending() {
        return reading.endsHappily() ? 1.5 : 0;
    }

    /** For contradictions, at most 0. */
    public double contradictions() {
        return 0.0 - reading.contradictions();
    }

    /** For repeated sentences, at most 0. */
    public double repetitions() {
        return 0.0 - reading.repeated();
    }

    /** For sentences that cannot be read, at most 0. */
    public double unparseable() {
        return 0.0 - reading.unparseable();
    }

    /** For being shorter or longer than seven sentences, at most 0. */
    public double length() {
        return 0.0 - 0.35 * Math.abs(reading.sentences().size() - TARGET_SENTENCES);
    }

    /** For happy words: two are good, three do no harm, more are too many. */
    public double happiness() {
        int words = reading.happyWords();
        return 0.6 * Math.min(words, 2) - 0.8 * Math.max(0, words - 3);
    }

    /** The terms by name, in the order of the formula. */
    public Map<String, Double> terms() {
        var terms = new LinkedHashMap<String, Double>();
        terms.put("naming", naming());
        terms.put("ending", ending());
        terms.put("contradictions", contradictions());
        terms.put("repetitions", repetitions());
        terms.put("unparseable", unparseable());
        terms.put("length", length());
        terms.put("happiness", happiness());
        return Collections.unmodifiableMap(terms);
    }

    /** The sum of the terms. */
    public double total() {
        return terms().values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
