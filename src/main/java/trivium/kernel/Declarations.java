package trivium.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which cell declared each name, and which was to do so and failed: what a later cell that stumbles over the name is
 * told.
 */
final class Declarations {

    /** What the compiler says of a name that is not there. */
    private static final Pattern UNKNOWN = Pattern.compile("^cannot find symbol: (?:variable|method|class) (\\w+)");

    /** A declaration at the beginning of a statement: a type with the name, or the name of a method or a type. */
    private static final Pattern DECLARED = Pattern.compile(
            "(?:@\\w+\\s+)*(?:(?:public|protected|private|static|final|abstract|sealed|non-sealed)\\s+)*"
                    + "(?:(?:class|record|interface|enum)\\s+(\\w+)"
                    + "|(?:<[^;=()]*>\\s*)?(\\w[\\w.]*(?:\\s*<[^;=()]*>)?(?:\\s*\\[\\s*\\])*)\\s+(\\w+)\\s*(?:=(?!=)|;|\\(|,))");

    /** What stands before a name in a statement and is no type. */
    private static final Set<String> NO_TYPES = Set.of("return", "throw", "new", "import", "else", "yield", "assert");

    /** A cell that was to declare a name. */
    private record Failure(int cell, String error) {

        String sentence(String name) {
            return error.equals(CellError.INTERRUPTED)
                    ? "`%s` has no value: the cell that declares it, [%d], was interrupted; run it again."
                            .formatted(name, cell)
                    : "`%s` has no value: the cell that declares it, [%d], ended with %s; mend that cell and run it again."
                            .formatted(name, cell, error);
        }
    }

    private final Map<String, Integer> declared = new HashMap<>();
    private final Map<String, Failure> failed = new HashMap<>();

    /** The cell has declared this name. */
    void declared(String name, int cell) {
        declared.put(name, cell);
        failed.remove(name);
    }

    /**
     * The cell has failed at the first statement of this code.
     *
     * @param defined whether a name can be used
     * @return for each name that the code would have declared anew, that the older one is still there
     */
    List<String> unreached(String code, int cell, String error, Predicate<String> defined) {
        var sentences = new ArrayList<String>();
        for (var name : names(code)) {
            int earlier = declared.getOrDefault(name, cell);
            if (earlier == cell || failed.containsKey(name) || !defined.test(name)) {
                failed.put(name, new Failure(cell, error));
            } else {
                sentences.add("`%s` is still the one of cell [%d].".formatted(name, earlier));
            }
        }
        return sentences;
    }

    /** Why the compiler cannot find names, where a cell that failed was to declare them; a sentence for each. */
    List<String> undeclared(Stream<String> errors) {
        return errors.map(UNKNOWN::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .filter(failed::containsKey)
                .distinct()
                .map(name -> failed.get(name).sentence(name))
                .toList();
    }

    /** What the statements of a cell declare, whether or not they compile. */
    private static Set<String> names(String code) {
        var names = new LinkedHashSet<String>();
        var text = CellText.of(code).masked();
        for (int at = 0; at < text.length(); at = statementEnd(text, at)) {
            at = CellSource.firstCode(text, at);
            var found = DECLARED.matcher(text).region(at, text.length());
            if (found.lookingAt() && (found.group(2) == null || !NO_TYPES.contains(found.group(2)))) {
                names.add(name(found));
            }
        }
        return names;
    }

    private static String name(Matcher found) {
        return found.group(1) != null ? found.group(1) : found.group(3);
    }

    /** Behind the semicolon or the bracket that ends the statement. */
    private static int statementEnd(String text, int from) {
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                default -> {}
            }
            if (depth <= 0 && (text.charAt(at) == ';' || text.charAt(at) == '}')) {
                return at + 1;
            }
        }
        return text.length();
    }
}
