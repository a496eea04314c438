package trivium.text.jinja;

import java.time.LocalDateTime;

/** The functions that every template has. */
final class Globals {

    private Globals() {}

    static Scope scope(LocalDateTime now) {
        var scope = new Scope(null);
        add(scope, "range", Globals::range);
        add(scope, "dict", Globals::dict);
        add(scope, "namespace", arguments -> {
            var namespace = new Namespace();
            var values = dict(arguments);
            values.keys().forEach(key -> namespace.attributes().put(((Text) key).chars, values.get(key)));
            return namespace;
        });
        add(scope, "raise_exception", arguments -> {
            var message = arguments.bind("raise_exception", 1, "message").get(0);
            throw new Failure(
                    "the template refuses: " + (message instanceof Text text ? text.chars : "it does not say why"));
        });
        add(
                scope,
                "strftime_now",
                arguments -> Text.of(Strftime.format(
                        arguments.bind("strftime_now", 1, "format").text(0).chars, now)));
        return scope;
    }

    private static void add(Scope scope, String name, Function.Body body) {
        scope.set(name, new Function(name, body));
    }

    private static Object range(Arguments arguments) {
        var bound = arguments.bind("range", 1, "start", "stop", "step");
        boolean one = arguments.positional().size() == 1;
        return one
                ? new Range(0, bound.integer(0, 0), 1)
                : new Range(bound.integer(0, 0), bound.integer(1, 0), bound.integer(2, 1));
    }

    private static Dict dict(Arguments arguments) {
        var dict = new Dict();
        for (var given : arguments.positional()) {
            if (given instanceof Dict other) {
                other.keys().forEach(key -> dict.put(key, other.get(key)));
            } else {
                for (var pair : Values.items(given)) {
                    var both = Values.items(pair);
                    if (both.size() != 2) {
                        throw new Failure("a dict is made of pairs");
                    }
                    dict.put(both.get(0), both.get(1));
                }
            }
        }
        arguments.named().forEach((name, value) -> dict.put(Text.of(name), value));
        return dict;
    }
}
