package trivium.toytown;

import java.util.Optional;

/** What makes an event impossible. One objection is enough: a sentence contradicts what went before or it does not. */
final class Contradiction {

    private Contradiction() {}

    static Optional<String> to(Event event, World world) {
        return switch (event) {
            case Event.Sky e -> toSky(e, world);
            case Event.Is e -> elsewhere(e.who(), e.where(), world);
            case Event.Goes e -> already(e.who(), e.where(), world);
            case Event.GoTogether e ->
                apart(e.who(), e.other(), world)
                        .or(() -> already(e.who(), e.where(), world))
                        .or(() -> already(e.other(), e.where(), world));
            case Event.Joins e -> toJoining(e, world);
            case Event.Feels e -> turned(e.who(), e.mood().tone(), world);
            case Event.FeelsAbout e -> turned(e.who(), e.mood().tone(), world).or(() -> unknown(e.thing(), world));
            case Event.FeelsSeeing e ->
                turned(e.who(), e.mood().tone(), world).or(() -> apart(e.who(), e.other(), world));
            case Event.FeelTogether e ->
                turned(e.who(), e.mood().tone(), world)
                        .or(() -> turned(e.other(), e.mood().tone(), world));
            case Event.Reacts e -> turned(e.who(), e.reaction().tone(), world);
            case Event.ReactTogether e ->
                turned(e.who(), e.reaction().tone(), world)
                        .or(() -> turned(e.other(), e.reaction().tone(), world));
            case Event.Meets e -> apart(e.who(), e.other(), world);
            case Event.Says e -> apart(e.who(), e.other(), world);
            case Event.AsksHow e -> apart(e.who(), e.other(), world);
            case Event.Helps e -> apart(e.who(), e.other(), world);
            case Event.Friends _, Event.Closes _ -> Optional.empty();
            default -> toThing(event, world);
        };
    }

    private static Optional<String> toThing(Event event, World world) {
        return switch (event) {
            case Event.Wants e -> holds(e.who(), e.thing(), world).or(() -> eaten(e.thing(), world));
            case Event.Has e -> toHaving(e, world);
            case Event.Finds e -> toTaking(e.who(), e.thing(), world);
            case Event.Takes e -> toTaking(e.who(), e.thing(), world);
            case Event.Drops e -> lacks(e.who(), e.thing(), world);
            case Event.Loses e -> lacks(e.who(), e.thing(), world);
            case Event.Gives e -> lacks(e.who(), e.thing(), world).or(() -> apart(e.who(), e.other(), world));
            case Event.Uses e -> lacks(e.who(), e.thing(), world).or(() -> broken(e.thing(), world));
            case Event.Share e ->
                neitherHolds(e.who(), e.other(), e.thing(), world).or(() -> inedible(e.thing()));
            case Event.Play e ->
                neitherHolds(e.who(), e.other(), e.thing(), world).or(() -> broken(e.thing(), world));
            case Event.Breaks e ->
                unknown(e.thing(), world).or(() -> eaten(e.thing(), world)).or(() -> broken(e.thing(), world));
            case Event.Mends e -> toMending(e, world);
            case Event.Searches e -> holds(e.who(), e.thing(), world).or(() -> eaten(e.thing(), world));
            case Event.SearchTogether e ->
                holds(e.who(), e.thing(), world)
                        .or(() -> holds(e.other(), e.thing(), world))
                        .or(() -> apart(e.who(), e.other(), world));
            case Event.AsksAbout e -> holds(e.who(), e.thing(), world);
            case Event.AsksFor e -> lacks(e.other(), e.thing(), world).or(() -> apart(e.who(), e.other(), world));
            default -> throw new IllegalStateException("no rule for " + event);
        };
    }

    private static Optional<String> toSky(Event.Sky e, World world) {
        return world.sky()
                .filter(known -> known.equals(e.weather()) == e.turns())
                .map(known -> "the weather was " + known.label());
    }

    private static Optional<String> toJoining(Event.Joins e, World world) {
        return Optional.ofNullable(world.places().get(e.who()))
                .filter(place -> place.equals(world.places().get(e.other())))
                .map(place -> e.who().label() + " was already " + place.at() + " with "
                        + e.other().label());
    }

