package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A virtual machine like this one, for tests whose subject is a process: killed, profiled, or just started. */
public final class AnotherJvm {

    private AnotherJvm() {}

    /** What starts {@code main} with this machine's flags and class path; {@code flags} come later and win. */
    public static ProcessBuilder builder(List<String> flags, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-agent"))
                .forEach(command::add);
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Lets it run to its good end; the last line it printed. */
    public static String lastLine(List<String> flags, Class<?> main) throws IOException, InterruptedException {
        var process = builder(flags, main).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.strip().lines().reduce("", (before, line) -> line);
    }
}
