package trivium.toytown;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.measure.Verification;

/**
 * A story in fewer sentences: each says something that the story says, in its order, the last one how it ends, and
 * nothing contradicts.
 *
 * @param events what the story says
 * @param sentences how many it should have; empty where fewer than before, but two, will do
 */
record SummaryCheck(List<Event> events, OptionalInt sentences) implements Check {

    static final String FEWER = "Shorten the story.";

    private static final int FEWEST = 2;
    private static final Pattern EXACTLY = Pattern.compile("Tell the story in (?<number>\\w+) sentences\\.");

    static String exactly(int sentences) {
        return "Tell the story in " + Words.number(sentences) + " sentences.";
    }

    static Optional<ParsedPrompt> read(String asked, List<String> told) {
        var match = EXACTLY.matcher(asked);
        var wanted = match.matches() ? Words.number(match.group("number")) : OptionalInt.empty();
        if (told.size() <= FEWEST || !asked.equals(FEWER) && wanted.isEmpty()) {
            return Optional.empty();
        }
        var events = Parser.read(String.join(" ", told)).events();
        return Optional.of(new ParsedPrompt(Task.Kind.SHORTEN, new SummaryCheck(events, wanted)));
    }

    @Override
    public Verification verify(String completion) {
        var reading = Parser.read(completion);
        int length = reading.sentences().size();
        if (sentences.isPresent() && length != sentences.getAsInt()) {
            return Verification.wrong("it has " + length + " sentences, not " + sentences.getAsInt());
        }
        if (length < FEWEST || length >= events.size()) {
            return Verification.wrong("a shorter story has " + FEWEST + " to " + (events.size() - 1)
                    + " sentences, and this one has " + length);
        }
        int next = 0;
        for (var sentence : reading.sentences()) {
            var said = sentence.event();
            while (next < events.size() && said.filter(events.get(next)::same).isEmpty()) {
                next++;
            }
            if (next++ == events.size()) {
                return Verification.wrong("\"" + sentence.text() + "\" is not told there in the story");
            }
            if (sentence.objection().isPresent()) {
                return Verification.wrong("\"" + sentence.text() + "\" cannot be: "
                        + sentence.objection().get());
            }
        }
        return reading.events().getLast().same(events.getLast())
                ? Verification.RIGHT
                : Verification.wrong("it does not end as the story ends");
    }

    /**
     * The best so many events to tell a story by: the first one, the last one and those in which most happens, without
     * contradiction; empty if there are no such.
     */
    static Optional<List<Event>> best(List<Event> events, int count) {
        return subsets(events.size(), count)
                .filter(chosen -> chosen.contains(events.size() - 1))
                .map(chosen -> chosen.stream().map(events::get).toList())
                .filter(told -> World.objections(told) == 0)
                .max(Comparator.comparingInt(
                        told -> told.stream().mapToInt(SummaryCheck::weight).sum()
                                + (told.getFirst() == events.getFirst() ? 2 : 0)));
    }

    private static Stream<List<Integer>> subsets(int of, int count) {
        return IntStream.range(0, 1 << of)
                .filter(bits -> Integer.bitCount(bits) == count)
                .mapToObj(bits -> {
                    var chosen = new ArrayList<Integer>();
                    for (int i = 0; i < of; i++) {
                        if ((bits >> i & 1) == 1) {
                            chosen.add(i);
                        }
                    }
                    return chosen;
                });
    }

    private static int weight(Event event) {
        return switch (event) {
            case Event.Breaks _, Event.Loses _, Event.Mends _, Event.Gives _, Event.Share _ -> 5;
            case Event.Finds _, Event.Play _, Event.Drops _ -> 4;
            case Event.Has _, Event.Wants _, Event.Takes _, Event.AsksFor _ -> 3;
            case Event.Uses _, Event.Sky _, Event.Meets _, Event.Joins _ -> 2;
            case Event.Goes _, Event.Is _, Event.GoTogether _ -> 1;
            default -> 0;
        };
    }
}
