package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import trivium.text.jinja.Statement.Signature;
import trivium.text.jinja.Statement.Target;
import trivium.text.jinja.Token.Kind;

/** Reads the statements of a template. */
final class Parser {

    private static final String SUPPORTED =
            "if, for, set, macro, call, filter, with, print, raw, generation, break and continue";

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /** How many loops there are around, up to the nearest block that is a function of its own. */
    private int loops;

    private boolean generates;

    private Parser(String source) {
        tokens = new TokenStream(source);
        expressions = new ExpressionParser(tokens);
    }

    /**
     * What was read.
     *
     * @param generates whether there is a generation block
     */
    record Parsed(List<Statement> statements, boolean generates) {}

    static Parsed parse(String source) {
        var parser = new Parser(source);
        var statements = parser.statements(Set.of());
        return new Parsed(statements, parser.generates);
    }

    /** Up to the tag with one of these names, whose name is the next token; without names to the end. */
    private List<Statement> statements(Set<String> ends) {
        var statements = new ArrayList<Statement>();
        while (true) {
            var token = tokens.current();
            switch (token.kind()) {
                case DATA ->
                    statements.add(new Statement.Data(Text.of(tokens.take().text())));
                case VARIABLE_BEGIN -> {
                    tokens.take();
                    statements.add(new Statement.Print(expressions.tuple(true)));
                    tokens.expect(Kind.VARIABLE_END, "the end of the tag");
                }
                case BLOCK_BEGIN -> {
                    if (ends.contains(tokens.look().text())) {
                        tokens.take();
                        return List.copyOf(statements);
                    }
                    tokens.take();
                    tokens.enter();
                    statements.add(statement());
                    tokens.leave();
                    end();
                }
                default -> {
                    if (ends.isEmpty()) {
                        return List.copyOf(statements);
                    }
                    throw tokens.problem(
                            token.at(),
                            "the template ends where {% " + String.join(" or ", new TreeSet<>(ends))
                                    + " %} was expected");
                }
            }
        }
    }

    private void end() {
        tokens.expect(Kind.BLOCK_END, "the end of the tag");
    }

    /** What stands between the end of this tag and that of one of these names, which is taken. */
    private List<Statement> body(String end) {
        return body(Set.of(end), true);
    }

    private List<Statement> body(Set<String> ends, boolean takesName) {
        tokens.skip(":");
        end();
        var body = statements(ends);
        if (takesName) {
            tokens.take();
        }
        return body;
    }

    /** The body of a block that is a function, out of which no loop can be left. */
    private List<Statement> functionBody(String end) {
        int around = loops;
        loops = 0;
        var body = body(end);
        loops = around;
        return body;
    }

