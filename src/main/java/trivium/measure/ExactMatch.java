package trivium.measure;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Whether answers are the ones expected, word for word. Case, white space at the ends, how much white space stands
 * between words, and closing punctuation (. ! ?) do not matter; everything else does. A text of nothing but such
 * punctuation has no words that it could close and stands for itself: an empty answer is no match for ".".
 */
public final class ExactMatch {

    private ExactMatch() {}

    /** The share of answers that match the reference at the same place. */
    public static Share of(List<String> answers, List<String> references) {
        check(answers, references);
        int hits = (int) IntStream.range(0, answers.size())
                .filter(i -> matches(answers.get(i), references.get(i)))
                .count();
        return new Share(hits, answers.size());
    }

    /** The same of answers to prompts of which some are equal: these belong together ({@link Share#clustered}). */
    public static Share of(List<String> answers, List<String> references, List<String> prompts) {
        check(answers, references);
        var hits = new boolean[answers.size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = matches(answers.get(i), references.get(i));
        }
        return Share.clustered(hits, prompts);
    }

    private static void check(List<String> answers, List<String> references) {
        if (answers.size() != references.size()) {
            throw new IllegalArgumentException(
                    answers.size() + " answers and " + references.size() + " references: expected one for each");
        }
    }

    /** Whether one answer matches. */
    public static boolean matches(String answer, String reference) {
        return normalise(answer).equals(normalise(reference));
    }

    private static String normalise(String text) {
        var spaced = text.strip().replaceAll("\\s+", " ");
        var words = spaced.replaceFirst(" ?[.!?]+$", "");
        return (words.isEmpty() ? spaced : words).toLowerCase(Locale.ROOT);
    }
}
