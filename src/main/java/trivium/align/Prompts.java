package trivium.align;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.run.Run;
import trivium.run.TrainingData;

/**
 * What a model is asked, with the answers that are expected where there are any.
 *
 * @param list different prompts, in order
 * @param answered the same prompts with their expected answers, a prompt as often as it has answers; or empty
 */
public record Prompts(List<String> list, List<Conversation> answered) {

    public Prompts {
        list = List.copyOf(list);
        answered = List.copyOf(answered);
    }

    /** Prompts without expected answers; each counts once. */
    public static Prompts of(List<String> prompts) {
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i) == null) {
                throw new IllegalArgumentException(
                        "prompt " + (i + 1) + " of " + prompts.size() + " is null: expected text");
            }
        }
        return new Prompts(prompts.stream().distinct().toList(), List.of());
    }

    /**
     * The prompts of conversations, whose answers are those expected.
     *
     * @throws IllegalArgumentException if one has several turns, which an alignment does not answer
     */
    public static Prompts of(Conversations conversations) {
        if (!conversations.list().stream().allMatch(Conversation::isSingleTurn)) {
            throw new IllegalArgumentException(conversations.name()
                    + " holds conversations of several turns, and an alignment answers single prompts: give those");
        }
        return new Prompts(conversations.prompts().stream().distinct().toList(), conversations.list());
    }

    /** Tokens of a prompt in this run's template. */
    static int length(String prompt, Run run) {
        return run.template().prompt(run.tokenizer(), prompt).length;
    }

    /** Whether a prompt leaves room for an answer in this run's context. */
    static boolean fits(String prompt, Run run) {
        return length(prompt, run) <= run.model().context();
    }

    /** The expected answers by their prompt; empty where there are none. */
    public Map<String, List<String>> answers() {
        return answered.stream()
                .collect(Collectors.groupingBy(
                        Conversation::prompt, Collectors.mapping(Conversation::completion, Collectors.toList())));
    }

    /** SHA-256 of prompts and answers. */
    String sha256() {
        return answered.isEmpty()
                ? Corpus.of(list).sha256()
                : Conversations.of(answered).sha256();
    }

    /** What is kept beside the run. */
    TrainingData data() {
        return answered.isEmpty() ? TrainingData.of(list) : TrainingData.of(Conversations.of(answered));
    }
}
