package trivium.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jdk.jshell.EvalException;
import jdk.jshell.JShellException;
import jdk.jshell.UnresolvedReferenceException;
import trivium.text.Printable;

/**
 * Turns what went wrong while a cell ran into lines to read: the sentence first, then the cell's line, then a trimmed
 * trace.
 */
final class Tracebacks {

    private static final int SHOWN_FRAMES = 12;
    private static final int SHOWN_CAUSES = 3;

    /** Exceptions that the library throws with a sentence for users, which need no stack trace. */
    private static final Set<String> SENTENCES = Set.of(
            "java.lang.IllegalArgumentException", "java.io.UncheckedIOException", "java.lang.IllegalStateException");

    private static final List<String> MACHINERY = List.of(
            "jdk.internal.",
            "java.lang.reflect.",
            "jdk.jshell.",
            "java.lang.invoke.",
            "sun.",
            "trivium.kernel.CellControl",
            "trivium.kernel.StopCheck",
            "trivium.kernel.Kernel");

    private final CellSource source;

    Tracebacks(CellSource source) {
        this.source = source;
    }

    CellError of(JShellException failure) {
        return switch (failure) {
            case EvalException thrown -> thrown(thrown);
            case UnresolvedReferenceException missing -> {
                var sentence = missing.getSnippet()
                                .source()
                                .lines()
                                .findFirst()
                                .orElse("")
                                .strip() + " … cannot run yet: it uses a name that no cell has defined.";
                yield new CellError("UnresolvedReference", sentence, withCellLines(CellError.red(sentence), missing));
            }
            default ->
                new CellError(
                        failure.getClass().getSimpleName(),
                        String.valueOf(failure.getMessage()),
                        List.of(failure.toString()));
        };
    }

    /** The cell was stopped before it began. */
    static CellError interrupted() {
        return new CellError(
                CellError.INTERRUPTED,
                "the cell was stopped",
                List.of(CellError.bold("Interrupted: the cell was stopped before it began.")));
    }

    /**
     * The cell was stopped by the user; the trace, if there is one, tells where, and the sentence what is left of it.
     */
    CellError interrupted(JShellException where, String left) {
        var head = CellError.bold("Interrupted: the cell was stopped." + (left.isEmpty() ? "" : " " + left));
        return new CellError(
                CellError.INTERRUPTED,
                "the cell was stopped",
                where == null ? List.of(head) : withCellLines(head, where));
    }

    private CellError thrown(EvalException failure) {
        var name = simple(failure.getExceptionClassName());
        var message = message(failure);
        if (isSentence(failure)) {
            return new CellError(name, message, withCellLines(CellError.red(message), failure));
        }
        var lines = new ArrayList<String>();
        lines.add(CellError.red(name + (message.isEmpty() ? "" : ": " + message)));
        lines.addAll(frames(failure, SHOWN_FRAMES));
        Throwable cause = failure.getCause();
        for (int i = 0; i < SHOWN_CAUSES && cause instanceof EvalException thrown; i++, cause = cause.getCause()) {
            lines.add(CellError.bold("caused by " + simple(thrown.getExceptionClassName()) + ": " + message(thrown)));
            lines.addAll(frames(thrown, 4));
        }
        return new CellError(name, message, lines);
    }

    /** Whether the library itself threw the exception with a sentence for users; its stack trace is left out then. */
    private static boolean isSentence(EvalException failure) {
        return SENTENCES.contains(failure.getExceptionClassName())
                && failure.getMessage() != null
                && Arrays.stream(failure.getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .filter(type -> !type.startsWith("java.") && !machinery(type))
                        .findFirst()
                        .filter(type -> type.startsWith("trivium."))
                        .isPresent();
    }

    private List<String> withCellLines(String head, JShellException failure) {
        var lines = new ArrayList<String>();
        lines.add(head);
        trace(failure).stream()
                .filter(Tracebacks::inCell)
                .limit(4)
                .map(this::describe)
                .forEach(lines::add);
        return lines;
    }

    /**
     * The frames a reader can do something about: the cells', the libraries', and the one that threw; repeated ones
     * once.
     */
    private List<String> frames(JShellException failure, int shown) {
        var trace = trace(failure);
        var lines = new ArrayList<String>();
        int repeats = 0;
        int hidden = 0;
        for (int i = 0; i < trace.size(); i++) {
            var frame = trace.get(i);
            var type = frame.getClassName();
            if (!inCell(frame) && (machinery(type) || i > 0 && type.startsWith("java."))) {
                continue;
            }
            var line = describe(frame);
            if (!lines.isEmpty() && line.equals(lines.getLast())) {
                repeats++;
            } else if (lines.size() < shown || inCell(frame)) {
                lines.add(line);
            } else {
                hidden++;
            }
        }
        if (repeats + hidden > 0) {
            lines.add("  … " + (repeats > 0 ? repeats + " repeated" : "") + (repeats > 0 && hidden > 0 ? ", " : "")
                    + (hidden > 0 ? hidden + " more" : ""));
        }
        return lines.size() <= 2 * shown ? lines : lines.subList(0, 2 * shown);
    }

    /** The trace without the second of JShell's two methods around {@code var x = …}: one statement is one line. */
    private static List<StackTraceElement> trace(JShellException failure) {
        var trace = new ArrayList<StackTraceElement>();
        for (var frame : failure.getStackTrace()) {
            if (trace.isEmpty() || !sameStatement(trace.getLast(), frame)) {
                trace.add(frame);
            }
        }
        return trace;
    }

    private static boolean sameStatement(StackTraceElement called, StackTraceElement caller) {
        return inCell(called)
                && inCell(caller)
                && unnamed(called)
                && unnamed(caller)
                && called.getFileName().equals(caller.getFileName())
                && called.getLineNumber() == caller.getLineNumber();
    }

    /** Whether a frame is JShell's own method around a statement, or a lambda. */
    private static boolean unnamed(StackTraceElement frame) {
        return frame.getMethodName().isEmpty() || frame.getMethodName().contains("$");
    }

    /** Without the class that JShell keeps a cell's variables in. */
    private static String message(EvalException failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "").replaceAll("REPL\\.\\$JShell\\$\\w+\\.", "");
    }

    private String describe(StackTraceElement frame) {
        if (inCell(frame)) {
            var place = source.place(frame.getFileName().substring(1), frame.getLineNumber());
            if (place.isPresent()) {
                var method = unnamed(frame) ? "" : " (in " + frame.getMethodName() + ")";
                return "  at " + Printable.of(place.get().describe(source.cell())) + method;
            }
        }
        return "  at " + Printable.of(frame.toString());
    }

    private static boolean inCell(StackTraceElement frame) {
        return frame.getFileName() != null && frame.getFileName().startsWith("#");
    }

    private static boolean machinery(String type) {
        return MACHINERY.stream().anyMatch(type::startsWith);
    }

    private static String simple(String type) {
        return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    }
}
