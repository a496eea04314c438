package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.notebook.Html;
import trivium.run.Origin;
import trivium.run.Outcome;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
public class CellsTest {

    private static final String STARTED = "trivium.test.started";

    private static Cells cells;

    @BeforeAll
    static void open() {
        cells = new Cells(() -> {});
    }

    @AfterAll
    static void close() {
        cells.close();
    }

    private static Optional<Object> run(String code) throws CellError {
        return cells.evaluate(code, 1);
    }

    private static CellError fails(String code) {
        return assertThrows(CellError.class, () -> cells.evaluate(code, 2));
    }

    /** The traceback without colours. */
    private static String shown(CellError error) {
        return String.join("\n", error.lines()).replaceAll("\u001B\\[[;\\d]*m", "");
    }

    @Test
    void lastExpressionIsARealObject() throws CellError {
        assertEquals(
                Optional.of(List.of(6, 7)),
                run("var six = 6;\nint seven() { return six + 1; }\nList.of(six, seven())"));
        assertEquals(
                Optional.of(Html.class),
                run("new trivium.notebook.Html(\"<i>a</i>\", \"a\")").map(Object::getClass));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  // nothing",
                "int unseen = 3;",
                "int assigned; assigned = 4",
                "Runnable r = () -> {}; r.run()",
                "null"
            })
    void showsNothingWhereIJavaShowsNothing(String code) throws CellError {
        assertEquals(Optional.empty(), run(code));
    }

    @Test
    void declarationsStayFromCellToCell() throws CellError {
        run("record Pair(int a, String b) {}\nvar pairs = List.of(new Pair(1, \"x\"));");
        assertEquals(Optional.of("x"), run("pairs.getFirst().b()"));
    }

    /** Weaving recomputes stack maps, which must know the classes of other cells. */
    @Test
    void mergesTypesThatOnlyCellsKnow() throws CellError {
        run("interface Shape { int sides(); } record Box() implements Shape { public int sides() { return 4; } }"
                + " record Tri() implements Shape { public int sides() { return 3; } }");
        var sum =
                run("int total = 0; for (int i = 0; i < 4; i++) { var s = i % 2 == 0 ? new Box() : new Tri(); total +="
                        + " s.sides(); } total");
        assertEquals(Optional.of(14), sum);
    }

    @Test
    void compileErrorPointsAtThePlace() {
        var error = fails("int a = 1;\n\n// why\nint b = a + missing;\n");
        assertEquals("CompilationError", error.name());
        assertEquals(
                "line 4: cannot find symbol: variable missing\n    int b = a + missing;\n                ^^^^^^^",
                shown(error));
    }

    @Test
    void exceptionShowsMessageThenTheCellsLine() throws CellError {
        cells.evaluate("int divide(int by) {\n    return 10 / by;\n}", 5);
        var error = fails("var fine = 1;\n\n/* a comment */ divide(\n  0)");
        assertEquals("ArithmeticException", error.name());
        assertEquals(
                "ArithmeticException: / by zero\n"
                        + "  at cell [5], line 2:  return 10 / by; (in divide)\n"
                        + "  at line 3:  /* a comment */ divide(",
                shown(error));
    }

    @Test
    void librarysSentenceStandsAloneWithTheCellsLine() {
        var error = fails("var bytes = new byte[3];\nnew trivium.notebook.Png(bytes, \"a dot\")");
        assertEquals("IllegalArgumentException", error.name());
        assertEquals(2, error.lines().size(), shown(error));
        assertTrue(shown(error).startsWith("The image \"a dot\" is not a PNG file"), shown(error));
        assertTrue(error.lines().getLast().contains("line 2:  new trivium.notebook.Png"), shown(error));
    }

    /** JShell puts two methods around {@code var x = …}, and both are in the trace. */
    @Test
    void aVariablesFailureIsShownOnce() {
        assertEquals(
                "IndexOutOfBoundsException: Index: 5 Size: 1\n"
                        + "  at java.base/java.util.ImmutableCollections$AbstractImmutableList.outOfBounds\n"
                        + "  at line 1:  var x = List.of(1).get(5);",
                shown(fails("var x = List.of(1).get(5);")).replaceAll("\\(Immu.*\\)", ""));
        var sentence = fails("var y = new trivium.notebook.Png(new byte[3], \"a dot\");");
        assertEquals(2, sentence.lines().size(), shown(sentence));
    }

    static Stream<String> resultsThatCannotBeShown() {
        return Stream.of(
                "new Object() { public String toString() { throw new AssertionError(\"no\"); } }",
                "new Object() { public String toString() { return toString() + 1; } }",
                "new Object() { public String toString() { throw new OutOfMemoryError(\"not really\"); } }",
                "new Object() { public String toString() { throw new Error() { public String toString() { throw this; }"
                        + " }; } }");
    }

    @ParameterizedTest
    @MethodSource
    void resultsThatCannotBeShown(String code) throws CellError {
        var error = assertThrows(CellError.class, () -> cells.evaluate(code, 3, Object::toString));
        assertTrue(error.getMessage().startsWith("The result was computed but cannot be shown: "), error.getMessage());
        assertEquals(Optional.of("3"), cells.evaluate("1 + 2", 4, Object::toString));
    }

    @Test
    void aFailureThatFailsToSayWhyIsTheCellsError() throws CellError {
        fails(
                "throw new Error() { public String getMessage() { throw this; } public String toString() { throw this; } };");
        assertEquals(Optional.of(3), run("1 + 2"));
    }

    @Test
    void aResultThatIsBeingShownCanBeStopped() throws Exception {
        System.clearProperty(STARTED);
        var failure = assertThrows(
                ExecutionException.class,
                () -> stopped(() -> cells.evaluate(
                        "new Object() { public String toString() { System.setProperty(\"" + STARTED
                                + "\", \"\"); while (true) {} } }",
                        1,
                        Object::toString)));
        assertEquals("Interrupted", ((CellError) failure.getCause()).name());
    }

    /** Escape sequences and marks of direction in data, which a message quotes. */
    @Test
    void aMessageDoesNotActOnTheTerminal() {
        var error = fails("throw new IllegalStateException(\"a\\u001b[2J\\u202eb\");");
        assertEquals("a\\u001b[2J\\u202eb", error.getMessage());
        assertTrue(shown(error).startsWith("IllegalStateException: a\\u001b[2J\\u202eb"), shown(error));
    }

    @Test
    void whatAnInterruptLeavesIsSaid() {
        assertEquals("`base` was not filled.", left("throw new CancellationException();", "Object"));
        assertEquals("30 of 600 steps are in `base`.", left("return " + run("interrupted at step 30", 600), "Object"));
        assertEquals("1 of 1,600 steps is in `base`.", left("return " + run("interrupted at step 1", 1600), "Object"));
        assertEquals(
                "3 of 12 trials are in `base`.",
                left(
                        "return new trivium.sweep.SweepResult(List.of(), new trivium.run.Status.InterruptedSweep(3, 12));",
                        "trivium.sweep.SweepResult"));
    }

    private static String run(String outcome, int steps) {
        return "trivium.kernel.CellsTest.run(\"" + outcome + "\", " + steps + ");";
    }

    /** A run without a model, which was to take so many steps and ended so. */
    public static Run run(String status, long steps) {
        var outcome = new Outcome(Status.parse(status).orElseThrow(), Instant.EPOCH, Instant.EPOCH, 1);
        var card = RunCard.begin("pretrain", null, Map.of("steps", steps), Origin.here(1, ""));
        var ended = new RunCard(card.id(), card.kind(), null, card.recipe(), outcome, card.origin());
        return new Run(ended, null, null, Map.of());
    }

    /** What an interrupt during {@code var base = work()} says after its first sentence. */
    private static String left(String end, String type) {
        System.clearProperty(STARTED);
        var code = type + " work() throws Exception { System.setProperty(\"" + STARTED + "\", \"\");"
                + " try { Thread.sleep(60_000); } catch (InterruptedException e) {} " + end + " }";
        var failure = assertThrows(ExecutionException.class, () -> {
            run(code);
            stopped(() -> run("var base = work();"));
        });
        var lines = shown((CellError) failure.getCause());
        return lines.lines().findFirst().orElseThrow().replace("Interrupted: the cell was stopped. ", "");
    }

    /** The common pool may have one thread, and a cell's parallel streams need it. */
    private static void onItsOwnThread(Runnable work) {
        Thread.ofPlatform().daemon().start(work);
    }

    /** Runs a cell, stops it once it has started, and waits for its end. */
    private static void stopped(Callable<?> cell) throws Exception {
        var work = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return cell.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                CellsTest::onItsOwnThread);
        while (System.getProperty(STARTED) == null) {
            Thread.sleep(5);
        }
        cells.stop();
        work.get(20, TimeUnit.SECONDS);
    }

    /** Library code that looks for no interrupt and was written in no cell goes on, and that is said. */
    @Test
    void aCellThatDoesNotStopIsTold() throws Exception {
        System.clearProperty(STARTED);
        var place = new CompletableFuture<StackTraceElement>();
        var cell = CompletableFuture.runAsync(
                () -> {
                    try {
                        run("trivium.kernel.CellsTest.Training.deaf();");
                    } catch (CellError e) {
                        throw new CompletionException(e);
                    }
                },
                CellsTest::onItsOwnThread);
        while (System.getProperty(STARTED) == null) {
            Thread.sleep(5);
        }
        cells.stop(Duration.ofMillis(50), place::complete);
        try {
            assertEquals("deaf", place.get(20, TimeUnit.SECONDS).getMethodName());
        } finally {
            System.clearProperty(STARTED); // or it would go on for ever
        }
        assertThrows(ExecutionException.class, () -> cell.get(20, TimeUnit.SECONDS));
    }

    @Test
    void whatCameBeforeTheFailureStaysDone() throws CellError {
        fails("int kept = 41;\nkept++;\nthrow new IllegalStateException(\"x\");");
        assertEquals(Optional.of(42), run("kept"));
    }

    @Test
    void deepRecursionFailsShortly() {
        assertTrue(fails("int deep(int n) { return deep(n + 1) + 1; }\ndeep(0)")
                        .lines()
                        .size()
                < 10);
    }

    @Test
    void unfinishedCodeAndMagicsGetASentence() {
        assertEquals("IncompleteCode", fails("int x = 1;\nif (x > 0) {\n").name());
        assertTrue(fails("int x = 1;\nif (x > 0) {\n").getMessage().contains("line 2"));
        var magic = fails("int y = 1;\n%classpath add a.jar\n");
        assertEquals("UnknownMagic", magic.name());
        assertTrue(magic.getMessage().startsWith("Line 2, \"%classpath add a.jar\""));
    }

    /** A loop of the library polls for interrupts; a cell's own loops need no help. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ started(); trivium.kernel.CellsTest.Training.run(); }",
                "{ started(); while (true) {} }",
                "{ started(); while (true) { try { Thread.sleep(1000); } catch (Exception e) { } } }",
                "int spin(int n) { started(); do { n = n | 1; } while (n != 0); return n; }\nspin(1);",
                "IntStream.range(0, 2).parallel().forEach(i -> { started(); for (;;) {} });"
            })
    void interruptEndsTheCellAndTheNextOneRuns(String endless) throws Exception {
        System.clearProperty(STARTED);
        run("void started() { System.setProperty(\"" + STARTED + "\", \"\"); }");
        var cell = CompletableFuture.runAsync(
                () -> {
                    try {
                        run(endless);
                    } catch (CellError e) {
                        throw new CompletionException(e);
                    }
                },
                CellsTest::onItsOwnThread);
        while (System.getProperty(STARTED) == null) {
            Thread.sleep(5);
        }
        if (endless.contains("parallel")) {
            Thread.sleep(500); // a half that begins when the cell has ended is not stopped, and would spin on
        }
        cells.stop();
        var failure = assertThrows(ExecutionException.class, () -> cell.get(20, TimeUnit.SECONDS));
        assertEquals("Interrupted", ((CellError) failure.getCause()).name());
        assertEquals(Optional.of(2), run("1 + 1"));
        assertEquals(Optional.of(false), run("Thread.currentThread().isInterrupted()"));
    }

    @Test
    void interruptBetweenCellsIsForgotten() throws CellError {
        cells.stop();
        assertEquals(Optional.of(3), run("1 + 2"));
    }

    @Test
    void completesBehindImportsAndStatements() {
        var code = "import java.util.*;\nvar list = new ArrayList<String>();\nlist.addF";
        var completion = cells.complete(code, code.length());
        assertEquals(List.of("addFirst("), completion.words());
        assertEquals("addF", code.substring(completion.from()));
    }

    private static final String IMPORTS =
            "import static trivium.Trivium.*;\nimport trivium.model.*;\nimport trivium.text.*;\n";

    /** JShell offers nothing where an argument or an import is unknown, and the front end then offers any word. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pretrain(Gpt.small(), undefined, unknown).st",
                "pretrain(Gpt.small(), Tokenizer.bytes(), unknown)\n    // how long\n    .st",
                "pretrain(Gpt.small(), undefined, unknown).batchSize(8).seed(1).st",
                "var recipe = pretrain(Gpt.small(), undefined, unknown);\nrecipe.st",
                "trivium.Trivium.pretrain(undefined, undefined, \"a \\\"b) \" + unknown).st"
            })
    void completesWhateverTheArgumentsAre(String code) {
        var cell = IMPORTS + code; // in one cell that has not run
        var completion = cells.complete(cell, cell.length());
        assertEquals(List.of("steps(", "stopWhen("), completion.words(), code);
        assertEquals("st", cell.substring(completion.from()));
    }

    @Test
    void completesBehindLongTexts() {
        var code = IMPORTS + "var text = \"" + "a\\n".repeat(20_000) + "\";\npretrain(Gpt.small(), undefined, text).st";
        assertEquals(
                List.of("steps(", "stopWhen("),
                cells.complete(code, code.length()).words());
    }

    @Test
    void completesNoVariablesOfAnotherType() throws CellError {
        run("int steady = 3;");
        var code = IMPORTS + "fit(unknown).st";
        assertEquals(List.of(), cells.complete(code, code.length()).words());
    }

    /** The method's own signature and Javadoc, not its record's header. */
    @Test
    void documentsTheLibraryFromItsSources() {
        var code = IMPORTS + "pretrain(Gpt.small(), words, stories).steps(1_000).task(null).run()";
        var overloads = documented(code, "pretrain");
        assertEquals(3, overloads.size(), overloads.toString());
        assertTrue(
                overloads
                        .getFirst()
                        .startsWith(
                                "static Pretraining pretrain(ModelConfig architecture, Tokenizer tokenizer, Corpus"
                                        + " corpus)\nin trivium.Trivium\n\nPhase 1: a fresh model learns to predict the tokens of"
                                        + " a text: the next one, or hidden ones if it looks both ways (Bert), or what task says."),
                overloads.getFirst());
        // A method of an interface is found where it is written.
        assertEquals(
                List.of("R steps(long steps)\nin trivium.run.Recipe\n\nSo many optimiser steps."),
                documented(code, "steps"));
        assertEquals(documented(code, "steps"), documented(code, "steps(1_0"), "inside the call");
        // A wither without a comment has its component's words.
        assertEquals(
                "Architecture layers(int layers)\nin trivium.model.Architecture\n\nlayers: L, blocks of attention and"
                        + " feed-forward",
                documented("trivium.model.Gpt.small().layers(3)", "layers").getFirst());
        assertTrue(documented(code, "Gpt").getFirst().startsWith("class Gpt\nin trivium.model.Gpt\n\n"));
        assertTrue(
                documented("trivium.align.Grpo.numGenerations(8).beta(0.1)", "beta")
                        .getFirst()
                        .equals(
                                "Grpo beta(double beta)\nin trivium.align.Grpo\n\nbeta: β, the weight of the divergence from"
                                        + " the reference; 0 for none"),
                documented("trivium.align.Grpo.numGenerations(8).beta(0.1)", "beta")
                        .toString());
    }

    private static List<String> documented(String code, String upTo) {
        return cells.document(code, code.indexOf(upTo, code.lastIndexOf("import")) + upTo.length());
    }

    @Test
    void commentsReadAsText() {
        assertEquals("""
                What <b> does with run(String), as text.

                Second.

                    var a = b;
                    go(a);

                x: the first, of two lines
                returns y
                throws IllegalArgumentException if not\
                """, Javadocs.plain("""
                         What {@code <b>} does with
                         {@link Runner#run(String)
                         run(String)}, as <em>text</em>.

                         <p>Second.

                         <pre>{@code
                         var a = b;
                         go(a);
                         }</pre>

                         @param x the first,
                             of two lines
                         @return y
                         @throws IllegalArgumentException if not
                         @see Other
                        """.strip()));
    }

    @Test
    void documentsAMethodBeforeItsCallIsOpen() {
        assertTrue(cells.document("List.of", 6).stream().anyMatch(text -> text.contains("of(E e1)")));
        assertEquals(List.of(), cells.document("nothing.known", 5));
    }

    @Test
    void tellsWhetherCodeIsComplete() {
        assertEquals(Cells.Completeness.COMPLETE, cells.completeness("int a = 1; a"));
        assertEquals(Cells.Completeness.INCOMPLETE, cells.completeness("int a = 1; for (;;) {"));
        assertEquals(Cells.Completeness.INVALID, cells.completeness("int a = 1; } else"));
    }

    @Test
    void importsClashWithNothing() throws CellError {
        assertFalse(run("new BigDecimal(\"1.5\").add(BigDecimal.ONE) + Pattern.compile(\"a\").pattern()")
                .isEmpty());
    }

    /** Stands for the library's training loop: it polls and says that it was cancelled. */
    public static final class Training {

        private Training() {}

        /** Runs until it is interrupted. */
        public static void run() {
            while (!Thread.interrupted()) {
                Thread.onSpinWait();
            }
            throw new java.util.concurrent.CancellationException("training stopped");
        }

        /** Runs until the test clears its property, interrupted or not. */
        public static void deaf() {
            System.setProperty(STARTED, "");
            while (System.getProperty(STARTED) != null) {
                Thread.onSpinWait();
            }
        }
    }
}
