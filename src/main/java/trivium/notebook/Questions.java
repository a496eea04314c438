package trivium.notebook;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import trivium.text.Printable;

/**
 * Questions on standard input, for kernels without controls: IJava, JJava and rapaio's kernel hand each to the front
 * end, and where that answers none (nbconvert, nbclient) the input is at its end at once.
 */
record Questions(BufferedReader input, Appendable output) {

    /** Of the process's own input and output. */
    static Questions ofThisCell() {
        return new Questions(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
    }

    /**
     * Asks until somebody answers with an empty line or the input is at its end.
     *
     * @param question what is to be typed, in a word or two
     * @param answer what to print for a line; what it refuses ends nothing
     */
    void each(String question, UnaryOperator<String> answer) {
        try {
            while (true) {
                output.append(question).append(" (an empty line ends): ");
                var said = input.readLine();
                if (said == null || said.isBlank()) {
                    output.append('\n');
                    return;
                }
                output.append(Printable.of(answered(said, answer))).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answered(String said, UnaryOperator<String> answer) {
        try {
            return answer.apply(said);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
