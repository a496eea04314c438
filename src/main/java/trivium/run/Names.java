package trivium.run;

import java.util.regex.Pattern;
import trivium.model.JsonFields;

/**
 * Names of runs, and of tables beside them, which become names of files. Such names come from cards too, which anybody
 * may have written, so none may lead out of the store.
 */
final class Names {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** People name tables themselves, also in their own language. */
    private static final Pattern TABLE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M} ._-]*");

    private Names() {}

    /** Whether the name can be the id of a run. */
    static boolean isId(String name) {
        return ID.matcher(name).matches();
    }

    /** Refuses a name that cannot be the id of a run. */
    static void requireId(String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "run id \"" + JsonFields.shown(id)
                            + "\" cannot name a folder: use letters, digits, '.', '_' and '-', and begin with a letter or digit");
        }
    }

    /** Refuses a name that no table can have. */
    static void requireTable(String name) {
        if (!TABLE.matcher(name).matches()) {
            throw new IllegalArgumentException("a table called \"" + JsonFields.shown(name)
                    + "\" cannot be a file: use letters, digits, blanks, '.', '_' and '-', and begin with a letter or"
                    + " digit");
        }
    }
}
