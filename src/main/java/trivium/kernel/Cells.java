package trivium.kernel;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * Evaluates a notebook's cells with JShell, in this process: a cell's last expression is a real object of the library.
 * Knows nothing of Jupyter.
 */
final class Cells implements AutoCloseable {

    /** What IJava imports, its display functions, and streams, which a notebook for IJava imports itself. */
    private static final List<String> IMPORTS = List.of(
            "import java.io.*;",
            "import java.math.*;",
            "import java.net.*;",
            "import java.util.*;",
            "import java.util.concurrent.*;",
            "import java.util.prefs.*;",
            "import java.util.regex.*;",
            "import java.util.stream.*;",
            "import static trivium.kernel.Display.*;");

    private final CellControl control;
    private final CellSource source = new CellSource();
    private final Tracebacks tracebacks = new Tracebacks(source);
    private final Declarations declarations = new Declarations();
    private final JShell shell;
    private final SourceCodeAnalysis analysis;

    /**
     * Starts JShell, imports what every cell may use, and evaluates a first expression so that the user's first cell is
     * quick.
     *
     * @param meanwhile is run again and again while a cell runs, on the thread that waits for it
     */
    Cells(Runnable meanwhile) {
        control = new CellControl(meanwhile);
        shell = JShell.builder()
                .executionEngine(new InProcess(control), Map.of())
                .compilerOptions(compilerOptions().toArray(String[]::new))
                .build();
        analysis = shell.sourceCodeAnalysis();
        IMPORTS.forEach(shell::eval);
        shell.eval("List.of(1, 2)");
        control.takeValue();
    }

    /**
     * The class path goes to the compiler alone: the classes are this process's own, and JShell need not index sixty
     * jars.
     */
    private static List<String> compilerOptions() {
        var options = new ArrayList<>(
                List.of("-proc:none", "-Xlint:none", "-classpath", System.getProperty("java.class.path")));
        var vector = "jdk.incubator.vector";
        if (ModuleLayer.boot().findModule(vector).isPresent()) {
            options.addAll(List.of("--add-modules", vector));
        }
        return options;
    }

    /**
     * Evaluates a cell.
     *
     * @param code any number of declarations, statements and expressions
     * @param number the cell's execution number, for errors in code that other cells call later
     * @return what the last snippet resulted in, if that is an expression with a value and no assignment
     * @throws CellError if it does not compile, fails or is stopped; what came before stays done
     */
    Optional<Object> evaluate(String code, int number) throws CellError {
        return evaluate(code, number, Function.identity());
    }

    /**
     * Evaluates a cell and has its result shown while the cell can still be stopped: the {@code toString} or the view
     * of a result may be any code, and may fail, recurse or never end.
     *
     * @param show turns a result into what is shown of it; called on the cell's thread
     * @throws CellError as above, and if the result cannot be shown
     */
    <T> Optional<T> evaluate(String code, int number, Function<Object, T> show) throws CellError {
        source.begin(number, code);
        control.begin();
        try {
            var result = run(code);
            return result.isEmpty() ? Optional.empty() : shown(result.get(), show);
        } catch (RuntimeException | Error e) { // JShell's own, as on code nested too deeply
            throw CellError.of(e, "This cell could not be run: ");
        } finally {
            control.end();
        }
    }

    private Optional<Object> run(String code) throws CellError {
        Optional<Object> result = Optional.empty();
        int at = 0;
        try {
            while (true) {
                at = CellSource.firstCode(code, at);
                var next = analysis.analyzeCompletion(code.substring(at));
                if (next.completeness() == SourceCodeAnalysis.Completeness.EMPTY) {
                    return result;
                }
                refuseMagic(code, at);
                if (!next.completeness().isComplete()) {
                    throw incomplete(at);
                }
                result = snippet(next.source(), at);
                at = code.length() - next.remaining().length();
            }
        } catch (CellError error) {
            throw error.and(declarations.unreached(code.substring(at), source.cell(), error.name(), this::isDefined));
        }
    }

    /** Whether a cell has declared this name and it can be used. */
    private boolean isDefined(String name) {
        return shell.snippets()
                .filter(each -> shell.status(each).isDefined())
                .anyMatch(each -> each instanceof DeclarationSnippet declaration
                        && declaration.name().equals(name));
    }

    private <T> Optional<T> shown(Object value, Function<Object, T> show) throws CellError {
        try {
            return Optional.ofNullable(control.call(() -> show.apply(value)));
        } catch (Exception e) {
            if (control.stopped()) {
                throw tracebacks.interrupted(null, "");
            }
            var cause = e instanceof InvocationTargetException error ? error.getCause() : e;
            throw CellError.of(cause, "The result was computed but cannot be shown: ");
        }
    }

