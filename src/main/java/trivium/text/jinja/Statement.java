package trivium.text.jinja;

import java.util.List;

/** What writes or changes something; {@code at} is where it stands in the template. */
sealed interface Statement {

    record Data(Text text) implements Statement {}

    record Print(Expression value) implements Statement {}

    record If(List<Expression> conditions, List<List<Statement>> branches, List<Statement> otherwise)
            implements Statement {}

    /**
     * A loop.
     *
     * @param filter null without one
     */
    record For(
            Target target, Expression over, Expression filter, List<Statement> body, List<Statement> otherwise, int at)
            implements Statement {}

    record Set(Target target, Expression value, int at) implements Statement {}

    /**
     * What the body writes is given to the target.
     *
     * @param filter applied to it, or null
     */
    record BlockSet(Target target, Expression.Filter filter, List<Statement> body, int at) implements Statement {}

    record FilterBlock(Expression.Filter filter, List<Statement> body) implements Statement {}

    record With(List<Target> targets, List<Expression> values, List<Statement> body, int at) implements Statement {}

    record MacroOf(String name, Signature signature, List<Statement> body) implements Statement {}

    record CallBlock(Signature signature, Expression.Call call, List<Statement> body) implements Statement {}

    record Generation(List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    /**
     * What a macro takes.
     *
     * @param defaults those of the last parameters
     * @param calls whether the body uses {@code caller}
     */
    record Signature(List<String> names, List<Expression> defaults, boolean calls) {}

    /** What a value is given to. */
    sealed interface Target {

        record Variable(String name) implements Target {}

        record NamespaceAttribute(String namespace, String attribute) implements Target {}

        record Several(List<Target> parts) implements Target {}
    }
}
