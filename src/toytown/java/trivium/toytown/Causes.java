package trivium.toytown;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Why people feel as they do. Some events gladden people and some sadden them; what moved somebody last explains a mood
 * of the same tone, and nothing explains any other.
 */
final class Causes {

    /**
     * That somebody felt or did something, and why.
     *
     * @param word the mood, or what was done, as it is spelled
     * @param at which event says so
     * @param cause which event is the reason, if one is
     * @param about the thing or person that is named as the reason, if one is: {@code the kite}, {@code Mia}
     */
    record Feeling(Person who, String word, int at, OptionalInt cause, Optional<String> about) {}

    private record Moved(Tone tone, int by) {}

    private final List<Feeling> feelings = new ArrayList<>();
    private final Map<Person, Moved> moved = new EnumMap<>(Person.class);
    private final Map<Thing, Person> owners = new EnumMap<>(Thing.class);
    private final Map<Thing, Set<Person>> mourners = new EnumMap<>(Thing.class);
    private final Map<Thing, Set<Person>> askers = new EnumMap<>(Thing.class);
    private final Set<Person> present = EnumSet.noneOf(Person.class);
    private World world = World.UNKNOWN;

    private Causes() {}

    /** Everything people of a story felt or did for joy or sorrow, in order. */
    static List<Feeling> of(List<Event> events) {
        var causes = new Causes();
        for (int i = 0; i < events.size(); i++) {
            causes.happens(events.get(i), i);
        }
        return List.copyOf(causes.feelings);
    }

    private void happens(Event event, int at) {
        present.addAll(event.people());
        switch (event) {
            case Event.Sky e
            when e.turns() ->
                present.forEach(who -> move(who, e.weather() == Weather.SUNNY ? Tone.HAPPY : Tone.SAD, at));
            case Event.Goes e -> goes(e.who(), at);
            case Event.Says e when e.speech() == Speech.GOODBYE -> move(e.other(), Tone.SAD, at);
            case Event.Helps e -> move(e.other(), Tone.HAPPY, at);
            case Event.Feels e -> feels(e.who(), e.mood().label(), e.mood().tone(), at, Optional.empty());
            case Event.FeelsAbout e ->
                feels(
                        e.who(),
                        e.mood().label(),
                        e.mood().tone(),
                        at,
                        Optional.of(e.thing().definite()));
            case Event.FeelsSeeing e ->
                feels(
                        e.who(),
                        e.mood().label(),
                        e.mood().tone(),
                        at,
                        Optional.of(e.other().label()));
            case Event.FeelTogether e -> all(e, e.mood().label(), e.mood().tone(), at);
            case Event.Reacts e ->
                feels(e.who(), e.reaction().label(), e.reaction().tone(), at, Optional.empty());
            case Event.ReactTogether e ->
                all(e, e.reaction().label(), e.reaction().tone(), at);
            default -> handled(event, at);
        }
        world = world.after(event);
        for (var thing : Thing.values()) {
            world.holder(thing).ifPresent(holder -> owners.put(thing, holder));
        }
    }

    private void handled(Event event, int at) {
        switch (event) {
            case Event.Breaks e -> mourn(e.thing(), at);
            case Event.Loses e -> mourn(e.thing(), at);
            case Event.Drops e when !world.broken().contains(e.thing()) -> mourn(e.thing(), at);
            case Event.Finds e -> cheer(e.who(), e.thing(), at);
            case Event.Gives e -> cheer(e.other(), e.thing(), at);
            case Event.Mends e -> cheer(owners.getOrDefault(e.thing(), e.who()), e.thing(), at);
            case Event.Wants e -> ask(e.who(), e.thing());
            case Event.AsksFor e -> ask(e.who(), e.thing());
            case Event.Uses e -> {
                move(e.who(), Tone.HAPPY, at);
                if (e.thing().food()) {
                    askers.getOrDefault(e.thing(), Set.of()).stream()
                            .filter(who -> who != e.who())
                            .forEach(who -> move(who, Tone.SAD, at));
                }
            }
            case Event.Share e -> e.people().forEach(who -> move(who, Tone.HAPPY, at));
            case Event.Play e -> e.people().forEach(who -> move(who, Tone.HAPPY, at));
            default -> {}
        }
    }

    /** Who stays behind is sad. */
    private void goes(Person who, int at) {
        var here = world.places().get(who);
        if (here != null) {
            world.places().forEach((other, place) -> {
                if (other != who && place == here) {
                    move(other, Tone.SAD, at);
                }
            });
        }
    }

    private void mourn(Thing thing, int at) {
        var owner = owners.get(thing);
        if (owner != null) {
            mourners.computeIfAbsent(thing, _ -> EnumSet.noneOf(Person.class)).add(owner);
            move(owner, Tone.SAD, at);
        }
    }

    /** Somebody is glad of a thing, and so is everybody whom the thing made sad. */
    private void cheer(Person who, Thing thing, int at) {
        move(who, Tone.HAPPY, at);
        var sad = mourners.remove(thing);
        if (sad != null) {
            sad.forEach(mourner -> move(mourner, Tone.HAPPY, at));
        }
    }

    private void ask(Person who, Thing thing) {
        askers.computeIfAbsent(thing, _ -> EnumSet.noneOf(Person.class)).add(who);
    }

    private void move(Person who, Tone tone, int by) {
        moved.put(who, new Moved(tone, by));
    }

    private void all(Event event, String word, Tone tone, int at) {
        event.people().forEach(who -> feels(who, word, tone, at, Optional.empty()));
    }

    private void feels(Person who, String word, Tone tone, int at, Optional<String> about) {
        var last = moved.get(who);
        var cause = tone != Tone.PLAIN && last != null && last.tone() == tone
                ? OptionalInt.of(last.by())
                : OptionalInt.empty();
        feelings.add(new Feeling(who, word, at, cause, about));
    }
}
