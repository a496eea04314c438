package trivium.toytown;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import trivium.measure.Verification;

/**
 * The rest of a story: two sentences at least, in one of which somebody of the story so far occurs; understood, without
 * contradiction or repetition of what was told, with an end.
 *
 * @param told the story so far
 */
record ContinuationCheck(List<String> told) implements Check {

    static final List<String> WORDINGS = List.of("Continue the story.", "Go on with the story.");

    static final int FEWEST = 2;
    private static final int MOST = 9;

    static Optional<ParsedPrompt> read(String asked, List<String> told) {
        return WORDINGS.contains(asked) && !told.isEmpty()
                ? Optional.of(new ParsedPrompt(Task.Kind.CONTINUE, new ContinuationCheck(told)))
                : Optional.empty();
    }

    @Override
    public Verification verify(String completion) {
        int more = Parser.split(completion).size();
        if (more < FEWEST || more > MOST) {
            return Verification.wrong(
                    "a continuation has " + FEWEST + " to " + MOST + " sentences, and this one has " + more);
        }
        var reading = Parser.read(String.join(" ", told) + " " + completion.strip());
        if (reading.sentences().size() != told.size() + more) {
            return Verification.wrong("it does not begin with a sentence");
        }
        return StoryCheck.fault(reading, told.size())
                .or(() -> forgets(reading))
                .map(Verification::wrong)
                .orElse(Verification.RIGHT);
    }

    private Optional<String> forgets(Reading reading) {
        var before = new HashSet<Person>();
        var after = new HashSet<Person>();
        for (int i = 0; i < reading.sentences().size(); i++) {
            var people = reading.sentences().get(i).event().map(Event::people).orElse(List.of());
            (i < told.size() ? before : after).addAll(people);
        }
        before.retainAll(after);
        return before.isEmpty() ? Optional.of("nobody of the story so far occurs in it") : Optional.empty();
    }
}
