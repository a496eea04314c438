package trivium.toytown;

import trivium.measure.Verification;

/**
 * The truth about a task: whether a completion does what the prompt asks, and why not. It is read off the prompt alone,
 * by replaying what the prompt tells; where several completions are right it accepts each.
 */
@FunctionalInterface
public interface Check {

    /** Whether this completion is right, and why not. Never throws, whatever the completion. */
    Verification verify(String completion);

    /**
     * The check for a prompt: a question about a story, or an instruction. docs/toytown.md lists what is understood.
     *
     * @throws IllegalArgumentException if the prompt is none of Toy Town's
     */
    static Check of(String prompt) {
        return ParsedPrompt.of(prompt).check();
    }

    /**
     * 1 where the completion is right, 0 where it is wrong: a reward that is no guess, as in {@code align(run,
     * prompts).reward(Check::score)}.
     *
     * @throws IllegalArgumentException if the prompt is none of Toy Town's
     */
    static double score(String prompt, String completion) {
        return of(prompt).verify(completion).right() ? 1 : 0;
    }
}