    /** Ends the cell that is running, if one is; returns at once. */
    void stop() {
        control.stop();
    }

    /**
     * Ends the cell that is running, and reports a cell that still runs after a while: code that neither looks for
     * interrupts nor was written in a cell cannot be stopped in this process.
     *
     * @param stubborn is handed the method that the cell has called and not come back from, on another thread
     */
    void stop(Duration patience, Consumer<StackTraceElement> stubborn) {
        long asked = control.stopping();
        if (asked > 0) {
            // Not on the common pool, which a parallel stream of the cell may hold.
            Thread.ofPlatform().name("patience").daemon().start(() -> {
                LockSupport.parkNanos(patience.toNanos());
                control.place(asked).ifPresent(stubborn);
            });
        }
    }

    private Optional<Object> snippet(String code, int from) throws CellError {
        var events = shell.eval(code).stream()
                .filter(event -> event.causeSnippet() == null)
                .toList();
        var value = control.takeValue();
        for (var event : events) {
            source.remember(event.snippet(), from);
            if (event.snippet() instanceof DeclarationSnippet declaration
                    && event.status().isDefined()) {
                declarations.declared(declaration.name(), source.cell());
            }
            if (event.exception() != null && event.snippet() instanceof VarSnippet variable) {
                shell.drop(variable); // it would be 0 or null in later cells, which nobody could tell from a value
            }
            if (control.stopped()) {
                throw tracebacks.interrupted(event.exception(), left(event, value));
            }
            if (event.exception() instanceof JShellException failure) {
                throw failed(failure);
            }
            if (!event.status().isDefined()) {
                throw rejected(event, from);
            }
        }
        return events.isEmpty() || !shows(events.getLast().snippet()) ? Optional.empty() : Optional.ofNullable(value);
    }

    private CellError failed(JShellException failure) {
        var error = tracebacks.of(failure);
        return failure instanceof UnresolvedReferenceException missing
                ? error.behind(declarations.undeclared(
                        shell.unresolvedDependencies(missing.getSnippet()).map("cannot find symbol: "::concat)))
                : error;
    }

    /** What the statement that was stopped has left in its variable. */
    private static String left(SnippetEvent event, Object value) {
        return switch (event.snippet()) {
            case VarSnippet variable
            when variable.subKind() == Snippet.SubKind.VAR_DECLARATION_WITH_INITIALIZER_SUBKIND
                    || variable.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND && value != null ->
                Interruption.left(variable.name(), value);
            case ExpressionSnippet expression
            when expression.subKind() == Snippet.SubKind.ASSIGNMENT_SUBKIND ->
                Interruption.left(expression.name(), value);
            default -> "";
        };
    }

    private static boolean shows(Snippet snippet) {
        return switch (snippet.subKind()) {
            case VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND, TEMP_VAR_EXPRESSION_SUBKIND -> true;
            default -> false;
        };
    }

    private CellError rejected(SnippetEvent event, int offset) {
        var errors = shell.diagnostics(event.snippet())
                .filter(diagnostic -> diagnostic.isError())
                .toList();
        var lines = new ArrayList<String>();
        errors.forEach(error -> lines.addAll(source.point(error, offset)));
        var sentence = errors.isEmpty() ? "" : CellSource.sentence(errors.getFirst());
        if (errors.isEmpty() && event.snippet() instanceof DeclarationSnippet declaration) {
            sentence = "this uses what no cell has defined yet: "
                    + shell.unresolvedDependencies(declaration).collect(Collectors.joining(", "));
            lines.add(CellError.red(source.placeAt(offset).describe(source.cell())));
            lines.add(CellError.red(sentence));
        }
        return new CellError("CompilationError", sentence, lines)
                .and(declarations.undeclared(errors.stream().map(CellSource::sentence)));
    }

    private CellError incomplete(int at) {
        var place = source.placeAt(at);
        var sentence = "The code that begins at line " + place.line()
                + " does not end: a bracket, a quote or an expression is open.";
        return new CellError("IncompleteCode", sentence, List.of(CellError.red(sentence), "    " + place.code()));
    }

    private void refuseMagic(String code, int at) throws CellError {
        if (code.startsWith("%", at)) {
            var place = source.placeAt(at);
            var sentence = "Line " + place.line() + ", \"" + place.code().strip()
                    + "\": this kernel has no magics such as %classpath or"
                    + " %maven; the library and its dependencies are on the class path already, so remove the line.";
            throw new CellError("UnknownMagic", sentence, List.of(CellError.red(sentence)));
        }
    }

