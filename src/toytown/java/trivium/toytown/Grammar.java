package trivium.toytown;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** How events are said in English, and how English is read back. No sentence can be said of two different events. */
final class Grammar {

    /** The sentences for one kind of event; {@code meaning} is empty where a word does not fit ("Mia was seven."). */
    private record Form(Predicate<Event> says, Function<Slots, Optional<Event>> meaning, List<Template> templates) {}

    /** Words a story begins with. */
    private static final List<String> FIRST =
            List.of("One day, ", "One morning, ", "Last week, ", "Yesterday, ", "After lunch, ");

    /** Words that lead from one sentence to the next. */
    private static final List<String> NEXT = List.of("Then ", "Soon ", "Later, ", "After a while, ");

    /** Words that begin a sentence about something unexpected. */
    private static final List<String> SUDDEN = List.of("Suddenly, ", "But then ", "Then ");

    private static final List<String> OPENERS =
            Stream.of(FIRST, NEXT, SUDDEN).flatMap(List::stream).distinct().toList();

    private static final List<Form> FORMS = forms();

    private Grammar() {}

    /**
     * One sentence for an event, with capital and full stop.
     *
     * @param first whether the story begins with it
     * @param pronouns whether "she", "he" and "they" may be used where they are understood
     * @param definite whether to say "the kite" rather than "a kite" where both are possible
     */
    static String say(
            Event event,
            PronounResolver mentions,
            boolean first,
            boolean pronouns,
            boolean definite,
            RandomGenerator random) {
        var form = FORMS.stream().filter(f -> f.says().test(event)).findFirst().orElseThrow();
        var template = form.templates().get(random.nextInt(form.templates().size()));
        boolean pronoun = pronouns && random.nextInt(10) < 7;
        var body = template.fill(Slots.of(event), mentions, pronoun, definite);
        var opener = body.startsWith("\"") ? "" : opener(event, first, random);
        return Words.capital(opener + body);
    }

    /** The first way to say an event, names in full: in somebody's own words or not, where there is the choice. */
    static String plainly(Event event, boolean aloud) {
        var ways = FORMS.stream()
                .filter(form -> form.says().test(event))
                .flatMap(form -> form.templates().stream())
                .toList();
        var template = ways.stream()
                .filter(way -> way.text().startsWith("\"") == aloud)
                .findFirst()
                .orElse(ways.getFirst());
        return Words.capital(template.fill(Slots.of(event), PronounResolver.NONE, false, true));
    }

    private static String opener(Event event, boolean first, RandomGenerator random) {
        return switch (event) {
            case Event.Closes _, Event.Friends _ -> "";
            case Event.Sky e when !e.turns() -> "";
            case Event _ when first -> random.nextInt(3) < 2 ? pick(FIRST, random) : "";
            case Event.Breaks _, Event.Loses _, Event.Sky _ -> random.nextBoolean() ? pick(SUDDEN, random) : "";
            case Event.Is _, Event.Has _, Event.Wants _, Event.Feels _, Event.FeelsAbout _, Event.FeelsSeeing _ -> "";
            case Event.FeelTogether _, Event.Reacts _, Event.ReactTogether _ -> "";
            default -> random.nextInt(5) == 0 ? pick(NEXT, random) : "";
        };
    }

    private static String pick(List<String> words, RandomGenerator random) {
        return words.get(random.nextInt(words.size()));
    }

    private static String openerOf(String sentence) {
        return OPENERS.stream().filter(sentence::startsWith).findFirst().orElse("");
    }

    /**
     * The event a sentence says, empty where it is not one of Toy Town's sentences or a pronoun in it stands for
     * nobody.
     */
    static Optional<Event> read(String sentence, PronounResolver mentions) {
        var opener = openerOf(sentence);
        var body = sentence.substring(opener.length());
        var plain = Words.capital(body);
        if (opener.isEmpty() && !plain.equals(body)) {
            return Optional.empty();
        }
        return opener.isEmpty() || properlyJoined(body)
                ? meanings(plain, mentions).findFirst()
                : Optional.empty();
    }

    /** All that a sentence without an opener can mean: one event at most, as the tests check. */
    static Stream<Event> meanings(String sentence, PronounResolver mentions) {
        return FORMS.stream()
                .flatMap(form -> form.templates().stream()
                        .flatMap(template -> template.read(sentence, mentions).stream())
                        .flatMap(slots -> form.meaning().apply(slots).stream()));
    }

    /** After an opener only a name begins with a capital. */
    private static boolean properlyJoined(String body) {
        return Character.isLowerCase(body.charAt(0))
                || Arrays.stream(Person.values()).anyMatch(person -> body.startsWith(person.label() + " "));
    }

    /** A sentence without its opener, for telling whether two sentences are the same. */
    static String withoutOpener(String sentence) {
        return Words.capital(sentence.substring(openerOf(sentence).length()));
    }

    private static Form form(Class<? extends Event> kind, Function<Slots, Event> meaning, String... texts) {
        return new Form(kind::isInstance, slots -> Optional.of(meaning.apply(slots)), templates(texts));
    }