    private Statement statement() {
        var tag = tokens.expect(Kind.NAME, "a tag's name");
        return switch (tag.text()) {
            case "if" -> branches();
            case "for" -> loop(tag.at());
            case "set" -> set(tag.at());
            case "print" -> new Statement.Print(expressions.tuple(true));
            case "macro" -> macro();
            case "call" -> call();
            case "filter" -> {
                var filter = filters(expressions.filter(null));
                yield new Statement.FilterBlock(filter, body("endfilter"));
            }
            case "with" -> with(tag.at());
            case "generation" -> {
                generates = true;
                yield new Statement.Generation(functionBody("endgeneration"));
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.problem(tag.at(), "\"" + tag.text() + "\" stands outside of a loop");
                }
                yield tag.text().equals("break") ? new Statement.Break() : new Statement.Continue();
            }
            default ->
                throw tokens.problem(
                        tag.at(),
                        "the tag \"" + tag.text() + "\" is not supported here or has no beginning; supported are "
                                + SUPPORTED);
        };
    }

    private Statement branches() {
        var conditions = new ArrayList<Expression>();
        var bodies = new ArrayList<List<Statement>>();
        List<Statement> otherwise = List.of();
        while (true) {
            conditions.add(expressions.tuple(false));
            bodies.add(body(Set.of("elif", "else", "endif"), false));
            var next = tokens.take();
            if (next.isName("elif")) {
                continue;
            }
            if (next.isName("else")) {
                otherwise = body("endif");
            }
            return new Statement.If(conditions, bodies, otherwise);
        }
    }

    private Statement loop(int at) {
        var target = targets();
        if (!tokens.skipName("in")) {
            throw tokens.expected("\"in\"");
        }
        var over = expressions.tuple(false);
        var filter = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.atName("recursive")) {
            throw tokens.problem(tokens.current().at(), "recursive loops are not supported");
        }
        loops++;
        var body = body(Set.of("endfor", "else"), false);
        loops--;
        List<Statement> otherwise = tokens.take().isName("else") ? body("endfor") : List.of();
        return new Statement.For(target, over, filter, body, otherwise, at);
    }

    private Statement set(int at) {
        Target target;
        if (tokens.current().kind() == Kind.NAME && tokens.look().isOperator(".")) {
            var namespace = tokens.take().text();
            tokens.take();
            target = new Target.NamespaceAttribute(
                    namespace, tokens.expect(Kind.NAME, "an attribute's name").text());
        } else {
            target = targets();
        }
        if (tokens.skip("=")) {
            return new Statement.Set(target, expressions.tuple(true), at);
        }
        var filter = tokens.skip("|") ? filters(expressions.filter(null)) : null;
        return new Statement.BlockSet(target, filter, body("endset"), at);
    }

    /** Further filters after the first one of a block. */
    private Expression.Filter filters(Expression.Filter first) {
        var filter = first;
        while (tokens.skip("|")) {
            filter = expressions.filter(filter);
        }
        return filter;
    }

    /** Names with commas between. */
    private Target targets() {
        var parts = new ArrayList<Target>();
        boolean several = false;
        do {
            if (!parts.isEmpty() && tokens.current().kind() != Kind.NAME && !tokens.at("(")) {
                break;
            }
            parts.add(target());
            several |= tokens.at(",");
        } while (tokens.skip(",") && !tokens.atName("in"));
        return several ? new Target.Several(parts) : parts.getFirst();
    }

    private Target target() {
        if (tokens.skip("(")) {
            tokens.enter();
            var inner = targets();
            tokens.leave();
            tokens.expect(")");
            return inner;
        }
        var name = tokens.expect(Kind.NAME, "a name to give a value to");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw tokens.problem(name.at(), "nothing can be given to \"" + name.text() + "\"");
        }
        return new Target.Variable(name.text());
    }

    private Statement with(int at) {
        var targets = new ArrayList<Target>();
        var values = new ArrayList<Expression>();
        while (tokens.current().kind() != Kind.BLOCK_END) {
            if (!targets.isEmpty()) {
                tokens.expect(",");
            }
            targets.add(target());
            tokens.expect("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, body("endwith"), at);
    }

    private Statement macro() {
        var name = tokens.expect(Kind.NAME, "a macro's name").text();
        var names = new ArrayList<String>();
        var defaults = new ArrayList<Expression>();
        signature(names, defaults);
        int before = tokens.position();
        var body = functionBody("endmacro");
        return new Statement.MacroOf(name, new Signature(names, defaults, tokens.mentions("caller", before)), body);
    }

    private void signature(List<String> names, List<Expression> defaults) {
        tokens.expect("(");
        while (!tokens.skip(")")) {
            if (!names.isEmpty()) {
                tokens.expect(",");
            }
            var name = tokens.expect(Kind.NAME, "a parameter's name");
            names.add(name.text());
            if (tokens.skip("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.problem(name.at(), "a parameter without default stands after one with a default");
            }
        }
    }

    private Statement call() {
        var names = new ArrayList<String>();
        var defaults = new ArrayList<Expression>();
        if (tokens.at("(")) {
            signature(names, defaults);
        }
        int at = tokens.current().at();
        if (!(expressions.expression() instanceof Expression.Call called)) {
            throw tokens.problem(at, "a call block needs a call");
        }
        return new Statement.CallBlock(new Signature(names, defaults, false), called, functionBody("endcall"));
    }
}
