package trivium.toytown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Plain facts about several people, in any order: what the easier questions are asked about. */
final class Scenes {

    /** What a sentence tells of somebody. */
    enum Fact {
        PLACE,
        THING,
        MOOD
    }

    private final Vocabulary words;
    private final RandomGenerator random;

    Scenes(Vocabulary words, RandomGenerator random) {
        this.words = words;
        this.random = random;
    }

    /** So many sentences about up to three people, of which one alone is of this kind. */
    List<Event> plain(Fact kind, int length) {
        var others = Arrays.stream(Fact.values()).filter(fact -> fact != kind).toList();
        return scene(kind, 1, length, others);
    }

    /** So many sentences about up to three people, two or three of them of this kind. */
    List<Event> confusable(Fact kind, int length) {
        return scene(kind, 2 + random.nextInt(2), length, List.of(Fact.values()));
    }

    /** So many sentences that tell of everybody in them where they were, in two places; some go to the other. */
    List<Event> gathering(int length) {
        var places = new ArrayList<>(List.of(pick(words.places()), pick(words.places())));
        var people = people();
        var events = new ArrayList<Event>();
        var world = World.UNKNOWN;
        while (events.size() < length) {
            var who = people.get(random.nextInt(Math.min(people.size(), 1 + events.size())));
            var place = pick(places);
            var event = world.places().containsKey(who) ? new Event.Goes(who, place) : new Event.Is(who, place);
            if (world.objection(event).isEmpty()) {
                events.add(event);
                world = world.after(event);
            } else {
                places.add(pick(words.places()));
            }
        }
        return events;
    }

    private List<Event> scene(Fact kind, int ofKind, int length, List<Fact> others) {
        var kinds = new ArrayList<Fact>();
        for (int i = 0; i < length; i++) {
            kinds.add(random.nextInt(i + 1), i < ofKind ? kind : pick(others));
        }
        var people = people();
        while (true) {
            var events = facts(kinds, people);
            var named =
                    events.stream().flatMap(event -> event.people().stream()).distinct();
            if (named.count() >= Math.min(2, length)) {
                return events;
            }
        }
    }

    private List<Event> facts(List<Fact> kinds, List<Person> people) {
        var events = new ArrayList<Event>();
        var world = World.UNKNOWN;
        for (var kind : kinds) {
            var event = event(kind, pick(people), people, world);
            while (world.objection(event).isPresent()) {
                event = event(kind, pick(people), people, world);
            }
            events.add(event);
            world = world.after(event);
        }
        return events;
    }

    private List<Person> people() {
        var people = new ArrayList<Person>();
        while (people.size() < 3) {
            var person = pick(words.people());
            if (!people.contains(person)) {
                people.add(person);
            }
        }
        return people;
    }

    private Event event(Fact kind, Person who, List<Person> people, World world) {
        return switch (kind) {
            case PLACE -> {
                var place = pick(words.places());
                yield !world.places().containsKey(who) && random.nextInt(4) > 0
                        ? new Event.Is(who, place)
                        : new Event.Goes(who, place);
            }
            case MOOD -> new Event.Feels(who, pick(List.of(Mood.values())));
            case THING -> {
                var given = Arrays.stream(Thing.values())
                        .filter(thing -> world.holder(thing).filter(who::equals).isPresent())
                        .findFirst();
                var other = pick(people.stream().filter(person -> person != who).toList());
                var thing = pick(words.things());
                yield given.isPresent()
                        ? new Event.Gives(who, given.get(), other)
                        : pick(List.<Event>of(
                                new Event.Has(who, thing), new Event.Finds(who, thing), new Event.Takes(who, thing)));
            }
        };
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
