package trivium.report;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import trivium.model.Lora;

/** Values as Java writes them, for cells that a reader pastes: numbers, texts, enums, lists, and records of these. */
final class Expression {

    private Expression() {}

    /**
     * The source of a value; empty if it is none of the kinds above.
     *
     * @param imports receives the names of the classes that it mentions
     */
    static Optional<String> of(Object value, Set<String> imports) {
        return switch (value) {
            case Double number when number == Double.POSITIVE_INFINITY -> Optional.of("Double.POSITIVE_INFINITY");
            case Integer _, Double _, Boolean _ -> Optional.of(value.toString());
            case Long number -> Optional.of(number == number.intValue() ? number.toString() : number + "L");
            case String text -> Optional.of(quoted(text));
            case Enum<?> constant -> Optional.of(name(constant.getDeclaringClass(), imports) + "." + constant.name());
            case List<?> list -> {
                imports.add(List.class.getName());
                yield arguments(list, imports).map(all -> "List.of(" + all + ")");
            }
            case Lora lora -> LoraExpression.of(lora, imports);
            case Record whole ->
                arguments(components(whole), imports)
                        .map(all -> "new " + name(whole.getClass(), imports) + "(" + all + ")");
            default -> Optional.empty();
        };
    }

    /** Several values with commas between. */
    static Optional<String> arguments(List<?> values, Set<String> imports) {
        var sources = values.stream().map(value -> of(value, imports)).toList();
        return sources.stream().allMatch(Optional::isPresent)
                ? Optional.of(sources.stream().map(Optional::get).collect(Collectors.joining(", ")))
                : Optional.empty();
    }

    private static List<Object> components(Record whole) {
        return Arrays.stream(whole.getClass().getRecordComponents())
                .map(component -> {
                    try {
                        return component.getAccessor().invoke(whole);
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException("cannot read " + component + " of " + whole, e);
                    }
                })
                .toList();
    }

    /** "Architecture.Attention", with its outermost class among the imports. */
    private static String name(Class<?> type, Set<String> imports) {
        var outer = type.getEnclosingClass();
        if (outer == null) {
            imports.add(type.getName());
            return type.getSimpleName();
        }
        return name(outer, imports) + "." + type.getSimpleName();
    }

    /** A text as a literal of one line. */
    static String quoted(String text) {
        return text.chars()
                .mapToObj(c -> switch (c) {
                    case '\\' -> "\\\\";
                    case '"' -> "\\\"";
                    case '\n' -> "\\n";
                    case '\r' -> "\\r";
                    case '\t' -> "\\t";
                    // octal: a Unicode escape of a line end would end the line
                    default -> c < ' ' ? String.format("\\%03o", c) : String.valueOf((char) c);
                })
                .collect(Collectors.joining("", "\"", "\""));
    }
}
