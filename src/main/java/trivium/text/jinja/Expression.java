package trivium.text.jinja;

import java.util.List;

/** What has a value; {@code at} is where it stands in the template. */
sealed interface Expression {

    int at();

    record Constant(Object value, int at) implements Expression {}

    record Name(String name, int at) implements Expression {}

    record ListOf(List<Expression> items, int at) implements Expression {}

    record TupleOf(List<Expression> items, int at) implements Expression {}

    record DictOf(List<Expression> keys, List<Expression> values, int at) implements Expression {}

    record Attribute(Expression of, String name, int at) implements Expression {}

    record Item(Expression of, Expression key, int at) implements Expression {}

    /** Each bound may be null. */
    record Slice(Expression from, Expression to, Expression step, int at) implements Expression {}

    record Call(Expression function, Parameters parameters, int at) implements Expression {}

    /**
     * {@code of|name}.
     *
     * @param of null for the block that a filter block or a block set has
     */
    record Filter(Expression of, String name, Parameters parameters, int at) implements Expression {}

    record Test(Expression of, String name, Parameters parameters, int at) implements Expression {}

    record Unary(String operator, Expression of, int at) implements Expression {}

    record Binary(String operator, Expression left, Expression right, int at) implements Expression {}

    record And(Expression left, Expression right, int at) implements Expression {}

    record Or(Expression left, Expression right, int at) implements Expression {}

    record Concatenation(List<Expression> items, int at) implements Expression {}

    /** A chain: {@code first operators[0] others[0] operators[1] others[1] …}. */
    record Comparison(Expression first, List<String> operators, List<Expression> others, int at)
            implements Expression {}

    /**
     * {@code then if condition else otherwise}.
     *
     * @param otherwise null if there is no else
     */
    record Conditional(Expression condition, Expression then, Expression otherwise, int at) implements Expression {}

    /**
     * What stands between the parentheses of a call.
     *
     * @param rest after {@code *}, or null
     * @param namedRest after {@code **}, or null
     */
    record Parameters(
            List<Expression> positional,
            List<String> names,
            List<Expression> named,
            Expression rest,
            Expression namedRest) {

        static final Parameters NONE = of(List.of());

        static Parameters of(List<Expression> positional) {
            return new Parameters(positional, List.of(), List.of(), null, null);
        }
    }
}
