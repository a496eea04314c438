package trivium.toytown;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The true reward of a story, term by term. A learned reward model only estimates it, so over-optimisation of the
 * estimate can be seen.
 *
 * <p>{@code 1.5} for naming all that the prompt names {@code + 1.5} for a happy ending {@code - 1} for each
 * contradiction, each repeated sentence and each sentence that cannot be read {@code - 0.35 · |sentences - 7| + 0.6 ·
 * min(happy words, 2) - 0.8 · max(0, happy words - 3)} with the {@linkplain Weights#STANDARD standard weights}. The
 * best story scores 4.2.
 *
 * @param reading the completion, replayed
 * @param named whether it names every person, thing and place that the prompt names
 * @param weights what each term is worth
 */
public record GoldReward(Reading reading, boolean named, Weights weights) {

    /** A good story has this many sentences. */
    public static final int TARGET_SENTENCES = Weights.STANDARD.length().target();

    /** What this completion earns, and for what. */
    public static GoldReward of(String prompt, String completion) {
        return of(prompt, completion, Weights.STANDARD);
    }

    /** What this completion earns where the terms are worth this much. */
    public static GoldReward of(String prompt, String completion, Weights weights) {
        var reading = Parser.read(completion);
        return new GoldReward(reading, reading.names(Request.words(prompt)), weights);
    }

    /** The reward of a completion, higher is better: {@code of(prompt, completion).total()}. */
    public static double score(String prompt, String completion) {
        return of(prompt, completion).total();
    }

    /** For naming what was asked, or 0. */
    public double naming() {
        return named ? weights.naming() : 0;
    }

    /** For a last sentence that is happy, or 0. */
    public double ending() {
        return reading.endsHappily() ? weights.ending() : 0;
    }

    /** For contradictions, at most 0. */
    public double contradictions() {
        return 0.0 - weights.faults().contradiction() * reading.contradictions();
    }

    /** For repeated sentences, at most 0. */
    public double repetitions() {
        return 0.0 - weights.faults().repetition() * reading.repeated();
    }

    /** For sentences that cannot be read, at most 0. */
    public double unparseable() {
        return 0.0 - weights.faults().unparseable() * reading.unparseable();
    }

    /** For being shorter or longer than it should be, at most 0. */
    public double length() {
        var length = weights.length();
        return 0.0 - length.perSentence() * Math.abs(reading.sentences().size() - length.target());
    }

    /** For happy words: a few are good, more do no harm, still more are too many. */
    public double happiness() {
        int words = reading.happyWords();
        var cheer = weights.cheer();
        return cheer.word() * Math.min(words, cheer.enough()) - cheer.excess() * Math.max(0, words - cheer.harmless());
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
