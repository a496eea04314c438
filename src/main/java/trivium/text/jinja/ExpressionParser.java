package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import trivium.text.jinja.Expression.Parameters;
import trivium.text.jinja.Token.Kind;

/** Reads expressions (jinja2 3.1, {@code parser.py}): the same order of operators. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expression expression() {
        return expression(true);
    }

    private Expression expression(boolean withConditional) {
        tokens.enter();
        var value = withConditional ? conditional() : or();
        tokens.leave();
        return value;
    }

    private Expression conditional() {
        var value = or();
        while (tokens.atName("if")) {
            int at = tokens.take().at();
            var condition = or();
            var otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, otherwise, at);
        }
        return value;
    }

    /** One expression, or several with commas between, which are a tuple. */
    Expression tuple(boolean withConditional) {
        return tuple(withConditional, false);
    }

    private Expression tuple(boolean withConditional, boolean inParentheses) {
        int at = tokens.current().at();
        var items = new ArrayList<Expression>();
        boolean several = false;
        while (!tupleEnds()) {
            items.add(expression(withConditional));
            if (!tokens.skip(",")) {
                break;
            }
            several = true;
        }
        if (items.isEmpty() && !inParentheses) {
            throw tokens.expected("an expression");
        }
        return items.size() == 1 && !several ? items.getFirst() : new Expression.TupleOf(List.copyOf(items), at);
    }

    private boolean tupleEnds() {
        return switch (tokens.current().kind()) {
            case VARIABLE_END, BLOCK_END, END -> true;
            default -> tokens.at(")");
        };
    }

    private Expression or() {
        var left = and();
        while (tokens.atName("or")) {
            int at = tokens.take().at();
            left = new Expression.Or(left, and(), at);
        }
        return left;
    }

    private Expression and() {
        var left = not();
        while (tokens.atName("and")) {
            int at = tokens.take().at();
            left = new Expression.And(left, not(), at);
        }
        return left;
    }

    private Expression not() {
        if (tokens.atName("not")) {
            int at = tokens.take().at();
            tokens.enter();
            var value = new Expression.Unary("not", not(), at);
            tokens.leave();
            return value;
        }
        return comparison();
    }

    private Expression comparison() {
        int at = tokens.current().at();
        var first = sum();
        var operators = new ArrayList<String>();
        var others = new ArrayList<Expression>();
        while (true) {
            var token = tokens.current();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                operators.add(tokens.take().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.atName("not") && tokens.look().isName("in")) {
                tokens.take();
                tokens.take();
                operators.add("not in");
            } else {
                break;
            }
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Comparison(first, operators, others, at);
    }

    private Expression sum() {
        return leftToRight(this::concatenation, "+", "-");
    }

    private Expression concatenation() {
        int at = tokens.current().at();
        var items = new ArrayList<Expression>();
        do {
            items.add(product());
        } while (tokens.skip("~"));
        return items.size() == 1 ? items.getFirst() : new Expression.Concatenation(items, at);
    }

    private Expression product() {
        return leftToRight(this::power, "*", "/", "//", "%");
    }

    private Expression power() {
        return leftToRight(() -> unary(true), "**");
    }

    private Expression leftToRight(Supplier<Expression> part, String... operators) {
        var left = part.get();
        while (tokens.current().kind() == Kind.OPERATOR
                && List.of(operators).contains(tokens.current().text())) {
            var operator = tokens.take();
            left = new Expression.Binary(operator.text(), left, part.get(), operator.at());
        }
        return left;
    }

    private Expression unary(boolean withFilter) {
        tokens.enter();
        Expression value;
        if (tokens.at("-") || tokens.at("+")) {
            var sign = tokens.take();
            value = new Expression.Unary(sign.text(), unary(false), sign.at());
        } else {
            value = primary();
        }
        value = postfix(value);
        tokens.leave();
        return withFilter ? filters(value) : value;
    }

    Expression primary() {
        var token = tokens.current();
        return switch (token.kind()) {
            case NAME -> name(tokens.take());
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.current().kind() == Kind.STRING) {
                    text.append(tokens.take().text());
                }
                yield new Expression.Constant(Text.of(text.toString()), token.at());
            }
            case NUMBER -> new Expression.Constant(tokens.take().value(), token.at());
            default -> {
                if (tokens.skip("(")) {
                    var value = tuple(true, true);
                    tokens.expect(")");
                    yield value;
                }
                if (tokens.skip("[")) {
                    yield new Expression.ListOf(items("]"), token.at());
                }
                if (tokens.skip("{")) {
                    yield dict(token.at());
                }
                throw tokens.expected("an expression");
            }
        };
    }

    private static Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Constant(true, token.at());
            case "false", "False" -> new Expression.Constant(false, token.at());
            case "none", "None" -> new Expression.Constant(null, token.at());
            default -> new Expression.Name(token.text(), token.at());
        };
    }

    private List<Expression> items(String end) {
        var items = new ArrayList<Expression>();
        while (!tokens.skip(end)) {
            if (!items.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip(end)) {
                    break;
                }
            }
            items.add(expression());
        }
        return List.copyOf(items);
    }

    private Expression dict(int at) {
        var keys = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!tokens.skip("}")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expect(":");
            values.add(expression());
        }
        return new Expression.DictOf(keys, values, at);
    }

    private Expression postfix(Expression of) {
        var value = of;
        while (true) {
            int at = tokens.current().at();
            if (tokens.skip(".")) {
                value = attribute(value, at);
            } else if (tokens.skip("[")) {
                value = new Expression.Item(value, subscript(at), at);
            } else if (tokens.at("(")) {
                value = new Expression.Call(value, parameters(), at);
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression of, int at) {
        var token = tokens.take();
        if (token.kind() == Kind.NAME) {
            return new Expression.Attribute(of, token.text(), at);
        }
        if (token.kind() == Kind.NUMBER && token.value() instanceof Long) {
            return new Expression.Item(of, new Expression.Constant(token.value(), token.at()), at);
        }
        throw tokens.problem(token.at(), "expected a name or number after \".\", not " + token.shown());
    }

    private Expression subscript(int at) {
        var parts = new ArrayList<Expression>();
        do {
            parts.add(subscriptPart());
        } while (tokens.skip(",") && !tokens.at("]"));
        tokens.expect("]");
        return parts.size() == 1 ? parts.getFirst() : new Expression.TupleOf(parts, at);
    }

    private Expression subscriptPart() {
        int at = tokens.current().at();
        var from = tokens.at(":") ? null : expression();
        if (!tokens.skip(":")) {
            return from;
        }
        var to = bound();
        var step = tokens.skip(":") ? bound() : null;
        return new Expression.Slice(from, to, step, at);
    }

    private Expression bound() {
        return tokens.at(":") || tokens.at("]") || tokens.at(",") ? null : expression();
    }

    /** Filters, tests, and calls of their results. */
    private Expression filters(Expression of) {
        var value = of;
        while (true) {
            int at = tokens.current().at();
            if (tokens.skip("|")) {
                value = filter(value);
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.at("(")) {
                value = new Expression.Call(value, parameters(), at);
            } else {
                return value;
            }
        }
    }

    /** One filter, after the bar. */
    Expression.Filter filter(Expression of) {
        var name = tokens.expect(Kind.NAME, "a filter's name");
        return new Expression.Filter(of, name.text(), tokens.at("(") ? parameters() : Parameters.NONE, name.at());
    }

    private Expression test(Expression of) {
        boolean negated = tokens.skipName("not");
        var name = tokens.expect(Kind.NAME, "a test's name");
        var parameters = Parameters.NONE;
        if (tokens.at("(")) {
            parameters = parameters();
        } else if (takesOperand()) {
            parameters = Parameters.of(List.of(postfix(primary())));
        }
        var test = new Expression.Test(of, name.text(), parameters, name.at());
        return negated ? new Expression.Unary("not", test, name.at()) : test;
    }

    /** Whether what follows a test's name is what it compares with. */
    private boolean takesOperand() {
        var token = tokens.current();
        if (token.isName("is")) {
            throw tokens.problem(token.at(), "one test cannot follow another; use \"and\"");
        }
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, NUMBER -> true;
            default -> tokens.at("[") || tokens.at("{");
        };
    }

    Parameters parameters() {
        tokens.expect("(");
        var positional = new ArrayList<Expression>();
        var names = new ArrayList<String>();
        var named = new ArrayList<Expression>();
        Expression rest = null;
        Expression namedRest = null;
        boolean first = true;
        while (!tokens.skip(")")) {
            if (!first) {
                tokens.expect(",");
                if (tokens.skip(")")) {
                    break;
                }
            }
            first = false;
            var token = tokens.current();
            boolean ordered;
            if (tokens.skip("*")) {
                ordered = rest == null && namedRest == null;
                rest = expression();
            } else if (tokens.skip("**")) {
                ordered = namedRest == null;
                namedRest = expression();
            } else if (token.kind() == Kind.NAME && tokens.look().isOperator("=")) {
                ordered = namedRest == null;
                names.add(tokens.take().text());
                tokens.take();
                named.add(expression());
            } else {
                ordered = rest == null && namedRest == null && named.isEmpty();
                positional.add(expression());
            }
            if (!ordered) {
                throw tokens.problem(
                        token.at(), "parameters of a call stand in another order: values, then name=value");
            }
        }
        return new Parameters(positional, names, named, rest, namedRest);
    }
}
