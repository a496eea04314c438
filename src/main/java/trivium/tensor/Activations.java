package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/** The feed-forward's non-linearities, forward and backward, element by element. */
public final class Activations {

    /** −2·√(2/π), GELU's tanh written as a sigmoid: 0.5·x·(1 + tanh(u/2)) = x·σ(u). */
    private static final float SLOPE = -1.5957691216f;

    private static final float CUBE = 0.044715f;

    private Activations() {}

    /** y = GELU(x), the tanh form (Hendrycks and Gimpel 2016, section 2), over {@code n} numbers; y may be x. */
    public static void gelu(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long i = 0;
        for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
            Lanes.store(gelu(Lanes.load(in, i)), out, i);
        }
        if (i < n) {
            var tail = Lanes.tail((int) (n % Lanes.COUNT));
            Lanes.store(gelu(Lanes.load(in, i, tail)), out, i, tail);
        }
    }

    /** dy becomes dx = dy · GELU'(x). */
    public static void geluBackward(Floats x, Floats dy, long n) {
        var in = x.memory();
        var out = dy.memory();
        long i = 0;
        for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(out, i).mul(geluSlope(Lanes.load(in, i))), out, i);
        }
        if (i < n) {
            var tail = Lanes.tail((int) (n % Lanes.COUNT));
            Lanes.store(Lanes.load(out, i, tail).mul(geluSlope(Lanes.load(in, i, tail))), out, i, tail);
        }
    }

    private static FloatVector gelu(FloatVector x) {
        var u = x.mul(x).mul(CUBE).add(1f).mul(x).mul(SLOPE);
        return x.div(Lanes.exp(u).add(1f));
    }

    private static FloatVector geluSlope(FloatVector x) {
        var square = x.mul(x);
        var u = square.mul(CUBE).add(1f).mul(x).mul(SLOPE);
        var sigmoid = Lanes.all(1f).div(Lanes.exp(u).add(1f));
        var du = square.mul(3 * CUBE).add(1f).mul(-SLOPE);
        return x.mul(sigmoid).mul(Lanes.all(1f).sub(sigmoid)).fma(du, sigmoid);
    }

    /** SwiGLU (Shazeer 2020, eq. 6): y = gate · σ(gate) · up, with {@code gateUp} (rows, 2·hidden) holding gate then up in each row; y (rows, hidden). */
    public static void swiglu(Floats gateUp, Floats y, int rows, int hidden) {
        var in = gateUp.memory();
        var out = y.memory();
        for (int row = 0; row < rows; row++) {
            long gate = 2L * row * hidden;
            long up = gate + hidden;
            long to = (long) row * hidden;
            int bound = Lanes.bound(hidden);
            for (int i = 0; i < bound; i += Lanes.COUNT) {
                Lanes.store(silu(Lanes.load(in, gate + i)).mul(Lanes.load(in, up + i)), out, to + i);
            }
            if (bound < hidden) {
                var tail = Lanes.tail(hidden);
                var y0 = silu(Lanes.load(in, gate + bound, tail)).mul(Lanes.load(in, up + bound, tail));
                Lanes.store(y0, out, to + bound, tail);
            }
        }
    }

    /** {@code dGateUp} (rows, 2·hidden) from dy (rows, hidden) and the forward's {@code gateUp}. */
    public static void swigluBackward(Floats gateUp, Floats dy, Floats dGateUp, int rows, int hidden) {
        var in = gateUp.memory();
        var out = dy.memory();
        var result = dGateUp.memory();
        for (int row = 0; row < rows; row++) {
            long gate = 2L * row * hidden;
            long up = gate + hidden;
            long from = (long) row * hidden;
            int bound = Lanes.bound(hidden);
            for (int i = 0; i < bound; i += Lanes.COUNT) {
                var g = Lanes.load(in, gate + i);
                var d = Lanes.load(out, from + i);
                Lanes.store(d.mul(Lanes.load(in, up + i)).mul(siluSlope(g)), result, gate + i);
                Lanes.store(d.mul(silu(g)), result, up + i);
            }
            if (bound < hidden) {
                var tail = Lanes.tail(hidden);
                var g = Lanes.load(in, gate + bound, tail);
                var d = Lanes.load(out, from + bound, tail);
                Lanes.store(d.mul(Lanes.load(in, up + bound, tail)).mul(siluSlope(g)), result, gate + bound, tail);
                Lanes.store(d.mul(silu(g)), result, up + bound, tail);
            }
        }
    }

    private static FloatVector silu(FloatVector x) {
        return x.div(Lanes.exp(x.neg()).add(1f));
    }

    private static FloatVector siluSlope(FloatVector x) {
        var sigmoid = Lanes.all(1f).div(Lanes.exp(x.neg()).add(1f));
        return sigmoid.mul(x.mul(Lanes.all(1f).sub(sigmoid)).add(1f));
    }
}
