package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Conversation;

class ParametersTest {

    private static final Vocabulary SMALL =
            Vocabulary.ALL.withPeople(3).withPlaces(3).withThings(4);

    @Test
    void theSmallestTownNamesNobodyElseInAnyOfItsTexts() {
        var town = ToyTown.sample().withVocabulary(SMALL);
        var texts = Stream.of(
                        town.stories(100).documents().stream(),
                        town.instructions(100).list().stream().map(ParametersTest::all),
                        town.confusableQuestions(40).list().stream().map(ParametersTest::all),
                        town.hardQuestions(40).list().stream().map(ParametersTest::all),
                        town.tasks(150).conversations().list().stream().map(ParametersTest::all),
                        town.preferences(40).list().stream()
                                .map(pair -> pair.prompt() + " " + pair.chosen() + " " + pair.rejected()))
                .flatMap(Function.identity())
                .collect(Collectors.joining(" "));
        var used = new TreeSet<>(Words.of(texts));
        for (var person : Person.values()) {
            assertEquals(SMALL.people().contains(person), used.contains(Words.lower(person)), person.label());
        }
        for (var place : Place.values()) {
            assertEquals(SMALL.places().contains(place), used.contains(place.label()), place.label());
        }
        for (var thing : Thing.values()) {
            assertEquals(SMALL.things().contains(thing), used.contains(thing.label()), thing.label());
        }
    }

    private static String all(Conversation conversation) {
        return conversation.prompt() + " " + conversation.completion();
    }

    @Test
    void aTownWithoutWhatItsStoriesNeedIsRefused() {
        for (var words : Stream.<Runnable>of(
                        () -> Vocabulary.ALL.withPeople(2),
                        () -> Vocabulary.ALL.withPlaces(2),
                        () -> Vocabulary.ALL.withThings(3),
                        () -> Vocabulary.ALL.withPeople(25))
                .toList()) {
            assertThrows(IllegalArgumentException.class, words::run);
        }
    }

    /** Seven sentences, happy words "happily" and "glad", named, happy ending, as in GoldRewardTest. */
    @Test
    void everyWeightCountsForItsOwnTermOnly() {
        var prompt = "Write a story about Mia and a kite.";
        var best = "Mia had a kite. Mia went to the park. Mia happily flew the kite. Tom met Mia. "
                + "Mia and Tom played with the kite. They went home together. Tom was glad.";
        var standard = Weights.STANDARD;
        assertEquals(4.2 - 1.5 + 2, standard.withNaming(2).score(prompt, best), 1e-9);
        assertEquals(4.2 - 1.5 + 3, standard.withEnding(3).score(prompt, best), 1e-9);
        assertEquals(
                4.2 - 4 * 0.5, standard.withLength(new Weights.Length(3, 0.5)).score(prompt, best), 1e-9);
        assertEquals(
                3 + 1 - 7, standard.withCheer(new Weights.Cheer(1, 1, 1, 7)).score(prompt, best), 1e-9);
        var faulty = "Mia lost the kite. Mia lost the kite. Mia sat down.";
        var faults = standard.withLength(new Weights.Length(3, 0)).withFaults(new Weights.Faults(10, 100, 1_000));
        assertEquals(1.5 - 20 - 100 - 1_000, faults.score(prompt, faulty), 1e-9);
    }

    @Test
    void aTownsPairsAreOrderedByItsOwnWeights() {
        var sad = Weights.STANDARD.withEnding(-5);
        var pairs = ToyTown.sample().withWeights(sad).heldOut().preferences(60);
        int otherwise = 0;
        for (var pair : pairs) {
            assertTrue(sad.score(pair.prompt(), pair.chosen()) > sad.score(pair.prompt(), pair.rejected()));
            otherwise +=
                    GoldReward.score(pair.prompt(), pair.chosen()) < GoldReward.score(pair.prompt(), pair.rejected())
                            ? 1
                            : 0;
        }
        assertTrue(otherwise > 10, otherwise + " differ");
    }

    @Test
    void aSmallerDataSetBeginsLikeTheShippedOne(@TempDir Path folder) throws IOException {
        ToyTown.sample().write(folder, Sizes.SHIPPED.times(0.01));
        for (var name : new String[] {"stories.txt", "instructions.jsonl", "preferences.jsonl", "tasks.jsonl"}) {
            var small = Files.readString(folder.resolve(name));
            var whole = Files.readString(Path.of("datasets/toytown").resolve(name));
            assertTrue(whole.startsWith(small.strip()), name);
            assertTrue(small.length() < whole.length() / 50, name);
        }
        assertEquals(10, Files.readAllLines(folder.resolve("tasks.jsonl")).size());
        assertEquals(
                4, Files.readAllLines(folder.resolve("questions-heldout.jsonl")).size());
        assertThrows(IllegalArgumentException.class, () -> Sizes.SHIPPED.times(0));
    }
}
