package trivium.toytown;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The questions that can be asked about a story, and what is true of them.
 *
 * <p>What people hold is known: nobody holds a thing that no sentence gave them. Everything else is known only if it
 * was said. How many people were in a place is known if of everybody in the story it is known where they were.
 */
final class Question {

    private record Form(Task.Kind kind, Pattern pattern, Function<Matcher, Function<Reading, Answer>> truth) {}

    private static final List<Form> FORMS = List.of(
            form(Task.Kind.WHERE, "Where was {A}\\?", m -> story -> whereIs(person(m), story)),
            form(Task.Kind.WHERE, "Where was {t}\\?", m -> story -> whereLies(thing(m), story)),
            form(Task.Kind.WHO, "Who had {t}\\?", m -> story -> whoHad(thing(m), story)),
            form(Task.Kind.WHO, "Who was {at}\\?", m -> story -> whoWas(place(m), story)),
            form(Task.Kind.WHAT, "What did {A} have\\?", m -> story -> what(person(m), story)),
            form(Task.Kind.FEEL, "How did {A} feel\\?", m -> story -> feel(person(m), story)),
            form(Task.Kind.WHETHER, "Was {A} {at}\\?", m -> story -> whether(person(m), place(m), story)),
            form(Task.Kind.HOW_MANY, "How many people were {at}\\?", m -> story -> howManyAt(place(m), story)),
            form(Task.Kind.HOW_MANY, "How many things did {A} have\\?", m -> story -> howManyHeld(person(m), story)),
            form(Task.Kind.HOW_MANY, "How many people are in the story\\?", _ -> Question::howMany),
            form(Task.Kind.WHY, "Why was {A} {w}\\?", m -> story -> why(person(m), m.group("word"), story)),
            form(Task.Kind.WHY, "Why did {A} {w}\\?", m -> story -> why(person(m), done(m.group("word")), story)));

    private Question() {}

    private static Form form(Task.Kind kind, String text, Function<Matcher, Function<Reading, Answer>> truth) {
        var regex = text.replace("{A}", "(?<person>" + any(Person.values(), Person::label) + ")")
                .replace("{t}", "(?<thing>" + any(Thing.values(), Thing::definite) + ")")
                .replace("{at}", "(?<place>" + any(Place.values(), Place::at) + ")")
                .replace("{w}", "(?<word>[a-z]+)");
        return new Form(kind, Pattern.compile(regex), truth);
    }

    private static <T> String any(T[] constants, Function<T, String> label) {
        return Arrays.stream(constants).map(label).collect(Collectors.joining("|"));
    }

    static Optional<ParsedPrompt> read(String asked, List<String> told) {
        return ask(asked, Parser.read(String.join(" ", told)));
    }

    /** What is true of a question, with its kind; empty where it is no question of Toy Town's. */
    static Optional<ParsedPrompt> ask(String asked, Reading story) {
        for (var form : FORMS) {
            var match = form.pattern().matcher(asked);
            if (match.matches()) {
                var answer = form.truth().apply(match).apply(story);
                return Optional.of(new ParsedPrompt(answer.known() ? form.kind() : Task.Kind.UNANSWERABLE, answer));
            }
        }
        return Optional.empty();
    }

    private static Person person(Matcher match) {
        return Words.find(Person.values(), Person::label, match.group("person")).orElseThrow();
    }

    private static Thing thing(Matcher match) {
        return Words.find(Thing.values(), Thing::definite, match.group("thing")).orElseThrow();
    }

    private static Place place(Matcher match) {
        return Words.find(Place.values(), Place::at, match.group("place")).orElseThrow();
    }

    /** {@code cried} for {@code cry}. */
    private static String done(String verb) {
        return Words.find(Reaction.values(), Reaction::verb, verb)
                .map(Reaction::label)
                .orElse(verb);
    }

    private static Answer whereIs(Person who, Reading story) {
        var place = story.world().places().get(who);
        return place == null
                ? Answer.UNKNOWN
                : Answer.of(who.label() + " was " + place.at() + ".", who.pronoun() + " was " + place.at(), place.at());
    }

    private static Answer whereLies(Thing thing, Reading story) {
        return story.world()
                .place(thing)
                .map(place -> Answer.of(
                        Words.capital(thing.definite()) + " was " + place.at() + ".",
                        "it was " + place.at(),
                        place.at()))
                .orElse(Answer.UNKNOWN);
    }

    private static Answer whoHad(Thing thing, Reading story) {
        var who = story.world().holder(thing).map(Person::label).orElse("Nobody");
        return Answer.of(who + " had " + thing.definite() + ".", who + " had it", who);
    }

    private static Answer whoWas(Place place, Reading story) {
        var there = peopleAt(place, story);
        return there.isEmpty()
                ? Answer.UNKNOWN
                : Answer.anyOf(
                        there.stream().map(who -> List.of(who.label())).toList(),
                        count -> List.of("%s " + (count == 1 ? "was " : "were ") + place.at() + ".", "%s."));
    }

    private static Answer what(Person who, Reading story) {
        var held = held(who, story);
        return held.isEmpty()
                ? nothing(who)
                : Answer.anyOf(
                        held.stream()
                                .map(thing -> List.of(thing.definite(), thing.indefinite()))
                                .toList(),
                        _ -> List.of(who.label() + " had %s.", who.pronoun() + " had %s.", "%s."));
    }

