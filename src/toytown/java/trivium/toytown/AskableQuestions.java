package trivium.toytown;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Which questions it makes sense to ask about a story. */
final class AskableQuestions {

    private AskableQuestions() {}

    /** Questions of a kind, whether the story answers them or not. */
    static List<String> candidates(Task.Kind kind, Reading story, Vocabulary words, RandomGenerator random) {
        var people = people(story);
        var things = things(story);
        var places = places(story);
        return switch (kind) {
            case WHERE ->
                Stream.concat(
                                people.stream().map(who -> "Where was " + who.label() + "?"),
                                things.stream().map(thing -> "Where was " + thing.definite() + "?"))
                        .toList();
            case WHO ->
                Stream.concat(
                                places.stream().map(place -> "Who was " + place.at() + "?"),
                                things.stream().map(thing -> "Who had " + thing.definite() + "?"))
                        .toList();
            case WHAT ->
                people.stream().map(who -> "What did " + who.label() + " have?").toList();
            case FEEL ->
                people.stream()
                        .filter(who -> settled(who, story))
                        .map(who -> "How did " + who.label() + " feel?")
                        .toList();
            case WHETHER ->
                people.stream()
                        .flatMap(who -> places.stream().map(place -> "Was " + who.label() + " " + place.at() + "?"))
                        .toList();
            case HOW_MANY -> howMany(people, places);
            case WHY ->
                Causes.of(story.events()).stream()
                        .map(AskableQuestions::why)
                        .distinct()
                        .toList();
            default -> unanswered(story, words, random);
        };
    }

    private static List<String> howMany(List<Person> people, List<Place> places) {
        var asked = new ArrayList<String>();
        asked.add("How many people are in the story?");
        places.forEach(place -> asked.add("How many people were " + place.at() + "?"));
        people.forEach(who -> asked.add("How many things did " + who.label() + " have?"));
        return asked;
    }

    /** Whether what was last said of somebody's mood still holds. */
    private static boolean settled(Person who, Reading story) {
        var last = Causes.of(story.events()).stream()
                .filter(feeling -> feeling.who() == who)
                .reduce((_, later) -> later);
        return story.world().settled().contains(who)
                && last.filter(feeling -> feeling.word()
                                .equals(story.world().moods().get(who).label()))
                        .isPresent()
                && !ofEverybody(story);
    }

    /** Whether a sentence says how everybody felt, or might be taken to. */
    private static boolean ofEverybody(Reading story) {
        return story.events().stream()
                .anyMatch(event -> event instanceof Event.Closes closes && closes.tone() != Tone.PLAIN);
    }

    /** Questions that the story does not answer, even for a careful reader. */
    private static List<String> unanswered(Reading story, Vocabulary words, RandomGenerator random) {
        var feelings = Causes.of(story.events());
        var people = new ArrayList<>(people(story));
        if (random.nextInt(5) == 0) {
            people.add(words.people().get(random.nextInt(words.people().size())));
        }
        var asked = new ArrayList<String>();
        for (var who : people) {
            asked.add("Where was " + who.label() + "?");
            var place = words.places().get(random.nextInt(words.places().size()));
            asked.add("Was " + who.label() + " " + place.at() + "?");
            if (!ofEverybody(story) && feelings.stream().noneMatch(feeling -> feeling.who() == who)) {
                asked.add("How did " + who.label() + " feel?");
            }
        }
        things(story).stream()
                .filter(thing -> !(story.world().things().get(thing) instanceof World.Whereabouts.Eaten))
                .forEach(thing -> asked.add("Where was " + thing.definite() + "?"));
        feelings.stream()
                .filter(feeling -> outOfTheBlue(feeling, story.events()))
                .map(AskableQuestions::why)
                .forEach(asked::add);
        return asked;
    }

    /** Whether nothing had happened before to the one who felt it. */
    private static boolean outOfTheBlue(Causes.Feeling feeling, List<Event> events) {
        Predicate<Event> nothing = event -> switch (event) {
            case Event.Is _, Event.Goes _, Event.Has _, Event.Meets _, Event.Joins _, Event.AsksHow _ -> true;
            case Event.Sky e -> !e.turns();
            case Event.Breaks _ -> false;
            default -> !event.people().contains(feeling.who());
        };
        return events.subList(0, feeling.at()).stream().allMatch(nothing);
    }

    private static String why(Causes.Feeling feeling) {
        return Words.find(Reaction.values(), Reaction::label, feeling.word())
                .map(reaction -> "Why did " + feeling.who().label() + " " + reaction.verb() + "?")
                .orElseGet(() -> "Why was " + feeling.who().label() + " " + feeling.word() + "?");
    }

    private static List<Person> people(Reading story) {
        return story.events().stream()
                .flatMap(event -> event.people().stream())
                .distinct()
                .toList();
    }

    private static List<Thing> things(Reading story) {
        return slots(story)
                .map(Slots::thing)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static List<Place> places(Reading story) {
        return slots(story)
                .map(Slots::place)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static Stream<Slots> slots(Reading story) {
        return story.events().stream().map(Slots::of);
    }
}
