package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            var threads = new Thread[2];
            workers.run(2, i -> threads[i] = Thread.currentThread());
            var first = threads[1];
            workers.run(2, i -> threads[i] = Thread.currentThread());
            assertEquals(first, threads[1], "the one that is idle is taken before a new one is made");
            first.join();
            workers.run(2, i -> threads[i] = Thread.currentThread());
            assertTrue(threads[1].isAlive() && threads[1] != first);
        }
    }
}
