package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** environment/lab, as far as it goes without building anything. */
@DisabledOnOs(OS.WINDOWS)
class LabTest {

    @TempDir
    private Path folder;

    /** What the command prints, errors too. */
    private String bash(String command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("JUPYTER_DATA_DIR", folder.toString(), "HOME", folder.toString()));
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void theKernelIsRegisteredForOneUserAndLeavesOthersAlone() throws Exception {
        var kernels = folder.resolve("kernels");
        assertTrue(bash("environment/lab kernel --user").contains("rm -r '" + kernels.resolve("java") + "'"));
        assertSpec(kernels.resolve("java"));
        bash("environment/lab kernel --user");
        assertFalse(Files.exists(kernels.resolve("trivium")), "registered again in the same place");

        var theirs = "{\"argv\": [\"java\", \"-jar\", \"ijava.jar\"]}";
        Files.writeString(kernels.resolve("java/kernel.json"), theirs);
        bash("environment/lab kernel --user");
        assertEquals(theirs, Files.readString(kernels.resolve("java/kernel.json")));
        assertSpec(kernels.resolve("trivium"));
    }

    private static void assertSpec(Path spec) throws IOException {
        var json = JsonParser.parseString(Files.readString(spec.resolve("kernel.json")))
                .getAsJsonObject();
        assertTrue(Files.isExecutable(Path.of(json.getAsJsonArray("argv").get(0).getAsString())));
        assertEquals("message", json.get("interrupt_mode").getAsString());
        for (int size : new int[] {32, 64}) {
            var logo = ImageIO.read(
                    spec.resolve("logo-" + size + "x" + size + ".png").toFile());
            assertEquals(size, logo.getWidth());
            assertEquals(size, logo.getHeight());
        }
        assertTrue(Files.readString(spec.resolve("logo-svg.svg")).startsWith("<svg"));
    }

    /** Ten of those that ran now, slowest first; a failure stays a failure. */
    @Test
    void testsSayWhichClassesTookLongest() throws Exception {
        var said = bash("""
                source environment/lab help >/dev/null
                ROOT='%1$s' TARGET='%1$s/target'
                mkdir -p "$TARGET/surefire-reports"
                report() {
                  echo "Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: $2 s$3 -- in trivium.$1" \\
                    >"$TARGET/surefire-reports/trivium.$1.txt"
                }
                find_jdk() { :; }
                need_fonts() { :; }
                report Yesterday 9000
                touch -t 202001010000 "$TARGET/surefire-reports/trivium.Yesterday.txt"
                maven() {
                  sleep 0.1
                  for i in 0 1 2 3 4 5 6 7 8; do report "Quick$i" "0.00$i"; done
                  report Slow 1,203.456
                  report Broken 20.5 ' <<< FAILURE!'
                  return 7
                }
                run_tests || echo "exit code $?"
                """.formatted(folder));
        var list = said.substring(said.indexOf("in seconds:")).lines().toList();
        assertEquals(12, list.size(), said);
        assertEquals("  1203.5  trivium.Slow", list.get(1));
        assertEquals("    20.5  trivium.Broken", list.get(2));
        assertEquals("     0.0  trivium.Quick8", list.get(3));
        assertEquals("     0.0  trivium.Quick1", list.get(10));
        assertEquals("exit code 7", list.get(11));
    }

    /** No index: the system's packages, said in a sentence, and the index is not asked again at the next start. */
    @Test
    void jupyterComesFromTheSystemWherePipReachesNothing() throws Exception {
        var said = bash("""
                source environment/lab help >/dev/null
                ROOT='%1$s' TARGET='%1$s'
                has() { [ "$1" = /usr/bin/python3 ] && [ -f "$TARGET/packages" ]; }
                python3() { mkdir "$ROOT/.venv"; echo asked >>"$TARGET/asked"; return 1; }
                is_root_on_debian() { true; }
                apt_install() { echo "$*" >"$TARGET/packages"; }
                need_jupyter nbclient nbconvert
                echo "with $PYTHON"
                rm "$TARGET/packages"
                need_pages
                echo "with $PYTHON"
                """.formatted(folder));
        assertTrue(said.contains("pip could not install Jupyter"), said);
        assertEquals(2, said.split("with /usr/bin/python3", -1).length - 1, said);
        assertEquals("asked\n", Files.readString(folder.resolve("asked")), "once");
        assertEquals(
                "python3-nbclient python3-nbconvert python3-notebook\n", Files.readString(folder.resolve("packages")));
        assertFalse(Files.exists(folder.resolve(".venv")), "nothing half made stays");
    }

    /** A second of the clock is a hundredth here. */
    @Test
    void aLongBuildSaysWhatItIsAtAndAShortOneNothing() throws Exception {
        var build = """
                source environment/lab help >/dev/null
                ROOT='%1$s' TARGET='%1$s/target'
                find_jdk() { :; }
                is_built() { false; }
                sleep() { command sleep 0.01; }
                maven() { %2$s; }
                MAVEN_OPTS="-Xmx1g -Dmaven.repo.local=%1$s/repository -Dx=y"
                build
                """;
        var fetching = "mkdir -p '" + folder + "/target/classes'; mkdir -p '" + folder
                + "/repository/org'; head -c 3145728 /dev/zero >'" + folder
                + "/repository/org/library.jar'; command sleep 1";
        var said = bash(build.formatted(folder, fetching)).lines().toList();
        assertTrue(said.contains("  5 s: fetching libraries, 3 MB so far"), said.toString());
        assertTrue(said.contains("  15 s: compiling"), said.toString());
        assertEquals(1, bash(build.formatted(folder, ":")).lines().count(), "the first line alone");
        assertTrue(bash("( " + build.formatted(folder, "false") + ") || true").contains("the build failed"));
    }
}
