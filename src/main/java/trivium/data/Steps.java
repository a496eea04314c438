package trivium.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;

/**
 * The tokens of an answer in steps, and where each step is judged: at the last token of the separator behind it. Each
 * step and each separator is encoded by itself, so that no token belongs to two steps.
 *
 * @param ids of prompt, steps and separators; no end token follows
 * @param ends the place of each step's last separator token, rising
 */
public record Steps(int[] ids, int[] ends) {

    /** What stands between two steps unless another is chosen, and where a text is cut into steps; as in TRL. */
    public static final String SEPARATOR = "\n";

    /** The tokens of these steps as the assistant's answer to a prompt, in a run's template. */
    public static Steps of(Tokenizer tokenizer, ChatTemplate template, List<Message> prompt, List<String> steps) {
        var ids = new ArrayList<int[]>();
        ids.add(template.prompt(tokenizer, prompt));
        int[] separator = tokenizer.encode(SEPARATOR);
        int[] ends = new int[steps.size()];
        int length = ids.getFirst().length;
        for (int i = 0; i < ends.length; i++) {
            int[] step = tokenizer.encode(steps.get(i));
            ids.add(step);
            ids.add(separator);
            length += step.length + separator.length;
            ends[i] = length - 1;
        }
        return new Steps(ids.stream().flatMapToInt(Arrays::stream).toArray(), ends);
    }

    /** A text cut into its lines, without blank ones; a text of none is one empty step. */
    public static List<String> in(String text) {
        var steps = text.lines().filter(line -> !line.isBlank()).toList();
        return steps.isEmpty() ? List.of("") : steps;
    }

    /** What of it a model of this context sees: the steps that end within it, or its last token where none does. */
    public Steps within(int context) {
        if (ids.length <= context) {
            return this;
        }
        int[] seen = IntStream.of(ends).filter(end -> end < context).toArray();
        return new Steps(Arrays.copyOf(ids, context), seen.length == 0 ? new int[] {context - 1} : seen);
    }
}
