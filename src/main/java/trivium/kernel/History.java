package trivium.kernel;

import io.github.spencerpark.jupyter.messages.request.HistoryRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The cells of one kernel from its start to its end, as consoles ask for them ("History" in "Messaging in Jupyter"):
 * the last ones, a range of execution numbers, or those that a pattern matches. Notebooks keep their own.
 */
final class History {

    /** A kernel remembers itself alone, so there is one session. */
    private static final int SESSION = 1;

    /** Cells that are remembered; older ones are forgotten. */
    private static final int REMEMBERED = 2_000;

    /** Characters of a result that are remembered. */
    private static final int LONGEST_OUTPUT = 10_000;

    /** @param output the text of the cell's result; null for none */
    private record Cell(int count, String code, String output) {}

    private final ArrayDeque<Cell> cells = new ArrayDeque<>();

    /**
     * Remembers a cell.
     *
     * @param count its execution number
     * @param output the text of its result; null for none
     */
    synchronized void add(int count, String code, String output) {
        boolean isLong = output != null && output.length() > LONGEST_OUTPUT;
        cells.add(new Cell(count, code, isLong ? output.substring(0, LONGEST_OUTPUT) + "…" : output));
        if (cells.size() > REMEMBERED) {
            cells.removeFirst();
        }
    }

    /**
     * What a front end asks for, oldest first: session, execution number, and the code, or where outputs are asked for
     * a pair of the code and the result's text, null for none.
     */
    synchronized List<List<Object>> find(HistoryRequest request) {
        var found = switch (request) {
            case HistoryRequest.Tail tail -> last(tail.getMaxReturnLength(), List.copyOf(cells));
            case HistoryRequest.Range range -> range(range);
            case HistoryRequest.Search search -> search(search);
            default ->
                throw new IllegalArgumentException(
                        "history is asked for by range, tail or search, not by " + request.getAccessType());
        };
        return found.stream().map(cell -> entry(cell, request.includeOutput())).toList();
    }

    /** As IPython counts: from start up to, not including, stop; numbers below zero count from the end. */
    private List<Cell> range(HistoryRequest.Range range) {
        int session = range.getSessionIndex();
        if (session != 0 && session != SESSION) { // 0 is the one that runs
            return List.of();
        }
        int end = cells.isEmpty() ? 0 : cells.getLast().count() + 1;
        int start = range.getStart() < 0 ? end + range.getStart() : range.getStart();
        int stop = range.getStop() > 0 ? range.getStop() : end + range.getStop();
        return cells.stream()
                .filter(cell -> cell.count() >= start && cell.count() < stop)
                .toList();
    }

    private List<Cell> search(HistoryRequest.Search search) {
        var matches = glob(search.getPattern() == null ? "*" : search.getPattern());
        var found = new ArrayList<>(
                cells.stream().filter(cell -> matches.test(cell.code())).toList());
        if (search.filterUnique()) { // each code where it ran last
            var last = new LinkedHashMap<String, Cell>();
            for (var cell : found) {
                last.remove(cell.code());
                last.put(cell.code(), cell);
            }
            found = new ArrayList<>(last.values());
        }
        return last(search.getMaxReturnLength(), found);
    }

    /** All of them where no number is given. */
    private static List<Cell> last(int count, List<Cell> found) {
        return count <= 0 ? found : found.subList(Math.max(0, found.size() - count), found.size());
    }

    /**
     * A pattern as SQLite's GLOB reads it, which is IPython's: {@code *} is any text, {@code ?} one character,
     * {@code [a-c]} one of these, {@code [^a-c]} one of no other, a bracket that stays open matches nothing, and the
     * whole cell must match.
     */
    static Predicate<String> glob(String pattern) {
        var regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            int close = c == '[' ? pattern.indexOf(']', i + (pattern.startsWith("[^", i) ? 3 : 2)) : -1;
            if (c == '[' && close < 0) {
                return _ -> false;
            }
            if (close > 0) {
                regex.append(oneOf(pattern.substring(i + 1, close)));
                i = close;
            } else {
                regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
        } catch (PatternSyntaxException e) { // a range from a later to an earlier character, which nothing matches
            return _ -> false;
        }
    }

    /** What stands between brackets means nothing but ranges and the first ^. */
    private static String oneOf(String set) {
        boolean not = set.startsWith("^");
        return (not ? "[^" : "[") + set.substring(not ? 1 : 0).replaceAll("([\\\\\\[\\]&^])", "\\\\$1") + "]";
    }

    private static List<Object> entry(Cell cell, boolean withOutput) {
        return List.of(SESSION, cell.count(), withOutput ? Arrays.asList(cell.code(), cell.output()) : cell.code());
    }
}
