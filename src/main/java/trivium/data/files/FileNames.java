package trivium.data.files;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of data as people are shown them: a file by its name, without the folders of the machine that read it, which do
 * not belong on a page or a card that is handed on. Relative paths stay as they are.
 */
public final class FileNames {

    /** What stands between the names of several files, where an absolute path follows. */
    private static final Pattern BETWEEN = Pattern.compile("[,;] (?=[/\\\\]|[A-Za-z]:[/\\\\])");

    private FileNames() {}

    /** The name of data, absolute paths in it by their last part. */
    public static String shown(String name) {
        return shown(name, List.of(name));
    }

    /**
     * A text about data.
     *
     * @param text that may mention absolute paths
     * @param names of the data, each a path or several with ", " or "; " between
     */
    public static String shown(String text, List<String> names) {
        var paths = names.stream()
                .flatMap(BETWEEN::splitAsStream)
                .filter(FileNames::isAbsolute)
                .distinct()
                // the longest first: one may be the beginning of another
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        for (var path : paths) {
            text = text.replace(path, Path.of(path).getFileName().toString());
        }
        return text;
    }

    private static boolean isAbsolute(String name) {
        try {
            var path = Path.of(name);
            return path.isAbsolute() && path.getFileName() != null;
        } catch (InvalidPathException e) {
            return false; // a name that is no path on this system
        }
    }
}
