package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.data.Batch;
import trivium.model.Architecture;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.tensor.Memory;

/** What a step asks of Java's heap once HotSpot has compiled it, on all threads. */
class AllocationTest {

    private static final int VOCABULARY = 29;
    private static final int ROUNDS = 1_000;
    private static final int STEPS = 20;

    /** The few records that a step is described with; one vector that is not kept in a register makes thousands. */
    private static final long MOST = 4_096;

    /** In a process of its own, for what is compiled how depends on what ran before: prints the least seen of each. */
    static final class Steps {
        public static void main(String[] arguments) {
            long gpt = leastBytes(Gpt.of(24, 64, 2, 2));
            long llama = leastBytes(Llama.of(24, 40, 1, 2, 1).headNorm(true).dropout(0.1));
            System.out.println(Math.max(gpt, llama));
        }
    }

    private static long leastBytes(Architecture architecture) {
        int rows = 8;
        int n = rows * architecture.context();
        var random = new SplittableRandom(1);
        var weights = new float[n];
        Arrays.fill(weights, 1);
        int[] tokens = random.ints(n, 0, VOCABULARY).toArray();
        int[] targets = random.ints(n, 0, VOCABULARY).toArray();
        var batch = new Batch(rows, architecture.context(), tokens, targets, weights, 1);
        long least = Long.MAX_VALUE;
        try (var loop = new TrainLoop(
                Transformer.of(architecture, VOCABULARY, 1), AdamW.DEFAULT, 1, Compute.DEFAULT.withWorkers(2), 1)) {
            for (int round = 0; round < ROUNDS && least > MOST; round++) {
                long before = Memory.heapAllocatedBytes();
                for (int step = 0; step < STEPS; step++) {
                    loop.step(batch, new CrossEntropy(), 1e-3);
                }
                least = Math.min(least, (Memory.heapAllocatedBytes() - before) / STEPS);
            }
        }
        return least;
    }

    @Test
    void aStepAllocatesNextToNothing() throws IOException, InterruptedException {
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Steps.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor());
        assertTrue(Long.parseLong(said) <= MOST, said + " bytes a step");
    }
}
