package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FloatsTest {

    @Test
    void slicesShareMemory() {
        var whole = Floats.of(0, 1, 2, 3, 4, 5);
        var part = whole.slice(1, 4).slice(1, 2);
        part.set(0, 20);
        assertArrayEquals(new float[] {0, 1, 20, 3, 4, 5}, whole.toArray());
        part.clear();
        assertArrayEquals(new float[] {0, 1, 0, 0, 4, 5}, whole.toArray());
    }

    @Test
    void nd4jSeesTheSameNumbers() {
        var whole = Floats.of(0, 1, 2, 3, 4, 5);
        var seen = whole.slice(2, 3).toNd4j();
        assertEquals(9, seen.sumNumber().doubleValue());
        seen.muli(10);
        assertArrayEquals(new float[] {0, 1, 20, 30, 40, 5}, whole.toArray());
    }

    @Test
    void slicesStayInside() {
        var part = Floats.zeros(10).slice(2, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> part.slice(3, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> part.slice(-1, 2));
    }
}