    private static Answer feel(Person who, Reading story) {
        var mood = story.world().moods().get(who);
        if (mood == null) {
            return Answer.UNKNOWN;
        }
        var word = mood.label();
        return Answer.of(
                who.label() + " was " + word + ".",
                who.label() + " felt " + word,
                who.pronoun() + " was " + word,
                who.pronoun() + " felt " + word,
                word);
    }

    private static Answer whether(Person who, Place place, Reading story) {
        var real = story.world().places().get(who);
        if (real == null) {
            return Answer.UNKNOWN;
        }
        var is = who.label() + " was " + real.at() + ".";
        return real == place
                ? Answer.of("Yes, " + is, "yes", "yes, " + who.pronoun() + " was", "yes, " + who.label() + " was")
                : Answer.of(
                        "No, " + is,
                        "no",
                        "no, " + who.pronoun() + " was " + real.at(),
                        "no, " + who.label() + " was not " + place.at());
    }

    private static Answer howManyAt(Place place, Reading story) {
        int there = peopleAt(place, story).size();
        return story.world().places().keySet().containsAll(people(story))
                ? count(there, "were " + place.at())
                : Answer.UNKNOWN;
    }

    private static Answer howMany(Reading story) {
        return count(people(story).size(), "are in the story");
    }

    private static Answer count(int people, String verb) {
        if (people == 0) {
            return Answer.of("Nobody " + singular(verb) + ".", "nobody", "no people", "0");
        }
        var number = Words.number(people);
        return people == 1
                ? Answer.of("One person " + singular(verb) + ".", "one", "one person", "1")
                : Answer.of(
                        Words.capital(number) + " people " + verb + ".",
                        number,
                        number + " people",
                        Integer.toString(people));
    }

    private static String singular(String verb) {
        return verb.replaceFirst("^were ", "was ").replaceFirst("^are ", "is ");
    }

    private static Answer howManyHeld(Person who, Reading story) {
        int things = held(who, story).size();
        if (things == 0) {
            return nothing(who);
        }
        var number = Words.number(things);
        var counted = number + (things == 1 ? " thing" : " things");
        return Answer.of(
                who.label() + " had " + counted + ".",
                who.pronoun() + " had " + counted,
                counted,
                number,
                Integer.toString(things));
    }

    private static Answer nothing(Person who) {
        return Answer.of(who.label() + " had nothing.", who.pronoun() + " had nothing", "nothing");
    }

    /** Why somebody felt or did this, the last time it was said. */
    private static Answer why(Person who, String word, Reading story) {
        var sentences =
                story.sentences().stream().filter(s -> s.event().isPresent()).toList();
        var feeling = Causes.of(story.events()).stream()
                .filter(f -> f.who() == who && f.word().equals(word))
                .reduce((_, last) -> last);
        return feeling.flatMap(f -> because(f, sentences)).orElse(Answer.UNKNOWN);
    }

    private static Optional<Answer> because(Causes.Feeling feeling, List<Sentence> sentences) {
        var about = feeling.about().map(name -> "Because of " + name + ".");
        var said = feeling.cause().stream()
                .mapToObj(sentences::get)
                .filter(sentence -> concerns(sentence.event().orElseThrow(), feeling.about()))
                .findFirst();
        if (said.isEmpty()) {
            return about.map(reason -> Answer.of(reason));
        }
        var event = said.get().event().orElseThrow();
        var mentions = new PronounResolver(Optional.of(feeling.who()), Optional.empty(), List.of());
        return Optional.of(new Answer(
                true,
                "Because " + clause(said.get().text(), event),
                answer -> about.map(Answer::plain)
                                .filter(Answer.plain(answer)::equals)
                                .isPresent()
                        || Grammar.read(sentence(answer), mentions)
                                .filter(event::same)
                                .isPresent()));
    }

    /** Whether an event has to do with what somebody's mood is said to be about. */
    private static boolean concerns(Event event, Optional<String> about) {
        var thing = Slots.of(event).thing();
        return about.filter(name -> thing == null || !thing.definite().equals(name))
                .isEmpty();
    }

    /** What a sentence says, in its own words but for opener and pronouns, as it stands after "because". */
    private static String clause(String text, Event event) {
        if (event instanceof Event.Drops e) {
            return e.who().label() + " left " + e.thing().definite() + " behind.";
        }
        var plain = text.contains("\"") ? Grammar.plainly(event, false) : Retelling.named(text, event);
        return plain.replaceFirst("^The ", "the ").replaceFirst("^It ", "it ");
    }

    /** What stands after "because" as a sentence of its own. */
    private static String sentence(String answer) {
        var said = Words.capital(answer.strip().replaceFirst("^[Bb]ecause ", ""));
        return said.endsWith(".") ? said : said + ".";
    }

    private static Set<Person> people(Reading story) {
        var people = EnumSet.noneOf(Person.class);
        story.events().forEach(event -> people.addAll(event.people()));
        return people;
    }

    private static List<Person> peopleAt(Place place, Reading story) {
        return story.world().places().entrySet().stream()
                .filter(entry -> entry.getValue() == place)
                .map(entry -> entry.getKey())
                .toList();
    }

    private static List<Thing> held(Person who, Reading story) {
        return Arrays.stream(Thing.values())
                .filter(thing -> story.world().holder(thing).filter(who::equals).isPresent())
                .toList();
    }
}
