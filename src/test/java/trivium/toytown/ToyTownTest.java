package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;

class ToyTownTest {

    private static final Path SHIPPED = Path.of("datasets/toytown");

    @Test
    void writesTheShippedFilesByteForByte(@TempDir Path folder) throws IOException {
        ToyTown.sample().write(folder);
        try (var made = Files.list(folder);
                var shipped = Files.list(SHIPPED)) {
            assertEquals(
                    shipped.map(Path::getFileName).sorted().toList(),
                    made.map(Path::getFileName).sorted().toList());
        }
        long bytes = 0;
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                assertArrayEquals(
                        Files.readAllBytes(SHIPPED.resolve(file.getFileName())),
                        Files.readAllBytes(file),
                        file.toString());
                bytes += Files.size(file);
            }
        }
        assertTrue(bytes < 5_000_000, bytes + " bytes");
    }

    /**
     * What the notebooks' and the documents' figures were measured on. New kinds of text come in files of their own.
     */
    @Test
    void theFilesThatFiguresWereMeasuredOnStayAsTheyAre() throws Exception {
        var hash = MessageDigest.getInstance("SHA-256");
        for (var name : List.of(
                "stories.txt",
                "stories-heldout.txt",
                "instructions.jsonl",
                "instructions-heldout.jsonl",
                "questions-heldout.jsonl",
                "questions-confusable-heldout.jsonl",
                "questions-hard-heldout.jsonl",
                "preferences.jsonl",
                "preferences-heldout.jsonl",
                "prompts.txt",
                "prompts-heldout.txt")) {
            hash.update(Files.readAllBytes(SHIPPED.resolve(name)));
        }
        assertEquals(
                "4f23d18a5df17338e92315a142d7a74333f59c479b70f384ebfc828d79b2c4a7",
                HexFormat.of().formatHex(hash.digest()));
    }

    @Test
    void theShippedFilesAreWhatTheReadersExpect() {
        assertEquals(
                ToyTown.sample().stories(20).documents(),
                Corpus.text(SHIPPED.resolve("stories.txt")).documents().subList(0, 20));
        assertEquals(
                ToyTown.sample().instructions(20).list(),
                Conversations.jsonl(SHIPPED.resolve("instructions.jsonl"))
                        .limit(20)
                        .list());
        assertEquals(
                ToyTown.sample().preferences(20).list(),
                Comparisons.jsonl(SHIPPED.resolve("preferences.jsonl"))
                        .limit(20)
                        .list());
    }

    @Test
    void nothingIsBothLearnedAndHeldOutWhateverTheSeed() {
        var town = ToyTown.sample();
        var other = town.withSeed(99).heldOut();
        assertDisjoint(town.stories(3_000).documents(), other.stories(300).documents());
        assertDisjoint(
                town.instructions(2_000).prompts(), other.instructions(300).prompts());
        assertDisjoint(town.questions(2_000).prompts(), other.questions(300).prompts());
        assertDisjoint(
                town.preferences(300).prompts(),
                other.preferences(100).prompts().stream().distinct().toList());
        assertDisjoint(town.prompts(3_000), other.prompts(500));
        assertDisjoint(town.tasks(600).prompts(), other.tasks(100).prompts());
        var told = town.withStoryShare(1).instructions(500).list().stream().map(c -> c.completion());
        assertDisjoint(
                told.toList(),
                other.withStoryShare(1).instructions(100).list().stream()
                        .map(c -> c.completion())
                        .toList());
    }

    private static void assertDisjoint(List<String> training, List<String> heldOut) {
        assertEquals(heldOut.size(), new HashSet<>(heldOut).size(), "held out twice");
        assertTrue(Collections.disjoint(training, heldOut));
    }

    @Test
    void aLongerListBeginsWithTheShorterAndSeedsDiffer() {
        var town = ToyTown.sample();
        assertEquals(
                town.instructions(50).list(), town.instructions(80).limit(50).list());
        assertTrue(Collections.disjoint(
                town.stories(100).documents(), town.withSeed(2).stories(100).documents()));
    }

    @Test
    void heldOutPairsAreOrderedByGoldReward() {
        for (var pair : ToyTown.sample().heldOut().preferences(200)) {
            assertTrue(
                    GoldReward.score(pair.prompt(), pair.chosen()) > GoldReward.score(pair.prompt(), pair.rejected()));
        }
    }

    @Test
    void pairsShowEveryTermOfTheReward() {
        var drafts = new ArrayList<GoldReward>();
        for (var pair : ToyTown.sample().preferences(300)) {
            drafts.add(GoldReward.of(pair.prompt(), pair.chosen()));
            drafts.add(GoldReward.of(pair.prompt(), pair.rejected()));
        }
        for (String term : drafts.getFirst().terms().keySet()) {
            double differing = drafts.stream()
                    .mapToDouble(g -> g.terms().get(term))
                    .filter(value -> value != 0)
                    .count();
            assertTrue(differing / drafts.size() > 0.08 && differing / drafts.size() < 0.92, term + " " + differing);
        }
        assertTrue(drafts.stream().filter(g -> g.reading().happyWords() > 3).count() > 30);
    }

    @Test
    void saysWhatIsWrong() {
        var none = assertThrows(
                IllegalArgumentException.class, () -> ToyTown.sample().stories(0));
        assertEquals("Toy Town makes at least 1 of anything, not 0", none.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ToyTown.sample().withStoryShare(1.5));
        var tooMany = assertThrows(
                IllegalArgumentException.class, () -> ToyTown.sample().heldOut().prompts(100_000));
        assertTrue(tooMany.getMessage().startsWith("Toy Town has hardly more than"), tooMany.getMessage());
    }

    @Test
    void noQuestionIsAskedInTheTextABaseModelReads() {
        var corpus = String.join(" ", ToyTown.sample().stories(2_000));
        for (var prompt : ToyTown.sample().heldOut().questions(300).prompts()) {
            var question = Parser.split(prompt).getLast();
            assertFalse(corpus.contains(question), question);
        }
    }
}
