package trivium.tensor;

/** Each column of a matrix (rows, n) multiplied by a number of its own, and sums over columns. */
public final class Columns {

    private Columns() {}

    /** {@code y[r, c] *= g[gAt + c]}. */
    public static void scale(Floats y, Floats g, long gAt, int rows, int n) {
        var memory = y.memory();
        var factors = g.memory();
        int bound = Lanes.bound(n);
        for (int row = 0; row < rows; row++) {
            long at = (long) row * n;
            for (int i = 0; i < bound; i += Lanes.COUNT) {
                Lanes.store(Lanes.load(memory, at + i).mul(Lanes.load(factors, gAt + i)), memory, at + i);
            }
            for (int i = bound; i < n; i++) {
                y.set(at + i, y.get(at + i) * g.get(gAt + i));
            }
        }
    }

    /** {@code y[r, c] += g[c] · u[r, c]}. */
    public static void scaleAndAdd(Floats u, Floats g, Floats y, int rows, int n) {
        var memory = y.memory();
        var from = u.memory();
        var factors = g.memory();
        int bound = Lanes.bound(n);
        for (int row = 0; row < rows; row++) {
            long at = (long) row * n;
            for (int i = 0; i < bound; i += Lanes.COUNT) {
                var sum = Lanes.load(from, at + i).fma(Lanes.load(factors, i), Lanes.load(memory, at + i));
                Lanes.store(sum, memory, at + i);
            }
            for (int i = bound; i < n; i++) {
                y.set(at + i, Math.fma(u.get(at + i), g.get(i), y.get(at + i)));
            }
        }
    }

    /** {@code sums[c] += Σ_r a[r, c] · b[r, c]}. */
    public static void products(Floats a, Floats b, int rows, int n, Floats sums) {
        var left = a.memory();
        var right = b.memory();
        var to = sums.memory();
        int bound = Lanes.bound(n);
        for (int row = 0; row < rows; row++) {
            long at = (long) row * n;
            for (int i = 0; i < bound; i += Lanes.COUNT) {
                Lanes.store(Lanes.load(left, at + i).fma(Lanes.load(right, at + i), Lanes.load(to, i)), to, i);
            }
            for (int i = bound; i < n; i++) {
                sums.set(i, Math.fma(a.get(at + i), b.get(at + i), sums.get(i)));
            }
        }
    }

    /** {@code y[yAt + i] += sign · x[xAt + i]}, {@code n} numbers, sign 1 or -1. */
    public static void add(float sign, Floats x, long xAt, Floats y, long yAt, long n) {
        Vectors.combine(1, y, yAt, sign, x, xAt, n);
    }

    /** {@code to[toAt + i] = (g[gAt + i] − 1) · x[xAt + i]}, {@code n} numbers. */
    public static void scaleLessOne(Floats x, long xAt, Floats g, long gAt, Floats to, long toAt, int n) {
        for (int i = 0; i < n; i++) {
            to.set(toAt + i, (g.get(gAt + i) - 1) * x.get(xAt + i));
        }
    }
}
