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
