package trivium.text;

import java.util.ArrayDeque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Refuses regular expressions that can go on for ever without looking at a character: counted repetitions such as
 * {@code {1000000}} within each other, and groups that can match nothing in more than one way, {@code (a?)*} or
 * {@code (|a|)}, of which a few dozen in a row have more ways than anyone can try. No tokenizer needs them.
 */
final class Repetitions {

    /** What the counts in braces may multiply to. */
    private static final long MOST = 10_000;

    private static final List<String> ONCE = List.of("(?=", "(?!", "(?<=", "(?<!", "(?>");

    private static final Pattern COUNT = Pattern.compile("(?<!\\\\x)\\{(\\d+)(?:,(\\d*))?\\}");

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
        new Repetitions(expression).scan();
    }

    private void scan() {
        for (int i = 0; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i = afterEscape(i);
                case '[' -> i = classEnd(i);
                case '(' -> open.push(new Group(i));
                case '|' -> branchEnds(i);
                case ')' -> groupEnds(i);
                default -> {
                    // nothing that opens or closes
                }
            }
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
        boolean repeated = at + 1 < expression.length() && "*+?{".indexOf(expression.charAt(at + 1)) >= 0;
        if (group.empty > 1 && !takesOneWay(group.start) || group.empty > 0 && repeated) {
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

    /** Groups within were checked before, so that this ends. */
    private static boolean canBeEmpty(String group) {
        try {
            return Pattern.compile(group, Pattern.UNICODE_CHARACTER_CLASS)
                    .matcher("")
                    .matches();
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    private int afterEscape(int backslash) {
        if (expression.startsWith("\\Q", backslash)) {
            int end = expression.indexOf("\\E", backslash);
            return end < 0 ? expression.length() : end + 1;
        }
        return backslash + 1;
    }

    private int classEnd(int bracket) {
        int depth = 0;
        for (int i = bracket; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i = afterEscape(i);
                case '[' -> depth++;
                case ']' -> {
                    // "[]" and "[^]" begin with a bracket that is a character in no dialect of Java's
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

    private static IllegalArgumentException refused(String expression, String why) {
        return new IllegalArgumentException("the expression " + Expression.shown(expression)
                + " of this tokenizer could take for ever: " + why + "; write it without");
    }
}
