package trivium;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import trivium.Snippets.Snippet;

/**
 * Compiles pages of snippets, all at once and without running anything. A page becomes a class. As in a notebook, a
 * snippet sees what the earlier ones declare and may declare it anew: each stands in a class of its own within the
 * method of the one before. Unlike there, what a later snippet uses must keep its first value.
 */
final class SnippetCompiler {

    private static final Pattern IMPORT = Pattern.compile("import [\\w.* ]+;.*");

    private final Collection<String> imports;

    /** @param imports what is imported before any page says so */
    SnippetCompiler(Collection<String> imports) {
        this.imports = imports;
    }

    /** A class with the reader's place of each of its lines. */
    private static final class Source extends SimpleJavaFileObject {

        /** A line of code, and of which snippet's it is made. */
        private record Line(String code, Snippet snippet, int number) {

            String place() {
                return snippet.places().get(number) + ": ";
            }

            String shown() {
                return snippet.lines().get(number).strip();
            }
        }

        private final List<Line> lines;

        Source(int number, List<Line> lines) {
            super(URI.create("string:///Page" + number + ".java"), Kind.SOURCE);
            this.lines = lines;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return String.join("\n", lines.stream().map(Line::code).toList());
        }
    }

    /** The first error of each snippet that does not compile: its place and what the compiler says. */
    List<String> errors(List<Snippets> pages) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        var options = List.of(
                "-proc:none",
                "-Xlint:none",
                "-Xmaxerrs",
                "10000",
                "-XDshould-stop.ifError=FLOW",
                "-classpath",
                System.getProperty("java.class.path"));
        var sources = IntStream.range(0, pages.size())
                .mapToObj(i -> source(i, pages.get(i)))
                .toList();
        try (var files = compiler.getStandardFileManager(found, null, null)) {
            ((JavacTask) compiler.getTask(null, files, found, options, null, sources)).analyze();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var seen = new HashSet<Snippet>();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .sorted(Comparator.comparingInt(
                                (Diagnostic<?> diagnostic) -> sources.indexOf((Object) diagnostic.getSource()))
                        .thenComparingLong(Diagnostic::getLineNumber))
                .filter(diagnostic -> seen.add(line(diagnostic).snippet))
                .map(diagnostic -> line(diagnostic).place()
                        + diagnostic.getMessage(Locale.ROOT).replaceAll("\\s+", " ") + " in: "
                        + line(diagnostic).shown())
                .toList();
    }

    private static Source.Line line(Diagnostic<? extends JavaFileObject> diagnostic) {
        return ((Source) diagnostic.getSource()).lines.get((int) diagnostic.getLineNumber() - 1);
    }

    private Source source(int number, Snippets page) {
        var frame = new Snippet(List.of(page.page()), List.of("what the test puts around it"));
        var lines = new ArrayList<Source.Line>();
        imports.forEach(line -> lines.add(new Source.Line(line, frame, 0)));
        var body = new ArrayList<Source.Line>();
        int open = 0;
        for (var snippet : page.snippets()) {
            var code = new StringBuilder();
            for (int i = 0; i < snippet.lines().size(); i++) {
                var line = snippet.lines().get(i);
                if (IMPORT.matcher(line).matches()) {
                    lines.add(new Source.Line(line, snippet, i));
                } else {
                    code.append(line);
                }
                code.append('\n');
            }
            var statements = new Statements(code.toString(), open);
            open = statements.open();
            var written = statements.text().split("\n", -1);
            for (int i = 0; i < snippet.lines().size(); i++) {
                body.add(new Source.Line(written[i], snippet, i));
            }
        }
        lines.add(new Source.Line("class Page" + number + " { void $() throws Exception {", frame, 0));
        lines.addAll(body);
        lines.add(new Source.Line("}};".repeat(open) + "}}", frame, 0));
        return new Source(number, lines);
    }

    /** A snippet's code as statements within a method, line for line. */
    private static final class Statements {

