package trivium.data.toytown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import trivium.data.Conversation;

/**
 * Questions with one right answer. The easy ones follow a scene of one to four plain sentences, without pronouns, and
 * ask for what was last said of somebody; the hard ones follow a whole story, with pronouns, and may ask where a thing
 * is that somebody carries.
 */
final class Quiz {

    private enum Kind {
        WHERE,
        HOLDER,
        HELD,
        MOOD,
        WHERE_THING,
        WHETHER
    }

    private static final List<Kind> EASY =
            List.of(Kind.WHERE, Kind.WHERE, Kind.HOLDER, Kind.HELD, Kind.MOOD, Kind.MOOD);
    private static final List<Kind> HARD = List.of(Kind.values());

    /** Scenes with one or two sentences are where looking up is learned, the longer ones are where it pays. */
    private static final List<Integer> LENGTHS = List.of(1, 1, 2, 2, 2, 3, 3, 3, 4, 4);

    private final RandomGenerator random;

    Quiz(RandomGenerator random) {
        this.random = random;
    }

    /** A scene and a question about one of its sentences. */
    Conversation easy() {
        while (true) {
            var kind = pick(EASY);
            var scene = Story.tell(scene(kind), false, random);
            var asked = ask(kind, scene);
            long people = scene.events().stream()
                    .flatMap(event -> event.people().stream())
                    .distinct()
                    .count();
            if (asked.isPresent()
                    && !scene.repeats()
                    && people >= Math.min(2, scene.events().size())) {
                return asked.get();
            }
        }
    }

    /** A question about how things stand at the end of a story; empty where the story leaves what we would ask open. */
    Optional<Conversation> hard(Story story) {
        return ask(pick(HARD), story);
    }

    /** One to four sentences, up to three of them such as the question is about, in any order. */
    private List<Event> scene(Kind kind) {
        var people = new ArrayList<Person>();
        while (people.size() < 3) {
            var person = pick(List.of(Person.values()));
            if (!people.contains(person)) {
                people.add(person);
            }
        }
        int length = pick(LENGTHS);
        int ofKind = 1 + random.nextInt(3);
        var kinds = new ArrayList<Kind>();
        for (int i = 0; i < length; i++) {
            kinds.add(random.nextInt(i + 1), i < ofKind ? kind : pick(EASY));
        }
        var events = new ArrayList<Event>();
        var world = World.UNKNOWN;
        for (var next : kinds) {
            var event = event(next, pick(people), people, world);
            while (world.objection(event).isPresent()) {
                event = event(next, pick(people), people, world);
            }
            events.add(event);
            world = world.after(event);
        }
        return events;
    }

    private Event event(Kind kind, Person who, List<Person> people, World world) {
        return switch (kind) {
            case WHERE -> {
                var place = pick(List.of(Place.values()));
                yield !world.places().containsKey(who) && random.nextBoolean()
                        ? new Event.Is(who, place)
                        : new Event.Goes(who, place);
            }
            case MOOD -> new Event.Feels(who, pick(List.of(Mood.values())));
            default -> {
                var given = Arrays.stream(Thing.values())
                        .filter(t -> world.holder(t).filter(who::equals).isPresent())
                        .findFirst();
                var other = pick(people.stream().filter(person -> person != who).toList());
                var thing = pick(List.of(Thing.values()));
                yield given.isPresent()
                        ? new Event.Gives(who, given.get(), other)
                        : pick(List.<Event>of(
                                new Event.Has(who, thing), new Event.Finds(who, thing), new Event.Takes(who, thing)));
            }
        };
    }

    private Optional<Conversation> ask(Kind kind, Story story) {
        var world = story.world();
        return switch (kind) {
            case WHERE ->
                any(story.events().stream()
                                .filter(Quiz::places)
                                .map(event -> event.people().getFirst())
                                .toList())
                        .map(who -> conversation(story, "Where is " + who.label() + "?", is(who, world)));
            case MOOD ->
                any(List.copyOf(world.moods().keySet()))
                        .map(who -> conversation(story, "How does " + who.label() + " feel?", feels(who, world)));
            case HOLDER ->
                any(held(world))
                        .map(thing -> conversation(story, "Who has " + thing.definite() + "?", holds(thing, world)));
            case HELD ->
                any(held(world))
                        .filter(thing -> held(world).stream()
                                        .filter(t -> world.holder(t).equals(world.holder(thing)))
                                        .count()
                                == 1)
                        .map(thing -> conversation(
                                story,
                                "What does " + world.holder(thing).orElseThrow().label() + " have?",
                                holds(thing, world)));
            case WHERE_THING ->
                any(Arrays.stream(Thing.values())
                                .filter(t -> world.place(t).isPresent())
                                .toList())
                        .map(thing -> conversation(
                                story,
                                "Where is " + thing.definite() + "?",
                                Words.capital(thing.definite()) + " is "
                                        + world.place(thing).orElseThrow().at() + "."));
            case WHETHER ->
                any(List.copyOf(world.places().keySet())).map(who -> {
                    var place = world.places().get(who);
                    var guess = random.nextBoolean() ? place : pick(List.of(Place.values()));
                    return conversation(
                            story,
                            "Is " + who.label() + " " + guess.at() + "?",
                            (guess == place ? "Yes, " : "No, ") + is(who, world));
                });
        };
    }

    private static boolean places(Event event) {
        return event instanceof Event.Is || event instanceof Event.Goes;
    }

    private static List<Thing> held(World world) {
        return Arrays.stream(Thing.values())
                .filter(thing -> world.holder(thing).isPresent())
                .toList();
    }

    private static String is(Person who, World world) {
        return who.label() + " is " + world.places().get(who).at() + ".";
    }

    private static String feels(Person who, World world) {
        return who.label() + " is " + world.moods().get(who).label() + ".";
    }

    private static String holds(Thing thing, World world) {
        return world.holder(thing).orElseThrow().label() + " has " + thing.definite() + ".";
    }

    private static Conversation conversation(Story story, String question, String answer) {
        return new Conversation(story.text() + " " + question, answer);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> Optional<T> any(List<T> choices) {
        return choices.isEmpty() ? Optional.empty() : Optional.of(pick(choices));
    }
}
