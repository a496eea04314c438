package trivium.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How different several texts are from each other, such as a model's answers to one prompt. Words are runs of letters,
 * digits and apostrophes, and each other sign; case counts.
 *
 * @param distinct1 different words as a share of all words, in [0, 1] (Li et al. 2016, "A diversity-promoting objective
 *     function for neural conversation models", section 5.2)
 * @param distinct2 different pairs of neighbouring words as a share of all such pairs, in [0, 1]
 * @param selfBleu mean BLEU of each text with all others as its references, in [0, 1]; 1 where all are the same (Zhu et
 *     al. 2018, "Texygen", section 3.2)
 */
public record Diversity(double distinct1, double distinct2, double selfBleu) {

    /** BLEU-4. */
    private static final int LONGEST = 4;

    /** What is counted where nothing matches: method 1 of Chen and Cherry 2014, as Texygen has it. */
    private static final double NEARLY_NOTHING = 0.1;

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}'’]+|[^\\s\\p{L}\\p{N}'’]");

    /**
     * Of these texts.
     *
     * @throws IllegalArgumentException for fewer than two, which are compared with nothing
     */
    public static Diversity of(List<String> texts) {
        if (texts.size() < 2) {
            throw new IllegalArgumentException(
                    "the diversity of " + texts.size() + " texts: expected two at least, to compare with each other");
        }
        var words = texts.stream().map(Diversity::words).toList();
        double bleu = 0;
        for (int i = 0; i < words.size(); i++) {
            var others = new ArrayList<>(words);
            var text = others.remove(i);
            bleu += bleu(text, others);
        }
        return new Diversity(distinct(words, 1), distinct(words, 2), bleu / words.size());
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(match -> match.group()).toList();
    }

    /** 0 where there is not one n-gram. */
    private static double distinct(List<List<String>> texts, int n) {
        var different = new HashSet<List<String>>();
        int all = 0;
        for (var text : texts) {
            var grams = grams(text, n);
            different.addAll(grams);
            all += grams.size();
        }
        return all == 0 ? 0 : (double) different.size() / all;
    }

    private static List<List<String>> grams(List<String> text, int n) {
        var grams = new ArrayList<List<String>>();
        for (int i = 0; i + n <= text.size(); i++) {
            grams.add(text.subList(i, i + n));
        }
        return grams;
    }

    private static Map<List<String>, Integer> counts(List<String> text, int n) {
        var counts = new HashMap<List<String>, Integer>();
        grams(text, n).forEach(gram -> counts.merge(gram, 1, Integer::sum));
        return counts;
    }

    /**
     * BLEU-4 of a text (Papineni et al. 2002, section 2.3), with clipped counts, the reference of the closest length
     * for the penalty of brevity, the shorter of two as close, and {@value #NEARLY_NOTHING} for an n-gram precision of
     * nothing. An empty text, and one that shares no word, has 0. A text of fewer than four words has 1 as the number
     * of n-grams that the text is too short for, as NLTK's {@code sentence_bleu} has it.
     */
    static double bleu(List<String> text, List<List<String>> references) {
        double logs = 0;
        for (int n = 1; n <= LONGEST; n++) {
            int matching = matching(text, references, n);
            if (n == 1 && matching == 0) {
                return 0;
            }
            int all = Math.max(1, text.size() - n + 1);
            logs += Math.log(matching == 0 ? NEARLY_NOTHING / all : (double) matching / all) / LONGEST;
        }
        int closest = references.stream()
                .mapToInt(List::size)
                .boxed()
                .min((a, b) -> {
                    int nearer = Integer.compare(Math.abs(a - text.size()), Math.abs(b - text.size()));
                    return nearer == 0 ? Integer.compare(a, b) : nearer;
                })
                .orElseThrow();
        double brevity = text.size() > closest ? 0 : 1 - (double) closest / text.size();
        return Math.exp(brevity + logs);
    }

    private static int matching(List<String> text, List<List<String>> references, int n) {
        var theirs = references.stream().map(reference -> counts(reference, n)).toList();
        int matching = 0;
        for (var gram : counts(text, n).entrySet()) {
            int most = theirs.stream()
                    .mapToInt(counts -> counts.getOrDefault(gram.getKey(), 0))
                    .max()
                    .orElse(0);
            matching += Math.min(gram.getValue(), most);
        }
        return matching;
    }
}
