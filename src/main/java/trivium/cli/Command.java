package trivium.cli;

import java.io.PrintStream;
import java.util.List;

/** What stands behind one word of the command line. */
@FunctionalInterface
public interface Command {
    /**
     * Runs with the words after the command's name.
     *
     * @return 0 when done, 1 when the command's answer is no
     * @throws IllegalArgumentException with one sentence for the user when the arguments are wrong
     * @throws java.io.UncheckedIOException likewise when a file is
     */
    int run(List<String> arguments, PrintStream out);
}
