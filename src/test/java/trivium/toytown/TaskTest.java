package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import trivium.data.Conversation;
import trivium.data.Conversations;

class TaskTest {

    private static List<Task> many(Task.Kind... kinds) {
        return LongStream.range(0, 5)
                .boxed()
                .flatMap(seed -> ToyTown.sample().withSeed(seed).tasks(25, kinds).list().stream())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Task.Kind.class)
    void theExampleIsRightAndReadAgainFromThePromptAloneTheKindIsTheSame(Task.Kind kind) {
        for (var task : many(kind)) {
            assertEquals(kind, task.kind());
            var read = Task.of(task.prompt(), task.example());
            assertEquals(kind, read.kind(), task.prompt());
            assertEquals(1, Check.score(task.prompt(), task.example()));
        }
    }

    @Test
    void anotherTasksExampleIsWrongUnlessItHappensToAnswer() {
        for (var kind : Task.Kind.values()) {
            var tasks = ToyTown.sample().tasks(60, kind).list();
            int wrong = 0;
            for (int i = 1; i < tasks.size(); i++) {
                wrong += tasks.get(i).check().verify(tasks.get(i - 1).example()).right() ? 0 : 1;
            }
            assertTrue(kind == Task.Kind.UNANSWERABLE ? wrong == 0 : wrong > 40, kind + " " + wrong);
        }
    }

