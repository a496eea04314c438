package trivium.toytown;

import java.util.Objects;
import trivium.data.Conversation;
import trivium.measure.Verifiable;
import trivium.measure.Verification;

/**
 * A prompt whose completions can be told right from wrong.
 *
 * @param kind what it asks for
 * @param prompt a story and a question or an instruction, or an instruction alone
 * @param example one right completion; there may be others
 * @param check what is right
 */
public record Task(Kind kind, String prompt, String example, Check check) implements Verifiable {

    /** What can be asked. */
    public enum Kind {
        /** Where somebody or something was. */
        WHERE,
        /** Who had a thing, or was in a place. */
        WHO,
        /** What somebody had. */
        WHAT,
        /** How somebody felt. */
        FEEL,
        /** Whether somebody was in a place. */
        WHETHER,
        /** How many people or things. */
        HOW_MANY,
        /** Why somebody felt or did something. */
        WHY,
        /** Any of these, where the story does not say. */
        UNANSWERABLE,
        /** A story with certain people, things and an ending. */
        TELL,
        /** The rest of a story. */
        CONTINUE,
        /** A story in fewer sentences. */
        SHORTEN,
        /** The same, said politely. */
        POLITELY;

        /** Whether it is a question about a story; otherwise it is an instruction. */
        public boolean question() {
            return compareTo(UNANSWERABLE) <= 0;
        }
    }

    public Task {
        Objects.requireNonNull(kind, "a task is of a kind");
        Objects.requireNonNull(prompt, "a task needs a prompt");
        Objects.requireNonNull(example, "a task needs an example");
        Objects.requireNonNull(check, "a task needs a check");
    }

    /**
     * The task in a prompt, with an example of what is right.
     *
     * @throws IllegalArgumentException if the prompt is none of Toy Town's, or the example is wrong
     */
    public static Task of(String prompt, String example) {
        var assignment = ParsedPrompt.of(prompt);
        var verification = assignment.check().verify(example);
        if (!verification.right()) {
            throw new IllegalArgumentException("the example \"" + example + "\" does not answer \"" + prompt + "\": "
                    + verification.why() + "; expected a right one");
        }
        return new Task(assignment.kind(), prompt, example, assignment.check());
    }

    /** The kind in words: "how many". */
    @Override
    public String topic() {
        return Words.lower(kind).replace('_', ' ');
    }

    @Override
    public Verification verify(String completion) {
        return check.verify(completion);
    }

    /** The prompt with its example, to learn from. */
    public Conversation conversation() {
        return new Conversation(prompt, example);
    }
}
