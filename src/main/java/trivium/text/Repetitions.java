package trivium.text;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Refuses regular expressions that can go on for ever without looking at a character: counted repetitions such as
 * {@code {1000000}} within each other, and parts that can match nothing in more than one way, such as {@code (a?)*},
 * {@code (|a|)} or {@code $?}, of which a few dozen in a row have more ways than anyone can try. No tokenizer needs
 * them. What would hide such a part from this check, comments and {@code \Q…\E}, is refused as well.
 */
final class Repetitions {

    /** What the counts in braces may multiply to. */
    private static final long MOST = 10_000;

    private static final List<String> LOOKS = List.of("(?=", "(?!", "(?<=", "(?<!");

    private static final List<String> ONCE = List.of("(?=", "(?!", "(?<=", "(?<!", "(?>");

    private static final Pattern COUNT = Pattern.compile("(?<!\\\\x)\\{(\\d+)(?:,(\\d*))?\\}");

    private static final Pattern COMMENTS = Pattern.compile("\\(\\?[a-zA-Z]*x");

    /** After a backslash: a place in the text, or what a group matched, which may be nothing. */
    private static final String EMPTY = "bBAZzG123456789k";

    private static final String QUANTIFIERS = "*+?{";

    /** A group that is open, and how many of its branches so far can match nothing. */
    private static final class Group {
        private final int start;
        private int branch;
        private int empty;

        Group(int start) {
            this.start = start;
            this.branch = start;
        }
    }

    private final String expression;
    private final ArrayDeque<Group> open = new ArrayDeque<>();

    private Repetitions(String expression) {
        this.expression = expression;
    }

    /**
     * @param expression one that compiles
     * @throws IllegalArgumentException naming what is repeated
     */
    static void check(String expression) {
        long product = 1;
        var counts = COUNT.matcher(expression);
        while (counts.find()) {
            var most = counts.group(2) == null || counts.group(2).isEmpty() ? counts.group(1) : counts.group(2);
            long times = most.length() > 9 ? MOST + 1 : Long.parseLong(most);
            product = Math.min(MOST + 1, product * Math.max(1, times));
        }
        if (product > MOST) {
            throw refused(expression, "its repetitions make more than 10,000 when they are multiplied");
        }
        if (COMMENTS.matcher(expression).find()) {
            throw refused(expression, "it has the flag x, under which it may have comments");
        }
        new Repetitions(expression).scan();
    }

