package trivium.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files for everything that reads files: a sentence that names the file, or the right content, and nothing
 * else. {@code environment/lab test} tries {@value #SEEDS} seeds a loader; {@code environment/lab fuzz --minutes N}
 * goes on with others for as long as it is told, and {@code --seed S} tries one again.
 */
class FuzzTest {

    private static final int SEEDS = 12;

    /** A damaged file that is read for longer than this hangs. */
    private static final int SECONDS = 30;

    /** Reports of one loader beyond these are counted only. */
    private static final int MOST = 8;

    @TempDir
    static Path folder;

    static Stream<Loader> loaders() {
        return Stream.of(RunFiles.loaders(), ModelFiles.loaders(), DataFiles.loaders())
                .flatMap(List::stream);
    }

    @TestFactory
    Stream<DynamicTest> damagedFilesAreASentenceOrTheRightContent() {
        double minutes = Double.parseDouble(System.getProperty("fuzz.minutes", "0"));
        long seed = Long.getLong("fuzz.seed", -1);
        var only = System.getProperty("fuzz.only", "");
        var chosen = loaders().filter(loader -> loader.name().contains(only)).toList();
        long nanos = (long) (minutes * TimeUnit.MINUTES.toNanos(1) / chosen.size());
        return chosen.stream().map(loader -> DynamicTest.dynamicTest(loader.name(), () -> check(loader, nanos, seed)));
    }

    private static void check(Loader loader, long nanos, long only) throws IOException {
        var place = folder.resolve(loader.name().replaceAll("\\W+", "-"));
        var unhurt = place.resolve("whole");
        var whole = written(loader, unhurt);
        var expected = quietly(() -> loader.reader().from(unhurt));
        var copy = place.resolve("copy");
        var faults = new ArrayList<String>();
        long begun = System.nanoTime();
        long seed = only >= 0 ? only : 0;
        do {
            long damage = seed;
            quietly(() -> loader.fault(whole, expected, damage, copy))
                    .filter(fault -> !Excluded.is(loader, fault))
                    .ifPresent(fault -> faults.add("seed " + damage + " " + fault));
            seed++;
        } while (only < 0 && (seed < SEEDS || System.nanoTime() - begun < nanos));
        if (!faults.isEmpty()) {
            faults.addFirst(loader.name() + ": " + faults.size() + " of " + (only >= 0 ? 1 : seed)
                    + " damaged files (lab fuzz --only '" + loader.name() + "' --seed S tries one again)");
            var shown = faults.subList(0, Math.min(MOST + 1, faults.size()));
            throw new AssertionError(String.join("\n  ", shown));
        }
    }

    private static Map<String, byte[]> written(Loader loader, Path place) throws IOException {
        Files.createDirectories(place);
        loader.writer().into(place);
        return Loader.files(place);
    }

    /**
     * Readers say aloud what they take a file for, and stores which runs they leave out. One that hangs is given up.
     */
    private static <T> T quietly(Callable<T> work) {
        var out = System.out;
        var err = System.err;
        var unheard = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        System.setOut(unheard);
        System.setErr(unheard);
        try {
            var result = new FutureTask<>(work);
            Thread.ofPlatform().daemon().start(result);
            return result.get(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no end after " + SECONDS + " s, or the whole file is refused: " + e, e);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
