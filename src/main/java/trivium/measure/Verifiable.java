package trivium.measure;

/**
 * A prompt whose completions can be told right from wrong by a verifier, rather than by comparing words with one
 * answer: several may be right.
 */
public interface Verifiable {

    String prompt();

    /** In a word or two what the prompt asks for, such as "how many"; tables tell prompts apart by it. */
    String topic();

    /** Whether this completion is right, and why not. Never throws, whatever the completion. */
    Verification verify(String completion);
}
