package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Answers the easy questions with regular expressions that know nothing of the grammar, the events or the world. */
class QuizTest {

    private static final Pattern LOCATED = Pattern.compile(
            "(\\w+) (?:was|sat|stood|went|walked|ran|hurried) (?:to |in |at |on |by )?(?:the )?(\\w+)\\.");
    private static final Pattern FELT = Pattern.compile("(\\w+) (?:was|felt) (?:very )?(\\w+)\\.");
    private static final Pattern GOT =
            Pattern.compile("(\\w+) (?:had|found|picked up|took) (?:a|an) (?:new |little |lovely )?(\\w+)\\b.*");
    private static final Pattern REGAINED = Pattern.compile("(\\w+) (?:had|found|picked up|took) the (\\w+)\\b.*");
    private static final Pattern GAVE_TO = Pattern.compile("\\w+ (?:gave|handed) the (\\w+) to (\\w+)\\.");
    private static final Pattern GAVE = Pattern.compile("\\w+ gave (\\w+) the (\\w+)\\.");
    private static final Set<String> PLACES = Set.of(
            "bakery", "barn", "beach", "bridge", "farm", "forest", "garden", "hill", "home", "library", "market",
            "park", "pond", "river", "school", "station");
    private static final Map<String, String> AT = Map.of(
            "in",
            "barn forest garden library park",
            "on",
            "bridge farm hill",
            "by",
            "pond river",
            "at",
            "bakery beach market school station");

    private final Map<String, String> places = new HashMap<>();
    private final Map<String, String> moods = new HashMap<>();
    private final Map<String, String> holders = new HashMap<>();

    @Test
    void theAnswersAreTrue() {
        for (var questions :
                List.of(ToyTown.sample().questions(1_500), ToyTown.sample().confusableQuestions(1_500))) {
            for (var asked : questions) {
                assertEquals(answer(asked.prompt()), asked.completion(), asked.prompt());
            }
        }
    }

    @Test
    void easyScenesHoldOneAnswerAndConfusableOnesMore() {
        for (var asked : ToyTown.sample().questions(1_000)) {
            assertEquals(1, candidates(asked.prompt()), asked.prompt());
        }
        var confusable = ToyTown.sample().confusableQuestions(1_000).prompts();
        assertTrue(confusable.stream().allMatch(prompt -> candidates(prompt) >= 2));
    }

    /** How many sentences tell what kind of thing the question asks for. */
    private static long candidates(String prompt) {
        var telling = switch (prompt.replaceFirst("^.*\\. (\\w+) (?=[^.]*$).*", "$1")) {
            case "Where" -> "(?:was|sat|stood) (?:in|at|on|by) .*|(?:went|walked|ran|hurried) .*";
            case "How" -> "felt .*|was (?!in |at |on |by ).*";
            default -> "(?:had|found|picked up|took|gave|handed) .*";
        };
        return Stream.of(prompt.split("(?<=[.]) "))
                .filter(sentence -> sentence.matches(".*\\b\\w+ (?:" + telling + ")[.]"))
                .count();
    }

    @Test
    void everyKindOfQuestionIsAskedAndNoneInPronouns() {
        var prompts = ToyTown.sample().questions(500).prompts();
        for (String start : List.of("Where was ", "Who had the ", "What did ", "How did ")) {
            assertEquals(125, prompts.stream().filter(p -> p.contains(start)).count(), 75, start);
        }
        for (var prompt : prompts) {
            assertFalse(prompt.matches("(?s).*\\b([Ss]he|[Hh]e|[Tt]hey)\\b.*"), prompt);
        }
    }

    /**
     * The hard ones against a replay of the prompt's text: the answer's sentence, with what the question asks for, is
     * how things stand.
     */
    @Test
    void theHardAnswersAreTrue() {
        for (var asked : ToyTown.sample().hardQuestions(600)) {
            var sentences = Parser.split(asked.prompt());
            var question = sentences.getLast();
            var world = Parser.read(asked.prompt().substring(0, asked.prompt().length() - question.length()))
                    .world();
            var facts = new ArrayList<String>();
            world.places().forEach((who, place) -> facts.add(who.label() + " was " + place.at() + "."));
            world.moods().forEach((who, mood) -> facts.add(who.label() + " was " + mood.label() + "."));
            for (var thing : Thing.values()) {
                world.holder(thing).ifPresent(who -> facts.add(who.label() + " had the " + thing.label() + "."));
                world.place(thing).ifPresent(place -> facts.add("The " + thing.label() + " was " + place.at() + "."));
            }
            var fact = asked.completion().replaceFirst("^(Yes|No), ", "");
            assertTrue(facts.contains(fact), asked.toString());
            var named = Words.of(question).stream()
                    .filter(word -> !PLACES.contains(word))
                    .filter(Words.of(fact)::contains);
            assertTrue(named.anyMatch(word -> !Set.of("was", "the", "had").contains(word)), asked.toString());
            if (question.startsWith("Was ")) {
                var claim = fact.replaceFirst("^(\\w+) was (.*)\\.$", "Was $1 $2?");
                assertEquals(asked.completion().startsWith("Yes"), claim.equals(question), asked.toString());
            }
        }
    }

    private String answer(String prompt) {
        places.clear();
        moods.clear();
        holders.clear();
        var parts = new ArrayList<>(List.of(prompt.split("(?<=\\.) ")));
        var question = parts.removeLast().split("[ ?]");
        parts.forEach(this::replay);
        return switch (question[0]) {
            case "Where" -> question[2] + " was " + at(places.get(question[2])) + ".";
            case "How" -> question[2] + " was " + moods.get(question[2]) + ".";
            case "Who" -> holders.get(question[3]) + " had the " + question[3] + ".";
            default ->
                question[2] + " had the "
                        + holders.entrySet().stream()
                                .filter(e -> e.getValue().equals(question[2]))
                                .findFirst()
                                .orElseThrow()
                                .getKey()
                        + ".";
        };
    }

    private void replay(String sentence) {
        var plain = sentence.replaceFirst(
                "^(One day|One morning|Last week|Yesterday|After lunch|Later|After a while), |^(Then|Soon) ", "");
        var located = LOCATED.matcher(plain);
        if (located.matches() && PLACES.contains(located.group(2))) {
            places.put(located.group(1), located.group(2));
            return;
        }
        for (var pattern : List.of(GOT, REGAINED)) {
            var got = pattern.matcher(plain);
            if (got.matches()) {
                holders.put(got.group(2), got.group(1));
                return;
            }
        }
        var gaveTo = GAVE_TO.matcher(plain);
        var gave = GAVE.matcher(plain);
        var felt = FELT.matcher(plain);
        if (gaveTo.matches()) {
            holders.put(gaveTo.group(1), gaveTo.group(2));
        } else if (gave.matches()) {
            holders.put(gave.group(2), gave.group(1));
        } else if (felt.matches()) {
            moods.put(felt.group(1), felt.group(2));
        } else {
            throw new AssertionError(plain);
        }
    }

    private static String at(String place) {
        return place.equals("home")
                ? "at home"
                : AT.entrySet().stream()
                                .filter(e -> e.getValue().contains(place))
                                .findFirst()
                                .orElseThrow()
                                .getKey() + " the " + place;
    }
}
