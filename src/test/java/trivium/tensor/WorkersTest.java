package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {

    @Test
    void everyTaskRunsOnce() {
        for (int count = 1; count <= 4; count++) {
            try (var workers = new Workers(count)) {
                for (int tasks = 0; tasks <= 9; tasks++) {
                    var runs = new AtomicIntegerArray(tasks + 1);
                    workers.run(tasks, runs::incrementAndGet);
                    for (int i = 0; i <= tasks; i++) {
                        assertEquals(i < tasks ? 1 : 0, runs.get(i), "task " + i + " of " + tasks);
                    }
                }
            }
        }
    }

    @Test
    void twoWorkersWorkAtOnce() {
        var both = new CountDownLatch(2);
        try (var workers = new Workers(2)) {
            workers.run(2, i -> meet(both)); // one after the other, the first would wait for ever
        }
        assertEquals(0, both.getCount());
    }

    private static void meet(CountDownLatch latch) {
        latch.countDown();
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneWorkerIsTheCaller() {
        try (var workers = new Workers(1)) {
            var caller = Thread.currentThread();
            workers.run(3, i -> assertSame(caller, Thread.currentThread()));
        }
    }

    @Test
    void anExceptionComesThroughWhoeverThrewIt() {
        try (var workers = new Workers(2)) {
            for (int culprit = 0; culprit < 2; culprit++) {
                int failing = culprit;
                var done = new AtomicInteger();
                var thrown = assertThrows(
                        IllegalStateException.class, () -> workers.run(2, i -> failOr(i == failing, done)));
                assertEquals("broken", thrown.getMessage());
                assertEquals(1, done.get(), "the other's task is done");
            }
            assertThrows(
                    StackOverflowError.class,
                    () -> workers.run(2, i -> {
                        if (i == 1) {
                            throw new StackOverflowError();
                        }
                    }));
            workers.run(2, i -> {}); // and goes on working
        }
    }

    private static void failOr(boolean fails, AtomicInteger done) {
        if (fails) {
            throw new IllegalStateException("broken");
        }
        done.incrementAndGet();
    }

    @Test
    void anInterruptedCallerStillWaitsForAll() {
        var done = new AtomicInteger();
        try (var workers = new Workers(2)) {
            Thread.currentThread().interrupt();
            workers.run(8, i -> done.incrementAndGet());
        }
        assertTrue(Thread.interrupted(), "stays interrupted");
        assertEquals(8, done.get());
    }

    @Test
    void needsAWorker() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> new Workers(0));
        assertEquals("workers must be at least 1, not 0", thrown.getMessage());
    }
}
