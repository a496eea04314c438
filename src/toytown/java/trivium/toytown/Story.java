package trivium.toytown;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What happened, and how it was told: one sentence for each event.
 *
 * @param events what happens, in order
 * @param sentences how it is said, in the same order
 */
public record Story(List<Event> events, List<String> sentences) {

    public Story {
        events = List.copyOf(events);
        sentences = List.copyOf(sentences);
        if (events.size() != sentences.size()) {
            throw new IllegalArgumentException(
                    "a story has one sentence for each event, not " + sentences.size() + " for " + events.size());
        }
    }

    /** Tells events in English. No sentence is said twice where there is another way to say it. */
    static Story tell(List<Event> events, boolean pronouns, RandomGenerator random) {
        var mentions = PronounResolver.NONE;
        var known = EnumSet.noneOf(Thing.class);
        var sentences = new ArrayList<String>();
        for (var event : events) {
            var thing = Slots.of(event).thing();
            boolean definite = thing != null && known.contains(thing) && !(event instanceof Event.Has);
            var sentence = "";
            for (int tries = 0; tries < 4 && (tries == 0 || sentences.contains(sentence)); tries++) {
                sentence = Grammar.say(event, mentions, sentences.isEmpty(), pronouns, definite, random);
            }
            sentences.add(sentence);
            mentions = mentions.after(event);
            if (thing != null) {
                known.add(thing);
            }
        }
        return new Story(events, sentences);
    }

    /** Whether a sentence stands there twice, but for words like "then". */
    boolean repeats() {
        return sentences.stream().map(Grammar::withoutOpener).distinct().count() < sentences.size();
    }

    /** How things stand at the end. */
    public World world() {
        return events.stream().reduce(World.UNKNOWN, World::after, (_, last) -> last);
    }

    /** The story as one paragraph. */
    public String text() {
        return String.join(" ", sentences);
    }
}
