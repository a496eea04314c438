package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A trial's function written in a notebook, with variables, methods and types of other cells. */
@Timeout(240)
class CellsOnSparkTest {

    private static final String DECLARATIONS = """
            import java.util.List;
            import trivium.data.*;
            import trivium.model.*;
            import trivium.pretrain.*;
            import trivium.spark.*;
            import trivium.sweep.*;
            import trivium.text.*;

            record Shape(int width, Optional<String> note) {}
            interface Schedule { double rate(Trial trial); }
            class Fixed implements Schedule {
                static int factor = 2;
                public double rate(Trial trial) { return trial.real("rate") * factor * unit; }
            }

            var unit = 0.5;
            var home = java.nio.file.Path.of("somewhere");
            var stays = new Object();            // cannot be sent, and need not be
            var rhyme = new Corpus("rhyme", List.of("one two three four five, once I caught a fish alive. ".repeat(8)));
            var letters = Tokenizer.characters(rhyme);
            var shape = new Shape(16, Optional.of(stays.getClass().getName()));
            int steps(Trial trial) { return home.toString().length() - 7 + trial.integer("more"); }
            Fixed.factor = 4;

            RunTrial trainer = trial -> Pretraining.of(
                            Gpt.small().layers(1).context(8).width(shape.width()).heads(2), letters, rhyme)
                    .steps(steps(trial))
                    .learningRate(new Fixed().rate(trial))
                    .seed(trial.seed())
                    .workers(1)
                    .run();
            var hyperparameters = Sweep.grid(Hyperparameter.values("rate", 1e-3, 1e-2), Hyperparameter.values("more", 0, 1));
            """;

    @Test
    void aFunctionOfACellRunsElsewhereAndWhatCannotBeSentIsNamed() throws CellError {
        try (var cells = new Cells()) {
            cells.evaluate(DECLARATIONS, 1);
            var here = cells.evaluate("hyperparameters.run(trainer).table().column(\"loss\").asList()", 2);
            var there = cells.evaluate(
                    "hyperparameters.on(Spark.master(\"local[1]\")).run(trainer).table().column(\"loss\").asList()", 3);
            assertEquals(here, there);
            var error = assertThrows(
                    CellError.class,
                    () -> cells.evaluate(
                            "hyperparameters.on(Spark.master(\"local[1]\")).measure(trial -> Map.of(\"x\", 1.0 * stays.hashCode()))",
                            4));
            assertTrue(
                    String.join("\n", error.lines())
                            .contains("it uses a java.lang.Object; make that inside the function"),
                    String.join("\n", error.lines()));
        }
    }
}
