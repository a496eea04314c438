package trivium.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Jinja's filters (jinja2 3.1, {@code filters.py}), {@code tojson} as transformers has it. */
final class Filters {

    private static final Set<String> NAMES = Set.of(
            "abs",
            "attr",
            "capitalize",
            "center",
            "count",
            "d",
            "default",
            "dictsort",
            "e",
            "escape",
            "first",
            "float",
            "forceescape",
            "format",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
            "safe",
            "select",
            "selectattr",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "truncate",
            "unique",
            "upper",
            "wordcount");

    private final Budget budget;
    private final SequenceFilters sequences;

    Filters(Budget budget) {
        this.budget = budget;
        this.sequences = new SequenceFilters(this, budget);
    }

    static boolean has(String name) {
        return NAMES.contains(name);
    }

    Object apply(String name, Object value, Arguments arguments) {
        if (!NAMES.contains(name)) {
            throw new Failure("the filter \"" + name + "\" is not supported; supported are "
                    + String.join(", ", new TreeSet<>(NAMES)));
        }
        budget.step();
        return switch (name) {
            case "default", "d" -> {
                var bound = bind(name, 0, arguments, "default_value", "boolean");
                boolean missing = value instanceof Undefined || bound.truth(1, false) && !Values.truth(value);
                yield missing ? bound.get(0, Text.EMPTY) : value;
            }
            case "tojson" -> JsonPrinter.json(value, arguments, budget);
            case "length", "count" -> {
                bind(name, 0, arguments);
                yield length(value);
            }
            case "abs", "int", "float", "round" -> Rounding.apply(name, value, arguments);
            case "attr" -> {
                var attribute = bind(name, 1, arguments, "name").text(0).chars;
                yield value instanceof Dict && Methods.of(value, attribute, budget) == null
                        ? new Undefined("dict has no attribute " + attribute)
                        : Access.attribute(value, attribute, budget);
            }
            case "format" -> format(value, arguments);
            case "indent", "truncate" -> {
                if (name.equals("truncate") && Values.sequence(value) != null) {
                    yield value;
                }
                if (!(value instanceof Text text)) {
                    throw new Failure("the filter " + name + " takes a text, not " + Values.type(value));
                }
                yield text(name, text, arguments);
            }
            case "items" -> items(value);
            default ->
                SequenceFilters.has(name)
                        ? sequences.apply(name, value, arguments)
                        : text(name, Printer.soft(value, budget), arguments);
        };
    }

    private static Arguments.Bound bind(String name, int required, Arguments arguments, String... names) {
        return arguments.bind("the filter " + name, required, names);
    }

    private static Object length(Object value) {
        int length = Values.length(value);
        if (length < 0) {
            throw new Failure(Values.type(value) + " has no length");
        }
        return (long) length;
    }

    private Object format(Object value, Arguments arguments) {
        Object values = new Tuple(arguments.positional());
        if (!arguments.named().isEmpty()) {
            var dict = new Dict();
            arguments.named().forEach((key, item) -> dict.put(Text.of(key), item));
            values = dict;
        }
        return budget.made(Percent.format(Printer.soft(value, budget), values, budget));
    }

    private static Object items(Object value) {
        return switch (value) {
            case Dict dict -> new Generator(dict.items());
            case Undefined undefined -> new Generator(List.of());
            case null, default -> throw new Failure("the filter items takes a dict, not " + Values.type(value));
        };
    }

    /** Filters of texts; other values are printed first. */
    private Object text(String name, Text text, Arguments arguments) {
        budget.spend(text.chars.length() / 8);
        return switch (name) {
            case "trim" -> text.strip(bind(name, 0, arguments, "chars").text(0), true, true);
            case "replace" -> replace(text.safe(false), bind(name, 2, arguments, "old", "new", "count"));
            case "indent" -> indent(text, bind(name, 0, arguments, "width", "first", "blank"));
            case "center" -> center(text, bind(name, 0, arguments, "width").integer(0, 80));
            case "truncate" -> truncate(text, bind(name, 0, arguments, "length", "killwords", "end", "leeway"));
            default -> {
                bind(name, 0, arguments);
                yield plain(name, text);
            }
        };
    }

