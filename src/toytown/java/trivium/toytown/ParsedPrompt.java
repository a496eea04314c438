package trivium.toytown;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A prompt, understood.
 *
 * @param kind what it asks for
 * @param check what completes it
 */
record ParsedPrompt(Task.Kind kind, Check check) {

    /**
     * Understands a prompt.
     *
     * @throws IllegalArgumentException if it asks for nothing that Toy Town knows
     */
    static ParsedPrompt of(String prompt) {
        var sentences = Parser.split(prompt);
        if (!sentences.isEmpty()) {
            var asked = sentences.getLast();
            var told = List.copyOf(sentences.subList(0, sentences.size() - 1));
            var understood = Stream.<Optional<ParsedPrompt>>of(
                            StoryCheck.read(asked, told),
                            ContinuationCheck.read(asked, told),
                            SummaryCheck.read(asked, told),
                            Politeness.read(asked, told),
                            Question.read(asked, told))
                    .flatMap(Optional::stream)
                    .findFirst();
            if (understood.isPresent()) {
                return understood.get();
            }
        }
        throw new IllegalArgumentException("Toy Town cannot check completions of \"" + prompt
                + "\": expected a story and then one of its questions or instructions, such as \"Where was Mia?\" or"
                + " \"Continue the story.\" (docs/toytown.md lists them)");
    }
}
