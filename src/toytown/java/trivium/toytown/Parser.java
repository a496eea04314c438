package trivium.toytown;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a story as a careful reader would: what each sentence says, and whether it can be true after those before it.
 */
public final class Parser {

    /**
     * A sentence ends at {@code . ! ?} and a closing quotation mark, if there is one, where the text ends or white
     * space and anything but a small letter follow: so {@code "Where is the ball?" asked Mia.} is one sentence.
     */
    private static final Pattern BETWEEN_SENTENCES = Pattern.compile("(?<=[.!?]|[.!?]\")\\s+(?!\\p{Ll})");

    private Parser() {}

    /** Replays a story. Never throws: sentences that the parser does not understand have no event. */
    public static Reading read(String text) {
        var sentences = new ArrayList<Sentence>();
        var world = World.UNKNOWN;
        var mentions = PronounResolver.NONE;
        for (var sentence : split(text)) {
            var event = Grammar.read(sentence, mentions);
            var before = world;
            sentences.add(new Sentence(sentence, event, event.flatMap(before::objection)));
            if (event.isPresent()) {
                world = world.after(event.get());
                mentions = mentions.after(event.get());
            }
        }
        return new Reading(sentences, world);
    }

    /**
     * The sentences of a text, in order. What stands after the last full stop counts as a sentence too: an unfinished
     * one.
     */
    public static List<String> split(String text) {
        return BETWEEN_SENTENCES
                .splitAsStream(text.strip())
                .filter(sentence -> !sentence.isEmpty())
                .toList();
    }
}