    @Test
    void nobodySaysIsRightExactlyWhereTheWorldDoesNotKnow() {
        for (var task : many(Task.Kind.values())) {
            if (task.kind().question()) {
                assertEquals(
                        task.kind() == Task.Kind.UNANSWERABLE,
                        task.check().verify("Nobody says.").right(),
                        task.prompt());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mia was in the park. Ben was in the park. Who was in the park? | Mia was in the park. | true",
                "Mia was in the park. Ben was in the park. Who was in the park? | Ben was in the park. | true",
                "Mia was in the park. Ben was in the park. Who was in the park? | Ben and Mia were in the park. | true",
                "Mia was in the park. Ben was in the park. Who was in the park? | Ben and Ben were in the park. | false",
                "Mia was in the park. Ben was in the park. Who was in the park? | Ben and Leo were in the park. | false",
                "Mia was in the park. Ben was in the park. Who was in the park? | Ben and Mia was in the park. | false",
                "Mia was in the park. Ben went home. Who was in the park? | Ben. | false",
                "Mia was in the park. Ben went home. How many people were in the park? | One person was in the park. | true",
                "Mia was in the park. Ben was sad. How many people were in the park? | One person was in the park. | false",
                "Mia was in the park. Ben was sad. How many people were in the park? | Nobody says. | true",
                "Mia went to the park. Mia went home. How many people were in the park? | Nobody was in the park. | true",
                "Mia had a kite. Mia found a ball. How many things did Mia have? | Mia had two things. | true",
                "Mia had a kite. Mia found a ball. How many things did Mia have? | two | true",
                "Mia had a kite. Mia found a ball. How many things did Mia have? | Mia had one thing. | false",
                "Mia had a kite. Mia found a ball. What did Mia have? | She had a ball. | true",
                "Mia had a kite. Mia found a ball. What did Mia have? | Mia had the ball and the kite. | true",
                "Mia had a kite. Mia found a ball. What did Mia have? | Mia had the drum. | false",
                "Mia had an apple. Mia ate the apple. What did Mia have? | Mia had nothing. | true",
                "Mia had an apple. Mia ate the apple. Who had the apple? | Nobody had the apple. | true",
                "Mia had a kite. Mia went home. Where was the kite? | The kite was at home. | true",
                "Mia had a kite. Mia lost the kite. Where was the kite? | Nobody says. | true",
                "Mia was in the park. Was Mia at home? | No. | true",
                "Mia was in the park. Was Mia at home? | Yes, Mia was in the park. | false",
                "Mia was in the park. Was Ben at home? | No. | false",
                "Mia was glad. Mia was sad. How did Mia feel? | She felt sad. | true",
                "Mia was glad. Mia was sad. How did Mia feel? | She felt glad. | false",
                "Mia had a cup. Where was Mia? | Nobody says. | true",
            })
    void questionsByHand(String prompt, String answer, boolean right) {
        assertEquals(right, Check.of(prompt).verify(answer).right());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "She flew the kite. She was happy. | ''",
                "She lost the kite. It was a sad day. | ''",
                "She flew the kite. | a continuation has 2 to 9 sentences, and this one has 1",
                "She flew the kite. Mia went to the park. | \"Mia went to the park.\" cannot be: Mia was already in the park",
                "She flew the kite. She wore the hat. Mia was glad. | \"She wore the hat.\" cannot be: Mia did not have the hat",
                "Mia had a kite. She was happy. | \"Mia had a kite.\" was said before",
                "She flew the kite. She sat down. | \"She sat down.\" is not one of Toy Town's sentences",
                "She flew the kite. Ben ran over to Mia. | \"Ben ran over to Mia.\" is no end of a story",
                "Ben went home. Ben was tired. | nobody of the story so far occurs in it",
                "and then she left. She was happy. | it does not begin with a sentence",
            })
    void continuationsByHand(String completion, String why) {
        var check = Check.of("Mia went to the park. Mia had a kite. Continue the story.");
        assertEquals(why, check.verify(completion).why());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mia had a kite. Ben and Mia smiled. | ''",
                "Mia had a new kite. Mia lost the kite. Ben found the kite. Mia and Ben smiled together. | ''",
                "Mia and Ben smiled. | a shorter story has 2 to 4 sentences, and this one has 1",
                "Mia had a kite. Ben found the kite. | \"Ben found the kite.\" cannot be: Mia had the kite",
                "Ben met Mia. Mia and Ben smiled. | \"Ben met Mia.\" is not told there in the story",
                "Mia lost the kite. Mia had a kite. They smiled. | \"Mia lost the kite.\" cannot be: Mia did not have the kite",
                "Mia had a kite. Mia met Ben. | it does not end as the story ends",
                "Mia met Ben. Mia had a kite. They smiled. | \"Mia had a kite.\" is not told there in the story",
            })
    void shorterStoriesByHand(String completion, String why) {
        var check = Check.of(
                "Mia had a kite. She lost the kite. She met Ben. Ben found the kite. They smiled. Shorten the story.");
        assertEquals(why, check.verify(completion).why());
    }

    @Test
    void aGivenNumberOfSentencesIsKeptTo() {
        var check = Check.of("Mia had a kite. She lost the kite. She met Ben. Ben found the kite. They smiled."
                + " Tell the story in three sentences.");
        assertTrue(check.verify("Mia had a kite. Mia met Ben. They smiled.").right());
        assertEquals(
                "it has 2 sentences, not 3",
                check.verify("Mia met Ben. They smiled.").why());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"May I have the kite, Ben?\" asked Mia. | true",
                "\"May I please have the kite, Ben?\" asked Mia. | true",
                "Mia asked Ben for the kite. | true",
                "\"Give me the kite, Ben!\" said Mia. | false",
                "\"Hand over the kite, Ben!\" said Mia. | false",
                "\"May I have the ball, Ben?\" asked Mia. | false",
                "\"May I have the kite, Mia?\" asked Ben. | false",
                "\"Thank you, Ben,\" said Mia. | false",
                "Mia asked Ben for the kite. Mia smiled. | false",
                "'' | false",
            })
    void politenessByHand(String completion, boolean right) {
        var check = Check.of("\"Give me the kite, Ben!\" said Mia. Say it politely.");
        assertEquals(right, check.verify(completion).right());
    }

    @Test
    void aPoliteStoryLeavesTheRestAsItWas() {
        var check = Check.of("Ben had a map. Mia met Ben. \"Hand over the map, Ben!\" said Mia. She was sad."
                + " Tell the story politely.");
        var asked = "\"Please give me the map, Ben,\" said Mia.";
        assertTrue(check.verify("Ben had a map. Mia met Ben. " + asked + " She was sad.")
                .right());
        assertFalse(check.verify("Ben had a map. Mia met Ben. " + asked + " She was glad.")
                .right());
        assertFalse(check.verify("Ben had a map. Mia met Ben. She was sad.").right());
        assertFalse(check.verify("Ben had a map. Mia met Ben. \"Give me the map, Ben!\" said Mia. She was sad.")
                .right());
    }

    @Test
    void aStoryHasTheToneAndTheNamesAskedFor() {
        var check = Check.of("Write a sad story about Mia and a kite.");
        var story = "Mia had a kite. Mia went to the park. She flew the kite. The kite broke. ";
        assertTrue(check.verify(story + "Mia was sad.").right());
        assertEquals(
                "the last sentence is not a sad one",
                check.verify(story + "Mia was glad.").why());
        assertEquals(
                "it does not name kite",
                check.verify(story.replace("kite", "drum").replace("flew", "played") + "Mia was sad.")
                        .why());
        assertEquals(
                "a story has 5 to 9 sentences, and this one has 1",
                check.verify("Mia was sad about the kite.").why());
    }

    @Test
    void noneOfTheChecksFailsOnAnyText() {
        var texts = List.of("", " ", ".", "\"", "Because", "Because .", "and", "%s", "Nobody was", "(", "she", "\n");
        for (var task : ToyTown.sample().tasks(200)) {
            for (var text : texts) {
                assertFalse(task.check().verify(text).right(), task.prompt() + text);
            }
        }
    }

    @Test
    void tasksCanBeReadFromConversationsAndBadOnesAreNamed() {
        var tasks = ToyTown.sample().tasks(30);
        var read = Tasks.of(tasks.conversations());
        assertEquals(
                tasks.list().stream().map(Task::kind).toList(),
                read.list().stream().map(Task::kind).toList());
        var unknown = assertThrows(IllegalArgumentException.class, () -> Check.of("Who are you?"));
        assertTrue(unknown.getMessage().contains("\"Who are you?\""), unknown.getMessage());
        var wrong = assertThrows(
                IllegalArgumentException.class,
                () -> Tasks.of(Conversations.of(new Conversation("Mia was at home. Where was Mia?", "In the park."))));
        assertTrue(wrong.getMessage().contains("Mia was at home."), wrong.getMessage());
    }

    /** Who was where, by regular expressions that know nothing of grammar, events or world. */
    @Test
    void howManyWereInAPlaceCountedByHand() {
        var moves = Pattern.compile("(?:.*, |Then |Soon )?(\\w+) (?:was|sat|stood|went|walked|ran|hurried)"
                + " (?:to the |in the |at the |on the |by the |at )?(\\w+)\\.");
        int counted = 0;
        for (var task : ToyTown.sample().tasks(200, Task.Kind.HOW_MANY)) {
            var parts = new ArrayList<>(List.of(task.prompt().split("(?<=[.]) ")));
            var question = parts.removeLast();
            Map<String, String> places = new HashMap<>();
            if (question.contains("were")
                    && parts.stream().allMatch(part -> moves.matcher(part).matches())) {
                for (var part : parts) {
                    var match = moves.matcher(part);
                    assertTrue(match.matches());
                    places.put(match.group(1), match.group(2));
                }
                var place = question.replaceFirst(".* (\\w+)\\?", "$1");
                long there = places.values().stream().filter(place::equals).count();
                var numbers = List.of("Nobody was", "One person was", "Two people were", "Three people were");
                assertTrue(task.example().startsWith(numbers.get((int) there) + " "), task.toString());
                counted++;
            }
        }
        assertTrue(counted > 10, counted + " counted");
    }

    /**
     * What cannot be known from the words: nobody of that name is placed by any sentence that names or implies them.
     */
    @Test
    void whereNobodySaysTheNameStandsInNoSentenceThatPlacesIt() {
        var placing = Pattern.compile(".*\\b(?:in|at|on|by|to) (?:the )?(?:bakery|barn|beach|bridge|farm|forest|garden"
                + "|hill|home|library|market|park|pond|river|school|station)\\b.*|.*\\bhome\\b.*");
        int seen = 0;
        for (var task : many(Task.Kind.UNANSWERABLE)) {
            var parts = new ArrayList<>(Parser.split(task.prompt()));
            var question = parts.removeLast();
            if (question.matches("Where was \\w+\\?")) {
                var name = question.substring(10, question.length() - 1);
                for (var part : parts) {
                    assertFalse(part.contains(name) && placing.matcher(part).matches(), task.prompt());
                }
                seen++;
            }
        }
        assertTrue(seen > 10, seen + " seen");
    }

    /** Every right answer to "Who was …?" and no other, over all sets of the people in the scene. */
    @Test
    void everySetOfPeopleWhoWereThereIsRightAndNoOther() {
        for (var task : many(Task.Kind.WHO)) {
            var question = Parser.split(task.prompt()).getLast();
            if (question.startsWith("Who was ")) {
                var place = question.substring(8, question.length() - 1);
                var people = Stream.of(Person.values())
                        .filter(person -> task.prompt().contains(person.label()))
                        .toList();
                var right = new TreeSet<>(
                        Set.of(task.example().replaceFirst(" (was|were) .*", "").split(", | and ")));
                for (int bits = 1; bits < 1 << people.size(); bits++) {
                    var named = new ArrayList<String>();
                    for (int i = 0; i < people.size(); i++) {
                        if ((bits >> i & 1) == 1) {
                            named.addFirst(people.get(i).label());
                        }
                    }
                    var said = named.size() == 1
                            ? named.getFirst() + " was "
                            : String.join(", ", named.subList(0, named.size() - 1)) + " and " + named.getLast()
                                    + " were ";
                    assertEquals(
                            right.containsAll(named),
                            task.check().verify(said + place + ".").right(),
                            task.prompt() + " " + said);
                }
            }
        }
    }

    /** Of every story, every subset of sentences told with names: right exactly where an independent look agrees. */
    @Test
    void everyWayToLeaveSentencesOutIsJudgedByWhatItSays() {
        for (var story : ToyTown.sample().stories(12)) {
            var events = Parser.read(story).events();
            var check = Check.of(story + " Shorten the story.");
            for (int bits = 1; bits < 1 << events.size(); bits++) {
                var kept = new ArrayList<Event>();
                for (int i = 0; i < events.size(); i++) {
                    if ((bits >> i & 1) == 1) {
                        kept.add(events.get(i));
                    }
                }
                boolean lasts = kept.getLast().equals(events.getLast());
                boolean right = kept.size() >= 2 && kept.size() < events.size() && lasts && World.objections(kept) == 0;
                var text = String.join(
                        " ",
                        kept.stream()
                                .map(event -> Grammar.plainly(event, false))
                                .toList());
                assertEquals(right, check.verify(text).right(), story + " / " + text);
            }
        }
    }

    @Test
    void theShippedTasksAreReadWithTheirChecksAndOfEveryKind() {
        var tasks = Tasks.of(Conversations.jsonl("datasets/toytown/tasks-heldout.jsonl"));
        for (var kind : Task.Kind.values()) {
            assertEquals(30, tasks.only(kind).size(), 20, kind.toString());
        }
    }
}
