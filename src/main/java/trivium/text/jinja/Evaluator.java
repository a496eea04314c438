package trivium.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes expressions. */
final class Evaluator {

    private final String source;
    private final Budget budget;
    private final Filters filters;

    Evaluator(String source, Budget budget) {
        this.source = source;
        this.budget = budget;
        this.filters = new Filters(budget);
    }

    Object value(Expression expression, Scope scope) {
        try {
            budget.step();
            return computed(expression, scope);
        } catch (Failure failure) {
            throw located(failure, expression.at());
        }
    }

    JinjaException located(Failure failure, int at) {
        return JinjaException.at(source, at, failure.getMessage());
    }

    private Object computed(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> values(list.items(), scope);
            case Expression.TupleOf tuple -> new Tuple(values(tuple.items(), scope));
            case Expression.DictOf dict -> dict(dict, scope);
            case Expression.Attribute attribute ->
                Access.attribute(value(attribute.of(), scope), attribute.name(), budget);
            case Expression.Item item -> item(item, scope);
            case Expression.Slice slice -> throw new Failure("a slice stands between brackets alone");
            case Expression.Call call -> call(call, arguments(call.parameters(), scope), scope);
            case Expression.Filter filter -> filtered(filter, value(filter.of(), scope), scope);
            case Expression.Test test ->
                Tests.holds(test.name(), value(test.of(), scope), arguments(test.parameters(), scope), budget);
            case Expression.Unary unary -> {
                var of = value(unary.of(), scope);
                yield unary.operator().equals("not")
                        ? (Object) !Values.truth(of)
                        : Arithmetic.unary(unary.operator(), of);
            }
            case Expression.Binary binary -> {
                var left = value(binary.left(), scope);
                yield Arithmetic.binary(binary.operator(), left, value(binary.right(), scope), budget);
            }
            case Expression.And and -> {
                var left = value(and.left(), scope);
                yield Values.truth(left) ? value(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                var left = value(or.left(), scope);
                yield Values.truth(left) ? left : value(or.right(), scope);
            }
            case Expression.Concatenation concatenation -> {
                var builder = new TextBuilder();
                for (var item : concatenation.items()) {
                    builder.add(Printer.str(value(item, scope), budget));
                }
                yield budget.made(builder.build());
            }
            case Expression.Comparison comparison -> compared(comparison, scope);
            case Expression.Conditional conditional -> {
                if (Values.truth(value(conditional.condition(), scope))) {
                    yield value(conditional.then(), scope);
                }
                yield conditional.otherwise() == null
                        ? new Undefined("a condition without \"else\" does not hold")
                        : value(conditional.otherwise(), scope);
            }
        };
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<>(expressions.size());
        for (var expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Dict dict(Expression.DictOf literal, Scope scope) {
        var dict = new Dict();
        for (int i = 0; i < literal.keys().size(); i++) {
            dict.put(value(literal.keys().get(i), scope), value(literal.values().get(i), scope));
        }
        return dict;
    }

    private Object item(Expression.Item item, Scope scope) {
        var of = value(item.of(), scope);
        if (item.key() instanceof Expression.Slice slice) {
            return Access.slice(
                    of,
                    slice.from() == null ? null : value(slice.from(), scope),
                    slice.to() == null ? null : value(slice.to(), scope),
                    slice.step() == null ? null : value(slice.step(), scope),
                    budget);
        }
        return Access.item(of, value(item.key(), scope), budget);
    }

    /** @param arguments those in the call, and what a call block adds */
    Object call(Expression.Call call, Arguments arguments, Scope scope) {
        return switch (value(call.function(), scope)) {
            case Function function -> function.body().call(arguments);
            case Undefined undefined -> throw undefined.failure();
            case null -> throw new Failure("None cannot be called");
            case Loop loop -> throw new Failure("recursive loops are not supported");
            case Object other -> throw new Failure(Values.type(other) + " cannot be called");
        };
    }

    Arguments arguments(Expression.Parameters parameters, Scope scope) {
        var positional = values(parameters.positional(), scope);
        if (parameters.rest() != null) {
            positional.addAll(Values.items(value(parameters.rest(), scope)));
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < parameters.names().size(); i++) {
            named.put(parameters.names().get(i), value(parameters.named().get(i), scope));
        }
        if (parameters.namedRest() != null) {
            if (!(value(parameters.namedRest(), scope) instanceof Dict rest)) {
                throw new Failure("a dict should stand after \"**\"");
            }
            rest.keys().forEach(key -> named.put(String.valueOf(key), rest.get(key)));
        }
        return new Arguments(positional, named);
    }

    private Object filtered(Expression.Filter filter, Object of, Scope scope) {
        return filters.apply(filter.name(), of, arguments(filter.parameters(), scope));
    }

    /** What the filters of a block make of its text. */
    Object filteredBlock(Expression.Filter filter, Text block, Scope scope) {
        var of = filter.of() instanceof Expression.Filter inner ? filteredBlock(inner, block, scope) : block;
        try {
            return filtered(filter, of, scope);
        } catch (Failure failure) {
            throw located(failure, filter.at());
        }
    }

    private boolean compared(Expression.Comparison comparison, Scope scope) {
        var left = value(comparison.first(), scope);
        for (int i = 0; i < comparison.others().size(); i++) {
            var right = value(comparison.others().get(i), scope);
            if (!compared(comparison.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean compared(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Comparer.equal(left, right, budget);
            case "!=" -> !Comparer.equal(left, right, budget);
            case "in" -> Comparer.contains(right, left, budget);
            case "not in" -> !Comparer.contains(right, left, budget);
            default -> Comparer.ordered(operator, left, right, budget);
        };
    }
}
