package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** The filter {@code tojson} as transformers has it: Python's {@code json.dumps} with {@code ensure_ascii=False}. */
final class JsonPrinter {

    private final TextBuilder text = new TextBuilder();
    private final Budget budget;
    private final boolean ascii;
    private final boolean sorted;

    /** Null for no line ends. */
    private final Text indent;

    private final Text between;
    private final Text afterKey;

    private JsonPrinter(Arguments.Bound options, Budget budget) {
        this.budget = budget;
        ascii = options.truth(1, false);
        indent = switch (options.get(2)) {
            case null -> null;
            case Text given -> given;
            default -> {
                long width = Math.max(0, options.integer(2, 0));
                TextBuilder.check(width);
                yield Text.of(" ".repeat((int) width));
            }
        };
        sorted = options.truth(4, false);
        var separators = options.get(3);
        if (separators == null) {
            between = Text.of(indent == null ? ", " : ",");
            afterKey = Text.of(": ");
        } else {
            var pair = Values.items(separators);
            if (pair.size() != 2 || !(pair.get(0) instanceof Text first) || !(pair.get(1) instanceof Text second)) {
                throw new Failure("separators of tojson should be two texts");
            }
            between = first;
            afterKey = second;
        }
    }

    static Text json(Object value, Arguments arguments, Budget budget) {
        var all = new ArrayList<Object>();
        all.add(value);
        all.addAll(arguments.positional());
        var options = new Arguments(all, arguments.named())
                .bind("tojson", 1, "value", "ensure_ascii", "indent", "separators", "sort_keys");
        var printer = new JsonPrinter(options, budget);
        printer.add(value, 1);
        return budget.made(printer.text.build());
    }

    private void add(Object value, int depth) {
        budget.step();
        switch (value) {
            case null -> text.add("null");
            case Boolean truth -> text.add(truth.toString());
            case Long number -> text.add(number.toString());
            case Double number -> text.add(number(number));
            case Text string -> quote(string);
            case Dict dict -> object(dict, depth);
            case List<?> list -> array(list, depth);
            case Tuple tuple -> array(tuple.items(), depth);
            case Undefined undefined ->
                throw new Failure("tojson has no form for what is undefined: " + undefined.why());
            default -> throw new Failure("tojson has no form for " + Values.type(value));
        }
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Printer.number(value);
    }

    private void array(List<?> items, int depth) {
        if (items.isEmpty()) {
            text.add("[]");
            return;
        }
        text.add("[");
        for (int i = 0; i < items.size(); i++) {
            line(i > 0, depth);
            add(items.get(i), depth + 1);
        }
        close(depth);
        text.add("]");
    }

    private void object(Dict dict, int depth) {
        if (dict.size() == 0) {
            text.add("{}");
            return;
        }
        var keys = dict.keys();
        if (sorted) {
            keys.sort((a, b) -> Comparer.compare(a, b, budget));
        }
        text.add("{");
        boolean more = false;
        for (var key : keys) {
            line(more, depth);
            quote(name(key));
            text.add(afterKey);
            add(dict.get(key), depth + 1);
            more = true;
        }
        close(depth);
        text.add("}");
    }

    private static Text name(Object key) {
        return switch (key) {
            case Text name -> name;
            case null -> Text.of("null");
            case Boolean truth -> Text.of(truth.toString());
            case Long number -> Text.of(number.toString());
            case Double number -> Text.of(number(number));
            default -> throw new Failure("keys in JSON are texts, not " + Values.type(key));
        };
    }

    private void line(boolean more, int depth) {
        if (more) {
            text.add(between);
        }
        if (indent != null) {
            lineEnd(depth);
        }
    }

    private void close(int depth) {
        if (indent != null) {
            lineEnd(depth - 1);
        }
    }

    private void lineEnd(int depth) {
        budget.spend(depth);
        text.add("\n");
        for (int i = 0; i < depth; i++) {
            text.add(indent);
        }
    }

    private void quote(Text string) {
        text.add("\"");
        var chars = string.chars;
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            char origin = string.origin(i);
            switch (c) {
                case '"' -> text.add("\\\"", origin);
                case '\\' -> text.add("\\\\", origin);
                case '\n' -> text.add("\\n", origin);
                case '\r' -> text.add("\\r", origin);
                case '\t' -> text.add("\\t", origin);
                case '\b' -> text.add("\\b", origin);
                case '\f' -> text.add("\\f", origin);
                default -> {
                    boolean plain = c >= ' ' && (!ascii || c < 0x7f);
                    text.add(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c), origin);
                }
            }
        }
        text.add("\"");
    }
}
