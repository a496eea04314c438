package trivium.text;

import java.util.Arrays;

/** Token ids as they are found: an array that grows. */
final class Ids {

    private int[] ids;
    private int size;

    Ids(int capacity) {
        ids = new int[Math.max(16, capacity)];
    }

    void add(int id) {
        if (size == ids.length) {
            grow(1);
        }
        ids[size++] = id;
    }

    void addAll(int[] more) {
        if (size + more.length > ids.length) {
            grow(more.length);
        }
        // A handful at most times, for which a loop is faster than System.arraycopy.
        for (int id : more) {
            ids[size++] = id;
        }
    }

    /** Adds {@code more[from] … more[to - 1]}. */
    void addAll(int[] more, int from, int to) {
        if (size + to - from > ids.length) {
            grow(to - from);
        }
        System.arraycopy(more, from, ids, size, to - from);
        size += to - from;
    }

    int size() {
        return size;
    }

    private void grow(int more) {
        ids = Arrays.copyOf(ids, Math.max(size + more, ids.length * 2));
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
