package trivium.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What changed between two texts, word by word: everything outside a longest common subsequence of their words. A
 * punctuation mark is a word of its own; white space belongs to what stands on both sides of it.
 *
 * @param before the whole of the first text, cut where changes begin and end
 * @param after the whole of the second text
 */
record WordDiff(List<Segment> before, List<Segment> after) {

    /** Part of a text, changed or not. */
    record Segment(String text, boolean changed) {}

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+(?:['’\\-][\\p{L}\\p{M}\\p{N}]+)*|\\S");

    private record Word(String text, int from, int to) {}

    /** Compares two texts; time and memory grow with the product of their lengths in words. */
    static WordDiff of(String before, String after) {
        var first = words(before);
        var second = words(after);
        var keptFirst = new boolean[first.size()];
        var keptSecond = new boolean[second.size()];
        common(first, second, keptFirst, keptSecond);
        return new WordDiff(stretches(before, first, keptFirst), stretches(after, second, keptSecond));
    }

    private static List<Word> words(String text) {
        return WORD.matcher(text)
                .results()
                .map(found -> new Word(found.group(), found.start(), found.end()))
                .toList();
    }

    /** Marks a longest common subsequence in both (Wagner and Fischer 1974). */
    private static void common(List<Word> first, List<Word> second, boolean[] keptFirst, boolean[] keptSecond) {
        int n = first.size();
        int m = second.size();
        var longest = new int[n + 1][m + 1]; // of what is left from i and from j on
        for (int i = n - 1; i >= 0; i--) {
            for (int j = m - 1; j >= 0; j--) {
                longest[i][j] = same(first.get(i), second.get(j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < n && j < m) {
            if (same(first.get(i), second.get(j))) {
                keptFirst[i++] = true;
                keptSecond[j++] = true;
            } else if (longest[i + 1][j] >= longest[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
    }

    private static boolean same(Word a, Word b) {
        return a.text().equals(b.text());
    }

    private static List<Segment> stretches(String text, List<Word> words, boolean[] kept) {
        var stretches = new ArrayList<Segment>();
        int at = 0;
        for (int w = 0; w < words.size(); ) {
            if (kept[w]) {
                w++;
                continue;
            }
            int from = words.get(w).from();
            while (w + 1 < words.size() && !kept[w + 1]) {
                w++;
            }
            int to = words.get(w++).to();
            if (from > at) {
                stretches.add(new Segment(text.substring(at, from), false));
            }
            stretches.add(new Segment(text.substring(from, to), true));
            at = to;
        }
        if (at < text.length()) {
            stretches.add(new Segment(text.substring(at), false));
        }
        return List.copyOf(stretches);
    }
}
