package trivium.toytown;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import trivium.data.Conversations;
import trivium.text.Numbers;

/**
 * Tasks whose completions are judged by what is true, not by comparing words.
 *
 * @param name where they come from, for people
 * @param list at least one
 */
public record Tasks(String name, List<Task> list) implements Iterable<Task> {

    public Tasks {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no tasks");
        }
    }

    /**
     * The tasks in the prompts of conversations, say of a file's; the answers are the examples.
     *
     * @throws IllegalArgumentException if a prompt is none of Toy Town's, or an answer is wrong
     */
    public static Tasks of(Conversations conversations) {
        return new Tasks(
                conversations.name(),
                conversations.list().stream()
                        .map(c -> Task.of(c.prompt(), c.completion()))
                        .toList());
    }

    /**
     * Those of these kinds.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Tasks only(Task.Kind... kinds) {
        var wanted = Set.of(kinds);
        return new Tasks(
                name + ", only "
                        + String.join(
                                ", ", wanted.stream().sorted().map(Words::lower).toList()),
                list.stream().filter(task -> wanted.contains(task.kind())).toList());
    }

    /** The prompts, in order. */
    public List<String> prompts() {
        return list.stream().map(Task::prompt).toList();
    }

    /** Prompts with examples, for instruction fine-tuning. */
    public Conversations conversations() {
        return new Conversations(name, list.stream().map(Task::conversation).toList());
    }

    public int size() {
        return list.size();
    }

    public Task get(int index) {
        return list.get(index);
    }

    @Override
    public Iterator<Task> iterator() {
        return list.iterator();
    }

    @Override
    public String toString() {
        return name + ": " + Numbers.count(list.size(), "task");
    }
}
