package trivium.toytown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import trivium.measure.Verification;

/**
 * Rude words, and what is meant by them. A polite sentence says the same event in the words of Toy Town's stories, in
 * which nobody is rude, or with a "please".
 */
final class Politeness {

    static final String SENTENCE = "Say it politely.";
    static final String STORY = "Tell the story politely.";

    /** Ways to say one kind of event that no story uses. */
    private record Line(Function<Slots, Event> meaning, List<Template> rude, List<Template> polite) {}

    private static final List<Line> LINES = List.of(
            new Line(
                    s -> new Event.AsksFor(s.a(), s.b(), s.thing()),
                    templates("\"Give me {t}, {B}!\" said {A}.", "\"Hand over {t}, {B}!\" said {A}."),
                    templates(
                            "\"Please give me {t}, {B},\" said {A}.",
                            "\"May I please have {t}, {B}?\" asked {A}.",
                            "\"May I have {t}, please, {B}?\" asked {A}.")),
            rude(s -> new Event.AsksHow(s.a(), s.b()), "\"What is it now, {B}!\" said {A}."),
            rude(s -> new Event.AsksAbout(s.a(), s.thing()), "\"Tell me where {t} is!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.HELLO), "\"Hey, you there, {B}!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.GOODBYE), "\"I am off, {B}!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.THANKS), "\"About time, {B}!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.SORRY), "\"Bad luck, {B}!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.COMFORT), "\"Stop crying, {B}!\" said {A}."),
            rude(s -> new Event.Says(s.a(), s.b(), Speech.OFFER), "\"Let me do it, {B}!\" said {A}."));

    private Politeness() {}

    private static Line rude(Function<Slots, Event> meaning, String text) {
        return new Line(meaning, templates(text), List.of());
    }

    private static List<Template> templates(String... texts) {
        return Arrays.stream(texts).map(Template::of).toList();
    }

    /** A rude sentence that means this; empty where there is no rude way to say it. */
    static Optional<String> rudely(Event event, RandomGenerator random) {
        var slots = Slots.of(event);
        return LINES.stream()
                .filter(line -> line.meaning().apply(slots).equals(event))
                .map(line -> line.rude().get(random.nextInt(line.rude().size())))
                .map(template -> template.fill(slots, PronounResolver.NONE, false, true))
                .findFirst();
    }

    /** What is meant by a rude sentence; empty where it is not one. */
    static Optional<Event> meantRudely(String sentence) {
        return meant(sentence, Line::rude);
    }

    private static Optional<Event> meant(String sentence, Function<Line, List<Template>> ways) {
        return LINES.stream()
                .flatMap(line -> ways.apply(line).stream()
                        .flatMap(template -> template.read(sentence, PronounResolver.NONE).stream())
                        .map(line.meaning()))
                .findFirst();
    }

    static Optional<ParsedPrompt> read(String asked, List<String> told) {
        if (asked.equals(SENTENCE) && told.size() == 1) {
            return meantRudely(told.getFirst())
                    .map(meaning -> new ParsedPrompt(Task.Kind.POLITELY, completion -> sentence(meaning, completion)));
        }
        if (asked.equals(STORY) && told.stream().anyMatch(s -> meantRudely(s).isPresent())) {
            var meanings = Parser.read(civil(told)).events();
            return Optional.of(new ParsedPrompt(Task.Kind.POLITELY, completion -> story(meanings, completion)));
        }
        return Optional.empty();
    }

    private static Verification sentence(Event meaning, String completion) {
        var said = Parser.split(completion);
        return said.size() == 1 && meantRudely(said.getFirst()).isEmpty()
                ? story(List.of(meaning), completion)
                : Verification.wrong(said.size() == 1 ? rude(said.getFirst()) : "it is not one sentence");
    }

    private static Verification story(List<Event> meanings, String completion) {
        var said = Parser.split(completion);
        var stillRude = said.stream().filter(s -> meantRudely(s).isPresent()).findFirst();
        if (stillRude.isPresent()) {
            return Verification.wrong(rude(stillRude.get()));
        }
        if (said.size() != meanings.size()) {
            return Verification.wrong("it has " + said.size() + " sentences where " + meanings.size() + " were told");
        }
        var reading = Parser.read(civil(said));
        for (int i = 0; i < said.size(); i++) {
            if (reading.sentences().get(i).event().filter(meanings.get(i)::same).isEmpty()) {
                return Verification.wrong("\"" + said.get(i) + "\" does not say what was meant");
            }
        }
        return Verification.RIGHT;
    }

    private static String rude(String sentence) {
        return "\"" + sentence + "\" is rude";
    }

    /** The sentences as a story would say them. */
    private static String civil(List<String> sentences) {
        var civil = new ArrayList<String>();
        for (var sentence : sentences) {
            civil.add(meantRudely(sentence)
                    .or(() -> meant(sentence, Line::polite))
                    .map(event -> Grammar.plainly(event, false))
                    .orElse(sentence));
        }
        return String.join(" ", civil);
    }
}
