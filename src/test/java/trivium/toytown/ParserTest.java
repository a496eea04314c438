package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {

    private static List<Story> stories(int count) {
        var random = new SplittableRandom(17);
        return Stream.generate(() -> Plots.story(Request.anything(Vocabulary.ALL, random), Vocabulary.ALL, random))
                .limit(count)
                .toList();
    }

    @Test
    void readsBackEveryEventOfEveryStory() {
        for (var story : stories(3_000)) {
            var reading = Parser.read(story.text());
            assertEquals(story.events(), reading.events(), story.text());
            assertEquals(0, reading.unparseable(), story.text());
            assertEquals(0, reading.contradictions(), story.text());
            assertEquals(0, reading.repeated(), story.text());
            assertTrue(reading.sentences().size() >= 5 && reading.sentences().size() <= 9, story.text());
            assertEquals(
                    story.sentences(),
                    reading.sentences().stream().map(Sentence::text).toList());
        }
    }

    @Test
    void noSentenceHasTwoMeanings() {
        for (var story : stories(500)) {
            var mentions = PronounResolver.NONE;
            for (int i = 0; i < story.events().size(); i++) {
                var event = story.events().get(i);
                var sentence = Grammar.withoutOpener(story.sentences().get(i));
                assertEquals(
                        List.of(event), Grammar.meanings(sentence, mentions).toList(), sentence);
                mentions = mentions.after(event);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            Mia was in the park. Mia sat at the school.                              | Mia was in the park
            Mia went home. Mia ran home.                                             | Mia was already at home
            Mia went home. Tom went to the park. Mia met Tom.                        | Mia was at home and Tom in the park
            Mia went home. Tom went to the park. "Hello, Tom," said Mia.             | Mia was at home and Tom in the park
            Mia went home. Tom went to the park. Mia and Tom ran to the barn together. | Mia was at home and Tom in the park
            Mia went home. Tom went home. Tom came to see Mia.                       | Tom was already at home with Mia
            Mia gave the kite to Tom.                                                | Mia did not have the kite
            Mia had a kite. Tom gave the kite to Mia.                                | Tom did not have the kite
            Mia had a kite. Tom picked up the kite.                                  | Mia had the kite
            Mia had a kite. Tom had a new kite.                                      | Mia had the kite
            Mia had a kite. Mia found a kite.                                        | Mia had the kite
            Mia had a kite. Mia looked for the kite.                                 | Mia had the kite
            Mia had a kite. Mia gave Tom the kite. Mia flew the kite.                | Mia did not have the kite
            Mia went home. Mia had a kite. Mia dropped the kite. Tom went to the park. Tom found the kite. | the kite was at home
            Mia had a kite. Mia lost the kite. Mia dropped the kite.                 | Mia did not have the kite
            Mia had a cake. Mia ate the cake. Mia gave the cake to Tom.              | Mia did not have the cake
            Mia had a cake. Mia and Tom shared the cake. Tom picked up the cake.     | the cake was eaten
            Mia had a kite. Mia and Tom shared the kite.                             | the kite is not food
            Mia had a kite. Ben and Tom played with the kite.                        | neither Ben nor Tom had the kite
            Mia had a kite. The kite broke. Mia flew the kite.                       | the kite was broken
            Mia had a kite. Tom fixed the kite.                                      | the kite was not broken
            The kite broke.                                                          | nobody had mentioned the kite
            Mia had a kite. Tom asked Ben for the kite.                              | Ben did not have the kite
            It was a sunny day. The weather was rainy.                               | the weather was sunny
            It was a rainy day. It became rainy.                                     | the weather was rainy
            Mia was happy. Mia cried.                                                | Mia was happy and nothing had happened since
            Mia was sad. Ben had a map. Mia felt glad.                               | Mia was sad and nothing had happened since
            """)
    void findsTheContradictionInTheLastSentence(String story, String objection) {
        var sentences = Parser.read(story).sentences();
        assertTrue(sentences.stream().allMatch(s -> s.event().isPresent()), story);
        assertEquals(objection, sentences.getLast().objection().orElse("none"));
        assertTrue(
                sentences.stream()
                        .limit(sentences.size() - 1)
                        .allMatch(s -> s.objection().isEmpty()),
                story);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mia went home. Mia went to the park. Mia went home.",
                "Mia had a kite. Mia gave the kite to Tom. Tom flew the kite. Tom gave the kite to Mia. Mia lost the kite. Tom found the kite.",
                "Mia went to the park. Mia had a kite. Mia dropped the kite. Mia went home. Tom went to the park. Tom found the kite.",
                "Mia was sad. Tom met Mia. Mia was happy.",
                "Mia was happy. Mia laughed. Mia was tired.",
                "It was a sunny day. But then the weather turned rainy. The weather was rainy.",
                "Mia wanted a kite. Tom had a kite. The kite broke. Tom fixed the kite. Tom flew the kite.",
                "Tom went home. Mia met Tom. Mia sat at home."
            })
    void hasNoObjectionToWhatCanBeTrue(String story) {
        var reading = Parser.read(story);
        assertEquals(0, reading.unparseable(), story);
        assertEquals(0, reading.contradictions(), story);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mia went to the park",
                "mia went to the park.",
                "Mia to went the park.",
                "Mia went to the moon.",
                "Mia had a apple.",
                "Mia flew the ball.",
                "Mia was seven.",
                "Mia met Mia.",
                "She went home.",
                "They were happy.",
                "Then It was a sunny day.",
                "\"Hello, Tom,\" said she.",
                "<|user|> Mia went home."
            })
    void doesNotUnderstandWhatIsNotToyTown(String sentence) {
        assertEquals(1, Parser.read(sentence).unparseable());
        assertEquals(1, Parser.read(sentence).sentences().size());
    }

    @Test
    void pronounsStandForTheSubjectAndForThePair() {
        var reading = Parser.read(
                "Mia went home. Then she had a kite. Tom came to see Mia. He was glad. They played with the kite.");
        assertEquals(
                List.of(
                        new Event.Goes(Person.MIA, Place.HOME),
                        new Event.Has(Person.MIA, Thing.KITE),
                        new Event.Joins(Person.TOM, Person.MIA),
                        new Event.Feels(Person.TOM, Mood.GLAD),
                        new Event.Play(Person.TOM, Person.MIA, Thing.KITE)),
                reading.events());
        assertEquals(1, Parser.read("Mia went home. He was glad.").unparseable());
        assertEquals(
                1,
                Parser.read("Mia met Tom. They went home together. She was glad.")
                        .unparseable());
    }

    @Test
    void splitsSentencesButNotSpeech() {
        assertEquals(
                List.of(
                        "\"Where is the ball?\" asked Mia.",
                        "What a lovely day it was!",
                        "\"Hello, Tom,\" said Mia.",
                        "The"),
                Parser.split(
                        " \"Where is the ball?\" asked Mia. What a lovely day it was!  \"Hello, Tom,\" said Mia.\nThe"));
        assertEquals(List.of(), Parser.split("  "));
    }

    @Test
    void countsRepeatedSentencesWhateverTheirOpeners() {
        assertEquals(
                2,
                Parser.read("Mia smiled. Then Mia smiled. Tom smiled. Mia smiled.")
                        .repeated());
    }

    @Test
    void aThingIsWhereItsHolderIs() {
        var world = Parser.read(
                        "Mia had a kite. Mia went to the park. Tom met Mia. Mia gave the kite to Tom. Tom went home.")
                .world();
        assertEquals(Place.HOME, world.place(Thing.KITE).orElseThrow());
        assertEquals(Place.PARK, world.places().get(Person.MIA));
    }

    @Test
    void whoMeetsOrJoinsSomebodyIsWhereTheyAre() {
        var world = Parser.read("Mia went to the park. Tom went home. Tom came to see Mia. Ben met Tom. Zoe had a map.")
                .world();
        assertEquals(Map.of(Person.MIA, Place.PARK, Person.TOM, Place.PARK, Person.BEN, Place.PARK), world.places());
    }
}
