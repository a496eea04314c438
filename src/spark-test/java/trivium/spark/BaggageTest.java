package trivium.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.sweep.Trainer;
import trivium.text.Tokenizer;

class BaggageTest {

    private record Recipe(Optional<Path> place, List<Inner> parts, double[] numbers) {}

    private record Inner(String name, Class<?> type) {}

    private static Object there(Object object) throws Exception {
        return Baggage.unpack(Baggage.pack(object)).object();
    }

    @Test
    void recordsTokenizersAndRunsTravel() throws Exception {
        var recipe = (Recipe) there(new Recipe(
                Optional.of(Path.of("a", "b")), List.of(new Inner("x", int.class)), new double[] {0.1, Double.NaN}));
        assertEquals(Optional.of(Path.of("a", "b")), recipe.place());
        assertEquals(List.of(new Inner("x", int.class)), recipe.parts());
        assertArrayEquals(new double[] {0.1, Double.NaN}, recipe.numbers());

        var corpus = new Corpus("rhyme", List.of("one two three four five ".repeat(9)));
        var words = Tokenizer.bpe(corpus, 270);
        var run = Pretraining.of(Gpt.small().layers(1).context(8).width(16).heads(2), words, corpus)
                .steps(2)
                .workers(1)
                .run();
        var travelled = (Run) there(run);
        assertEquals(run.card(), travelled.card());
        assertArrayEquals(
                run.model().parameters().values().toArray(),
                travelled.model().parameters().values().toArray());
        assertArrayEquals(words.encode("five two"), travelled.tokenizer().encode("five two"));
        assertEquals(run.metrics().toString(), travelled.metrics().toString());
    }

    @Test
    void whatCannotTravelIsNamedInASentence() {
        Supplier<String> local = () -> "here";
        Trainer trainer = trial -> Map.of("length", (double) local.get().length());
        var error = assertThrows(IllegalArgumentException.class, () -> Baggage.pack(trainer));
        assertTrue(
                error.getMessage().contains("it uses a lambda made in trivium.spark.BaggageTest; make that"),
                error.getMessage());
    }
}
