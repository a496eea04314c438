package trivium.toytown;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whom and what a town has. The fewer there are, the sooner a small model knows them all.
 *
 * @param people at least 3
 * @param places home and at least 2 more
 * @param things at least one of each nature: to be eaten, fragile, sturdy
 */
public record Vocabulary(List<Person> people, List<Place> places, List<Thing> things) {

    /** Everybody and everything there is. */
    public static final Vocabulary ALL =
            new Vocabulary(List.of(Person.values()), List.of(Place.values()), List.of(Thing.values()));

    public Vocabulary {
        people = distinct(people);
        places = distinct(places);
        things = distinct(things);
        if (people.size() < 3) {
            throw new IllegalArgumentException("a town has at least 3 people, not " + people.size());
        }
        if (places.size() < 3 || !places.contains(Place.HOME)) {
            throw new IllegalArgumentException("a town has home and at least 2 other places, not only " + places);
        }
        boolean food = things.stream().anyMatch(Thing::food);
        boolean fragile = things.stream().anyMatch(Thing::fragile);
        boolean sturdy = things.stream().anyMatch(thing -> !thing.food() && !thing.fragile());
        if (!food || !fragile || !sturdy) {
            throw new IllegalArgumentException(
                    "a town has something to eat, something fragile and something sturdy, not only " + things);
        }
    }

    private static <T extends Enum<T>> List<T> distinct(List<T> all) {
        return all.stream().distinct().sorted().toList();
    }

    /** The first so many people. */
    public Vocabulary withPeople(int count) {
        return new Vocabulary(first(Person.values(), count, "people"), places, things);
    }

    /** Home and the first so many less one of the other places. */
    public Vocabulary withPlaces(int count) {
        var away = Arrays.stream(Place.values()).filter(place -> place != Place.HOME);
        var homeFirst = Stream.concat(Stream.of(Place.HOME), away).toArray(Place[]::new);
        return new Vocabulary(people, first(homeFirst, count, "places"), things);
    }

    /** The first so many things, of which 4 are the fewest that have every nature. */
    public Vocabulary withThings(int count) {
        return new Vocabulary(people, places, first(Thing.values(), count, "things"));
    }

    private static <T> List<T> first(T[] all, int count, String what) {
        if (count < 1 || count > all.length) {
            throw new IllegalArgumentException(
                    "Toy Town has " + all.length + " " + what + "; ask for 1 to " + all.length + ", not " + count);
        }
        return Arrays.asList(all).subList(0, count);
    }

    /** Somebody else, always the same. */
    Person next(Person who) {
        return people.get((people.indexOf(who) + 1) % people.size());
    }
}
