package trivium.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the parts of a JSON text stand, so that damage can be done to a part: as text, for a tree of objects could hold
 * no key twice and no number that is none.
 *
 * @param values every value, containers included
 * @param members every key with its value, and every item of a list
 * @param keys every key, with its quotes
 */
record JsonSpans(List<Span> values, List<Span> members, List<Span> keys) {

    /** From the first character up to, not including, the last. */
    record Span(int from, int to) {}

    /** Of a text that is valid JSON. */
    static JsonSpans of(String text) {
        var spans = new JsonSpans(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        spans.value(text, 0);
        return spans;
    }

    private int value(String text, int at) {
        int from = blank(text, at);
        int to = switch (text.charAt(from)) {
            case '{', '[' -> container(text, from);
            case '"' -> string(text, from);
            default -> word(text, from);
        };
        values.add(new Span(from, to));
        return to;
    }

    private int container(String text, int from) {
        boolean object = text.charAt(from) == '{';
        int at = blank(text, from + 1);
        while (text.charAt(at) != '}' && text.charAt(at) != ']') {
            int begun = at;
            if (object) {
                at = string(text, at);
                keys.add(new Span(begun, at));
                at = blank(text, at) + 1; // the colon
            }
            at = value(text, at);
            members.add(new Span(begun, at));
            at = blank(text, at);
            if (text.charAt(at) == ',') {
                at = blank(text, at + 1);
            }
        }
        return at + 1;
    }

    private static int string(String text, int from) {
        int at = from + 1;
        while (text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static int word(String text, int from) {
        int at = from;
        while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private static int blank(String text, int from) {
        int at = from;
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