    private Object plain(String name, Text text) {
        return switch (name) {
            case "upper" -> text.upper();
            case "lower" -> text.lower();
            case "capitalize" -> TextMethods.capitalize(text);
            case "title" -> title(text);
            case "safe" -> text.safe(true);
            case "escape", "e" -> budget.made(text.escaped());
            case "forceescape" -> budget.made(text.safe(false).escaped());
            case "wordcount" -> text.chars.codePoints().collect(WordCount::new, WordCount::add, (a, b) -> {}).words;
            default -> text; // string
        };
    }

    private static final class WordCount {
        private long words;
        private boolean inWord;

        private void add(int c) {
            boolean letter = c == '_' || Character.isLetterOrDigit(c);
            words += letter && !inWord ? 1 : 0;
            inWord = letter;
        }
    }

    private Text replace(Text text, Arguments.Bound bound) {
        var old = Printer.str(bound.get(0), budget);
        var with = Printer.str(bound.get(1), budget);
        return budget.made(text.replace(old, with, bound.get(2) == null ? -1 : bound.integer(2, -1)));
    }

    private Text indent(Text text, Arguments.Bound bound) {
        var by = bound.get(0, 4L) instanceof Text given ? given : spaces(bound.integer(0, 4));
        var indention = by.safe(text.safe);
        var lines = TextMethods.lines(text.plus(Text.of("\n").safe(text.safe)), false);
        boolean blank = bound.truth(2, false);
        var builder = new TextBuilder();
        if (bound.truth(1, false)) {
            builder.add(indention);
        }
        for (int i = 0; i < lines.size(); i++) {
            var line = (Text) lines.get(i);
            if (i > 0) {
                builder.add("\n");
                if (blank || !line.isEmpty()) {
                    builder.add(indention);
                }
            }
            builder.add(line);
        }
        return budget.made(builder.build().safe(text.safe));
    }

    private static Text spaces(long count) {
        TextBuilder.check(count);
        return Text.of(" ".repeat((int) Math.max(0, count)));
    }

    private Text center(Text text, long width) {
        TextBuilder.check(width);
        long pad = Math.max(0, width - text.length());
        long left = pad / 2 + (pad & width & 1); // as CPython's pad
        return budget.made(
                spaces(left).safe(text.safe).plus(text).plus(spaces(pad - left).safe(text.safe)));
    }

    private static Text truncate(Text text, Arguments.Bound bound) {
        long length = bound.integer(0, 255);
        var end = bound.get(2) == null ? Text.of("...") : bound.text(2);
        long leeway = bound.get(3) == null ? 5 : bound.integer(3, 5);
        if (length < end.length() || leeway < 0) {
            throw new Failure(
                    "the filter truncate needs a length of at least " + end.length() + " and a leeway of at least 0");
        }
        if (text.length() <= length + leeway) {
            return text;
        }
        var start = text.slice(0, text.index((int) length - end.length()));
        int space = bound.truth(1, false) ? -1 : start.chars.lastIndexOf(' ');
        return (space < 0 ? start : start.slice(0, space)).plus(end);
    }

    /** Each word begins with a capital letter; words end at white space, "-" and brackets. */
    private static Text title(Text text) {
        var builder = new TextBuilder();
        int start = 0;
        for (int i = 0; i <= text.chars.length(); i++) {
            boolean ends = i == text.chars.length()
                    || separates(text.chars.charAt(i)) != (i > 0 && separates(text.chars.charAt(i - 1)));
            if (ends && start < i) {
                int first = start + Character.charCount(text.chars.codePointAt(start));
                builder.add(text.slice(start, first).upper())
                        .add(text.slice(first, i).lower());
                start = i;
            }
        }
        return builder.build();
    }

    private static boolean separates(char c) {
        return "-({[<".indexOf(c) >= 0 || Text.isSpace(c);
    }

    /** What a filter or test by name does with one item, for filters that take its name. */
    Object named(List<Object> positional, Map<String, Object> named, Object item) {
        if (positional.isEmpty() || !(positional.getFirst() instanceof Text name)) {
            throw new Failure("the filter map needs a filter's name or attribute=...");
        }
        return apply(name.chars, item, new Arguments(positional.subList(1, positional.size()), named));
    }
}
