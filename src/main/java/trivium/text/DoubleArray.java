package trivium.text;

import java.util.Arrays;

/**
 * Finds the longest token with which a text begins. A double array (Aoe 1989) holds a {@link TokenTrie} that does not
 * change any more: a node is a cell, and its child by a symbol is the cell at the node's base plus the symbol, if that
 * cell's parent is the node. It lies closer together in memory than a hash table, and most of the time goes into
 * reading it.
 */
final class DoubleArray {

    private static final long FREE = -1;

    /** The base of a node without children: far below any cell. */
    private static final int LEAF = Integer.MIN_VALUE;

    /** The parent of nodes of one symbol, which {@link #cellOf} finds. */
    private static final int NO_PARENT = -2;

    /** How many cells are tried for the children of a node before they go behind all others. */
    private static final int TRIES = 256;

    private final int[] cellOf;

    /** By cell: its base in the upper half, the parent's cell in the lower. */
    private long[] cells;

    private int[] longest;
    private int firstFree;
    private int end;

    /** @param tokens how many ids there are */
    DoubleArray(TokenTrie trie, int tokens) {
        cellOf = new int[tokens];
        cells = new long[2 * trie.size()];
        longest = new int[cells.length];
        Arrays.fill(cells, FREE);
        int[] begin = begins(trie);
        int[] children = children(trie, begin);
        int[] token = trie.longest();
        int[] cell = new int[trie.size()];
        for (int node = TokenTrie.ROOT; node < trie.size(); node++) {
            if (begin[node] == begin[node + 1]) {
                continue;
            }
            int[] symbols = new int[begin[node + 1] - begin[node]];
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = trie.symbol(children[begin[node] + i]);
            }
            boolean root = node == TokenTrie.ROOT;
            int base = root ? 0 : base(symbols);
            for (int i = 0; i < symbols.length; i++) {
                int child = children[begin[node] + i];
                cell[child] = root ? i : base + symbols[i];
                occupy(cell[child], root ? NO_PARENT : cell[node], token[child]);
                if (root) {
                    cellOf[symbols[i]] = i;
                }
            }
            if (!root) {
                cells[cell[node]] = content(base, (int) cells[cell[node]]);
            }
        }
        cells = Arrays.copyOf(cells, end);
        longest = Arrays.copyOf(longest, end);
    }

    private static long content(int base, int parent) {
        return (long) base << 32 | parent & 0xFFFFFFFFL;
    }

    /** Where each node's children begin in {@link #children}. */
    private static int[] begins(TokenTrie trie) {
        int[] begin = new int[trie.size() + 1];
        for (int node = 1; node < trie.size(); node++) {
            begin[trie.parent(node) + 1]++;
        }
        Arrays.parallelPrefix(begin, Integer::sum);
        return begin;
    }

    private static int[] children(TokenTrie trie, int[] begin) {
        int[] next = begin.clone();
        int[] children = new int[trie.size() - 1];
        for (int node = 1; node < trie.size(); node++) {
            children[next[trie.parent(node)]++] = node;
        }
        return children;
    }

    /** A base with which the cells of all these symbols are free. */
    private int base(int[] symbols) {
        for (int at = firstFree; at < Math.min(end, firstFree + TRIES); at++) {
            int base = at - symbols[0];
            int free = 0;
            while (free < symbols.length && isFree(base + symbols[free])) {
                free++;
            }
            if (free == symbols.length) {
                return base;
            }
        }
        int lowest = symbols[0];
        for (int symbol : symbols) {
            lowest = Math.min(lowest, symbol);
        }
        return end - lowest;
    }

    private boolean isFree(int cell) {
        return cell >= 0 && (cell >= end || cells[cell] == FREE);
    }

    private void occupy(int cell, int parent, int token) {
        if (cell >= cells.length) {
            int before = cells.length;
            cells = Arrays.copyOf(cells, Math.max(cell + 1, 2 * before));
            longest = Arrays.copyOf(longest, cells.length);
            Arrays.fill(cells, before, cells.length, FREE);
        }
        cells[cell] = content(LEAF, parent);
        longest[cell] = token;
        end = Math.max(end, cell + 1);
        while (firstFree < end && cells[firstFree] != FREE) {
            firstFree++;
        }
    }

    /** The longest token with which {@code symbols[at] … symbols[to - 1]} begins. */
    int longest(int[] symbols, int at, int to) {
        int cell = cellOf[symbols[at]];
        long content = cells[cell];
        for (int i = at + 1; i < to; i++) {
            int next = (int) (content >> 32) + symbols[i];
            if (next < 0 || next >= cells.length) {
                break;
            }
            content = cells[next];
            if ((int) content != cell) {
                break;
            }
            cell = next;
        }
        return longest[cell];
    }
}
