package trivium.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A cell's code, finished or not, as tokens are found in it from the cursor backwards.
 *
 * @param masked the code with the contents of strings and comments blanked out, as long as it was
 */
record CellText(String masked) {

    /**
     * A name in a chain such as {@code pretrain(a, b).steps(3)}.
     *
     * @param arguments how many arguments it is called with; -1 if it is not called
     * @param made whether {@code new} stands before it
     * @param at where it begins
     */
    record Link(String name, int arguments, boolean made, int at) {}

    /**
     * A variable's declaration.
     *
     * @param type as it is written, perhaps {@code var}
     * @param end where the expression ends that it begins with
     */
    record Declaration(String type, int end) {}

    private static final Pattern HIDDEN = Pattern.compile(
            "//[^\n]*|/\\*(?s:.*?)(?:\\*/|\\z)|\"\"\"(?s:.*?)(?:\"\"\"|\\z)|\"(?:[^\"\\\\\n]++|\\\\.)*+\"?|'(?:[^'\\\\\n]++|\\\\.)*+'?");

    /** The code with strings and comments out of the way: comments turn into spaces, strings into quotes. */
    static CellText of(String code) {
        var masked = new StringBuilder(code);
        HIDDEN.matcher(code).results().forEach(hidden -> {
            var mask = hidden.group().startsWith("/") ? ' ' : '"';
            for (int i = hidden.start(); i < hidden.end(); i++) {
                if (code.charAt(i) != '\n') {
                    masked.setCharAt(i, mask);
                }
            }
        });
        return new CellText(masked.toString());
    }

    /** Where the identifier begins that ends here. */
    int identifierFrom(int end) {
        int from = end;
        while (from > 0 && Character.isJavaIdentifierPart(masked.charAt(from - 1))) {
            from--;
        }
        return from;
    }

    /** Where the identifier ends that this place is in. */
    int identifierEnd(int at) {
        int end = at;
        while (end < masked.length() && Character.isJavaIdentifierPart(masked.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Whether a name ends here, and not a number or nothing. */
    boolean isName(int end) {
        int from = identifierFrom(end);
        return from < end && Character.isJavaIdentifierStart(masked.charAt(from));
    }

    /** Before the white space that ends here. */
    int back(int end) {
        int at = end;
        while (at > 0 && Character.isWhitespace(masked.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** After the white space that begins here. */
    int forth(int from) {
        int at = from;
        while (at < masked.length() && Character.isWhitespace(masked.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Whether this character stands before this place. */
    boolean endsWith(int end, char c) {
        return end > 0 && masked.charAt(end - 1) == c;
    }

    /** Whether the name that begins here is what {@code new} makes. */
    boolean isNew(int from) {
        int start = from - qualified(from).length();
        int end = back(start);
        return end < start && masked.substring(identifierFrom(end), end).equals("new");
    }

    /** What stands before the name that begins here and belongs to it: {@code trivium.data.} */
    String qualified(int from) {
        int start = from;
        while (endsWith(start, '.') && identifierFrom(start - 1) < start - 1) {
            start = identifierFrom(start - 1);
        }
        return masked.substring(start, from);
    }

    /** The names that lead to the expression that ends here; empty if it is anything but names and calls. */
    List<Link> chain(int end) {
        var chain = new ArrayList<Link>();
        int at = back(end);
        while (true) {
            int arguments = -1;
            if (endsWith(at, ')')) {
                int open = opening(at - 1);
                if (open < 0) {
                    return List.of();
                }
                arguments = arguments(open);
                at = back(open);
            }
            int from = identifierFrom(at);
            if (from == at) {
                return List.of();
            }
            boolean made = arguments >= 0 && isNew(from);
            if (made) {
                var name = qualified(from) + masked.substring(from, at);
                chain.addFirst(new Link(name, arguments, true, from));
                return chain;
            }
            chain.addFirst(new Link(masked.substring(from, at), arguments, false, from));
            at = back(from);
            if (!endsWith(at, '.')) {
                return chain;
            }
            at = back(at - 1);
        }
    }

    /** How many arguments stand in the brackets that open here, which may still be open. */
    int arguments(int open) {
        int depth = 0;
        int commas = 0;
        for (int i = open; i < masked.length(); i++) {
            switch (masked.charAt(i)) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                case ',' -> commas += depth == 1 ? 1 : 0;
                default -> {}
            }
            if (depth == 0) {
                return masked.substring(open + 1, i).isBlank() ? 0 : commas + 1;
            }
        }
        return masked.substring(open + 1).isBlank() ? 0 : commas + 1;
    }

    private int opening(int close) {
        int depth = 0;
        for (int i = close; i >= 0; i--) {
            switch (masked.charAt(i)) {
                case ')', ']', '}' -> depth++;
                case '(', '[', '{' -> depth--;
                default -> {}
            }
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** Where the name ends whose call this place is inside of, if it is inside of one. */
    Optional<Integer> callAround(int at) {
        int depth = 0;
        for (int i = at - 1; i >= 0; i--) {
            switch (masked.charAt(i)) {
                case ')', ']', '}' -> depth++;
                case '(', '[', '{' -> depth--;
                default -> {}
            }
            if (depth < 0 || depth == 0 && masked.charAt(i) == ';') {
                int end = back(i);
                return masked.charAt(i) == '(' && identifierFrom(end) < end ? Optional.of(end) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The last declaration of this variable before this place. */
    Optional<Declaration> declaration(String name, int before) {
        var declared = Pattern.compile("(?<![\\w.])(var|[A-Z][\\w.]*(?:<[^;=()]*>)?(?:\\[\\])*)\\s+"
                + Pattern.quote(name) + "\\s*(=(?!=)|;|:|,|\\))");
        var found = new ArrayList<Declaration>();
        declared.matcher(masked.substring(0, before)).results().forEach(match -> {
            boolean begun = match.group(2).equals("=");
            if (begun || !match.group(1).equals("var")) {
                found.add(new Declaration(match.group(1), begun ? statementEnd(match.end()) : match.end()));
            }
        });
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
    }

    private int statementEnd(int from) {
        int depth = 0;
        for (int i = from; i < masked.length(); i++) {
            switch (masked.charAt(i)) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                default -> {}
            }
            if (masked.charAt(i) == ';' && depth == 0) {
                return i;
            }
        }
        return masked.length();
    }

    /** What the line after the last one begins with: as that one, and four more where it opens a bracket. */
    String indent() {
        int from = masked.stripTrailing().lastIndexOf('\n') + 1;
        var line = masked.substring(from);
        int open = 0;
        for (int i = 0; i < line.length(); i++) {
            switch (line.charAt(i)) {
                case '(', '[', '{' -> open++;
                case ')', ']', '}' -> open--;
                default -> {}
            }
        }
        return " ".repeat(line.length() - line.stripLeading().length() + (open > 0 ? 4 : 0));
    }
}
