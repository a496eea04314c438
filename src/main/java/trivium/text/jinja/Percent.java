package trivium.text.jinja;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Python's {@code text % values}, with %s, %r, %d, %i, %f, %x and %%. */
final class Percent {

    private static final Pattern PART =
            Pattern.compile("%(?:\\((\\w*)\\))?([-+ 0]*)(\\d*)(?:\\.(\\d+))?(.)", Pattern.DOTALL);

    private Percent() {}

    static Text format(Text text, Object values, Budget budget) {
        var builder = new TextBuilder();
        var parts = PART.matcher(text.chars);
        int done = 0;
        int next = 0;
        List<Object> items = values instanceof Tuple tuple ? tuple.items() : Values.list(values);
        while (parts.find()) {
            builder.add(text.slice(done, parts.start()));
            done = parts.end();
            if (parts.group(5).equals("%")) {
                builder.add("%");
                continue;
            }
            Object value;
            if (parts.group(1) != null && values instanceof Dict dict) {
                value = dict.get(Text.of(parts.group(1)));
            } else if (next < items.size()) {
                value = items.get(next++);
            } else {
                throw new Failure("there are fewer values than places in the text \"" + text.chars + "\"");
            }
            builder.add(one(parts.group(2), parts.group(3), parts.group(4), parts.group(5), value, budget));
        }
        boolean mayHaveMore = values instanceof Dict || values instanceof List || values instanceof Range;
        if (next < items.size() && !mayHaveMore) {
            throw new Failure("there are more values than places in the text \"" + text.chars + "\"");
        }
        return builder.add(text.slice(done, text.chars.length())).build().safe(text.safe);
    }

    private static Text one(String flags, String width, String precision, String type, Object value, Budget budget) {
        var made = switch (type) {
            case "s" -> cut(Printer.str(value, budget), precision);
            case "r" -> cut(Printer.repr(value, budget), precision);
            case "d", "i" -> number(flags, width, Long.toString((long) Values.number(value, "the value of %d")));
            case "x" -> number(flags, width, Long.toHexString(Values.integer(value, "the value of %x")));
            case "f" -> {
                int digits = precision == null ? 6 : small(precision);
                yield number(
                        flags,
                        width,
                        String.format(Locale.ROOT, "%." + digits + "f", Values.number(value, "the value of %f")));
            }
            default -> throw new Failure("%" + type + " is not supported in a text; supported are %s, %r, %d, %f, %x");
        };
        int wide = width.isEmpty() ? 0 : small(width);
        var pad = Text.of(" ".repeat(Math.max(0, wide - made.length())));
        return flags.contains("-") ? made.plus(pad) : pad.plus(made);
    }

    private static Text cut(Text text, String precision) {
        return precision == null ? text : text.slice(0, text.index(Math.min(text.length(), small(precision))));
    }

    private static Text number(String flags, String width, String digits) {
        var sign = digits.startsWith("-") ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        var plain = digits.startsWith("-") ? digits.substring(1) : digits;
        int zeros = flags.contains("0") && !flags.contains("-") && !width.isEmpty()
                ? small(width) - plain.length() - sign.length()
                : 0;
        return Text.of(sign + "0".repeat(Math.max(0, zeros)) + plain);
    }

    private static int small(String digits) {
        if (digits.length() > 4) {
            throw new Failure("a width of " + digits + " is too much");
        }
        return Integer.parseInt(digits);
    }
}
