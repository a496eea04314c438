package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.text.Tokenizer;

/** A training process that is killed, again and again, while it computes and while it writes. */
class SigkillTest {

    private static final int KILLS = 3;
    private static final int STEPS = 80;
    /** Rows between the kills, so that all of them come before the end. */
    private static final int ROWS = STEPS / (KILLS + 1);

    @TempDir
    Path folder;

    /** A checkpoint after every step: most of the time goes into writing them. */
    private static Pretraining recipe() {
        var corpus = Corpus.of("the cat sat on the mat. the rat saw the cat. ".repeat(40));
        return Pretraining.of(Gpt.of(16, 32, 2, 2), Tokenizer.characters(corpus), corpus)
                .steps(STEPS)
                .batchSize(4)
                .learningRate(0.01)
                .evaluations(10)
                .samples("the ")
                .keepBest("validation_loss")
                .workers(2)
                .seed(5);
    }

    /** The process that is killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            recipe().keep(Path.of(arguments[0]), 1).run();
        }
    }

    @Test
    @Timeout(60)
    void killedAtRandomMomentsItEndsAsOneLeftAlone() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var place = folder.resolve("victim");
        var killedAt = new ArrayList<Integer>();
        for (int kill = 0; kill < KILLS; kill++) {
            var process = start(place);
            int enough = rows(place) + random.nextInt(1, ROWS);
            // Before the process has begun again, the rows of the one before are there.
            while (process.isAlive() && (rows(place) < enough || rows(place) == 0)) {
                process.waitFor(3, TimeUnit.MILLISECONDS);
            }
            process.waitFor(random.nextInt(30_000), TimeUnit.MICROSECONDS);
            process.toHandle().destroyForcibly();
            assertTrue(process.waitFor() != 0, "it should not have come to its end before it was killed");
            killedAt.add(rows(place));
        }
        var resumed = recipe().keep(place, 1).run();
        var alone = recipe().run();
        var why = "killed at steps " + killedAt + ", seed " + seed;
        assertArrayEquals(weights(alone), weights(resumed), why);
        assertArrayEquals(weights(alone.best()), weights(resumed.best()), why);
        assertEquals(numbers(alone.metrics()), numbers(resumed.metrics()), why);
        assertEquals(numbers(alone.table("samples")), numbers(resumed.table("samples")), why);
        try (var files = Files.list(place)) {
            assertEquals(
                    List.of(
                            ".lock",
                            "best.safetensors",
                            "data.jsonl.gz",
                            "metrics.csv",
                            "model.json",
                            "model.safetensors",
                            "run.json",
                            "samples.csv",
                            "template.json",
                            "tokenizer.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList(),
                    why);
        }
    }

    private static Process start(Path place) throws IOException {
        return AnotherJvm.builder(List.of(), Victim.class, place.toString())
                .redirectOutput(place.resolveSibling("victim.log").toFile())
                .start();
    }

    private static int rows(Path place) throws IOException {
        var metrics = place.resolve("metrics.csv");
        return Files.exists(metrics) ? Math.max(0, Files.readAllLines(metrics).size() - 1) : 0;
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    private static List<String> numbers(Table table) {
        return table.columns().stream()
                .filter(column -> !column.name().equals("seconds"))
                .map(column -> column.name() + column.asList())
                .sorted()
                .toList();
    }
}
