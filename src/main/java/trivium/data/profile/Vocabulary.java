package trivium.data.profile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of texts. A word is a run of letters and digits, without regard to case; an apostrophe or a hyphen between
 * letters belongs to it.
 *
 * @param words how many there are
 * @param different how many different ones
 * @param once how many of these come only once
 * @param most the most frequent, equally frequent ones by alphabet
 */
public record Vocabulary(long words, int different, int once, List<Frequency> most) {

    private static final int MOST = 10;

    public Vocabulary {
        most = List.copyOf(most);
    }

    /** Counts words as they come. */
    static final class Counter {

        private final Map<String, int[]> times = new HashMap<>();
        private long words;

        /** Counts the words of a text, and answers how many there are. */
        int read(String text) {
            int count = Words.each(text, word -> times.computeIfAbsent(word, _ -> new int[1])[0]++);
            words += count;
            return count;
        }

        Vocabulary vocabulary() {
            var most = times.entrySet().stream()
                    .map(entry -> new Frequency(entry.getKey(), entry.getValue()[0]))
                    .sorted(Comparator.comparingLong(Frequency::times)
                            .reversed()
                            .thenComparing(Frequency::what))
                    .limit(MOST)
                    .toList();
            int once =
                    (int) times.values().stream().filter(count -> count[0] == 1).count();
            return new Vocabulary(words, times.size(), once, most);
        }
    }
}
