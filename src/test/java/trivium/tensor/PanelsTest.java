package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PanelsTest {

    private final SplittableRandom random = new SplittableRandom(5);

    private Floats numbers(int n) {
        var floats = Floats.zeros(n);
        for (int i = 0; i < n; i++) {
            floats.set(i, random.nextFloat() - 0.5f);
        }
        return floats;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 11})
    void equalsTheSumOfProducts(int rows) {
        var scratch = Floats.zeros(Panels.SCRATCH);
        for (int out = 1; out <= 140; out++) {
            int in = 1 + out * 7 % 71;
            var weights = numbers(3 + out * in); // they need not stand at the beginning
            var panels = new Panels(out, in);
            panels.pack(weights, 3);
            var x = numbers(rows * in);
            var y = numbers(rows * out);
            var before = y.toArray();
            for (boolean add : new boolean[] {true, false}) {
                panels.multiply(x, y, rows, add, scratch);
                for (int row = 0; row < rows; row++) {
                    for (int o = 0; o < out; o++) {
                        double sum = add ? before[row * out + o] : 0;
                        for (int i = 0; i < in; i++) {
                            sum += (double) x.get((long) row * in + i) * weights.get(3L + (long) o * in + i);
                        }
                        assertEquals(sum, y.get((long) row * out + o), 1e-5, out + " outputs, row " + row);
                    }
                }
            }
        }
    }

    @Test
    void aRowDoesNotDependOnItsNeighboursNorOnTheTeam() {
        int in = 96;
        int out = 4_100;
        var panels = new Panels(out, in);
        panels.pack(numbers(out * in), 0);
        var x = numbers(7 * in);
        var scratch = Floats.zeros(Panels.SCRATCH);
        var together = Floats.zeros(7L * out);
        panels.multiply(x, together, 7, false, scratch);
        for (int row = 0; row < 7; row++) {
            var alone = Floats.zeros(out);
            panels.multiply(x.slice((long) row * in, in), alone, 1, false, scratch);
            assertArrayEquals(together.toArray((long) row * out, out), alone.toArray());
        }
        try (var team = new Team(3)) {
            var shared = Floats.zeros(7L * out);
            panels.multiply(x, shared, 7, false, scratch, team);
            assertArrayEquals(together.toArray(), shared.toArray());
        }
    }

    /** Packed with one further output that is no bfloat16 number, the same weights stay float32. */
    @Test
    void weightsInBfloat16TakeHalfTheMemoryAndGiveTheSameNumbers() {
        for (int out : new int[] {1, 15, 16, 17, 33, 64, 70, 129, 200}) {
            int in = 37;
            var weights = numbers((out + 1) * in);
            for (int i = 0; i < out * in; i++) {
                weights.set(i, Float.intBitsToFloat(Float.floatToRawIntBits(weights.get(i)) & 0xffff0000));
            }
            weights.set((long) out * in, 0.1f);
            long before = Floats.allocatedBytes();
            var whole = new Panels(out + 1, in);
            whole.pack(weights, 0);
            long middle = Floats.allocatedBytes();
            var half = new Panels(out, in);
            half.pack(weights, 0);
            if (out % 64 == 0) {
                long spare = 64L * Float.BYTES;
                assertEquals(2L * out * in, Floats.allocatedBytes() - middle - spare);
            }
            assertEquals(middle - before, 4L * (Panels.size(out + 1, in) + 64));
            for (int rows : new int[] {1, 3, 4, 6, 9}) {
                same(whole, half, rows, out, in);
            }
        }
    }

    private void same(Panels whole, Panels half, int rows, int out, int in) {
        var scratch = Floats.zeros(Panels.SCRATCH);
        var x = numbers(rows * in);
        var expected = Floats.zeros((long) rows * (out + 1));
        var found = Floats.zeros((long) rows * out);
        for (boolean add : new boolean[] {false, true}) {
            whole.multiply(x, expected, rows, add, scratch);
            half.multiply(x, found, rows, add, scratch);
            for (int row = 0; row < rows; row++) {
                assertArrayEquals(
                        expected.toArray((long) row * (out + 1), out),
                        found.toArray((long) row * out, out),
                        out + " outputs, row " + row + " of " + rows);
            }
        }
    }

    @Test
    void aTeamDoesEveryTaskOnce() {
        try (var team = new Team(4)) {
            for (int round = 0; round < 2_000; round++) {
                int tasks = round % 9;
                var times = new int[tasks];
                team.run(tasks, i -> times[i]++);
                assertEquals(tasks, IntStream.of(times).filter(n -> n == 1).count());
            }
        }
    }
}
