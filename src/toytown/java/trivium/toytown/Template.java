package trivium.toytown;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A sentence with blanks, which can be filled in and recognised.
 *
 * <p>{@code {A}} is the subject (a pronoun may stand for it at the beginning), {@code {B}} another person, {@code {AB}}
 * two people or "they"; {@code {t}} "the kite", {@code {x}} "a kite" or "the kite", {@code {n}} "kite", {@code {u}}
 * what one does with it; {@code {at}} "in the park", {@code {to}} "to the park"; {@code {w}} any one word.
 *
 * @param text with blanks
 * @param landmark the longest piece between blanks, which a sentence must contain: much quicker to look for than the
 *     pattern
 * @param pattern what recognises it
 */
record Template(String text, String landmark, Pattern pattern) {

    private static final String NAME = any(Person.values(), Person::label);
    private static final String NOUN = any(Thing.values(), Thing::label);

    static Template of(String text) {
        var regex = new StringBuilder();
        var blanks = Pattern.compile("\\{(\\w+)}").matcher(text);
        int from = 0;
        while (blanks.find()) {
            regex.append(Pattern.quote(literal(text, from, blanks.start())));
            regex.append(blank(blanks.group(1), blanks.start() == 0));
            from = blanks.end();
        }
        regex.append(Pattern.quote(literal(text, from, text.length())));
        return new Template(text, landmark(text), Pattern.compile(regex.toString()));
    }

    /** Without the first letter, which may become a capital. */
    private static String landmark(String text) {
        return Pattern.compile("\\{\\w+}")
                .splitAsStream(text.startsWith("{") ? text : text.substring(1))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private static String literal(String text, int from, int to) {
        return from == 0 ? Words.capital(text.substring(from, to)) : text.substring(from, to);
    }

    private static String blank(String name, boolean first) {
        return switch (name) {
            case "A" -> first ? "(?:(?<a>" + NAME + ")|(?<pronoun>She|He))" : "(?<a>" + NAME + ")";
            case "B" -> "(?<b>" + NAME + ")";
            case "AB" -> "(?:(?<a>" + NAME + ") and (?<b>" + NAME + ")|(?<they>They))";
            case "t" -> (first ? "The" : "the") + " (?<thing>" + NOUN + ")";
            case "x" -> "(?:the (?<thing>" + NOUN + ")|(?<new>" + any(Thing.values(), Thing::indefinite) + "))";
            case "n" -> "(?<thing>" + NOUN + ")";
            case "u" -> "(?<use>" + any(Thing.values(), Thing::use) + ")";
            case "at" -> "(?<place>" + any(Place.values(), Place::at) + ")";
            case "to" -> "(?<place>" + any(Place.values(), Place::to) + ")";
            case "w" -> "(?<word>[a-z]+)";
            default -> throw new IllegalArgumentException("there is no blank called {" + name + "}");
        };
    }

    private static <T> String any(T[] constants, Function<T, String> label) {
        return Arrays.stream(constants).map(label).distinct().collect(Collectors.joining("|"));
    }

    /** The sentence, without an opener and before its first letter is made a capital. */
    String fill(Slots slots, PronounResolver mentions, boolean pronouns, boolean definite) {
        var filled = text;
        if (slots.a() != null) {
            boolean they = pronouns && mentions.pair().equals(slots.people());
            boolean subject = pronouns && text.startsWith("{A}") && mentions.clearly(slots.a());
            filled = filled.replace("{AB}", they ? "they" : "{A} and {B}")
                    .replace("{A}", subject ? slots.a().pronoun() : slots.a().label());
        }
        if (slots.b() != null) {
            filled = filled.replace("{B}", slots.b().label());
        }
        if (slots.thing() != null) {
            var thing = slots.thing();
            filled = filled.replace("{t}", thing.definite())
                    .replace("{x}", definite ? thing.definite() : thing.indefinite())
                    .replace("{n}", thing.label())
                    .replace("{u}", thing.use());
        }
        if (slots.place() != null) {
            filled = filled.replace("{at}", slots.place().at())
                    .replace("{to}", slots.place().to());
        }
        return slots.word() == null ? filled : filled.replace("{w}", slots.word());
    }

    /**
     * What fills the blanks of a sentence that begins with a capital, if it is this template's and its pronouns are
     * understood.
     */
    Optional<Slots> read(String sentence, PronounResolver mentions) {
        if (!sentence.contains(landmark)) {
            return Optional.empty();
        }
        var match = pattern.matcher(sentence);
        if (!match.matches()) {
            return Optional.empty();
        }
        var thing = thing(match);
        if (group(match, "use").filter(use -> !use.equals(thing.use())).isPresent()) {
            return Optional.empty();
        }
        var a = group(match, "a").flatMap(Template::person);
        var b = group(match, "b").flatMap(Template::person);
        var pronoun = group(match, "pronoun");
        if (pronoun.isPresent()) {
            a = pronoun.flatMap(mentions::resolve);
            if (a.isEmpty()) {
                return Optional.empty();
            }
        }
        if (group(match, "they").isPresent()) {
            if (mentions.pair().isEmpty()) {
                return Optional.empty();
            }
            a = Optional.of(mentions.pair().getFirst());
            b = Optional.of(mentions.pair().getLast());
        }
        if (a.isPresent() && a.equals(b)) {
            return Optional.empty();
        }
        var word = group(match, "word");
        return Optional.of(new Slots(a.orElse(null), b.orElse(null), thing, place(match), word.orElse(null)));
    }

    private Thing thing(Matcher match) {
        return group(match, "thing")
                .flatMap(noun -> Words.find(Thing.values(), Thing::label, noun))
                .or(() -> group(match, "new").flatMap(noun -> Words.find(Thing.values(), Thing::indefinite, noun)))
                .orElse(null);
    }

    private Place place(Matcher match) {
        return group(match, "place")
                .flatMap(words -> Words.find(Place.values(), text.contains("{at}") ? Place::at : Place::to, words))
                .orElse(null);
    }

    private static Optional<Person> person(String name) {
        return Words.find(Person.values(), Person::label, name);
    }

    private static Optional<String> group(Matcher match, String name) {
        return match.namedGroups().containsKey(name) ? Optional.ofNullable(match.group(name)) : Optional.empty();
    }
}
