package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trivium.AnotherJvm;

class HelperTest {

    private static final int OWNERS = 60;
    private static final int WORKERS = 4;

    /**
     * Prints how many helpers there are with sixty owners that have worked in turn, and whether they end by themselves.
     */
    static final class Owners {
        public static void main(String[] arguments) throws InterruptedException {
            var owners = new ArrayList<Workers>();
            for (int i = 0; i < OWNERS; i++) {
                owners.add(new Workers(WORKERS));
                owners.getLast().run(WORKERS, _ -> {});
            }
            long working = helpers();
            for (int i = 0; i < 300 && helpers() > 0; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            System.out.println(owners.size() + " " + working + " " + helpers());
        }
    }

    private static long helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("trivium-worker"))
                .count();
    }

    @Test
    void ownersThatWorkInTurnShareHelpersWhichEndWhenIdle() throws IOException, InterruptedException {
        assertEquals(OWNERS + " " + (WORKERS - 1) + " 0", AnotherJvm.lastLine(List.of(), Owners.class));
    }

    @Test
    @Timeout(60)
    void aHelperThatIsBorrowedStaysAndOneThatLeftIsReplaced() throws InterruptedException {
        try (var workers = new Workers(2)) {
            var first = helper(workers);
            assertEquals(first, helper(workers), "the one that is idle is taken before a new one is made");
            first.join();
            var second = helper(workers);
            assertTrue(second.isAlive() && second != first);
        }
    }

    /** Whoever helps with two tasks that wait for each other. */
    private static Thread helper(Workers workers) {
        var both = new CyclicBarrier(2);
        var helper = new AtomicReference<Thread>();
        var caller = Thread.currentThread();
        workers.run(2, i -> {
            if (Thread.currentThread() != caller) {
                helper.set(Thread.currentThread());
            }
            try {
                both.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new AssertionError(e);
            }
        });
        return helper.get();
    }
}
