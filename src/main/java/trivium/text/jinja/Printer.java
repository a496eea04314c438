package trivium.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Values as Python prints them. */
final class Printer {

    private final TextBuilder text = new TextBuilder();
    private final Budget budget;

    private Printer(Budget budget) {
        this.budget = budget;
    }

    /** Python's {@code str}; the same text without its mark as safe. */
    static Text str(Object value, Budget budget) {
        return soft(value, budget).safe(false);
    }

    /** Python's {@code str}, but a text stays as it is. */
    static Text soft(Object value, Budget budget) {
        return switch (value) {
            case Text same -> same;
            case Undefined undefined -> Text.EMPTY;
            case null, default -> repr(value, budget);
        };
    }

    /** Python's {@code repr}. */
    static Text repr(Object value, Budget budget) {
        var printer = new Printer(budget);
        printer.add(value);
        return budget.made(printer.text.build());
    }

    private void add(Object value) {
        budget.step();
        switch (value) {
            case null -> text.add("None");
            case Boolean truth -> text.add(truth ? "True" : "False");
            case Long number -> text.add(number.toString());
            case Double number -> text.add(number(number));
            case Text quoted -> {
                if (quoted.safe) {
                    text.add("Markup(");
                    quote(quoted);
                    text.add(")");
                } else {
                    quote(quoted);
                }
            }
            case Tuple tuple -> {
                text.add("(");
                items(tuple.items());
                text.add(tuple.items().size() == 1 ? ",)" : ")");
            }
            case List<?> list -> {
                text.add("[");
                items(list);
                text.add("]");
            }
            case View view -> {
                text.add(view.type()).add("([");
                items(view.items());
                text.add("])");
            }
            case Dict dict -> {
                text.add("{");
                String between = "";
                for (var key : dict.keys()) {
                    text.add(between);
                    add(key);
                    text.add(": ");
                    add(dict.get(key));
                    between = ", ";
                }
                text.add("}");
            }
            case Range range ->
                text.add("range(" + range.start() + ", " + range.stop()
                        + (range.step() == 1 ? ")" : ", " + range.step() + ")"));
            case Undefined undefined -> text.add("Undefined");
            case Namespace namespace -> {
                text.add("<Namespace ");
                var attributes = new Dict();
                for (Map.Entry<String, Object> entry : namespace.attributes().entrySet()) {
                    attributes.put(Text.of(entry.getKey()), entry.getValue());
                }
                add(attributes);
                text.add(">");
            }
            case Loop loop -> {
                var index = loop.attribute("index", budget);
                text.add("<LoopContext " + index + "/" + loop.length() + ">");
            }
            case Generator generator ->
                throw new Failure("items that a filter lets through have no printed form; add the filter \"list\"");
            default -> throw new Failure("a function has no printed form; it was meant to be called perhaps");
        }
    }

    private void items(List<?> items) {
        String between = "";
        for (var item : items) {
            text.add(between);
            add(item);
            between = ", ";
        }
    }

    private void quote(Text quoted) {
        var chars = quoted.chars;
        char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        text.add(String.valueOf(quote));
        for (int i = 0; i < chars.length(); ) {
            int c = chars.codePointAt(i);
            text.add(escaped(c, quote), quoted.origin(i));
            i += Character.charCount(c);
        }
        text.add(String.valueOf(quote));
    }

    private static String escaped(int c, char quote) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            default -> {
                if (c == quote) {
                    yield "\\" + quote;
                }
                if (isPrintable(c)) {
                    yield Character.toString(c);
                }
                yield c < 0x100
                        ? String.format("\\x%02x", c)
                        : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
            }
        };
    }

    private static boolean isPrintable(int c) {
        return c == ' '
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    /** The shortest decimal that reads back as this number, with an exponent below 1e-4 and from 1e16 on. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        var decimal = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        var digits = decimal.unscaledValue().toString();
        int point = digits.length() - decimal.scale(); // the number of digits before the point
        var text = new StringBuilder(value < 0 ? "-" : "");
        if (point > 16 || point < -3) {
            text.append(digits.charAt(0));
            if (digits.length() > 1) {
                text.append('.').append(digits, 1, digits.length());
            }
            int exponent = point - 1;
            text.append(exponent < 0 ? "e-" : "e+")
                    .append(Math.abs(exponent) < 10 ? "0" : "")
                    .append(Math.abs(exponent));
        } else if (point <= 0) {
            text.append("0.").append("0".repeat(-point)).append(digits);
        } else if (point >= digits.length()) {
            text.append(digits).append("0".repeat(point - digits.length())).append(".0");
        } else {
            text.append(digits, 0, point).append('.').append(digits, point, digits.length());
        }
        return text.toString();
    }
}
