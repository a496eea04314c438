package trivium.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import trivium.report.WordDiff.Segment;

class WordDiffTest {

    @Test
    void whatIsLeftIsALongestCommonSubsequence() {
        var random = new SplittableRandom(4);
        for (int trial = 0; trial < 300; trial++) {
            var before = sentence(random);
            var after = sentence(random);
            var changes = WordDiff.of(before, after);

            assertEquals(before, text(changes.before()));
            assertEquals(after, text(changes.after()));
            var kept = kept(changes.before());
            assertEquals(kept, kept(changes.after()), before + " | " + after);
            assertEquals(longest(words(before), words(after)), kept.size(), before + " | " + after);
        }
    }

    @Test
    void marksWordsAndNotTheWhiteSpaceAroundThem() {
        var changes = WordDiff.of("Oscar had a  red kite.", "Oscar lost a  small red kite!");

        assertEquals(List.of("had", "."), marked(changes.before()));
        assertEquals(List.of("lost", "small", "!"), marked(changes.after()));
    }

    @Test
    void neighboursAreMarkedInOne() {
        var changes = WordDiff.of("", "two words,\nthen");

        assertEquals(List.of(new Segment("two words,\nthen", true)), changes.after());
        assertTrue(changes.before().isEmpty());
    }

    private static String sentence(SplittableRandom random) {
        var words = new String[random.nextInt(11)];
        Arrays.setAll(words, _ -> List.of("a", "b", "c", "don't").get(random.nextInt(4)));
        return String.join(random.nextBoolean() ? " " : "\n ", words) + (random.nextBoolean() ? "." : "");
    }

    /** Every subsequence of the first, looked for in the second. */
    private static int longest(List<String> first, List<String> second) {
        int longest = 0;
        for (int chosen = 0; chosen < 1 << first.size(); chosen++) {
            int length = Integer.bitCount(chosen);
            if (length > longest && isWithin(first, chosen, second)) {
                longest = length;
            }
        }
        return longest;
    }

    private static boolean isWithin(List<String> first, int chosen, List<String> second) {
        int at = 0;
        for (int i = 0; i < first.size(); i++) {
            if ((chosen >> i & 1) == 1) {
                while (at < second.size() && !second.get(at).equals(first.get(i))) {
                    at++;
                }
                if (at++ == second.size()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.replace(".", " .").trim().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String text(List<Segment> stretches) {
        return stretches.stream().map(Segment::text).collect(Collectors.joining());
    }

    private static List<String> marked(List<Segment> stretches) {
        return stretches.stream().filter(Segment::changed).map(Segment::text).toList();
    }

    private static List<String> kept(List<Segment> stretches) {
        var kept = new ArrayList<String>();
        stretches.stream().filter(stretch -> !stretch.changed()).forEach(stretch -> kept.addAll(words(stretch.text())));
        return kept;
    }
}