    private static List<Template> templates(String... texts) {
        return Arrays.stream(texts).map(Template::of).toList();
    }

    private static Form mood(
            Class<? extends Event> kind, Function<Slots, Function<Mood, Event>> meaning, String... texts) {
        return new Form(
                kind::isInstance,
                slots -> Words.find(Mood.values(), Mood::label, slots.word()).map(meaning.apply(slots)),
                templates(texts));
    }

    private static Form reaction(
            Class<? extends Event> kind, Function<Slots, Function<Reaction, Event>> meaning, String... texts) {
        return new Form(
                kind::isInstance,
                slots -> Words.find(Reaction.values(), Reaction::label, slots.word())
                        .map(meaning.apply(slots)),
                templates(texts));
    }

    private static Form sky(boolean turns, String... texts) {
        return new Form(
                event -> event instanceof Event.Sky sky && sky.turns() == turns,
                slots -> Words.find(Weather.values(), Weather::label, slots.word())
                        .map(w -> new Event.Sky(w, turns)),
                templates(texts));
    }

    private static Form says(Speech speech, String... texts) {
        return new Form(
                event -> event instanceof Event.Says says && says.speech() == speech,
                slots -> Optional.of(new Event.Says(slots.a(), slots.b(), speech)),
                templates(texts));
    }

    private static Form closes(Tone tone, String... texts) {
        return new Form(
                event -> event instanceof Event.Closes closes && closes.tone() == tone,
                _ -> Optional.of(new Event.Closes(tone)),
                templates(texts));
    }