    /** Completions for what stands before the cursor, and where the text they replace begins. */
    Completion complete(String code, int cursor) {
        int[] anchor = {cursor};
        var start = afterImports(code, cursor);
        var suggestions = analysis.completionSuggestions(code.substring(start), cursor - start, anchor);
        var words = Stream.concat(
                        suggestions.stream().filter(SourceCodeAnalysis.Suggestion::matchesType),
                        suggestions.stream().filter(suggestion -> !suggestion.matchesType()))
                .map(SourceCodeAnalysis.Suggestion::continuation)
                .distinct()
                .toList();
        if (words.isEmpty()) { // JShell gives up on an expression with an unknown argument
            var text = CellText.of(code.substring(0, cursor));
            return new Completion(names().continuations(text, cursor), text.identifierFrom(cursor));
        }
        return new Completion(words, start + anchor[0]);
    }

    private CellNames names() {
        return new CellNames(
                shell.imports()
                        .map(each -> (each.isStatic() ? "static " : "") + each.fullname())
                        .toList(),
                shell.variables().collect(Collectors.toMap(VarSnippet::name, VarSnippet::typeName, (a, b) -> b)));
    }

    /** Words that can stand at the cursor; they replace the text from {@code from} on. */
    record Completion(List<String> words, int from) {}

    /**
     * JShell completes one kind of code at a time: imports at the head of a cell would hide the statements after them.
     */
    private int afterImports(String code, int cursor) {
        int at = 0;
        while (code.substring(at, cursor).stripLeading().startsWith("import ")) {
            var next = analysis.analyzeCompletion(code.substring(at));
            int end = code.length() - next.remaining().length();
            if (!next.completeness().isComplete() || end > cursor || end == at) {
                break;
            }
            at = end;
        }
        return at;
    }

    /** Signature and documentation of what stands at the cursor; empty if nothing is known. */
    List<String> document(String code, int cursor) {
        var text = CellText.of(code);
        int at = text.identifierEnd(cursor);
        var here = text.isName(at) ? Optional.of(at) : text.callAround(cursor);
        return Stream.<Supplier<List<String>>>of(
                        () -> here.map(end -> fromSources(text, end)).orElse(List.of()),
                        () -> fromJShell(code, at),
                        () -> text.callAround(cursor)
                                .map(end -> fromSources(text, end))
                                .orElse(List.of()))
                .map(Supplier::get)
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private List<String> fromSources(CellText text, int end) {
        return names().meanings(text, end).stream()
                .flatMap(each -> Javadocs.of(each).stream())
                .distinct()
                .toList();
    }

    /**
     * The documentation that JShell finds, which is that of Java's own library: JShell looks for sources in the JDK
     * only.
     */
    private List<String> fromJShell(String code, int at) {
        var name = code.substring(afterImports(code, at), at);
        var text = CellText.of(code);
        boolean made = text.isNew(text.identifierFrom(at));
        var found = analysis.documentation(made ? name + "(" : name, name.length() + (made ? 1 : 0), true);
        if (found.isEmpty()) { // a method shows once its call is open, and a type that is made once it is not
            found = analysis.documentation(made ? name : name + "(", name.length() + (made ? 0 : 1), true);
        }
        return found.stream()
                .map(one -> one.javadoc() == null || one.javadoc().isBlank()
                        ? one.signature()
                        : one.signature() + "\n\n" + Javadocs.plain(one.javadoc()))
                .distinct()
                .toList();
    }

    /** Whether the code ends, by its brackets and tokens; whether it compiles is seen when it runs. */
    Completeness completeness(String code) {
        var rest = code;
        while (true) {
            var next = analysis.analyzeCompletion(rest);
            switch (next.completeness()) {
                case EMPTY -> {
                    return Completeness.COMPLETE;
                }
                case UNKNOWN -> {
                    return Completeness.INVALID;
                }
                case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> {
                    return Completeness.INCOMPLETE;
                }
                default -> rest = next.remaining();
            }
        }
    }

    /** What a console asks before it sends a line. */
    enum Completeness {
        COMPLETE,
        INCOMPLETE,
        INVALID
    }

    @Override
    public void close() {
        shell.close();
        control.close();
    }

    /** Hands JShell the one control of this evaluator. */
    private record InProcess(CellControl control) implements ExecutionControlProvider {

        @Override
        public String name() {
            return "trivium";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
            return control;
        }
    }
}