    private static Optional<String> toHaving(Event.Has e, World world) {
        if (world.place(e.thing()).isPresent() && world.holder(e.thing()).isEmpty()) {
            return Optional.of(e.thing().definite() + " was "
                    + world.place(e.thing()).orElseThrow().at());
        }
        return world.holder(e.thing())
                .filter(holder -> holder != e.who())
                .map(holder -> heldBy(holder, e.thing()))
                .or(() -> eaten(e.thing(), world));
    }

    private static Optional<String> toTaking(Person who, Thing thing, World world) {
        var holder = world.holder(thing);
        if (holder.isPresent()) {
            return holder.map(person -> heldBy(person, thing));
        }
        var here = Optional.ofNullable(world.places().get(who));
        return world.place(thing)
                .filter(place -> here.isPresent() && !here.get().equals(place))
                .map(place -> thing.definite() + " was " + place.at())
                .or(() -> eaten(thing, world));
    }

    private static Optional<String> toMending(Event.Mends e, World world) {
        if (!world.broken().contains(e.thing())) {
            return Optional.of(e.thing().definite() + " was not broken");
        }
        var here = Optional.ofNullable(world.places().get(e.who()));
        return world.place(e.thing())
                .filter(place -> here.isPresent() && !here.get().equals(place))
                .map(place -> e.thing().definite() + " was " + place.at());
    }

    private static Optional<String> elsewhere(Person who, Place where, World world) {
        return Optional.ofNullable(world.places().get(who))
                .filter(place -> place != where)
                .map(place -> who.label() + " was " + place.at());
    }

    private static Optional<String> already(Person who, Place where, World world) {
        return Optional.ofNullable(world.places().get(who))
                .filter(place -> place == where)
                .map(place -> who.label() + " was already " + place.at());
    }

    private static Optional<String> apart(Person one, Person other, World world) {
        return world.apart(one, other)
                ? Optional.of(one.label() + " was " + world.places().get(one).at() + " and " + other.label() + " "
                        + world.places().get(other).at())
                : Optional.empty();
    }

    private static Optional<String> turned(Person who, Tone tone, World world) {
        return Optional.ofNullable(world.moods().get(who))
                .filter(mood -> world.settled().contains(who))
                .filter(mood ->
                        mood.tone() == Tone.HAPPY && tone == Tone.SAD || mood.tone() == Tone.SAD && tone == Tone.HAPPY)
                .map(mood -> who.label() + " was " + mood.label() + " and nothing had happened since");
    }

    private static Optional<String> holds(Person who, Thing thing, World world) {
        return world.holder(thing).filter(holder -> holder == who).map(holder -> heldBy(holder, thing));
    }

    private static Optional<String> lacks(Person who, Thing thing, World world) {
        return world.holder(thing).filter(holder -> holder == who).isPresent()
                ? Optional.empty()
                : Optional.of(who.label() + " did not have " + thing.definite());
    }

    private static Optional<String> neitherHolds(Person one, Person other, Thing thing, World world) {
        return world.holder(thing)
                        .filter(holder -> holder == one || holder == other)
                        .isPresent()
                ? apart(one, other, world)
                : Optional.of("neither " + one.label() + " nor " + other.label() + " had " + thing.definite());
    }

    private static Optional<String> broken(Thing thing, World world) {
        return world.broken().contains(thing) ? Optional.of(thing.definite() + " was broken") : Optional.empty();
    }

    private static Optional<String> eaten(Thing thing, World world) {
        return world.things().get(thing) instanceof World.Whereabouts.Eaten
                ? Optional.of(thing.definite() + " was eaten")
                : Optional.empty();
    }

    private static Optional<String> inedible(Thing thing) {
        return thing.food() ? Optional.empty() : Optional.of(thing.definite() + " is not food");
    }

    private static Optional<String> unknown(Thing thing, World world) {
        return world.things().containsKey(thing)
                ? Optional.empty()
                : Optional.of("nobody had mentioned " + thing.definite());
    }

    private static String heldBy(Person who, Thing thing) {
        return who.label() + " had " + thing.definite();
    }
}
