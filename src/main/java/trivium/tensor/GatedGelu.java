package trivium.tensor;

import java.lang.foreign.MemorySegment;

/**
 * GEGLU (Shazeer 2020, eq. 6): y = GELU(gate) · up, with {@code gateUp} (rows, 2·hidden) holding gate then up in each
 * row; y (rows, hidden).
 */
public final class GatedGelu {

    private GatedGelu() {}

    /** With GELU in its tanh form. */
    public static void geglu(Floats gateUp, Floats y, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            gegluRow(gateUp, 2L * row * hidden, y, (long) row * hidden, hidden);
        }
    }

    private static void gegluRow(Floats gateUp, long gate, Floats y, long to, int hidden) {
        var in = gateUp.memory();
        var out = y.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var active = Activations.gelu(Lanes.load(in, gate + i));
            Lanes.store(active.mul(Lanes.load(in, gate + hidden + i)), out, to + i);
        }
        if (whole < hidden) {
            gegluTail(in, gate + whole, hidden, out, to + whole, hidden - whole);
        }
    }

    private static void gegluTail(MemorySegment in, long gate, int hidden, MemorySegment out, long to, int count) {
        var active = Activations.gelu(Lanes.load(in, gate)).mul(Lanes.load(in, gate + hidden));
        Lanes.store(active, out, to, Lanes.first(count));
    }

    /** {@code dGateUp} (rows, 2·hidden) from dy (rows, hidden) and the forward's {@code gateUp}, which it may be. */
    public static void gegluBackward(Floats gateUp, Floats dy, Floats dGateUp, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            gegluBackwardRow(gateUp, 2L * row * hidden, dy, (long) row * hidden, dGateUp, hidden);
        }
    }

    private static void gegluBackwardRow(Floats gateUp, long gate, Floats dy, long from, Floats dGateUp, int hidden) {
        var in = gateUp.memory();
        var out = dGateUp.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var g = Lanes.load(in, gate + i);
            var d = Lanes.load(dy.memory(), from + i);
            Lanes.store(d.mul(Lanes.load(in, gate + hidden + i)).mul(Activations.geluSlope(g)), out, gate + i);
            Lanes.store(d.mul(Activations.gelu(g)), out, gate + hidden + i);
        }
        if (whole < hidden) {
            gegluBackwardTail(in, gate + whole, hidden, dy.memory(), from + whole, out, hidden - whole);
        }
    }

    private static void gegluBackwardTail(
            MemorySegment in, long gate, int hidden, MemorySegment dy, long from, MemorySegment out, int count) {
        var here = Lanes.first(count);
        var g = Lanes.load(in, gate);
        var d = Lanes.load(dy, from);
        Lanes.store(d.mul(Lanes.load(in, gate + hidden)).mul(Activations.geluSlope(g)), out, gate, here);
        Lanes.store(d.mul(Activations.gelu(g)), out, gate + hidden, here);
    }

    /** With GELU itself. */
    public static void gegluErf(Floats gateUp, Floats y, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            gegluErfRow(gateUp, 2L * row * hidden, y, (long) row * hidden, hidden);
        }
    }

    private static void gegluErfRow(Floats gateUp, long gate, Floats y, long to, int hidden) {
        var in = gateUp.memory();
        var out = y.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var active = Activations.geluErf(Lanes.load(in, gate + i));
            Lanes.store(active.mul(Lanes.load(in, gate + hidden + i)), out, to + i);
        }
        if (whole < hidden) {
            gegluErfTail(in, gate + whole, hidden, out, to + whole, hidden - whole);
        }
    }

    private static void gegluErfTail(MemorySegment in, long gate, int hidden, MemorySegment out, long to, int count) {
        var active = Activations.geluErf(Lanes.load(in, gate)).mul(Lanes.load(in, gate + hidden));
        Lanes.store(active, out, to, Lanes.first(count));
    }

    /** {@code dGateUp} (rows, 2·hidden) from dy (rows, hidden) and the forward's {@code gateUp}, which it may be. */
    public static void gegluErfBackward(Floats gateUp, Floats dy, Floats dGateUp, int rows, int hidden) {
        for (int row = 0; row < rows; row++) {
            gegluErfBackwardRow(gateUp, 2L * row * hidden, dy, (long) row * hidden, dGateUp, hidden);
        }
    }

    private static void gegluErfBackwardRow(
            Floats gateUp, long gate, Floats dy, long from, Floats dGateUp, int hidden) {
        var in = gateUp.memory();
        var out = dGateUp.memory();
        int whole = Lanes.bound(hidden);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            var g = Lanes.load(in, gate + i);
            var d = Lanes.load(dy.memory(), from + i);
            Lanes.store(d.mul(Lanes.load(in, gate + hidden + i)).mul(Activations.geluErfSlope(g)), out, gate + i);
            Lanes.store(d.mul(Activations.geluErf(g)), out, gate + hidden + i);
        }
        if (whole < hidden) {
            gegluErfBackwardTail(in, gate + whole, hidden, dy.memory(), from + whole, out, hidden - whole);
        }
    }

    private static void gegluErfBackwardTail(
            MemorySegment in, long gate, int hidden, MemorySegment dy, long from, MemorySegment out, int count) {
        var here = Lanes.first(count);
        var g = Lanes.load(in, gate);
        var d = Lanes.load(dy, from);
        Lanes.store(d.mul(Lanes.load(in, gate + hidden)).mul(Activations.geluErfSlope(g)), out, gate, here);
        Lanes.store(d.mul(Activations.geluErf(g)), out, gate + hidden, here);
    }
}
