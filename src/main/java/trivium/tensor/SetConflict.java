package trivium.tensor;

/**
 * Matrices whose rows begin a multiple of 4 KiB apart: a column of such a matrix lies in one of the 64 sets of a
 * first-level cache. oneDNN's kernels for AVX2, which bring a transposed factor into another order, then run at 40 % of
 * their speed (docs/log.md); with the rows moved apart first they do not, to the same bits.
 */
final class SetConflict {

    /** Numbers in a register of the processors on which this was measured. */
    static final int LANES = 8;

    private static final int STRIDE = 1024;

    /** Numbers that are put between rows: a line of the cache. */
    private static final int GAP = 16;

    /** As large as the largest factor that the thread has seen; it goes with the thread. */
    private static final ThreadLocal<Floats> ROOM = ThreadLocal.withInitial(() -> Floats.zeros(0));

    private SetConflict() {}

    /** Whether rows that begin so many numbers apart are. */
    static boolean at(int stride) {
        return stride % STRIDE == 0;
    }

    /** How far apart the rows of n numbers are that {@link #apart} answers. */
    static int stride(int n) {
        return at(n + GAP) ? n + 2 * GAP : n + GAP;
    }

    /** A copy (rows, n) of the numbers from {@code at} on, the thread's until its next. */
    static Floats apart(Floats from, long at, int stride, int rows, int n) {
        int apart = stride(n);
        var room = ROOM.get();
        if (room.size() < (long) rows * apart) {
            room = Floats.zeros((long) rows * apart);
            ROOM.set(room);
        }
        for (int row = 0; row < rows; row++) {
            room.copyFrom(from, at + (long) row * stride, (long) row * apart, n);
        }
        return room;
    }
}
