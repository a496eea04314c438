package trivium.toytown;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the blanks of a sentence are filled with; null where a sentence has no such blank.
 *
 * @param word a mood, a reaction or the weather, as it is spelled
 */
record Slots(Person a, Person b, Thing thing, Place place, String word) {

    private static Slots people(Person a, Person b) {
        return new Slots(a, b, null, null, null);
    }

    private static Slots thing(Person a, Thing thing) {
        return new Slots(a, null, thing, null, null);
    }

    private static Slots thing(Person a, Person b, Thing thing) {
        return new Slots(a, b, thing, null, null);
    }

    private static Slots place(Person a, Place place) {
        return new Slots(a, null, null, place, null);
    }

    private static Slots word(Person a, Person b, String word) {
        return new Slots(a, b, null, null, word);
    }

    static Slots of(Event event) {
        return switch (event) {
            case Event.Sky e -> word(null, null, e.weather().label());
            case Event.Is e -> place(e.who(), e.where());
            case Event.Goes e -> place(e.who(), e.where());
            case Event.GoTogether e -> new Slots(e.who(), e.other(), null, e.where(), null);
            case Event.Meets e -> people(e.who(), e.other());
            case Event.Joins e -> people(e.who(), e.other());
            case Event.Wants e -> thing(e.who(), e.thing());
            case Event.Has e -> thing(e.who(), e.thing());
            case Event.Finds e -> thing(e.who(), e.thing());
            case Event.Takes e -> thing(e.who(), e.thing());
            case Event.Drops e -> thing(e.who(), e.thing());
            case Event.Gives e -> thing(e.who(), e.other(), e.thing());
            case Event.Uses e -> thing(e.who(), e.thing());
            case Event.Share e -> thing(e.who(), e.other(), e.thing());
            case Event.Play e -> thing(e.who(), e.other(), e.thing());
            case Event.Loses e -> thing(e.who(), e.thing());
            case Event.Breaks e -> thing(null, e.thing());
            case Event.Mends e -> thing(e.who(), e.thing());
            case Event.Searches e -> thing(e.who(), e.thing());
            case Event.SearchTogether e -> thing(e.who(), e.other(), e.thing());
            case Event.Feels e -> word(e.who(), null, e.mood().label());
            case Event.FeelsAbout e ->
                new Slots(e.who(), null, e.thing(), null, e.mood().label());
            case Event.FeelsSeeing e -> word(e.who(), e.other(), e.mood().label());
            case Event.FeelTogether e -> word(e.who(), e.other(), e.mood().label());
            case Event.Reacts e -> word(e.who(), null, e.reaction().label());
            case Event.ReactTogether e -> word(e.who(), e.other(), e.reaction().label());
            case Event.Says e -> people(e.who(), e.other());
            case Event.AsksAbout e -> thing(e.who(), e.thing());
            case Event.AsksHow e -> people(e.who(), e.other());
            case Event.AsksFor e -> thing(e.who(), e.other(), e.thing());
            case Event.Helps e -> people(e.who(), e.other());
            case Event.Friends e -> people(e.who(), e.other());
            case Event.Closes _ -> people(null, null);
        };
    }

    Slots swapped() {
        return new Slots(b, a, thing, place, word);
    }

    /** The people named, the subject first. */
    List<Person> people() {
        return Stream.of(a, b).filter(Objects::nonNull).toList();
    }
}
