package trivium.text.jinja;

import java.util.List;
import trivium.text.jinja.Token.Kind;

/** The tokens of a template, read one after the other. */
final class TokenStream {

    /** So deep may expressions and blocks stand in each other. */
    private static final int DEEPEST = 200;

    private final String source;
    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenStream(String source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    Token current() {
        return tokens.get(next);
    }

    /** The number of the next token. */
    int position() {
        return next;
    }

    /** Whether a name stands between the token of this number and the next one. */
    boolean mentions(String name, int from) {
        return tokens.subList(from, next).stream().anyMatch(token -> token.isName(name));
    }

    Token look() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token take() {
        var token = current();
        if (next < tokens.size() - 1) {
            next++;
        }
        return token;
    }

    boolean at(String operator) {
        return current().isOperator(operator);
    }

    boolean skip(String operator) {
        return at(operator) && take() != null;
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean skipName(String name) {
        return atName(name) && take() != null;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw expected('"' + operator + '"');
        }
    }

    Token expect(Kind kind, String what) {
        if (current().kind() != kind) {
            throw expected(what);
        }
        return take();
    }

    JinjaException expected(String what) {
        return problem(current().at(), "expected " + what + ", not " + current().shown());
    }

    JinjaException problem(int at, String text) {
        return JinjaException.at(source, at, text);
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw problem(current().at(), "what stands here is nested more than " + DEEPEST + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
