package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.Test;
import trivium.AnotherJvm;

class MemoryTest {

    private static final int PARTS = 4;

    /** Holds 320 MiB. */
    static final class Greedy {
        public static void main(String[] arguments) {
            var held = new ArrayList<Floats>();
            for (int i = 0; i < PARTS; i++) {
                held.add(Floats.zeros(20 << 20));
            }
            System.out.println(held.size());
        }
    }

    /**
     * Forgets 2 GiB in four threads, in pieces of many sizes, with a heap so large that it never needs a collection;
     * prints the most that was held and what the process has in use at the end, in MiB.
     */
    static final class Forgetful {
        public static void main(String[] arguments) throws InterruptedException {
            var most = new LongAccumulator(Math::max, 0);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < PARTS; t++) {
                int seed = t;
                threads.add(Thread.ofPlatform().start(() -> forget(seed, most)));
            }
            for (var thread : threads) {
                thread.join();
            }
            System.gc();
            TimeUnit.MILLISECONDS.sleep(500);
            System.out.println((most.get() >> 20) + " " + (Memory.residentBytes() >> 20));
        }

        private static void forget(int seed, LongAccumulator most) {
            var random = new SplittableRandom(seed);
            for (long floats = 0; floats < 128 << 20; ) {
                int piece = random.nextInt(1, 1 << 20);
                Floats.zeros(piece);
                floats += piece;
                most.accumulate(Floats.heldBytes());
            }
        }
    }

    /** Nothing of it was collected before the machine was full, and little of what was collected left the process. */
    @Test
    void whatIsForgottenGoesBackThoughTheHeapIsNeverFull() throws IOException, InterruptedException {
        var said = AnotherJvm.lastLine(List.of("-Xmx2g", "-Xms2g"), Forgetful.class)
                .split(" ");
        assertTrue(Integer.parseInt(said[0]) < 1024, said[0] + " MiB held at most");
        assertTrue(Integer.parseInt(said[1]) < 768, said[1] + " MiB resident at the end");
    }

    /** Forgets 96 MiB, which no collection is due for; prints what the process has before and after, in MiB. */
    static final class Careless {
        public static void main(String[] arguments) {
            for (int i = 0; i < 96; i++) {
                Floats.zeros(1 << 18);
            }
            long before = Memory.residentBytes();
            Memory.giveBack();
            System.out.println((before >> 20) + " " + (Memory.residentBytes() >> 20));
        }
    }

    @Test
    void whatLiesAboutGoesBackWhenAsked() throws IOException, InterruptedException {
        var said = AnotherJvm.lastLine(List.of("-Xmx256m"), Careless.class).split(" ");
        int gone = Integer.parseInt(said[0]) - Integer.parseInt(said[1]);
        assertTrue(gone > 64, String.join(" → ", said) + " MiB");
    }

    @Test
    void whatIsHeldIsCounted() throws InterruptedException {
        long before = Floats.heldBytes();
        var floats = Floats.zeros(1 << 20);
        assertTrue(Floats.heldBytes() - before <= floats.size() * Float.BYTES + (1 << 10), "no more than it takes");
        var view = floats.slice(7, 3);
        floats = null;
        System.gc();
        TimeUnit.MILLISECONDS.sleep(200);
        long held = Floats.heldBytes();
        assertTrue(held >= 4 << 20, "a view keeps it: " + view.size());
        view = null;
        for (int i = 0; i < 100 && Floats.heldBytes() > held - (4 << 20); i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertTrue(Floats.heldBytes() <= held - (4 << 20));
    }

    @Test
    void manyZerosTakeNoMemoryUntilTheyAreSet() {
        long before = Memory.residentBytes();
        var zeros = Floats.zeros(64 << 20);
        assertTrue(Memory.residentBytes() - before < 64 << 20);
        assertEquals(0, zeros.get(zeros.size() - 1));
    }

    /** Whatever stood there, and nothing beside it. */
    @Test
    void manyNumbersBecomeZeroFromTheFirstToTheLast() {
        var floats = Floats.unset(3 << 20, 3 << 20);
        for (long i = 0; i < floats.size(); i++) {
            floats.set(i, 1);
        }
        NativeMemory.zero(floats.slice(1, floats.size() - 2).memory().asSlice(0, (floats.size() - 2) * Float.BYTES));
        assertEquals(1, floats.get(0));
        assertEquals(1, floats.get(floats.size() - 1));
        assertEquals(2, Vectors.squares(floats, 0, floats.size()));
    }

    /** A heap of 64 MiB once meant that the whole process ended at 256 (docs/log.md). */
    @Test
    void aSmallHeapHoldsLargeModels() throws IOException, InterruptedException {
        assertEquals(Integer.toString(PARTS), AnotherJvm.lastLine(List.of("-Xmx64m"), Greedy.class));
    }
}
