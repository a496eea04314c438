package trivium.data.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.text.Message;
import trivium.text.Tokenizer;

/** Numbers on cards, counted again by brute force. */
class ProfileTest {

    private static final Pattern WORD = Pattern.compile("\\p{IsIdeographic}|[\\p{L}\\p{Nd}\\p{M}&&\\P{IsIdeographic}]"
            + "(?:[\\p{L}\\p{Nd}\\p{M}&&\\P{IsIdeographic}]|(?<=\\p{L})['’-](?=[\\p{L}&&\\P{IsIdeographic}]))*");

    private static List<String> words(String text) {
        return WORD.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String text(SplittableRandom random, String letters, int length) {
        int[] all = letters.codePoints().toArray();
        var text = new StringBuilder();
        random.ints(length, 0, all.length).forEach(i -> text.appendCodePoint(all[i]));
        return text.toString();
    }

    private static List<String> texts(int seed, int count) {
        var random = new SplittableRandom(seed);
        return Stream.generate(() -> text(random, "abc ab c  .\n", 1 + random.nextInt(40)) + "a")
                .limit(count)
                .toList();
    }

    @Test
    void wordsAreThoseOfARegularExpression() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 2_000; i++) {
            var text = text(random, "aB1é'’- .\n—√東京ñ̃𠀀😀ß٣", random.nextInt(30));
            var found = new ArrayList<String>();
            int count = Words.each(text, found::add);
            assertEquals(words(text), found, text);
            assertEquals(found.size(), count);
        }
        var found = new ArrayList<String>();
        Words.each("Don't 50-148=198 well-known: 'it' 𝔸-é", found::add);
        assertEquals(List.of("don't", "50", "148", "198", "well-known", "it", "𝔸-é"), found);
    }

    /** No smaller length covers as large a share of the texts. */
    @Test
    void quantilesAreTheSmallestLengthsThatCoverTheirShare() {
        var random = new SplittableRandom(5);
        for (int n = 1; n < 60; n++) {
            int[] lengths = random.ints(n, 0, 20).toArray();
            for (double share : new double[] {0.1, 0.5, 0.9, 1}) {
                int smallest = IntStream.range(0, 20)
                        .filter(length ->
                                Arrays.stream(lengths).filter(l -> l <= length).count() >= share * lengths.length)
                        .findFirst()
                        .orElseThrow();
                assertEquals(smallest, Lengths.of("words", lengths).quantile(share), n + " lengths, " + share);
            }
        }
    }

    @Test
    void documentsAreCountedAsTheyAre() {
        var documents = texts(7, 200);
        var tokenizer = Tokenizer.characters(documents);
        var profile = Profile.of(Corpus.of(documents), tokenizer);
        var part = profile.learned();
        var all = documents.stream().flatMap(text -> words(text).stream()).toList();
        var different = new HashSet<>(all);

        assertEquals("document", part.name());
        assertEquals(all.size(), part.vocabulary().words());
        assertEquals(different.size(), part.vocabulary().different());
        assertEquals(
                different.stream()
                        .filter(word -> Collections.frequency(all, word) == 1)
                        .count(),
                part.vocabulary().once());
        var most = different.stream()
                .sorted()
                .sorted((a, b) -> Collections.frequency(all, b) - Collections.frequency(all, a))
                .limit(10)
                .map(word -> new Frequency(word, Collections.frequency(all, word)))
                .toList();
        assertEquals(most, part.vocabulary().most());
        assertEquals(
                List.of("characters", "words", "tokens"),
                part.lengths().stream().map(Lengths::unit).toList());
        int[] characters = documents.stream().mapToInt(String::length).sorted().toArray();
        assertEquals(new Lengths("characters", characters), part.lengths().getFirst());
        assertEquals(new Lengths("tokens", characters), part.lengths().getLast());
        assertEquals(all.size(), part.lengths().get(1).total());

        assertEquals(
                documents.size() - new HashSet<>(documents).size(),
                profile.extent().copies());
        assertTrue(profile.extent().copies() > 0, "the sample has copies");
        assertEquals(Corpus.of(documents).characters(), profile.extent().characters());
        assertFalse(profile.extent().isSampled());
    }

    @Test
    void fewDocumentsAreLookedAtInPiecesAndExamplesAreWholeRecords() {
        var play = "A:\nTo be.\n\n".repeat(12);
        var profile = Profile.of(Corpus.of(play, "Short."));
        assertEquals("paragraph", profile.learned().name());
        assertEquals(13, profile.learned().lengths().getFirst().sorted().length);
        assertEquals(
                "line", Profile.of(Corpus.of("one\ntwo\n".repeat(8))).learned().name());
        assertEquals("document", Profile.of(Corpus.of("alone")).learned().name());
        assertEquals(
                List.of(0, 1), profile.examples().stream().map(Example::record).toList());
    }

    @Test
    void comparisonsSayHowOftenTheLongerAnswerIsChosenAndHowManyPromptsThereAre() {
        var random = new SplittableRandom(9);
        var list = new ArrayList<Comparison>();
        for (int i = 0; i < 300; i++) {
            list.add(new Comparison(
                    "p" + random.nextInt(100), "a".repeat(1 + random.nextInt(5)), "b".repeat(1 + random.nextInt(4))));
        }
        var profile = Profile.of(Comparisons.of(list));
        long longer = list.stream()
                .filter(c -> c.chosen().length() > c.rejected().length())
                .count();
        long prompts = list.stream().map(Comparison::prompt).distinct().count();
        assertEquals(
                List.of(new Fact("chosen is the longer answer", String.format(Locale.ROOT, "%.1f %%", longer / 3.0))),
                profile.facts());
        assertEquals(prompts, profile.extent().prompts());
        assertEquals(300 - new HashSet<>(list).size(), profile.extent().copies());
        assertEquals("chosen", profile.learned().name());
    }

    @Test
    void everyKindHasItsShareAndItsExample() {
        var later = Conversation.of(
                Message.user("Who?"), Message.assistant("Mia."), Message.user("Where?"), Message.assistant("no"));
        var profile = Profile.of(Conversations.of(
                new Conversation("p", "a"),
                new Conversation("p", "longest of first ones"),
                later,
                new Conversation("p", "longer")));
        assertEquals(List.of(new Fact("one answer", "75.0 %"), new Fact("several answers", "25.0 %")), profile.facts());
        assertEquals(List.of(new Example("one answer", 3), new Example("several answers", 2)), profile.examples());
    }

    @Test
    void ofMuchEverySoManiethRecordIsRead() {
        var words = "word ".repeat(100_000);
        var documents = IntStream.range(0, 25).mapToObj(i -> i + " " + words).toList();
        var extent = Profile.of(Corpus.of(documents)).extent();
        assertTrue(extent.isSampled());
        // 12.5 million characters: every second document
        assertEquals(
                IntStream.range(0, 13)
                        .mapToLong(i -> documents.get(2 * i).length())
                        .sum(),
                extent.read());
        assertEquals(documents.stream().mapToLong(String::length).sum(), extent.characters());
    }

    @Test
    void aDocumentThatIsTooLongIsCutBetweenCharacters() {
        var extent = Profile.of(Corpus.of("a" + "😀".repeat(6_000_000))).extent();
        assertEquals(6_000_001, extent.characters());
        assertEquals(1 + 4_999_999, extent.read());
    }
}
