package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.text.Message;

/**
 * Two answers to the same messages, of which a judge preferred the first.
 *
 * @param promptMessages what both answer, earlier turns included; roles are system, user and assistant
 * @param margin by how much the chosen answer should score above the rejected one at least, in the units of a reward
 *     model's own scores (Touvron et al. 2023, section 3.2.2); 0 where nobody said
 */
public record Comparison(List<Message> promptMessages, String chosen, String rejected, double margin)
        implements Prompted {

    /** Scores are float32, and squares of their differences are summed. */
    private static final double MOST = 1e6;

    public Comparison {
        promptMessages = List.copyOf(promptMessages);
        promptMessages.forEach(Message::requireSpeaker);
        requireNonNull(chosen, "a comparison needs a chosen answer");
        requireNonNull(rejected, "a comparison needs a rejected answer");
        if (!(Math.abs(margin) <= MOST)) {
            throw new IllegalArgumentException("a comparison's margin is " + margin
                    + ": expected a number of at most a million either way, in the units of a reward model's scores, and"
                    + " 0 for none");
        }
    }

    /** Two answers to the same messages, without a margin. */
    public Comparison(List<Message> promptMessages, String chosen, String rejected) {
        this(promptMessages, chosen, rejected, 0);
    }

    /** Two answers to one question. */
    public Comparison(String prompt, String chosen, String rejected) {
        this(List.of(Message.user(requireNonNull(prompt, "a comparison needs a prompt"))), chosen, rejected);
    }

    /** The same answers, the chosen one better by at least so much. */
    public Comparison withMargin(double atLeast) {
        return new Comparison(promptMessages, chosen, rejected, atLeast);
    }
}
