package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/** What this machine can do at best, measured by kernels that do nothing else, for benchmarks to compare with. */
public final class Peak {

    private static final int ROUNDS = 20;
    private static final int READINGS = 20;
    private static final long STRETCH = 1 << 14;
    private static final int CHAINS = 12;
    private static final long REPEATS = 2_000_000;
    /** Larger than any cache: 256 MiB in all. */
    private static final long STREAM = 1L << 26;
    /** Read in a round where the buffer is small: 16 MiB. */
    private static final long READ = 1L << 22;

    private static final long SHORTEST = 1L << 10;

    private Peak() {}

    /**
     * Multiply-adds in registers on this many threads, counted as two operations each: the best of a few rounds, in
     * GFLOP/s.
     */
    public static double gigaflops(int workers) {
        try (var threads = new Workers(workers)) {
            double best = 0;
            var sinks = new float[workers];
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                threads.run(workers, i -> sinks[i] = multiplyAdds(REPEATS, 1 + i * 1e-9f));
                double operations = 2.0 * CHAINS * Lanes.COUNT * REPEATS * workers;
                best = Math.max(best, operations / (System.nanoTime() - start));
            }
            return best;
        }
    }

    /** Independent chains, enough to keep two units of a latency of four or five busy. */
    private static float multiplyAdds(long repeats, float factor) {
        FloatVector f = Lanes.all(factor);
        FloatVector a = Lanes.zero(), b = a, c = a, d = a, e = a, g = a, h = a, i = a, j = a, k = a, l = a, m = a;
        for (long n = 0; n < repeats; n++) {
            a = a.fma(f, f);
            b = b.fma(f, f);
            c = c.fma(f, f);
            d = d.fma(f, f);
            e = e.fma(f, f);
            g = g.fma(f, f);
            h = h.fma(f, f);
            i = i.fma(f, f);
            j = j.fma(f, f);
            k = k.fma(f, f);
            l = l.fma(f, f);
            m = m.fma(f, f);
        }
        return Lanes.sum(a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .add(m));
    }

    /** Reading memory once, front to back, on this many threads: the best of a few rounds, in gigabytes per second. */
    public static double gigabytesPerSecond(int workers) {
        return gigabytesPerSecond(workers, STREAM * Float.BYTES);
    }

    /**
     * The same for a buffer of this many bytes, read again and again: from the cache that holds it, where one does. A
     * few KiB at the least are read.
     */
    public static double gigabytesPerSecond(int workers, long bytes) {
        long size = Math.max(SHORTEST * workers, bytes / Float.BYTES);
        long times = Math.max(1, READ / size);
        var numbers = Floats.zeros(size);
        try (var threads = new Workers(workers)) {
            double best = 0;
            var sinks = new float[workers];
            for (int round = 0; round < READINGS; round++) {
                long start = System.nanoTime();
                threads.run(workers, i -> {
                    for (long time = 0; time < times; time++) {
                        sinks[i] += read(numbers, size * i / workers, size * (i + 1) / workers);
                    }
                });
                best = Math.max(best, (double) times * size * Float.BYTES / (System.nanoTime() - start));
            }
            return best;
        }
    }

    /** In stretches, so that HotSpot soon sees enough calls to compile what reads one. */
    private static float read(Floats numbers, long from, long to) {
        float sum = 0;
        for (long at = from; at < to; at += STRETCH) {
            sum += sum(numbers, at, Math.min(at + STRETCH, to));
        }
        return sum;
    }

    private static float sum(Floats numbers, long from, long to) {
        var memory = numbers.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (long i = from; i + 4L * Lanes.COUNT <= to; i += 4L * Lanes.COUNT) {
            a = a.add(Lanes.load(memory, i));
            b = b.add(Lanes.load(memory, i + Lanes.COUNT));
            c = c.add(Lanes.load(memory, i + 2L * Lanes.COUNT));
            d = d.add(Lanes.load(memory, i + 3L * Lanes.COUNT));
        }
        return Lanes.sum(a.add(b).add(c).add(d));
    }
}
