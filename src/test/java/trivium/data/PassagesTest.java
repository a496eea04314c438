package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassagesTest {

    @TempDir
    Path folder;

    private Corpus read(String text) throws IOException {
        return Passages.read(Files.writeString(folder.resolve("text.txt"), text));
    }

    private static String lines(String between, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "Number " + i + " is even or odd, and so is the next.")
                .collect(Collectors.joining(between));
    }

    @Test
    void manyBlankLinesAreOneEnd() throws IOException {
        assertEquals(
                List.of("some text\n\nmore"),
                read("some text" + "\n \t".repeat(20_000) + "\nmore").documents().stream()
                        .map(String::strip)
                        .toList());
    }

    @Test
    void paragraphsArePassagesAndAHeadingGoesWithWhatFollows() throws IOException {
        var long1 = "a".repeat(150);
        var long2 = "    b".repeat(30);
        assertEquals(
                List.of("I\n\n" + long1, long2, "the end"),
                read("\n\nI\r\n\r\n" + long1 + "\r\n \t\r\n\r\n" + long2 + "\n\nthe end\n")
                        .documents());
    }

    @Test
    void ofCopiesOneIsKept() throws IOException {
        var once = "the same again, ".repeat(10).strip();
        assertEquals(
                List.of(once, "the end"),
                read(String.join("\n\n", once, once, once, "the end")).documents());
    }

    @Test
    void markersCutWhereThereAreSome() throws IOException {
        assertEquals(
                List.of("one\n\ntwo", "three"),
                read("one\r\n\r\ntwo\n<|endoftext|>\nthree").documents());
    }

    @Test
    void whatIsTooLongBetweenMarkersIsCutToo() throws IOException {
        var documents = read("short<|endoftext|>" + lines("\n", 100)).documents();
        assertEquals("short", documents.getFirst());
        assertTrue(documents.stream().allMatch(passage -> passage.length() <= Passages.LONGEST), "too long");
    }

    /** Whatever the text is made of: no passage is too long, each ends where something ends, and nothing is lost. */
    @ParameterizedTest
    @CsvSource({
        "'\n', 'next.'", // lines without blank ones
        "' ', 'next.'", // one paragraph
        "'', 'next.'", // not even spaces between sentences: words
    })
    void aLongParagraphIsCutWhereSomethingEnds(String between, String end) throws IOException {
        var text = lines(between, 2_000);
        var passages = read(text).documents();
        assertTrue(passages.stream().allMatch(passage -> passage.length() <= Passages.LONGEST), "too long");
        assertTrue(passages.size() < 2 * text.length() / Passages.LONGEST + 2, passages.size() + " passages");
        assertEquals(text.replaceAll("\\s", ""), String.join("", passages).replaceAll("\\s", ""));
        if (!between.isEmpty()) {
            assertTrue(passages.stream().allMatch(passage -> passage.endsWith(end)), passages.getFirst());
        }
    }

    @Test
    void textWithoutAnyPlaceToCutIsCutBetweenCharacters() throws IOException {
        var text = IntStream.range(0, 3_001)
                .mapToObj(i -> Character.toString(0x1F600 + i % 64))
                .collect(Collectors.joining());
        assertEquals(text, String.join("", read(text).documents()));
    }

    @Test
    void ideographsEndTheirSentencesWithTheirOwnStop() throws IOException {
        var passages = read("山上有一座老寺。寺裡住著一位老和尚。".repeat(300)).documents();
        assertTrue(passages.stream().allMatch(passage -> passage.endsWith("。")), passages.getFirst());
    }

    @ParameterizedTest
    @CsvSource({
        "'One day, Lily had a little kite and ran.', 'One day, Lily had'",
        "'\"Wir gehen, sagte Jörg, jetzt nach Hause zurück.', '\"Wir gehen, sagte Jörg'",
        "'山上有一座老寺，寺裡住著一位老和尚。', '山上有一座老寺，寺'",
        "'むかしむかし、あるところにおじいさんがいました。', 'むかしむかし、ある'",
        "'كان يا ما كان في قديم الزمان ملك عادل.', 'كان يا ما كان'",
        "'एक समय की बात है कि एक राजा था।', 'एक समय की बात'",
        "'    public static int length(String text) { return 0; }', 'public static int length'",
        "'ACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCA', 'ACGTTGCAACGTTGCAACGTTGCAACGTTG'",
        "'The end.', ''",
        "'*** * ** *** * ** *** * ** *** * ** *** * **', ''",
    })
    void aBeginningIsTheFirstWordsInAnyScript(String text, String expected) {
        assertEquals(expected, Passages.beginning(text));
    }

    @Test
    void beginningsDifferAndComeFromSentencesWhereThereAreFewDocuments() throws IOException {
        var corpus = read(lines(" ", 60));
        var all = Passages.beginnings(corpus, 40, 1);
        assertEquals(40, all.stream().distinct().count());
        assertEquals(all, Passages.beginnings(corpus, 40, 1));
        assertFalse(all.equals(Passages.beginnings(corpus, 40, 2)), "another seed is another order");
        assertTrue(all.stream().allMatch(beginning -> beginning.matches("Number \\d+ is even")), all.toString());
        assertEquals(60, Passages.beginnings(corpus, 500, 1).size());
    }

    @ParameterizedTest
    @CsvSource({
        "'Es war einmal ein König. Er war alt. Er starb.', ' ein König. Er war alt.'",
        "'Es war einmal gut!', ' gut!'",
        "'Es war einmal und so weiter.', ' und so weiter.'",
    })
    void aTextGoesOnToTheEndOfItsNextSentence(String text, String expected) throws IOException {
        assertEquals(expected, Passages.continuation(read(text), "Es war einmal"));
    }

    @Test
    void aLongSentenceGoesOnToAWord() throws IOException {
        var corpus = read("Es war einmal" + " immer wieder".repeat(40) + ".");
        var said = Passages.continuation(corpus, "Es war einmal");
        assertTrue(said.length() > 140 && said.length() <= 160 && said.matches("( immer wieder)+( immer)?"), said);
        assertThrows(IllegalArgumentException.class, () -> Passages.continuation(corpus, "Once upon"));
    }

    @Test
    void whatIsNoTextIsSaidInASentence() throws IOException {
        var latin = Files.write(folder.resolve("latin.txt"), "Zwölf\n".getBytes(StandardCharsets.ISO_8859_1));
        var refusal = assertThrows(IllegalArgumentException.class, () -> Passages.read(latin));
        assertTrue(refusal.getMessage().contains("latin.txt line 1: byte 0xF6 is not UTF-8"), refusal.getMessage());
        var nothing = Files.writeString(folder.resolve("nothing.txt"), "\n \n");
        assertThrows(IllegalArgumentException.class, () -> Passages.read(nothing));
    }

    @Test
    void aTextThatIsTooShortIsRefusedBeforeAnythingIsLearnedFromIt() throws IOException {
        var sentences = IntStream.range(0, 6)
                .mapToObj(i -> "Story number " + i + " of all is about a dog that ran far away from home one day.")
                .toList();
        var file = Files.writeString(folder.resolve("short.txt"), String.join("\n\n", sentences));
        var refusal = assertThrows(IllegalArgumentException.class, () -> Passages.read(file, 30));
        assertEquals(
                file + " is too short: it has 444 characters, in which 6 different beginnings can be found, and 30 are"
                        + " needed; take a text of some 3,000 characters or more",
                refusal.getMessage());
        assertEquals(Passages.read(file), Passages.read(file, 6));
    }
}
