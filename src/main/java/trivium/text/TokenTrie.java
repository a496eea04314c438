package trivium.text;

import java.util.Arrays;

/**
 * Tokens by the symbols that spell them; symbols are the tokens that merging starts from. Every sequence of symbols
 * with which a token begins is a node, numbered from 1 as they come, so that a node has a higher number than its
 * parent; 0 is the root.
 */
final class TokenTrie {

    static final int ROOT = 0;

    private final PairTable children = new PairTable(1 << 10);
    private final int[] nodeOf;
    private int size = 1;
    private int[] parent = new int[1 << 10];
    private int[] symbol = new int[1 << 10];
    private int[] token = new int[1 << 10];

    /** @param tokens how many ids there are */
    TokenTrie(int tokens) {
        nodeOf = new int[tokens];
        token[ROOT] = -1;
    }

    void add(int symbol) {
        nodeOf[symbol] = child(ROOT, symbol);
        token[nodeOf[symbol]] = symbol;
    }

    /** Adds a token that is spelled as two others, one behind the other, which are there already. */
    void add(int id, int left, int right) {
        int node = nodeOf[left];
        for (int each : spelling(right)) {
            node = child(node, each);
        }
        nodeOf[id] = node;
        token[node] = id;
    }

    private int child(int node, int by) {
        int known = children.get(node, by);
        if (known >= 0) {
            return known;
        }
        if (size == parent.length) {
            parent = Arrays.copyOf(parent, 2 * size);
            symbol = Arrays.copyOf(symbol, 2 * size);
            token = Arrays.copyOf(token, 2 * size);
        }
        children.put(node, by, size);
        parent[size] = node;
        symbol[size] = by;
        token[size] = -1;
        return size++;
    }

    private int[] spelling(int id) {
        int length = 0;
        for (int at = nodeOf[id]; at != ROOT; at = parent[at]) {
            length++;
        }
        int[] spelled = new int[length];
        for (int at = nodeOf[id]; at != ROOT; at = parent[at]) {
            spelled[--length] = symbol[at];
        }
        return spelled;
    }

    /** The number of nodes, with the root. */
    int size() {
        return size;
    }

    int parent(int node) {
        return parent[node];
    }

    /** By which symbol a node follows its parent. */
    int symbol(int node) {
        return symbol[node];
    }

    /** By node: the longest token that ends there or before, or -1. */
    int[] longest() {
        int[] longest = Arrays.copyOf(token, size);
        for (int node = 1; node < size; node++) {
            longest[node] = token[node] < 0 ? longest[parent[node]] : token[node];
        }
        return longest;
    }

    /** By token: the next shorter one with which it begins, or -1. */
    int[] shorter() {
        int[] longest = longest();
        return Arrays.stream(nodeOf)
                .map(node -> node == ROOT ? -1 : longest[parent[node]])
                .toArray();
    }
}
