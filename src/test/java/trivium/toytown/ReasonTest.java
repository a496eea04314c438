package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mia had a kite. The kite broke. Mia was sad. Why was Mia sad? | Because the kite broke. | true",
                "Mia had a kite. The kite broke. Mia was sad. Why was Mia sad? | Because the kite fell and broke. | true",
                "Mia had a kite. The kite broke. Mia was sad. Why was Mia sad? | Because Mia lost the kite. | false",
                "Mia had a kite. Ben was sad. Why was Ben sad? | Nobody says. | true",
                "Mia had a kite. The kite broke. Ben met Mia. Ben was sad. Why was Ben sad? | Because the kite broke. | false",
                "Mia had a kite. She lost the kite. She cried. Why did Mia cry? | Because she lost the kite. | true",
                "Mia had a kite. She lost the kite. She cried. Why did Mia cry? | Because he lost the kite. | false",
                "Mia had a kite. She lost the kite. Ben found the kite. Mia was glad. Why was Mia glad?"
                        + " | Because Ben found the kite. | true",
                "Mia had a kite. The kite broke. Ben mended the kite. Mia was glad. Why was Mia glad?"
                        + " | Because Ben fixed the kite. | true",
                "Mia had a kite. The kite broke. Ben mended the kite. Mia was sad. Why was Mia sad? | Nobody says. | true",
                "Mia had a cake. Ben asked Mia for the cake. Mia ate the cake. Ben was sad. Why was Ben sad?"
                        + " | Because Mia ate the cake. | true",
                "Mia was in the park. Ben met Mia. Ben went home. Mia was lonely. Why was Mia lonely?"
                        + " | Because Ben ran home. | true",
                "Mia was in the park. It became rainy. Mia was sad. Why was Mia sad? | Because it became rainy. | true",
                "Mia had a map. Mia was sad about the map. Why was Mia sad? | Because of the map. | true",
                "Mia had a map. Mia lost the map. Mia was sad about the map. Why was Mia sad? | Because of the map. | true",
                "Mia had a map. Mia lost the map. Mia was sad about the map. Why was Mia sad?"
                        + " | Because Mia lost the map. | true",
                "Mia had a map. Mia lost the map. Ben had a hat. Mia was sad about the hat. Why was Mia sad?"
                        + " | Because Mia lost the map. | false",
            })
    void reasonsByHand(String prompt, String answer, boolean right) {
        assertEquals(right, Check.of(prompt).verify(answer).right());
    }

    /** Told again without pronouns the reason stays; told without what happened it goes. */
    @Test
    void whatDidNotHappenIsNoReason() {
        int tried = 0;
        for (var task : ToyTown.sample().withSeed(5).tasks(120, Task.Kind.WHY)) {
            var question = Parser.split(task.prompt()).getLast();
            var told = task.prompt().substring(0, task.prompt().length() - question.length());
            var events = Parser.read(told).events();
            if (!task.example().startsWith("Because of ")) {
                var reason = Grammar.read(
                                Words.capital(task.example().substring("Because ".length())), PronounResolver.NONE)
                        .orElseThrow();
                assertTrue(events.stream().anyMatch(reason::same), task.toString());
                assertTrue(right(events, question, task.example()), task.toString());
                var without =
                        events.stream().filter(event -> !reason.same(event)).toList();
                assertFalse(right(without, question, task.example()), task.toString());
                tried++;
            }
        }
        assertTrue(tried > 80, tried + " tried");
    }

    private static boolean right(List<Event> events, String question, String answer) {
        var told = String.join(
                " ", events.stream().map(event -> Grammar.plainly(event, false)).toList());
        return Check.of(told + " " + question).verify(answer).right();
    }
}