        /** What stands before the body of a method. */
        private static final Pattern METHOD = Pattern.compile(
                "(?!(new|return|throw|else)\\b)([\\w<>\\[\\],.]+\\s+)+\\w+\\s*\\([^={]*\\)\\s*(throws [\\w, .]+)?");

        /** A chain of calls without their arguments. */
        private static final Pattern CALLS = Pattern.compile("([\"\\w.\\s]+\\(\\))+");

        /** A line that begins or ends with one of them is not all of its statement. */
        private static final String OPERATORS = ".,?:+-*%&|=<>";

        private final String code;
        private final StringBuilder text = new StringBuilder();
        private int open;
        private int depth;

        /** Where the current statement begins in the text, or −1 between statements. */
        private int begun = -1;

        /** Where it ends until now. */
        private int end;

        /** The statement so far, without what stands in brackets. */
        private final StringBuilder outline = new StringBuilder();

        private boolean inMethod;

        Statements(String code, int open) {
            this.code = code;
            this.open = open;
            text.append(begin());
            int at = 0;
            while (at < code.length()) {
                at = next(at);
            }
            finish("");
        }

        String text() {
            return text.toString();
        }

        int open() {
            return open;
        }

        /** Begins a class within the current method. */
        private String begin() {
            return "new Object() { void $" + ++open + "() throws Exception { ";
        }

        /** Copies what stands there: a comment, a literal or a character. */
        private int next(int at) {
            char c = code.charAt(at);
            int after = at + 1;
            if (code.startsWith("//", at)) {
                after = end(code.indexOf('\n', at));
                text.append(code, at, after);
            } else if (code.startsWith("/*", at)) {
                after = end(code.indexOf("*/", at) + 2);
                text.append(code, at, after);
            } else if (c == '\n') {
                finish(code.substring(after));
                text.append(c);
            } else if (Character.isWhitespace(c)) {
                text.append(c);
                if (depth == 0) {
                    outline.append(c);
                }
            } else if (c == '"' || c == '\'') {
                after = literal(at);
                token(code.substring(at, after));
            } else {
                token(code.substring(at, after));
            }
            return after;
        }

        private int end(int found) {
            return found < 0 ? code.length() : found;
        }

        private int literal(int at) {
            var quote = code.startsWith("\"\"\"", at) ? "\"\"\"" : code.substring(at, at + 1);
            int to = at + quote.length();
            while (to < code.length() && !code.startsWith(quote, to)) {
                to += code.charAt(to) == '\\' ? 2 : 1;
            }
            return Math.min(code.length(), to + quote.length());
        }

        private void token(String token) {
            if (begun < 0) {
                begun = text.length();
                outline.setLength(0);
            }
            if (token.equals("{")
                    && depth == 0
                    && METHOD.matcher(text.substring(begun)).matches()) {
                text.insert(begun, "new Object() { ");
                inMethod = true;
            }
            if (")]}".contains(token)) {
                depth--;
            }
            if (depth == 0) {
                outline.append(token.startsWith("\"") ? "\"" : token);
            }
            if ("([{".contains(token)) {
                depth++;
            }
            text.append(token);
            end = text.length();
            if (depth == 0 && token.equals("}") && inMethod) {
                text.append(" void $").append(++open).append("() throws Exception { ");
                inMethod = false;
            }
            if (depth == 0 && (token.equals(";") || token.equals("}"))) {
                begun = -1;
            }
        }

        /** Ends a statement with its line, unless it goes on there or in what follows. */
        private void finish(String following) {
            if (depth != 0 || begun < 0 || goesOn(following)) {
                return;
            }
            text.insert(end, ";");
            if (!outline.toString().contains(" = ")
                    && !CALLS.matcher(outline.toString().strip()).matches()) {
                text.insert(begun, "var $" + begun + "_ = ");
            }
            begun = -1;
        }

        private boolean goesOn(String following) {
            var rest = following.replaceAll("(?s)^(\\s|//[^\n]*\n)+", "");
            return OPERATORS.indexOf(text.charAt(end - 1)) >= 0
                    || !rest.isEmpty() && OPERATORS.indexOf(rest.charAt(0)) >= 0;
        }
    }
}