    private static List<Form> forms() {
        return Stream.of(moves(), things(), feelings(), talk())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Form> moves() {
        return List.of(
                sky(false, "it was a {w} day.", "the day was {w}.", "the weather was {w}."),
                sky(true, "the weather turned {w}.", "it became {w}."),
                form(
                        Event.Is.class,
                        s -> new Event.Is(s.a(), s.place()),
                        "{A} was {at}.",
                        "{A} sat {at}.",
                        "{A} stood {at}."),
                form(
                        Event.Goes.class,
                        s -> new Event.Goes(s.a(), s.place()),
                        "{A} went {to}.",
                        "{A} walked {to}.",
                        "{A} ran {to}.",
                        "{A} hurried {to}."),
                form(
                        Event.GoTogether.class,
                        s -> new Event.GoTogether(s.a(), s.b(), s.place()),
                        "{AB} went {to} together.",
                        "{AB} walked {to} together.",
                        "{AB} ran {to} together."),
                form(
                        Event.Meets.class,
                        s -> new Event.Meets(s.a(), s.b()),
                        "{A} met {B}.",
                        "{A} met {B} there.",
                        "{A} saw {B} there.",
                        "{A} met a friend called {B}."),
                form(
                        Event.Joins.class,
                        s -> new Event.Joins(s.a(), s.b()),
                        "{A} came to see {B}.",
                        "{A} came to visit {B}.",
                        "{A} ran over to {B}."));
    }

    private static List<Form> things() {
        return List.of(
                form(
                        Event.Wants.class,
                        s -> new Event.Wants(s.a(), s.thing()),
                        "{A} wanted {x}.",
                        "{A} wished for {x}."),
                form(
                        Event.Has.class,
                        s -> new Event.Has(s.a(), s.thing()),
                        "{A} had {x}.",
                        "{A} had a new {n}.",
                        "{A} had a little {n}.",
                        "{A} had a lovely {n}."),
                form(
                        Event.Finds.class,
                        s -> new Event.Finds(s.a(), s.thing()),
                        "{A} found {x}.",
                        "{A} found {x} in a box.",
                        "{A} found {x} on the ground.",
                        "{A} found {x} behind a wall.",
                        "{A} found {x} under a bench."),
                form(Event.Takes.class, s -> new Event.Takes(s.a(), s.thing()), "{A} picked up {x}.", "{A} took {x}."),
                form(
                        Event.Drops.class,
                        s -> new Event.Drops(s.a(), s.thing()),
                        "{A} put down {t}.",
                        "{A} dropped {t}.",
                        "{A} left {t} behind."),
                form(
                        Event.Gives.class,
                        s -> new Event.Gives(s.a(), s.thing(), s.b()),
                        "{A} gave {t} to {B}.",
                        "{A} gave {B} {t}.",
                        "{A} handed {t} to {B}."),
                form(
                        Event.Uses.class,
                        s -> new Event.Uses(s.a(), s.thing()),
                        "{A} {u} {t}.",
                        "{A} happily {u} {t}.",
                        "{A} quietly {u} {t}."),
                form(
                        Event.Share.class,
                        s -> new Event.Share(s.a(), s.b(), s.thing()),
                        "{AB} shared {t}.",
                        "{AB} ate {t} together.",
                        "{AB} each ate half of {t}."),
                form(
                        Event.Play.class,
                        s -> new Event.Play(s.a(), s.b(), s.thing()),
                        "{AB} played with {t}.",
                        "{AB} had fun with {t}.",
                        "{AB} took turns with {t}."),
                form(
                        Event.Loses.class,
                        s -> new Event.Loses(s.a(), s.thing()),
                        "{A} lost {t}.",
                        "{A} could not find {t}.",
                        "{A} lost {t} on the way."),
                form(
                        Event.Breaks.class,
                        s -> new Event.Breaks(s.thing()),
                        "{t} broke.",
                        "{t} fell and broke.",
                        "{t} broke in two."),
                form(
                        Event.Mends.class,
                        s -> new Event.Mends(s.a(), s.thing()),
                        "{A} fixed {t}.",
                        "{A} mended {t}.",
                        "{A} put {t} back together."),
                form(
                        Event.Searches.class,
                        s -> new Event.Searches(s.a(), s.thing()),
                        "{A} looked for {t}.",
                        "{A} looked everywhere for {t}.",
                        "{A} searched for {t}."),
                form(
                        Event.SearchTogether.class,
                        s -> new Event.SearchTogether(s.a(), s.b(), s.thing()),
                        "{AB} looked for {t} together.",
                        "{AB} looked for {t}.",
                        "{AB} searched for {t}."));
    }

    private static List<Form> feelings() {
        return List.of(
                mood(
                        Event.Feels.class,
                        s -> m -> new Event.Feels(s.a(), m),
                        "{A} was {w}.",
                        "{A} felt {w}.",
                        "{A} was very {w}."),
                mood(
                        Event.FeelsAbout.class,
                        s -> m -> new Event.FeelsAbout(s.a(), m, s.thing()),
                        "{A} was {w} about {t}.",
                        "{A} was {w} because of {t}."),
                mood(
                        Event.FeelsSeeing.class,
                        s -> m -> new Event.FeelsSeeing(s.a(), m, s.b()),
                        "{A} was {w} to see {B}."),
                mood(
                        Event.FeelTogether.class,
                        s -> m -> new Event.FeelTogether(s.a(), s.b(), m),
                        "{AB} were {w}.",
                        "{AB} were both {w}.",
                        "{AB} felt {w}."),
                reaction(
                        Event.Reacts.class,
                        s -> r -> new Event.Reacts(s.a(), r),
                        "{A} {w}.",
                        "{A} {w} a little.",
                        "{A} {w} for a long time."),
                reaction(
                        Event.ReactTogether.class,
                        s -> r -> new Event.ReactTogether(s.a(), s.b(), r),
                        "{AB} {w}.",
                        "{AB} {w} together."),
                form(
                        Event.Friends.class,
                        s -> new Event.Friends(s.a(), s.b()),
                        "{AB} were good friends.",
                        "{AB} became friends.",
                        "{AB} were best friends."),
                closes(
                        Tone.HAPPY,
                        "it was a lovely day.",
                        "it was a wonderful day.",
                        "what a lovely day it was!",
                        "everybody was happy."),
                closes(Tone.PLAIN, "it was time for bed.", "the day was over.", "it was a long day."),
                closes(Tone.SAD, "it was a sad day.", "what a sad day it was.", "it was not a good day."));
    }

    private static List<Form> talk() {
        return List.of(
                says(Speech.HELLO, "\"Hello, {B},\" said {A}.", "{A} said hello to {B}.", "{A} waved to {B}."),
                says(Speech.GOODBYE, "\"Goodbye, {B},\" said {A}.", "{A} said goodbye to {B}."),
                says(
                        Speech.THANKS,
                        "\"Thank you, {B},\" said {A}.",
                        "{A} thanked {B}.",
                        "\"You are so kind, {B},\" said {A}."),
                says(Speech.SORRY, "\"I am sorry, {B},\" said {A}.", "{A} said sorry to {B}."),
                says(Speech.COMFORT, "\"Do not worry, {B},\" said {A}.", "\"It will be all right, {B},\" said {A}."),
                says(Speech.OFFER, "\"I can help you, {B},\" said {A}.", "\"Let me help, {B},\" said {A}."),
                form(
                        Event.AsksAbout.class,
                        s -> new Event.AsksAbout(s.a(), s.thing()),
                        "\"Where is {t}?\" asked {A}.",
                        "\"Who has {t}?\" asked {A}."),
                form(
                        Event.AsksHow.class,
                        s -> new Event.AsksHow(s.a(), s.b()),
                        "\"How do you feel, {B}?\" asked {A}.",
                        "\"What is wrong, {B}?\" asked {A}."),
                form(
                        Event.AsksFor.class,
                        s -> new Event.AsksFor(s.a(), s.b(), s.thing()),
                        "{A} asked {B} for {t}.",
                        "\"May I have {t}, {B}?\" asked {A}."),
                form(
                        Event.Helps.class,
                        s -> new Event.Helps(s.a(), s.b()),
                        "{A} helped {B}.",
                        "{A} was kind to {B}.",
                        "{A} held hands with {B}."));
    }
}
