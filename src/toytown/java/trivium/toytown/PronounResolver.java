package trivium.toytown;

import java.util.List;
import java.util.Optional;

/**
 * Who a pronoun stands for: "she" and "he" the subject of the sentences before, "they" the two people last seen
 * together.
 *
 * @param subject the last sentence's single subject; a sentence about two people or about none but a thing has none,
 *     one about the sky or the day leaves it
 * @param other whom else the last sentence named
 * @param pair the last two people named in one sentence; empty at first
 */
record PronounResolver(Optional<Person> subject, Optional<Person> other, List<Person> pair) {

    static final PronounResolver NONE = new PronounResolver(Optional.empty(), Optional.empty(), List.of());

    /** After one more sentence. A pair named again in another order keeps its order. */
    PronounResolver after(Event event) {
        var people = event.people();
        if (people.isEmpty()) {
            return event instanceof Event.Breaks ? new PronounResolver(Optional.empty(), Optional.empty(), pair) : this;
        }
        var named = people.size() < 2 || people.containsAll(pair) && !pair.isEmpty() ? pair : people;
        if (event.together()) {
            return new PronounResolver(Optional.empty(), Optional.empty(), named);
        }
        return new PronounResolver(
                Optional.of(people.getFirst()), people.stream().skip(1).findFirst(), named);
    }

    /** Whether a pronoun for this person would be understood, and no one else meant. */
    boolean clearly(Person who) {
        return subject.filter(who::equals).isPresent()
                && other.filter(o -> o.pronoun().equals(who.pronoun())).isEmpty();
    }

    /** Whom "she" or "he" stands for. */
    Optional<Person> resolve(String pronoun) {
        return subject.filter(person -> person.pronoun().equalsIgnoreCase(pronoun));
    }
}
