package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What later cells are told of a cell that failed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeclarationsTest {

    private static final String MISSING =
            "`base` has no value: the cell that declares it, [4], ended with %s; mend that cell and run it again.";

    private Cells cells;

    @BeforeEach
    void open() {
        cells = new Cells(() -> {});
    }

    @AfterEach
    void close() {
        cells.close();
    }

    private CellError fails(int number, String code) {
        return assertThrows(CellError.class, () -> cells.evaluate(code, number));
    }

    /** The traceback without colours. */
    private static String shown(CellError error) {
        return String.join("\n", error.lines()).replaceAll("\u001B\\[[;\\d]*m", "");
    }

    /** By a call on it, in a text, within the library that it is handed to, or by a method of another cell. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "base.length()",
                "base + \"!\"",
                "var sizes = List.of(\"base.\", base)",
                "size()",
                "base = \"x\";"
            })
    void aVariableWithoutAValueNamesTheCellThatFailed(String code) throws CellError {
        cells.evaluate("int by = 0;", 3);
        fails(4, "var base = String.valueOf(1 / by);");
        cells.evaluate("int size() { return base.length(); }", 5);
        var error = fails(6, code);
        assertTrue(shown(error).contains(MISSING.formatted("ArithmeticException")), shown(error));
        cells.evaluate("var base = String.valueOf(by);", 7);
        assertEquals(Optional.of(1), cells.evaluate("size()", 8));
    }

    /** A number would be 0, which nobody could tell from a value. */
    @Test
    void aNumberWhoseCellFailedIsNotZero() throws CellError {
        cells.evaluate("int base = 7;", 3);
        fails(4, "int base = Integer.parseInt(\"seven\");");
        var error = fails(5, "\"for \" + base * 10 + \" steps\"");
        assertEquals(
                "cannot find symbol: variable base " + MISSING.formatted("NumberFormatException"), error.getMessage());
    }

    @Test
    void aVariableThatWasFilledSinceIsNotBlamed() throws CellError {
        fails(4, "var base = String.valueOf(1 / (2 - 2));");
        cells.evaluate("var base = \"filled\"; String none = null;", 5);
        var error = fails(6, "base.concat(none)");
        assertFalse(shown(error).contains("base` has no value"), shown(error));
    }

    @Test
    void aNameThatAFailedCellDidNotComeToSaysSo() throws CellError {
        fails(4, "int none = 1 / (2 - 2);\nvar base = List.of(\"; var local = 2;\");");
        assertEquals(
                "cannot find symbol: variable base " + MISSING.formatted("ArithmeticException"),
                fails(5, "base.size()").getMessage());
        assertFalse(shown(fails(6, "local")).contains("has no value"));
    }

    @Test
    void anInterruptedCellIsToBeRunAgain() throws Exception {
        var begun = new CompletableFuture<Void>();
        System.getProperties().put("trivium.test.begun", begun);
        var cell = CompletableFuture.supplyAsync(
                () -> fails(
                        4,
                        "((java.util.concurrent.CompletableFuture<?>) System.getProperties().get(\"trivium.test.begun\"))"
                                + ".complete(null);\nvar base = new CountDownLatch(1) {{ await(); }};"),
                work -> Thread.ofPlatform().daemon().start(work));
        begun.get(20, TimeUnit.SECONDS);
        cells.stop();
        assertEquals("Interrupted", cell.get(20, TimeUnit.SECONDS).name());
        assertEquals(
                "cannot find symbol: variable base `base` has no value: the cell that declares it, [4], was interrupted; run"
                        + " it again.",
                fails(5, "base.getCount()").getMessage());
    }

    /** Else the check of an exercise judges an older answer, and nobody is told. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DoubleUnaryOperator loss = x -> -Math.log(x;",
                "var unfinished = 1 / (2 - 2);\ndouble[] more = {1};\nDoubleUnaryOperator loss = x -> x;",
                "for (int i = 0; i < 3; i++) { i.x(); }\nfinal var loss = 3;",
                "DoubleUnaryOperator loss = x -> { return x;",
                "double loss(double x) { return -Math.lg(x); }\n",
            })
    void anAnswerThatDidNotCompileSaysThatTheOlderOneIsStillThere(String code) throws CellError {
        cells.evaluate("import java.util.function.*;\nDoubleUnaryOperator loss = x -> -Math.log(x);", 3);
        cells.evaluate("double loss(double x) { return loss.applyAsDouble(x); }", 3);
        var error = fails(5, code);
        assertEquals(
                "`loss` is still the one of cell [3].",
                shown(error).lines().toList().getLast());
        assertEquals(Optional.of(0.0), cells.evaluate("loss.applyAsDouble(1) + 0.0", 6));
    }

    /** JShell forgets what a statement was to declare that it does not compile. */
    @Test
    void anAnswerWhoseOwnStatementDoesNotCompileIsGone() throws CellError {
        cells.evaluate("import java.util.function.*;\nDoubleUnaryOperator base = x -> -Math.log(x);", 3);
        var error = fails(4, "DoubleUnaryOperator base = x -> -Math.lg(x);");
        assertFalse(shown(error).contains("still the one"), shown(error));
        assertEquals(
                "cannot find symbol: variable base " + MISSING.formatted("CompilationError"),
                fails(5, "base.applyAsDouble(1)").getMessage());
    }

    /** What stands inside brackets, or before the statement that failed, is no declaration that is still due. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Runnable other = () -> { var loss = 3; missing(); };",
                "var loss = 3;\nmissing();",
                "missing(loss); // var loss = 3;",
                "throw loss;",
            })
    void whatTheCellDidNotMeanToDeclareIsNotSpokenOf(String code) throws CellError {
        cells.evaluate("var loss = 1.5;", 3);
        var error = fails(5, code);
        assertFalse(shown(error).contains("still the one"), shown(error));
    }
}
