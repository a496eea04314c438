package trivium.notebook;

import trivium.generate.Sampling;
import trivium.run.Run;
import trivium.text.Tokenizer;

/**
 * What a model that is being trained makes of a prompt: the answer, or how it goes on where it has no conversations.
 */
record Sample(String prompt, String text) {

    private static final int LENGTH = 60;
    private static final double TEMPERATURE = 0.8;

    /**
     * By the run's model as it is now, with the same random numbers each time.
     *
     * @throws IllegalArgumentException if the model scores texts, or the prompt is longer than its context
     */
    static Sample of(Run run, String prompt) {
        var completions = run.completions();
        var sampling = Sampling.atTemperature(TEMPERATURE).seed(1).maxTokens(LENGTH);
        if (Playground.converses(run)) {
            return new Sample(prompt, completions.answer(prompt, run.template(), sampling));
        }
        boolean begins = prompt.isEmpty()
                && run.tokenizer().special(Tokenizer.END_OF_TEXT).isEmpty();
        var given = begins ? "\n" : prompt; // at least one token
        return new Sample(prompt, completions.continuation(given, sampling));
    }
}
