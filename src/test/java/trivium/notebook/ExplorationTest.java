package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.figure.Axis;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

/** A table explored through the front end's messages. */
class ExplorationTest {

    private final Map<String, String> models = new ConcurrentHashMap<>(); // description to model
    private final Map<String, String> html = new ConcurrentHashMap<>(); // model to what it shows

    private static Table table() {
        var step = IntStream.range(0, 40).mapToDouble(i -> i).toArray();
        return Table.create(
                StringColumn.create(
                        "run",
                        IntStream.range(0, 40).mapToObj(i -> i < 20 ? "a" : "b").toArray(String[]::new)),
                DoubleColumn.create(
                        "tokens",
                        IntStream.range(0, 40).mapToDouble(i -> 64 * i).toArray()),
                DoubleColumn.create("step", step),
                DoubleColumn.create(
                        "loss",
                        IntStream.range(0, 40).mapToDouble(i -> 3 + Math.cos(i)).toArray()),
                DoubleColumn.create(
                        "change",
                        IntStream.range(0, 40).mapToDouble(i -> -1 - i).toArray()));
    }

    private void open(Object exploration) {
        Widgets.attach(new FrontEnd() {
            @Override
            public void open(String model, Map<String, Object> state) {
                models.put(String.valueOf(state.get("description")), model);
                if (state.get("value") instanceof String text) {
                    html.put(model, text);
                }
            }

            @Override
            public void update(String model, Map<String, Object> changes) {
                if (changes.get("value") instanceof String text) {
                    html.put(model, text);
                }
            }
        });
        assertTrue(Views.of(exploration).isPresent());
    }

    @AfterEach
    void nobodyLooks() {
        Widgets.attach(null);
    }

    private void awaitShown(String words) throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            if (html.values().stream().anyMatch(each -> each.contains(words))) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("nothing shows " + words.substring(0, Math.min(80, words.length())));
    }

    private void awaitShown(Figure figure) throws InterruptedException {
        awaitShown(Base64.getEncoder().encodeToString(figure.png()));
    }

    private void touch(String control, Object value) {
        Widgets.changed(models.get(control), Map.of(value instanceof Integer ? "index" : "value", value));
    }

    @Test
    void eachControlDrawsItsFigure() throws InterruptedException {
        open(trivium.Trivium.explore(table()));
        awaitShown(Figures.relation(table(), Axis.of("step"), "loss", "", 1));
        touch("y", 0); // of tokens, step, loss, change
        awaitShown(Figures.relation(table(), Axis.of("step"), "tokens", "", 1));
        touch("colour", 1); // the first column after none
        awaitShown(Figures.relation(table(), Axis.of("step"), "tokens", "run", 1));
        touch("smoothing (rows)", 5.0);
        awaitShown(Figures.relation(table(), Axis.of("step"), "tokens", "run", 5));
        touch("logarithmic x", true);
        awaitShown(Figures.relation(table(), Axis.of("step").log(), "tokens", "run", 5));
    }

    @Test
    void whatCannotBeDrawnIsSaidInThePlaceOfTheFigureAndTheNextChangeIsAnswered() throws InterruptedException {
        open(trivium.Trivium.explore(table(), "Tokens", "CHANGE")); // a table's columns know no capitals
        awaitShown(Figures.relation(table(), Axis.of("tokens"), "change", "", 1));
        touch("logarithmic y", true);
        awaitShown("on these scales");
        touch("logarithmic y", false);
        awaitShown(Figures.relation(table(), Axis.of("tokens"), "change", "", 1));
    }

    @Test
    void columnsThatAreNotThereAreRefusedWithThoseThatAre() {
        assertRefused("step", "lost", "no column \"lost\"; it has [run, tokens, step, loss, change]");
        assertRefused("run", "loss", "those that do are [tokens, step, loss, change]");
        var one = assertThrows(
                IllegalArgumentException.class, () -> Exploration.of(table().selectColumns("run", "loss")));
        assertTrue(one.getMessage().contains("[loss] hold numbers"), one.getMessage());
    }

    private static void assertRefused(String x, String y, String words) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Exploration.of(table(), x, y));
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }

    @Test
    void whereNothingCanBeTouchedTheFigureStands() {
        var figure = Figures.relation(table(), Axis.of("step"), "loss", "", 1);
        var still = Views.of(Exploration.of(table()))
                .orElseThrow()
                .bundle()
                .get("text/html")
                .toString();
        assertTrue(still.contains(Base64.getEncoder().encodeToString(figure.png())));
        assertEquals(1, still.split("can be touched", -1).length - 1);
    }
}
