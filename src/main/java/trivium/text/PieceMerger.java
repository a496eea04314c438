package trivium.text;

import java.util.Arrays;
import java.util.List;

/** Applies merges to one piece of text: the earliest learned first, the leftmost first among equals. */
final class PieceMerger {

    /** Up to here looking through all pairs each time is faster than keeping a heap of them. */
    private static final int SHORT = 48;

    private static final int NO_RANK = Integer.MAX_VALUE;

    private PieceMerger() {}

    /** The tokens that {@code ids}, one per byte, become; the array itself is used up. */
    static int[] merge(int[] ids, PairTable ranks, List<Merge> merges) {
        return ids.length <= SHORT ? mergeShort(ids, ranks, merges) : mergeLong(ids, ranks, merges);
    }

    private static int[] mergeShort(int[] ids, PairTable ranks, List<Merge> merges) {
        int n = ids.length;
        int[] rank = new int[n];
        for (int i = 0; i + 1 < n; i++) {
            rank[i] = rank(ids, i, ranks);
        }
        while (true) {
            int at = 0;
            for (int i = 1; i + 1 < n; i++) {
                at = rank[i] < rank[at] ? i : at;
            }
            if (n < 2 || rank[at] == NO_RANK) {
                return Arrays.copyOf(ids, n);
            }
            ids[at] = merges.get(rank[at]).result();
            n--;
            System.arraycopy(ids, at + 2, ids, at + 1, n - at - 1);
            System.arraycopy(rank, at + 1, rank, at, n - at);
            if (at > 0) {
                rank[at - 1] = rank(ids, at - 1, ranks);
            }
            if (at + 1 < n) {
                rank[at] = rank(ids, at, ranks);
            }
        }
    }

    /** When the pair at {@code i} and {@code i + 1} is merged: a lower number before a higher one. */
    private static int rank(int[] ids, int i, PairTable ranks) {
        int rank = ranks.get(ids[i], ids[i + 1]);
        return rank < 0 ? NO_RANK : rank;
    }

    /**
     * The same in n log n: positions form a linked list, and the heap holds (rank, position), checked when taken since
     * a neighbour may have merged before.
     */
    private static int[] mergeLong(int[] ids, PairTable ranks, List<Merge> merges) {
        int n = ids.length;
        int[] next = new int[n];
        int[] previous = new int[n];
        Arrays.setAll(next, i -> i + 1);
        Arrays.setAll(previous, i -> i - 1);
        var heap = new LongHeap(n);
        for (int i = 0; i + 1 < n; i++) {
            offer(heap, ids, ranks, i, i + 1);
        }
        while (!heap.isEmpty()) {
            long entry = heap.poll();
            int rank = (int) (entry >>> 32);
            int at = (int) entry;
            var merge = merges.get(rank);
            int right = next[at];
            if (ids[at] != merge.left() || right >= n || ids[right] != merge.right()) {
                continue;
            }
            ids[at] = merge.result();
            ids[right] = -1;
            next[at] = next[right];
            if (next[at] < n) {
                previous[next[at]] = at;
                offer(heap, ids, ranks, at, next[at]);
            }
            if (previous[at] >= 0) {
                offer(heap, ids, ranks, previous[at], at);
            }
        }
        return Arrays.stream(ids).filter(id -> id >= 0).toArray();
    }

    private static void offer(LongHeap heap, int[] ids, PairTable ranks, int left, int right) {
        int rank = ranks.get(ids[left], ids[right]);
        if (rank >= 0) {
            heap.add((long) rank << 32 | left);
        }
    }
}