    private void scan() {
        for (int i = 0; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i = escapeEnd(i);
                case '[' -> i = classEnd(i);
                case '(' -> open.push(new Group(i));
                case '|' -> branchEnds(i);
                case ')' -> groupEnds(i);
                case '^', '$' -> checkNotRepeated(i, i);
                default -> {
                    // a character
                }
            }
        }
    }

    /** Where an escape ends that begins here: its last character. */
    private int escapeEnd(int backslash) {
        int end = Math.min(backslash + 1, expression.length() - 1);
        char kind = expression.charAt(end);
        if (kind == 'Q') {
            throw refused(expression, "it quotes with \\Q, which could hide what is repeated");
        }
        if (EMPTY.indexOf(kind) >= 0) {
            end = escapeLength(backslash);
            checkNotRepeated(backslash, end);
        }
        return end;
    }

    private int escapeLength(int backslash) {
        int end = Math.min(backslash + 1, expression.length() - 1);
        char kind = expression.charAt(end);
        if (kind == 'k') {
            end = Math.max(end, expression.indexOf('>', end));
        } else if (Character.isDigit(kind)) {
            while (end + 1 < expression.length() && Character.isDigit(expression.charAt(end + 1))) {
                end++;
            }
        } else if (kind == 'b' && expression.startsWith("{g}", end + 1)) {
            end += "{g}".length();
        }
        return end;
    }

    private boolean isRepeated(int end) {
        return end + 1 < expression.length() && QUANTIFIERS.indexOf(expression.charAt(end + 1)) >= 0;
    }

    private void checkNotRepeated(int from, int end) {
        if (isRepeated(end)) {
            throw refused(
                    expression, "it repeats " + expression.substring(from, end + 1) + ", which can match nothing");
        }
    }

    private void branchEnds(int at) {
        var group = open.peek();
        if (group == null) {
            return;
        }
        // the first branch begins with the group's own parenthesis and flags
        var branch = group.branch == group.start
                ? expression.substring(group.start, at) + ")"
                : "(?:" + expression.substring(group.branch, at) + ")";
        group.empty += canBeEmpty(branch) ? 1 : 0;
        group.branch = at + 1;
    }

    private void groupEnds(int at) {
        if (open.isEmpty()) {
            return;
        }
        branchEnds(at);
        var group = open.pop();
        if (group.empty > 1 && !takesOneWay(group.start) || group.empty > 0 && isRepeated(at)) {
            throw refused(
                    expression,
                    "its group " + Expression.shown(expression.substring(group.start, at + 1))
                            + " can match nothing in more than one way");
        }
    }

    /** Whether a group that begins here is entered once, however its branches match: it looks around, or is atomic. */
    private boolean takesOneWay(int group) {
        return ONCE.stream().anyMatch(opening -> expression.startsWith(opening, group));
    }

    /**
     * Whether a group can match nothing, somewhere in some text: what looks around, and what another group matched, may
     * hold there, and is left out. Groups within were checked before, so that this ends.
     */
    private static boolean canBeEmpty(String group) {
        try {
            return Pattern.compile(withoutLooks(group), Pattern.UNICODE_CHARACTER_CLASS)
                    .matcher("")
                    .matches();
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    /** The group without groups that look around, places and back-references. */
    private static String withoutLooks(String group) {
        var kept = new StringBuilder();
        for (int i = 0; i < group.length(); i++) {
            char c = group.charAt(i);
            if (c == '[') {
                int end = new Repetitions(group).classEnd(i);
                kept.append(group, i, Math.min(end + 1, group.length()));
                i = end;
            } else if (c == '\\' && i + 1 < group.length()) {
                int end = new Repetitions(group).escapeLength(i);
                kept.append(EMPTY.indexOf(group.charAt(i + 1)) >= 0 ? "" : group.substring(i, end + 1));
                i = end;
            } else if (c == '(' && i > 0 && LOOKS.stream().anyMatch(look(group, i))) {
                i = closing(group, i);
            } else if (c != '^' && c != '$') {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    private static Predicate<String> look(String group, int at) {
        return opening -> group.startsWith(opening, at);
    }

    /** The parenthesis that closes one. */
    private static int closing(String group, int open) {
        int depth = 0;
        for (int i = open; i < group.length(); i++) {
            switch (group.charAt(i)) {
                case '\\' -> i++;
                case '[' -> i = new Repetitions(group).classEnd(i);
                case '(' -> depth++;
                case ')' -> {
                    if (--depth == 0) {
                        return i;
                    }
                }
                default -> {
                    // a character
                }
            }
        }
        return group.length();
    }

    /** Where a class of characters ends that begins here; a bracket at its beginning is a character of it. */
    private int classEnd(int bracket) {
        int depth = 0;
        for (int i = bracket; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i = escapeInClass(i);
                case '[' -> {
                    depth++;
                    i += expression.startsWith("^", i + 1) ? 1 : 0;
                    i += expression.startsWith("]", i + 1) ? 1 : 0;
                }
                case ']' -> {
                    if (--depth == 0) {
                        return i;
                    }
                }
                default -> {
                    // a character of the class
                }
            }
        }
        return expression.length();
    }

    private int escapeInClass(int backslash) {
        if (expression.startsWith("\\Q", backslash)) {
            throw refused(expression, "it quotes with \\Q, which could hide what is repeated");
        }
        return backslash + 1;
    }

    private static IllegalArgumentException refused(String expression, String why) {
        return new IllegalArgumentException("the expression " + Expression.shown(expression)
                + " of this tokenizer could take for ever: " + why + "; write it without");
    }
}
