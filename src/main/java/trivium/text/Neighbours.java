package trivium.text;

import java.util.Arrays;
import java.util.List;

/**
 * Which tokens merges make of symbols (the tokens that merging starts from), and which two of them stay apart side by
 * side: the merges, applied to the symbols of both, give these two again.
 *
 * <p>Whether two stay apart is found without merging anything. Back from the end, the last part of the left token and
 * the first part of the right one face each other until the one that was merged later falls into its two parts; a merge
 * of two that face each other comes first if it is ranked before those in which they disappear. Among equals the
 * leftmost goes first. This holds if no token is merged before its parts are, which {@link #inOrder} says.
 */
final class Neighbours {

    /** When a symbol was merged: before all merges. */
    private static final int SYMBOL = -1;

    private final boolean inOrder;
    private final TokenTrie trie;

    /** By two tokens of which merges make a third: when that happens. */
    private final PairTable ranks;

    /** By token: of how many symbols it is; 0 if merges don't make it. */
    private final int[] length;

    /** By token: when it is merged, in the upper half, and its left part or its right one in the lower. */
    private final long[] leftParts;

    private final long[] rightParts;

    /**
     * By token: the first symbols, modulo 64, of what may merge with its end, and the last ones of what may merge with
     * its beginning. Most pairs need no longer look.
     */
    private final long[] mergesBefore;

    private final long[] mergesAfter;

    /** @param order by pair: its place among the merges */
    Neighbours(int[] symbols, int tokens, PairTable order, List<Merge> merges) {
        trie = new TokenTrie(tokens);
        ranks = new PairTable(merges.size());
        leftParts = new long[tokens];
        rightParts = new long[tokens];
        length = new int[tokens];
        mergesBefore = new long[tokens];
        mergesAfter = new long[tokens];
        Arrays.fill(leftParts, (long) SYMBOL << 32);
        Arrays.fill(rightParts, (long) SYMBOL << 32);
        for (int id : symbols) {
            trie.add(id);
            length[id] = 1;
        }
        inOrder = learn(symbols, order, merges) && noneIsLate(order, merges);
    }

    /** Finds the tokens; false if one is made of two sequences of symbols. */
    private boolean learn(int[] symbols, PairTable order, List<Merge> merges) {
        int[] first = new int[length.length];
        int[] last = new int[length.length];
        long[] before = new long[length.length];
        long[] after = new long[length.length];
        for (int id : symbols) {
            first[id] = id;
            last[id] = id;
        }
        for (int i = 0; i < merges.size(); i++) {
            var merge = merges.get(i);
            if (order.get(merge.left(), merge.right()) != i || !isMade(merge)) {
                continue;
            }
            int id = merge.result();
            if (length[id] > 0) {
                return false;
            }
            int a = merge.left();
            int b = merge.right();
            leftParts[id] = (long) i << 32 | a;
            rightParts[id] = (long) i << 32 | b;
            length[id] = length[a] + length[b];
            first[id] = first[a];
            last[id] = last[b];
            ranks.put(a, b, i);
            trie.add(id, a, b);
            // Inside the new token, a's beginning and b's end meet only what is merged before it; a pair of the same
            // two further left goes first, one further right does not.
            after[b] |= 1L << last[a];
            mergesBefore[id] = mergesBefore[b] | before[b];
            mergesAfter[id] = mergesAfter[a] | after[a];
            before[a] |= 1L << first[b];
        }
        for (int id = 0; id < length.length; id++) {
            mergesBefore[id] |= before[id];
            mergesAfter[id] |= after[id];
        }
        return true;
    }

    /** Whether merges make both parts, side by side, so that they can be merged. */
    private boolean isMade(Merge merge) {
        return length[merge.left()] > 0 && length[merge.right()] > 0 && becomeWhole(merge.left(), merge.right());
    }

    private int rank(int token) {
        return (int) (leftParts[token] >> 32);
    }

    /** Whether no token could be made by a merge that comes before those of its parts. */
    private boolean noneIsLate(PairTable order, List<Merge> merges) {
        for (int i = 0; i < merges.size(); i++) {
            var merge = merges.get(i);
            boolean late = rank(merge.left()) > i || rank(merge.right()) > i;
            if (late && order.get(merge.left(), merge.right()) == i && isMade(merge)) {
                return false;
            }
        }
        return true;
    }

    boolean inOrder() {
        return inOrder;
    }

    TokenTrie trie() {
        return trie;
    }

    /** Of how many symbols each token is made. */
    int[] lengths() {
        return length;
    }

    /**
     * Whether two tokens stay apart.
     *
     * @param symbols what the left one ends and the right one begins with at {@code symbols[at]}
     */
    boolean stayApart(int left, int right, int[] symbols, int at) {
        long both = mergesBefore[left] >>> symbols[at] & mergesAfter[right] >>> symbols[at - 1];
        return (both & 1) == 0 || ranks.get(left, right) < 0 && becomeWhole(left, right);
    }

    /** Whether no merge joins parts of two tokens before both are whole. */
    private boolean becomeWhole(int left, int right) {
        int a = left;
        int b = right;
        int endOfA = Integer.MAX_VALUE;
        int endOfB = Integer.MAX_VALUE;
        long partOfA = rightParts[a];
        long partOfB = leftParts[b];
        while ((partOfA & partOfB) >= 0) { // one of them is not SYMBOL
            if (partOfA >> 32 > partOfB >> 32) {
                endOfA = (int) (partOfA >> 32);
                a = (int) partOfA;
                partOfA = rightParts[a];
            } else {
                endOfB = (int) (partOfB >> 32);
                b = (int) partOfB;
                partOfB = leftParts[b];
            }
            int met = ranks.get(a, b);
            if (met >= 0 && met < endOfA && met <= endOfB) {
                return false;
            }
        }
        return true;
    }
}
