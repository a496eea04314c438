package trivium.toytown;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import trivium.measure.Verification;

/**
 * Stories to be told: about whom and what, and of what tone.
 *
 * @param words what the story has to name, in small letters
 * @param tone how it has to end; empty where any ending will do
 */
record StoryCheck(Set<String> words, Optional<Tone> tone) implements Check {

    static final int FEWEST = 5;
    static final int MOST = 9;

    private static final Pattern ASKED =
            Pattern.compile("(?:Write|Tell me) a (?:(?<tone>happy|sad) )?story about [^.]+\\.");

    static Optional<ParsedPrompt> read(String asked, List<String> told) {
        var match = ASKED.matcher(asked);
        if (!told.isEmpty() || !match.matches()) {
            return Optional.empty();
        }
        var tone = Optional.ofNullable(match.group("tone")).map(word -> word.equals("sad") ? Tone.SAD : Tone.HAPPY);
        return Optional.of(new ParsedPrompt(Task.Kind.TELL, new StoryCheck(Request.words(asked), tone)));
    }

    @Override
    public Verification verify(String completion) {
        var reading = Parser.read(completion);
        int sentences = reading.sentences().size();
        if (sentences < FEWEST || sentences > MOST) {
            return Verification.wrong(
                    "a story has " + FEWEST + " to " + MOST + " sentences, and this one has " + sentences);
        }
        var missing = new TreeSet<>(words);
        missing.removeAll(Words.of(completion));
        if (!missing.isEmpty()) {
            return Verification.wrong("it does not name " + String.join(", ", missing));
        }
        return fault(reading, 0)
                .map(Verification::wrong)
                .orElseGet(() -> tone.filter(asked -> last(reading).tone() != asked)
                        .map(asked -> Verification.wrong("the last sentence is not a " + Words.lower(asked) + " one"))
                        .orElse(Verification.RIGHT));
    }

    /** What is wrong with the sentences from this one on: not understood, impossible, said before, or no end. */
    static Optional<String> fault(Reading reading, int from) {
        var sentences = reading.sentences();
        for (int i = from; i < sentences.size(); i++) {
            var sentence = sentences.get(i);
            if (sentence.event().isEmpty()) {
                return Optional.of("\"" + sentence.text() + "\" is not one of Toy Town's sentences");
            }
            if (sentence.objection().isPresent()) {
                return Optional.of("\"" + sentence.text() + "\" cannot be: "
                        + sentence.objection().get());
            }
            var plain = Grammar.withoutOpener(sentence.text());
            if (sentences.subList(0, i).stream()
                    .anyMatch(s -> Grammar.withoutOpener(s.text()).equals(plain))) {
                return Optional.of("\"" + sentence.text() + "\" was said before");
            }
        }
        return ends(last(reading))
                ? Optional.empty()
                : Optional.of("\"" + sentences.getLast().text() + "\" is no end of a story");
    }

    private static Event last(Reading reading) {
        return reading.sentences().getLast().event().orElseThrow();
    }

    /**
     * Whether a story can end with this: what somebody felt or did for joy or sorrow, friendship, the end of the day,
     * sleepiness, or going home.
     */
    static boolean ends(Event event) {
        return event.tone() != Tone.PLAIN
                || switch (event) {
                    case Event.Closes _ -> true;
                    case Event.Feels e -> e.mood() == Mood.TIRED;
                    case Event.Goes e -> e.where() == Place.HOME;
                    case Event.GoTogether e -> e.where() == Place.HOME;
                    default -> false;
                };
    }
}
