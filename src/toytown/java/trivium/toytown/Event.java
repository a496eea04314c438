package trivium.toytown;

import java.util.List;

/**
 * What one sentence of a story says. Every event has sentences that say it, and every sentence says exactly one event.
 */
public sealed interface Event {

    /** The day is sunny ({@code turns} false), or becomes rainy ({@code turns} true). */
    record Sky(Weather weather, boolean turns) implements Event {}

    /** Somebody is somewhere. */
    record Is(Person who, Place where) implements Event {}

    /** Somebody goes somewhere. */
    record Goes(Person who, Place where) implements Event {}

    /** Two people go somewhere together. */
    record GoTogether(Person who, Person other, Place where) implements Event {}

    /** Two people meet: from now on they are in one place. */
    record Meets(Person who, Person other) implements Event {}

    /** Somebody comes to where somebody else is. */
    record Joins(Person who, Person other) implements Event {}

    /** Somebody wants a thing. */
    record Wants(Person who, Thing thing) implements Event {}

    /** Somebody has a thing, as was always so. */
    record Has(Person who, Thing thing) implements Event {}

    /** Somebody finds a thing and keeps it. */
    record Finds(Person who, Thing thing) implements Event {}

    /** Somebody picks a thing up. */
    record Takes(Person who, Thing thing) implements Event {}

    /** Somebody puts a thing down; it stays there. */
    record Drops(Person who, Thing thing) implements Event {}

    /** A thing changes hands. */
    record Gives(Person who, Thing thing, Person other) implements Event {}

    /** Somebody uses a thing in its own way. */
    record Uses(Person who, Thing thing) implements Event {}

    /** Two people share food; it is gone. */
    record Share(Person who, Person other, Thing thing) implements Event {}

    /** Two people play with a thing one of them holds. */
    record Play(Person who, Person other, Thing thing) implements Event {}

    /** A thing is lost: nobody holds it, and nobody knows where it is. */
    record Loses(Person who, Thing thing) implements Event {}

    /** A thing breaks. */
    record Breaks(Thing thing) implements Event {}

    /** Somebody repairs a thing. */
    record Mends(Person who, Thing thing) implements Event {}

    /** Somebody looks for a thing. */
    record Searches(Person who, Thing thing) implements Event {}

    /** Two people look for a thing. */
    record SearchTogether(Person who, Person other, Thing thing) implements Event {}

    /** Somebody feels something. */
    record Feels(Person who, Mood mood) implements Event {}

    /** Somebody feels something, and a thing is the reason. */
    record FeelsAbout(Person who, Mood mood, Thing thing) implements Event {}

    /** Somebody feels something on seeing somebody else. */
    record FeelsSeeing(Person who, Mood mood, Person other) implements Event {}

    /** Two people feel the same. */
    record FeelTogether(Person who, Person other, Mood mood) implements Event {}

    /** Somebody laughs, or cries. */
    record Reacts(Person who, Reaction reaction) implements Event {}

    /** Two people laugh, or cry. */
    record ReactTogether(Person who, Person other, Reaction reaction) implements Event {}

    /** Somebody says something short to somebody. */
    record Says(Person who, Person other, Speech speech) implements Event {}

    /** Somebody asks after a thing. */
    record AsksAbout(Person who, Thing thing) implements Event {}

    /** Somebody asks how somebody feels. */
    record AsksHow(Person who, Person other) implements Event {}

    /** Somebody asks the holder of a thing for it. */
    record AsksFor(Person who, Person other, Thing thing) implements Event {}

    /** Somebody is kind to somebody. */
    record Helps(Person who, Person other) implements Event {}

    /** Two people are friends. */
    record Friends(Person who, Person other) implements Event {}

    /** What kind of day it was. */
    record Closes(Tone tone) implements Event {}

    /** The people of this event, the subject first. */
    default List<Person> people() {
        return Slots.of(this).people();
    }

    /** Whether two people are its subject together. */
    default boolean together() {
        return switch (this) {
            case GoTogether _, Share _, Play _, SearchTogether _, FeelTogether _, ReactTogether _, Friends _ -> true;
            default -> false;
        };
    }

    /** Whether another event says the same: the order of two people who do something together makes no difference. */
    default boolean same(Event other) {
        return equals(other)
                || together()
                        && getClass() == other.getClass()
                        && Slots.of(this).swapped().equals(Slots.of(other));
    }

    /** The tone it would give a story that ends with it. */
    default Tone tone() {
        return switch (this) {
            case Feels e -> e.mood().tone();
            case FeelsAbout e -> e.mood().tone();
            case FeelsSeeing e -> e.mood().tone();
            case FeelTogether e -> e.mood().tone();
            case Reacts e -> e.reaction().tone();
            case ReactTogether e -> e.reaction().tone();
            case Closes e -> e.tone();
            case Friends _ -> Tone.HAPPY;
            default -> Tone.PLAIN;
        };
    }
}
