package trivium.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;

/**
 * The tokens of an answer in steps, and where each step is judged: at the last token of the separator behind it. Each
 * step and each separator is encoded by itself, so that no token belongs to two steps.
 *
 * @param ids of prompt, steps and separators; no end token follows
 * @param promptLength how many of them are the prompt's
 * @param ends the place of each step's last separator token, rising
 */
public record Steps(int[] ids, int promptLength, int[] ends) {

    /** What stands between two steps unless another is chosen, and where a text is cut into steps; as in TRL. */
    public static final String SEPARATOR = "\n";

    private static final Pattern LINE_BREAK = Pattern.compile("\r\n|[\r\n]");

    /** The tokens of these steps as the assistant's answer to a prompt, in a run's template. */
    public static Steps of(
            Tokenizer tokenizer, ChatTemplate template, List<Message> prompt, List<String> steps, String separator) {
        var ids = new ArrayList<int[]>();
        ids.add(template.prompt(tokenizer, prompt));
        int[] between = tokenizer.encode(separator);
        int[] ends = new int[steps.size()];
        int promptLength = ids.getFirst().length;
        int length = promptLength;
        for (int i = 0; i < ends.length; i++) {
            int[] step = tokenizer.encode(steps.get(i));
            ids.add(step);
            ids.add(between);
            length += step.length + between.length;
            ends[i] = length - 1;
        }
        return new Steps(ids.stream().flatMapToInt(Arrays::stream).toArray(), promptLength, ends);
    }

    /**
     * A text cut into steps at this separator, without blank ones; the separator "\n" stands for every kind of line
     * break.
     *
     * @param ended whether the text came to its end: if not, what follows the last separator is an unfinished step and
     *     left out
     */
    public static List<String> in(String text, String separator, boolean ended) {
        var at = separator.equals(SEPARATOR) ? LINE_BREAK : Pattern.compile(Pattern.quote(separator));
        var pieces = List.of(at.split(text, -1));
        return pieces.subList(0, pieces.size() - (ended ? 0 : 1)).stream()
                .filter(step -> !step.isBlank())
                .toList();
    }

    /** What of it a model of this context sees, with the steps that end within it, which may be none. */
    public Steps within(int context) {
        return ids.length <= context
                ? this
                : new Steps(
                        Arrays.copyOf(ids, context),
                        Math.min(promptLength, context),
                        IntStream.of(ends).filter(end -> end < context).toArray());
    }
}
