package trivium.cli;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The command line: {@code java trivium.cli.Main COMMAND arguments…}.
 *
 * <p>Exit codes: 0 done, 1 the command ran and found that a check does not hold, 2 the input was wrong and one sentence
 * on standard error says what to change.
 */
public final class Main {
    private static final String HELP = """
            usage: COMMAND [argument...]

              help       this text
              pretrain   trains nanoGPT's CPU configuration on a text: pretrain FILE [SEED [BF16]];
                         stopped or killed, the same command goes on
              verify     compares the engine with golden cases, and losses of phase three with those of
                         another implementation: verify FOLDER-OR-FILE...
              version    version of Trivium and of the Java it runs on""";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** The same without ending the process: answers the exit code. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        var name = arguments.isEmpty() ? "help" : arguments.getFirst();
        var rest = arguments.stream().skip(1).toList();
        return run((words, to) -> command(name).run(words, to), rest, out, err);
    }

    /** Runs a command and answers its exit code: 2, and a sentence for {@code err}, where its input was wrong. */
    public static int run(Command command, List<String> arguments, PrintStream out, PrintStream err) {
        try {
            return command.run(arguments, out);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    private static Command command(String name) {
        return switch (name) {
            case "help", "-h", "--help" -> Main::help;
            case "pretrain" -> Pretrain::run;
            case "verify" -> Verify::run;
            case "version", "--version" -> Main::version;
            default ->
                throw new IllegalArgumentException(
                        "There is no command \"" + name + "\"; \"help\" lists those there are.");
        };
    }

    private static int help(List<String> arguments, PrintStream out) {
        out.println(HELP);
        return 0;
    }

    private static int version(List<String> arguments, PrintStream out) {
        var version = Main.class.getPackage().getImplementationVersion();
        out.println("Trivium " + (version == null ? "(built from source)" : version) + ", Java " + Runtime.version());
        return 0;
    }
}
