package trivium.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import trivium.text.jinja.Statement.Signature;
import trivium.text.jinja.Statement.Target;

/** Runs statements. */
final class Interpreter {

    private final Budget budget;
    private final Evaluator evaluator;

    /** The output of the whole template, in which generation blocks have places. */
    private Output whole;

    Interpreter(String source, Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(source, budget);
    }

    /** How a statement ended. */
    private enum End {
        NORMAL,
        BREAK,
        CONTINUE
    }

    void run(List<Statement> statements, Scope scope, Output output) {
        whole = output;
        all(statements, scope, output);
    }

    private End all(List<Statement> statements, Scope scope, Output output) {
        for (var statement : statements) {
            var end = one(statement, scope, output);
            if (end != End.NORMAL) {
                return end;
            }
        }
        return End.NORMAL;
    }

    private End one(Statement statement, Scope scope, Output output) {
        budget.step();
        switch (statement) {
            case Statement.Data data -> output.add(data.text());
            case Statement.Print print -> print(print, scope, output);
            case Statement.If branches -> {
                return branch(branches, scope, output);
            }
            case Statement.For loop -> {
                return loop(loop, scope, output);
            }
            case Statement.Set set -> assign(set.target(), evaluator.value(set.value(), scope), scope, set.at());
            case Statement.BlockSet set -> {
                var block = captured(set.body(), new Scope(scope));
                var value = set.filter() == null ? block : evaluator.filteredBlock(set.filter(), block, scope);
                assign(set.target(), value, scope, set.at());
            }
            case Statement.FilterBlock block ->
                output.add(Printer.soft(
                        evaluator.filteredBlock(block.filter(), captured(block.body(), new Scope(scope)), scope),
                        budget));
            case Statement.With with -> {
                var inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner, with.at());
                }
                return all(with.body(), inner, output);
            }
            case Statement.MacroOf macro ->
                scope.set(macro.name(), function(macro.name(), macro.signature(), macro.body(), scope));
            case Statement.CallBlock block -> called(block, scope, output);
            case Statement.Generation generation -> {
                if (output != whole) {
                    throw new Failure("a generation block stands inside a macro or a block whose text is changed");
                }
                int from = output.length();
                all(generation.body(), new Scope(scope), output);
                output.generated(from);
            }
            case Statement.Break stop -> {
                return End.BREAK;
            }
            case Statement.Continue next -> {
                return End.CONTINUE;
            }
        }
        return End.NORMAL;
    }

    private void print(Statement.Print print, Scope scope, Output output) {
        var value = evaluator.value(print.value(), scope);
        try {
            var text = Printer.soft(value, budget);
            budget.spend(text.chars.length() / 8);
            output.add(text);
        } catch (Failure failure) {
            throw evaluator.located(failure, print.value().at());
        }
    }

    private Text captured(List<Statement> body, Scope scope) {
        var output = new Output();
        all(body, scope, output);
        return output.text();
    }

    private End branch(Statement.If branches, Scope scope, Output output) {
        for (int i = 0; i < branches.conditions().size(); i++) {
            if (Values.truth(evaluator.value(branches.conditions().get(i), scope))) {
                return all(branches.branches().get(i), scope, output);
            }
        }
        return all(branches.otherwise(), scope, output);
    }

    private End loop(Statement.For statement, Scope scope, Output output) {
        var over = evaluator.value(statement.over(), scope);
        List<Object> items;
        try {
            items = Values.items(over);
        } catch (Failure failure) {
            throw evaluator.located(failure, statement.over().at());
        }
        if (statement.filter() != null) {
            items = filtered(statement, items, scope);
        }
        if (items.isEmpty()) {
            return all(statement.otherwise(), new Scope(scope), output);
        }
        var loop = new Loop(items);
        for (int i = 0; i < items.size(); i++) {
            budget.spend(4); // for the scope
            loop.at(i);
            var inner = new Scope(scope);
            inner.set(Loop.NAME, loop);
            assign(statement.target(), items.get(i), inner, statement.at());
            if (all(statement.body(), inner, output) == End.BREAK) {
                break;
            }
        }
        return End.NORMAL;
    }

    private List<Object> filtered(Statement.For statement, List<Object> items, Scope scope) {
        var kept = new ArrayList<>();
        for (var item : items) {
            var inner = new Scope(scope);
            assign(statement.target(), item, inner, statement.at());
            if (Values.truth(evaluator.value(statement.filter(), inner))) {
                kept.add(item);
            }
        }
        return kept;
    }

    private void assign(Target target, Object value, Scope scope, int at) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.NamespaceAttribute attribute -> {
                if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
                    throw evaluator.located(
                            new Failure("\"" + attribute.namespace()
                                    + "\" is no namespace, so its attributes cannot be set"),
                            at);
                }
                namespace.attributes().put(attribute.attribute(), value);
            }
            case Target.Several several -> {
                try {
                    var items = Values.items(value);
                    if (items.size() != several.parts().size()) {
                        throw new Failure(items.size() + " values cannot be given to "
                                + several.parts().size() + " names");
                    }
                    for (int i = 0; i < items.size(); i++) {
                        assign(several.parts().get(i), items.get(i), scope, at);
                    }
                } catch (Failure failure) {
                    throw evaluator.located(failure, at);
                }
            }
        }
    }

    private void called(Statement.CallBlock block, Scope scope, Output output) {
        var caller = function("caller", block.signature(), block.body(), scope);
        var arguments = evaluator.arguments(block.call().parameters(), scope);
        var named = new LinkedHashMap<>(arguments.named());
        named.put("caller", caller);
        try {
            var written = evaluator.call(block.call(), new Arguments(arguments.positional(), named), scope);
            output.add(Printer.soft(written, budget));
        } catch (Failure failure) {
            throw evaluator.located(failure, block.call().at());
        }
    }

    private Function function(String name, Signature signature, List<Statement> body, Scope around) {
        return new Function("the macro " + name, arguments -> {
            var names = new ArrayList<>(signature.names());
            if (signature.calls() && !names.contains("caller")) {
                names.add("caller");
            }
            if (arguments.positional().size() > signature.names().size()) {
                throw new Failure("the macro " + name + " takes at most "
                        + signature.names().size() + " values");
            }
            var bound = arguments.bind("the macro " + name, 0, names.toArray(String[]::new));
            var scope = new Scope(around);
            int withoutDefault = signature.names().size() - signature.defaults().size();
            for (int i = 0; i < names.size(); i++) {
                Object value;
                if (bound.given()[i]) {
                    value = bound.get(i);
                } else if (i >= withoutDefault && i < signature.names().size()) {
                    value = evaluator.value(signature.defaults().get(i - withoutDefault), scope);
                } else {
                    value = new Undefined("the parameter \"" + names.get(i) + "\" of " + name + " was not given");
                }
                scope.set(names.get(i), value);
            }
            return captured(body, scope);
        });
    }
}
