package trivium.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** The feed-forward's non-linearities, forward and backward, element by element. */
public final class Activations {

    /** −2·√(2/π), GELU's tanh written as a sigmoid: 0.5·x·(1 + tanh(u/2)) = x·σ(u). */
    private static final FloatVector SLOPE = Lanes.all(-1.5957691216f);

    private static final FloatVector CUBE = Lanes.all(0.044715f * -1.5957691216f);
    private static final FloatVector CUBE_SLOPE = Lanes.all(3 * 0.044715f * -1.5957691216f);

    // Φ(−|x|) = ½ (a₁t + … + a₅t⁵) e^(−x²/2), t = 1 / (1 + p|x|/√2), to within 1e-7 (Abramowitz and Stegun 1964,
    // 7.1.26)
    private static final FloatVector P = Lanes.all(0.3275911f * 0.70710678f);
    private static final FloatVector A1 = Lanes.all(0.5f * 0.254829592f);
    private static final FloatVector A2 = Lanes.all(0.5f * -0.284496736f);
    private static final FloatVector A3 = Lanes.all(0.5f * 1.421413741f);
    private static final FloatVector A4 = Lanes.all(0.5f * -1.453152027f);
    private static final FloatVector A5 = Lanes.all(0.5f * 1.061405429f);
    private static final FloatVector HALF = Lanes.all(0.5f);
    private static final FloatVector MINUS_HALF = Lanes.all(-0.5f);
    /** 1/√(2π). */
    private static final FloatVector DENSITY = Lanes.all(0.39894228f);

    private static final IntVector SIGN = Lanes.all(-0f).reinterpretAsInts();

    private Activations() {}

