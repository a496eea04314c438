package trivium.toytown;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known after the sentences read so far. Where people are is open until it is said; what people hold is not:
 * nobody holds a thing unless a sentence gave it to them.
 *
 * @param places where people are known to be
 * @param things where the things mentioned are
 * @param broken the things that are broken
 * @param moods how people feel
 * @param settled people whose mood was stated and to whom nothing happened since
 * @param sky the weather, once it was mentioned
 */
public record World(
        Map<Person, Place> places,
        Map<Thing, Whereabouts> things,
        Set<Thing> broken,
        Map<Person, Mood> moods,
        Set<Person> settled,
        Optional<Weather> sky) {

    /** Where a thing is. */
    public sealed interface Whereabouts {

        /** In somebody's hands. */
        record Held(Person by) implements Whereabouts {}

        /** Put down somewhere; empty where that place is unknown, as for a thing that was lost or only spoken of. */
        record Lying(Optional<Place> where) implements Whereabouts {}

        /** Gone for good. */
        record Eaten() implements Whereabouts {}
    }

    private static final Whereabouts ANYWHERE = new Whereabouts.Lying(Optional.empty());

    /** Before the first sentence: nothing is known. */
    public static final World UNKNOWN = new World(Map.of(), Map.of(), Set.of(), Map.of(), Set.of(), Optional.empty());

    public World {
        places = ordered(Person.class, places);
        things = ordered(Thing.class, things);
        moods = ordered(Person.class, moods);
        broken = broken.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(broken));
        settled = settled.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(settled));
    }

    private static <K extends Enum<K>, V> Map<K, V> ordered(Class<K> keys, Map<K, V> map) {
        var copy = new EnumMap<K, V>(keys);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    /** Who holds a thing. */
    public Optional<Person> holder(Thing thing) {
        return things.get(thing) instanceof Whereabouts.Held held ? Optional.of(held.by()) : Optional.empty();
    }

    /** Where a thing is: where its holder is, or where it was put down. */
    public Optional<Place> place(Thing thing) {
        return switch (things.get(thing)) {
            case Whereabouts.Held held -> Optional.ofNullable(places.get(held.by()));
            case Whereabouts.Lying lying -> lying.where();
            case Whereabouts.Eaten _ -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    /** Why this event cannot be true in this world, in one sentence; empty where it can. */
    public Optional<String> objection(Event event) {
        return Contradiction.to(event, this);
    }

    /** The world after this event. An impossible event is believed: the last word counts. */
    public World after(Event event) {
        var next = new Draft(this);
        next.record(event);
        return new World(next.places, next.things, next.broken, next.moods, next.settled, next.sky);
    }

    /** How many of these events, one after the other from an unknown world, cannot be true. */
    static int objections(List<Event> events) {
        int objections = 0;
        var world = UNKNOWN;
        for (var event : events) {
            objections += world.objection(event).isPresent() ? 1 : 0;
            world = world.after(event);
        }
        return objections;
    }

    /** A world while it changes. */
    private static final class Draft {
        private final Map<Person, Place> places = new EnumMap<>(Person.class);
        private final Map<Thing, Whereabouts> things = new EnumMap<>(Thing.class);
        private final Set<Thing> broken = EnumSet.noneOf(Thing.class);
        private final Map<Person, Mood> moods = new EnumMap<>(Person.class);
        private final Set<Person> settled = EnumSet.noneOf(Person.class);
        private Optional<Weather> sky;

        Draft(World world) {
            places.putAll(world.places);
            things.putAll(world.things);
            broken.addAll(world.broken);
            moods.putAll(world.moods);
            settled.addAll(world.settled);
            sky = world.sky;
        }

        void record(Event event) {
            unsettle(event);
            switch (event) {
                case Event.Sky e -> sky = Optional.of(e.weather());
                case Event.Is e -> places.put(e.who(), e.where());
                case Event.Goes e -> places.put(e.who(), e.where());
                case Event.GoTogether e -> {
                    places.put(e.who(), e.where());
                    places.put(e.other(), e.where());
                }
                case Event.Joins e -> join(e.who(), e.other());
                case Event.Feels e -> feel(e.who(), e.mood());
                case Event.FeelsAbout e -> feel(e.who(), e.mood());
                case Event.FeelsSeeing e -> {
                    gather(e.people());
                    feel(e.who(), e.mood());
                }
                case Event.FeelTogether e -> {
                    feel(e.who(), e.mood());
                    feel(e.other(), e.mood());
                }
                case Event.Meets e -> gather(e.people());
                case Event.Says e -> gather(e.people());
                case Event.AsksHow e -> gather(e.people());
                case Event.Helps e -> gather(e.people());
                case Event.Friends _, Event.ReactTogether _, Event.Reacts _, Event.Closes _ -> {}
                default -> handle(event);
            }
        }

        private void handle(Event event) {
            switch (event) {
                case Event.Has e -> hold(e.who(), e.thing());
                case Event.Finds e -> hold(e.who(), e.thing());
                case Event.Takes e -> hold(e.who(), e.thing());
                case Event.Gives e -> {
                    gather(e.people());
                    hold(e.other(), e.thing());
                }
                case Event.Drops e ->
                    things.put(e.thing(), new Whereabouts.Lying(Optional.ofNullable(places.get(e.who()))));
                case Event.Loses e -> things.put(e.thing(), ANYWHERE);
                case Event.Uses e -> use(e.thing());
                case Event.Share e -> {
                    gather(e.people());
                    use(e.thing());
                }
                case Event.Play e -> gather(e.people());
                case Event.SearchTogether e -> {
                    gather(e.people());
                    things.putIfAbsent(e.thing(), ANYWHERE);
                }
                case Event.Breaks e -> broken.add(e.thing());
                case Event.Mends e -> broken.remove(e.thing());
                case Event.AsksFor e -> gather(e.people());
                default -> things.putIfAbsent(Slots.of(event).thing(), ANYWHERE);
            }
        }

        private void hold(Person who, Thing thing) {
            things.put(thing, new Whereabouts.Held(who));
        }

        private void use(Thing thing) {
            if (thing.food()) {
                things.put(thing, new Whereabouts.Eaten());
            }
        }

        private void feel(Person who, Mood mood) {
            moods.put(who, mood);
            settled.add(who);
        }

        /** People who deal with each other are in one place: where either is known to be, both are. */
        private void gather(List<Person> people) {
            join(people.getLast(), people.getFirst());
            places.computeIfAbsent(people.getFirst(), _ -> places.get(people.getLast()));
        }

        private void join(Person who, Person other) {
            places.computeIfPresent(other, (_, place) -> {
                places.put(who, place);
                return place;
            });
        }

        /** A mood may change once something happened: to that person, to a thing, or with the weather. */
        private void unsettle(Event event) {
            switch (event) {
                case Event.Sky _, Event.Breaks _ -> settled.clear();
                case Event.Closes _ -> {}
                default -> event.people().forEach(settled::remove);
            }
        }
    }

    /** Whether both places are known and differ. */
    boolean apart(Person one, Person other) {
        var here = Optional.ofNullable(places.get(one));
        var there = Optional.ofNullable(places.get(other));
        return here.isPresent() && there.isPresent() && !here.equals(there);
    }
}
