package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.text.Message;

/**
 * An answer in steps, each of which was found right or wrong.
 *
 * @param promptMessages what is answered, earlier turns included; roles are system, user and assistant
 * @param steps at least one, none of them blank
 * @param labels of each step: whether it is right
 */
public record StepwiseAnswer(List<Message> promptMessages, List<String> steps, List<Boolean> labels)
        implements Prompted {

    public StepwiseAnswer {
        promptMessages = List.copyOf(promptMessages);
        promptMessages.forEach(Message::requireSpeaker);
        steps = List.copyOf(steps);
        labels = List.copyOf(labels);
        if (steps.isEmpty() || steps.size() != labels.size()) {
            throw new IllegalArgumentException("an answer of " + steps.size() + " steps with " + labels.size()
                    + " labels: expected at least one step, and a label of true or false for each");
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).isBlank()) {
                throw new IllegalArgumentException(
                        "step " + (i + 1) + " of " + steps.size() + " is blank: expected text");
            }
        }
    }

    /** An answer to one question. */
    public StepwiseAnswer(String prompt, List<String> steps, List<Boolean> labels) {
        this(List.of(Message.user(requireNonNull(prompt, "a stepwise answer needs a prompt"))), steps, labels);
    }

    /** Which step is the first wrong one, from 0; −1 where all are right. */
    public int firstWrong() {
        return labels.indexOf(false);
    }
}