    /** y = GELU(x), the tanh form (Hendrycks and Gimpel 2016, section 2), over {@code n} numbers; y may be x. */
    public static void gelu(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            Lanes.store(gelu(Lanes.load(in, i)), out, i);
        }
        if (whole < n) {
            geluTail(in, out, whole, n);
        }
    }

    private static void geluTail(MemorySegment in, MemorySegment out, long from, long to) {
        Lanes.store(gelu(Lanes.load(in, from)), out, from, Lanes.SPECIES.indexInRange(from, to));
    }

    static FloatVector gelu(FloatVector x) {
        return x.div(geluSum(x, x.mul(x)));
    }

    /** The same, and x becomes GELU'(x), by which {@link #multiply} takes a gradient back; y is not x. */
    public static void geluWithSlope(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var v = Lanes.load(in, i);
            var square = v.mul(v);
            var one = geluSum(v, square);
            Lanes.store(v.div(one), out, i);
            Lanes.store(geluSlope(v, square, one), in, i);
        }
        if (whole < n) {
            geluWithSlopeTail(in, out, whole, (int) (n - whole));
        }
    }

    private static void geluWithSlopeTail(MemorySegment in, MemorySegment out, long at, int count) {
        var here = Lanes.first(count);
        var v = Lanes.load(in, at);
        var square = v.mul(v);
        var one = geluSum(v, square);
        Lanes.store(v.div(one), out, at, here);
        Lanes.store(geluSlope(v, square, one), in, at, here);
    }

    /** 1 + e^u, with −u the sigmoid's argument: 1/σ. */
    private static FloatVector geluSum(FloatVector x, FloatVector square) {
        return Lanes.exp(square.fma(CUBE, SLOPE).mul(x)).add(Lanes.ONE);
    }

    /** dy becomes dx = dy · slope, what the forward left of x. */
    public static void multiply(Floats slopes, Floats dy, long n) {
        var in = slopes.memory();
        var out = dy.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(out, i).mul(Lanes.load(in, i)), out, i);
        }
        for (long i = whole; i < n; i++) {
            dy.set(i, dy.get(i) * slopes.get(i));
        }
    }

    /** GELU'(x), of the tanh form. */
    static FloatVector geluSlope(FloatVector x) {
        var square = x.mul(x);
        return geluSlope(x, square, geluSum(x, square));
    }

    /** σ + x·σ·(1 − σ)·u', with u the sigmoid's argument. */
    private static FloatVector geluSlope(FloatVector x, FloatVector square, FloatVector sum) {
        var sigmoid = Lanes.ONE.div(sum);
        var minusSlope = square.fma(CUBE_SLOPE, SLOPE);
        return x.mul(sigmoid).mul(sigmoid.sub(Lanes.ONE)).fma(minusSlope, sigmoid);
    }

    /** y = x · Φ(x), GELU itself (Hendrycks and Gimpel 2016, section 2), over {@code n} numbers; y may be x. */
    public static void geluErf(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var v = Lanes.load(in, i);
            Lanes.store(v.mul(normal(v, bell(v))), out, i);
        }
        if (whole < n) {
            geluErfTail(in, out, whole, n);
        }
    }

    private static void geluErfTail(MemorySegment in, MemorySegment out, long from, long to) {
        var v = Lanes.load(in, from);
        Lanes.store(v.mul(normal(v, bell(v))), out, from, Lanes.SPECIES.indexInRange(from, to));
    }

    /** The same, and x becomes the derivative Φ(x) + x · φ(x), as in {@link #geluWithSlope}; y is not x. */
    public static void geluErfWithSlope(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var v = Lanes.load(in, i);
            var bell = bell(v);
            var normal = normal(v, bell);
            Lanes.store(v.mul(normal), out, i);
            Lanes.store(v.mul(DENSITY).fma(bell, normal), in, i);
        }
        if (whole < n) {
            geluErfWithSlopeTail(in, out, whole, (int) (n - whole));
        }
    }

    private static void geluErfWithSlopeTail(MemorySegment in, MemorySegment out, long at, int count) {
        var here = Lanes.first(count);
        var v = Lanes.load(in, at);
        var bell = bell(v);
        var normal = normal(v, bell);
        Lanes.store(v.mul(normal), out, at, here);
        Lanes.store(v.mul(DENSITY).fma(bell, normal), in, at, here);
    }

    static FloatVector geluErf(FloatVector x) {
        return x.mul(normal(x, bell(x)));
    }

    /** Φ(x) + x · φ(x). */
    static FloatVector geluErfSlope(FloatVector x) {
        var bell = bell(x);
        return x.mul(DENSITY).fma(bell, normal(x, bell));
    }

    /** e^(−x²/2). */
    private static FloatVector bell(FloatVector x) {
        return Lanes.exp(x.mul(x).mul(MINUS_HALF));
    }

    /** Φ(x), the standard normal distribution, from its bell: ½ and the rest of it with the sign of x. */
    private static FloatVector normal(FloatVector x, FloatVector bell) {
        var t = Lanes.ONE.div(x.abs().fma(P, Lanes.ONE));
        var tail = t.fma(A5, A4).fma(t, A3).fma(t, A2).fma(t, A1).mul(t).mul(bell);
        var sign = x.reinterpretAsInts().and(SIGN);
        return HALF.sub(tail).reinterpretAsInts().or(sign).reinterpretAsFloats().add(HALF);
    }

    /** y = max(0, x)² (Primer, So et al. 2021) over {@code n} numbers; y may be x. */
    public static void squaredRelu(Floats x, Floats y, long n) {
        var in = x.memory();
        var out = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var positive = Lanes.load(in, i).max(0);
            Lanes.store(positive.mul(positive), out, i);
        }
        if (whole < n) {
            var positive = Lanes.load(in, whole).max(0);
            Lanes.store(positive.mul(positive), out, whole, Lanes.SPECIES.indexInRange(whole, n));
        }
    }

    /** dy becomes dx = dy · 2 max(0, x). */
    public static void squaredReluBackward(Floats x, Floats dy, long n) {
        var in = x.memory();
        var out = dy.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var slope = Lanes.load(in, i).max(0).mul(2);
            Lanes.store(Lanes.load(out, i).mul(slope), out, i);
        }
        if (whole < n) {
            var dx = Lanes.load(out, whole).mul(Lanes.load(in, whole).max(0).mul(2));
            Lanes.store(dx, out, whole, Lanes.SPECIES.indexInRange(whole, n));
        }
    }

    /**
     * SwiGLU (Shazeer 2020, eq. 6): y = gate · σ(gate) · up, with {@code gateUp} (rows, 2·hidden) holding gate then up
     * in each row; y (rows, hidden).
     */
    public static void swiglu(Floats gateUp, Floats y, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            swigluRow(gateUp, 2L * row * hidden, y, (long) row * hidden, hidden);
        }
    }

    private static void swigluRow(Floats gateUp, long gate, Floats y, long to, int hidden) {
        var in = gateUp.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var g = Lanes.load(in, gate + i);
            var active = g.mul(sigmoid(g)).mul(Lanes.load(in, gate + hidden + i));
            Lanes.store(active, y.memory(), to + i);
        }
        if (whole < hidden) {
            swigluTail(in, gate + whole, hidden, y.memory(), to + whole, hidden - whole);
        }
    }

    private static void swigluTail(MemorySegment in, long gate, int hidden, MemorySegment out, long to, int count) {
        var g = Lanes.load(in, gate);
        var active = g.mul(sigmoid(g)).mul(Lanes.load(in, gate + hidden));
        Lanes.store(active, out, to, Lanes.first(count));
    }

    /** {@code dGateUp} (rows, 2·hidden) from dy (rows, hidden) and the forward's {@code gateUp}. */
    public static void swigluBackward(Floats gateUp, Floats dy, Floats dGateUp, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            swigluBackwardRow(gateUp, 2L * row * hidden, dy, (long) row * hidden, dGateUp, hidden);
        }
    }

    private static void swigluBackwardRow(Floats gateUp, long gate, Floats dy, long from, Floats dGateUp, int hidden) {
        var in = gateUp.memory();
        var out = dGateUp.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var g = Lanes.load(in, gate + i);
            var d = Lanes.load(dy.memory(), from + i);
            var sigmoid = sigmoid(g);
            var slope = sigmoid.mul(g.mul(Lanes.ONE.sub(sigmoid)).add(Lanes.ONE));
            Lanes.store(d.mul(Lanes.load(in, gate + hidden + i)).mul(slope), out, gate + i);
            Lanes.store(d.mul(g).mul(sigmoid), out, gate + hidden + i);
        }
        if (whole < hidden) {
            swigluBackwardTail(in, gate + whole, hidden, dy.memory(), from + whole, out, hidden - whole);
        }
    }

    private static void swigluBackwardTail(
            MemorySegment in, long gate, int hidden, MemorySegment dy, long from, MemorySegment out, int count) {
        var here = Lanes.first(count);
        var g = Lanes.load(in, gate);
        var d = Lanes.load(dy, from);
        var sigmoid = sigmoid(g);
        var slope = sigmoid.mul(g.mul(Lanes.ONE.sub(sigmoid)).add(Lanes.ONE));
        Lanes.store(d.mul(Lanes.load(in, gate + hidden)).mul(slope), out, gate, here);
        Lanes.store(d.mul(g).mul(sigmoid), out, gate + hidden, here);
    }

    private static FloatVector sigmoid(FloatVector x) {
        return Lanes.ONE.div(Lanes.exp(x.neg()).add(Lanes.ONE));
    }
}
