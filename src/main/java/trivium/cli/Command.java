package trivium.cli;

import java.io.PrintStream;
import java.util.List;

/** A command of the command line. */
@FunctionalInterface
public interface Command {
    /**
     * Runs with the words after the command's name.
     *
     * @return 0 when done, 1 when the command found that a check does not hold
     * @throws IllegalArgumentException with one sentence for the user when the arguments are wrong
     * @throws java.io.UncheckedIOException with one sentence for the user when a file cannot be read or written
     */
    int run(List<String> arguments, PrintStream out);
}
