package trivium.generate;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** Prompts that nobody completes yet, equal ones in a group. Several threads may take from it. */
final class Waiting {

    /** A prompt, and which completions of it are asked for. */
    static final class Group {
        private final int[] prompt;
        private final List<Integer> indices = new ArrayList<>();
        private int taken;

        private Group(int[] prompt) {
            this.prompt = prompt;
        }

        int[] prompt() {
            return prompt;
        }

        private int left() {
            return indices.size() - taken;
        }
    }

    /**
     * A completion that somebody has taken.
     *
     * @param index of the prompt in the call
     */
    record Place(Group group, int index) {}

    private final List<Group> groups;
    private int begun;

    private Waiting(List<Group> groups) {
        this.groups = groups;
    }

    /** All of them. */
    static Waiting of(List<int[]> prompts) {
        return new Waiting(groups(prompts, IntStream.range(0, prompts.size())));
    }

    /** So many at a time, equal ones next to each other and otherwise in order. */
    static List<Waiting> cut(List<int[]> prompts, int rows) {
        int[] order = of(prompts).groups.stream()
                .flatMap(group -> group.indices.stream())
                .mapToInt(Integer::intValue)
                .toArray();
        return IntStream.range(0, Math.ceilDiv(order.length, rows))
                .mapToObj(i -> Arrays.stream(order, i * rows, Math.min((i + 1) * rows, order.length)))
                .map(indices -> new Waiting(groups(prompts, indices)))
                .toList();
    }

    private static List<Group> groups(List<int[]> prompts, IntStream indices) {
        var byPrompt = new LinkedHashMap<IntBuffer, Group>();
        indices.forEach(i -> byPrompt.computeIfAbsent(IntBuffer.wrap(prompts.get(i)), _ -> new Group(prompts.get(i)))
                .indices
                .add(i));
        return List.copyOf(byPrompt.values());
    }

    /**
     * The next completion, or null where none is left: one of the group that the caller took from last, so that a
     * prompt is read once by whoever has begun it; else the first of the next group; else one of the largest rest.
     */
    synchronized Place take(Group last) {
        if (last != null && last.left() > 0) {
            return take(last, last.taken);
        }
        if (begun < groups.size()) {
            return take(groups.get(begun++), 0);
        }
        return groups.stream()
                .max(Comparator.comparingInt(Group::left))
                .filter(group -> group.left() > 0)
                .map(group -> take(group, group.taken))
                .orElse(null);
    }

    private static Place take(Group group, int next) {
        group.taken = next + 1;
        return new Place(group, group.indices.get(next));
    }

    /** Whether more of this group is left. */
    synchronized boolean hasMore(Group group) {
        return group.left() > 0;
    }
}
