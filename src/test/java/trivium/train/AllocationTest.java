package trivium.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.AnotherJvm;
import trivium.model.Architecture;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.QkNorm;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Memory;

/** What a step asks of Java's heap once HotSpot has compiled it, on all threads. */
class AllocationTest {

    private static final int VOCABULARY = 29;
    private static final int ROUNDS = 100;
    private static final int STEPS = 100;

    /** A step's dice and its result, 48 bytes each, with room for the measuring. */
    private static final long MOST = 256;

    /** In a process of its own, for what is compiled how depends on what ran before: prints the least seen of each. */
    static final class Steps {
        public static void main(String[] arguments) {
            // What is compiled for rows that fill no vector must serve those that do: a sweep's trials differ in width.
            leastBytes(Gpt.of(16, 12, 1, 2));
            leastBytes(Llama.of(20, 20, 2, 2, 1).qkNorm(QkNorm.HEAD).dropout(0.1));
            long gpt = leastBytes(Gpt.of(64, 128, 2, 2));
            long llama =
                    leastBytes(Llama.of(40, 104, 1, 2, 1).qkNorm(QkNorm.HEAD).dropout(0.1));
            long phi = leastBytes(Llama.of(40, 104, 1, 2, 1).headSize(20).placement(Placement.PARALLEL_ONE_NORM));
            System.out.println(Math.max(phi, Math.max(gpt, llama)));
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
                    loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                }
                least = Math.min(least, (Memory.heapAllocatedBytes() - before) / STEPS);
            }
        }
        return least;
    }

    @Test
    void aStepAllocatesNextToNothing() throws IOException, InterruptedException {
        var said = AnotherJvm.lastLine(List.of(), Steps.class);
        assertTrue(Long.parseLong(said) <= MOST, said + " bytes a step");
    }
}
