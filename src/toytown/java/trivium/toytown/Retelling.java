package trivium.toytown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Some sentences of a story, word for word but with names where a pronoun would no longer be understood. */
final class Retelling {

    private Retelling() {}

    /** Tells these events of a story. */
    static String of(Story story, List<Event> events) {
        var mentions = PronounResolver.NONE;
        var sentences = new ArrayList<String>();
        int from = 0;
        for (var event : events) {
            while (!story.events().get(from).equals(event)) {
                from++;
            }
            var sentence = story.sentences().get(from++);
            boolean begins = !sentences.isEmpty() || event.equals(story.events().getFirst());
            boolean understood = begins && Grammar.read(sentence, mentions).equals(Optional.of(event));
            sentences.add(understood ? sentence : named(sentence, event));
            mentions = mentions.after(event);
        }
        return String.join(" ", sentences);
    }

    /** A sentence without its opener and with names in the place of pronouns. */
    static String named(String sentence, Event event) {
        var plain = Grammar.withoutOpener(sentence);
        var names = event.people().stream().map(Person::label).toList();
        return names.isEmpty()
                ? plain
                : plain.replaceFirst("^They ", Answer.series(names) + " ")
                        .replaceFirst("^(She|He) ", names.getFirst() + " ");
    }
}
