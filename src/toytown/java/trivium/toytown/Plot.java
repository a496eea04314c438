package trivium.toytown;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A sequence of events while it is made: whom and what it is about, what has been told, and a random generator. */
final class Plot {

    final Person hero;
    final Person friend;
    private final Request request;
    private final Vocabulary words;
    private final RandomGenerator random;
    private final List<Event> events = new ArrayList<>();
    private World world = World.UNKNOWN;

    Plot(Request request, Vocabulary words, RandomGenerator random) {
        this.request = request;
        this.words = words;
        this.random = random;
        hero = request.hero();
        friend = request.friend().orElseGet(() -> pick(words.people(), person -> person != hero));
    }

    /** Tells these events. */
    Plot tell(Event... told) {
        for (var event : told) {
            events.add(event);
            world = world.after(event);
        }
        return this;
    }

    /** Tells one of these events. */
    Plot oneOf(Event... choices) {
        return tell(pick(choices));
    }

    /** Tells these events with this probability. */
    Plot perhaps(double probability, Event... told) {
        return chance(probability) ? tell(told) : this;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    @SafeVarargs
    final <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    <T> T pick(List<T> choices, Predicate<T> suitable) {
        var suited = choices.stream().filter(suitable).toList();
        return suited.get(random.nextInt(suited.size()));
    }

    boolean knows(Thing thing) {
        return words.things().contains(thing);
    }

    Thing food() {
        return thing(Thing::food);
    }

    Thing toy() {
        return thing(thing -> !thing.food());
    }

    Thing fragile() {
        return thing(Thing::fragile);
    }

    /** The thing asked for where it suits, else any that does. */
    private Thing thing(Predicate<Thing> suitable) {
        return request.thing().filter(suitable).orElseGet(() -> pick(words.things(), suitable));
    }

    /** Somewhere to go: not home, and not where the hero is. */
    Place away() {
        return pick(
                words.places(),
                place -> place != Place.HOME && place != world.places().get(hero));
    }

    Event happy(Person who) {
        return chance(0.5)
                ? new Event.Feels(who, pick(List.of(Mood.values()), mood -> mood.tone() == Tone.HAPPY))
                : new Event.Reacts(who, pick(List.of(Reaction.values()), reaction -> reaction.tone() == Tone.HAPPY));
    }

    Event sad(Person who) {
        return chance(0.7)
                ? new Event.Feels(who, pick(List.of(Mood.values()), mood -> mood.tone() == Tone.SAD))
                : new Event.Reacts(who, pick(List.of(Reaction.values()), reaction -> reaction.tone() == Tone.SAD));
    }

    /** Where the hero is at first, sometimes with the weather. */
    Plot beginAt(Place place) {
        perhaps(0.3, new Event.Sky(pick(Weather.values()), false));
        return oneOf(new Event.Is(hero, place), new Event.Goes(hero, place));
    }

    /** The friend comes in. */
    Plot friendComes() {
        return oneOf(new Event.Meets(hero, friend), new Event.Joins(friend, hero));
    }

    Plot thanks(double probability, Person who, Person whom) {
        return perhaps(probability, new Event.Says(who, whom, Speech.THANKS));
    }

    /** A last sentence for a story that ended well for both, or just ended. */
    Plot endWell() {
        var home = new Event.GoTogether(hero, friend, Place.HOME);
        perhaps(world.places().get(hero) == Place.HOME ? 0 : 0.25, home);
        if (chance(0.12)) {
            return tell(new Event.Closes(Tone.PLAIN));
        }
        if (chance(0.1) && world.places().get(hero) != Place.HOME) {
            return tell(home);
        }
        return oneOf(
                new Event.Closes(Tone.HAPPY),
                new Event.FeelTogether(hero, friend, pick(List.of(Mood.values()), mood -> mood.tone() == Tone.HAPPY)),
                new Event.ReactTogether(
                        hero, friend, pick(List.of(Reaction.values()), reaction -> reaction.tone() == Tone.HAPPY)),
                new Event.Friends(hero, friend),
                happy(hero),
                happy(friend));
    }

    /** A last sentence for a story that ended badly. */
    Plot endBadly() {
        perhaps(world.places().get(hero) == Place.HOME ? 0 : 0.6, new Event.Goes(hero, Place.HOME));
        return chance(0.15)
                ? tell(new Event.Closes(Tone.PLAIN))
                : oneOf(sad(hero), sad(hero), new Event.Closes(Tone.SAD), new Event.Closes(Tone.SAD));
    }

    /** A last sentence for the hero alone. */
    Plot endAlone() {
        perhaps(world.places().get(hero) == Place.HOME ? 0 : 0.5, new Event.Goes(hero, Place.HOME));
        return oneOf(
                happy(hero),
                happy(hero),
                new Event.Closes(Tone.HAPPY),
                new Event.Closes(Tone.PLAIN),
                new Event.Feels(hero, Mood.TIRED));
    }

    List<Event> events() {
        return List.copyOf(events);
    }
}
