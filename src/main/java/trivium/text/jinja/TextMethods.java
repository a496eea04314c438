package trivium.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;

/** The methods of Python's str. */
final class TextMethods {

    private TextMethods() {}

    static Object call(Text text, String name, Arguments arguments, Budget budget) {
        budget.spend(text.chars.length() / 8);
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> {
                var characters = arguments.bind(name, 0, "chars").text(0);
                yield text.strip(characters, !name.equals("rstrip"), !name.equals("lstrip"));
            }
            case "split", "rsplit" -> split(text, name, arguments, budget);
            case "splitlines" -> lines(text, arguments.bind(name, 0, "keepends").truth(0, false));
            case "partition", "rpartition" -> partition(text, name, arguments);
            case "startswith", "endswith" -> starts(text, name.equals("startswith"), arguments.bind(name, 1, "prefix"));
            case "removeprefix" -> {
                var prefix = arguments.bind(name, 1, "prefix").text(0);
                yield text.chars.startsWith(prefix.chars)
                        ? text.slice(prefix.chars.length(), text.chars.length())
                        : text;
            }
            case "removesuffix" -> {
                var suffix = arguments.bind(name, 1, "suffix").text(0);
                yield text.chars.endsWith(suffix.chars)
                        ? text.slice(0, text.chars.length() - suffix.chars.length())
                        : text;
            }
            case "replace" -> replace(text, arguments.bind(name, 2, "old", "new", "count"), budget);
            case "join" -> join(text, arguments.bind(name, 1, "iterable").get(0), budget);
            case "find", "rfind", "index" -> find(text, name, arguments.bind(name, 1, "sub", "start", "end"));
            case "count" -> count(text, arguments.bind(name, 1, "sub").text(0));
            default -> {
                arguments.bind(name, 0);
                yield plain(text, name);
            }
        };
    }

    private static Object plain(Text text, String name) {
        return switch (name) {
            case "upper" -> text.upper();
            case "lower" -> text.lower();
            case "title" -> title(text);
            case "capitalize" -> capitalize(text);
            case "isdigit" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, Text::isSpace);
            case "isupper" -> isCase(text, true);
            default -> isCase(text, false);
        };
    }

    private static boolean all(Text text, IntPredicate is) {
        return !text.isEmpty() && text.chars.codePoints().allMatch(is);
    }

    /** Whether there are letters of this case and none of the other. */
    static boolean isCase(Text text, boolean upper) {
        return text.chars.codePoints().anyMatch(c -> upper ? Character.isUpperCase(c) : Character.isLowerCase(c))
                && text.chars
                        .codePoints()
                        .noneMatch(c -> Character.isTitleCase(c)
                                || (upper ? Character.isLowerCase(c) : Character.isUpperCase(c)));
    }

    static Text capitalize(Text text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.chars.codePointAt(0));
        return titled(text.slice(0, first))
                .plus(text.slice(first, text.chars.length()).lower());
    }

    private static Text titled(Text letter) {
        int c = Character.toTitleCase(letter.chars.codePointAt(0));
        return Text.of(Character.toString(c), letter.origin()).safe(letter.safe);
    }

    private static Text title(Text text) {
        var builder = new TextBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.chars.length(); ) {
            int c = text.chars.codePointAt(i);
            var letter = text.slice(i, i + Character.charCount(c));
            boolean cased = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
            builder.add(cased ? inWord ? letter.lower() : titled(letter) : letter);
            inWord = cased;
            i += Character.charCount(c);
        }
        return builder.build().safe(text.safe);
    }

    private static Object replace(Text text, Arguments.Bound bound, Budget budget) {
        var with = text.safe ? bound.text(1).escaped() : bound.text(1);
        return budget.made(
                text.replace(bound.text(0), with, bound.integer(2, -1)).safe(text.safe));
    }

    static Text join(Text between, Object items, Budget budget) {
        var builder = new TextBuilder();
        boolean more = false;
        for (var all = Values.iterate(items); all.hasNext(); more = true) {
            if (!(all.next() instanceof Text text)) {
                throw new Failure("join of str takes texts only; the filter \"join\" takes other values too");
            }
            if (more) {
                builder.add(between);
            }
            builder.add(between.safe ? text.escaped() : text);
        }
        return budget.made(builder.build().safe(between.safe));
    }

    private static Object split(Text text, String name, Arguments arguments, Budget budget) {
        var bound = arguments.bind(name, 0, "sep", "maxsplit");
        var separator = bound.text(0);
        long most = bound.integer(1, -1);
        if (separator != null && separator.isEmpty()) {
            throw new Failure("an empty separator splits nothing");
        }
        var parts = separator == null
                ? words(text, most, name.equals("split"))
                : parts(text, separator.chars, most, name.equals("split"));
        budget.spend(parts.size());
        return parts;
    }

    private static List<Object> parts(Text text, String separator, long most, boolean fromStart) {
        var parts = new ArrayList<>();
        long left = most < 0 ? Long.MAX_VALUE : most;
        int start = 0;
        int end = text.chars.length();
        while (left-- > 0) {
            int at = fromStart
                    ? text.chars.indexOf(separator, start)
                    : text.chars.lastIndexOf(separator, end - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(fromStart ? text.slice(start, at) : text.slice(at + separator.length(), end));
            start = fromStart ? at + separator.length() : start;
            end = fromStart ? end : at;
        }
        parts.add(text.slice(start, end));
        return fromStart ? parts : reversed(parts);
    }

    private static List<Object> reversed(List<Object> parts) {
        Collections.reverse(parts);
        return parts;
    }

    /** Split at white space; what is left when {@code most} are cut off keeps the white space inside and behind it. */
    private static List<Object> words(Text text, long most, boolean fromStart) {
        var parts = new ArrayList<>();
        var rest = text.strip(null, fromStart, !fromStart);
        for (long left = most < 0 ? Long.MAX_VALUE : most; !rest.isEmpty(); left--) {
            int at = left == 0 ? -1 : space(rest.chars, fromStart);
            if (at < 0) {
                parts.add(rest);
                break;
            }
            var before = rest.slice(0, at);
            var after = rest.slice(at + Character.charCount(rest.chars.codePointAt(at)), rest.chars.length());
            parts.add(fromStart ? before : after);
            rest = fromStart ? after.strip(null, true, false) : before.strip(null, false, true);
        }
        return fromStart ? parts : reversed(parts);
    }

    private static int space(String text, boolean first) {
        if (first) {
            for (int i = 0; i < text.length(); i++) {
                if (Text.isSpace(text.charAt(i))) {
                    return i;
                }
            }
        } else {
            for (int i = text.length() - 1; i >= 0; i--) {
                if (Text.isSpace(text.charAt(i))) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** The lines, where Python ends them. */
    static List<Object> lines(Text text, boolean keepEnds) {
        var lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.chars.length(); i++) {
            if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.chars.charAt(i)) >= 0) {
                int end = text.chars.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(text.slice(start, keepEnds ? end : i));
                start = end;
                i = end - 1;
            }
        }
        if (start < text.chars.length()) {
            lines.add(text.slice(start, text.chars.length()));
        }
        return lines;
    }

    private static Tuple partition(Text text, String name, Arguments arguments) {
        var separator = arguments.bind(name, 1, "sep").text(0);
        boolean first = name.equals("partition");
        int at = first ? text.chars.indexOf(separator.chars) : text.chars.lastIndexOf(separator.chars);
        if (at < 0) {
            return first ? Tuple.of(text, Text.EMPTY, Text.EMPTY) : Tuple.of(Text.EMPTY, Text.EMPTY, text);
        }
        int end = at + separator.chars.length();
        return Tuple.of(text.slice(0, at), text.slice(at, end), text.slice(end, text.chars.length()));
    }

    private static boolean starts(Text text, boolean start, Arguments.Bound bound) {
        var options = bound.get(0) instanceof Tuple several ? several.items() : Values.list(bound.get(0));
        for (var option : options) {
            if (!(option instanceof Text part)) {
                throw new Failure("a text starts and ends with texts, not with " + Values.type(option));
            }
            if (start ? text.chars.startsWith(part.chars) : text.chars.endsWith(part.chars)) {
                return true;
            }
        }
        return false;
    }

    private static Object find(Text text, String name, Arguments.Bound bound) {
        int length = text.length();
        var range = Access.range(bound.get(1), bound.get(2), length);
        var part = bound.text(0).chars;
        if (range.from() <= range.to()) {
            int from = text.index(range.from());
            var within = text.chars.substring(0, text.index(range.to()));
            int at = name.equals("rfind") ? within.lastIndexOf(part) : within.indexOf(part, from);
            if (at >= from) {
                return (long) text.chars.codePointCount(0, at);
            }
        }
        if (name.equals("index")) {
            throw new Failure("\"" + part + "\" is not in the text");
        }
        return -1L;
    }

    private static long count(Text text, Text part) {
        if (part.isEmpty()) {
            return text.length() + 1L;
        }
        long count = 0;
        for (int at = text.chars.indexOf(part.chars);
                at >= 0;
                at = text.chars.indexOf(part.chars, at + part.chars.length())) {
            count++;
        }
        return count;
    }
}
