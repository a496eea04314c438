package trivium.toytown;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What a story should be about: somebody, and perhaps somebody else, and perhaps a thing. */
record Request(Person hero, Optional<Person> friend, Optional<Thing> thing) {

    private static final List<String> WORDINGS = List.of("Write a story about %s.", "Tell me a story about %s.");

    /** About anybody. */
    static Request anything(Vocabulary words, RandomGenerator random) {
        return new Request(any(words.people(), random), Optional.empty(), Optional.empty());
    }

    /** About somebody and a thing (70 in 100), two people (15), or two people and a thing (15). */
    static Request sample(Vocabulary words, RandomGenerator random) {
        var hero = any(words.people(), random);
        int kind = random.nextInt(100);
        var friend = kind < 30
                ? Stream.generate(() -> any(words.people(), random))
                        .filter(p -> p != hero)
                        .findFirst()
                : Optional.<Person>empty();
        var thing = kind < 15 ? Optional.<Thing>empty() : Optional.of(any(words.things(), random));
        return new Request(hero, friend, thing);
    }

    private static <T> T any(List<T> all, RandomGenerator random) {
        return all.get(random.nextInt(all.size()));
    }

    /** The request as a prompt: {@code Write a story about Mia and a kite.} */
    String prompt(RandomGenerator random) {
        var named = Stream.of(Optional.of(hero.label()), friend.map(Person::label), thing.map(Thing::indefinite))
                .flatMap(Optional::stream)
                .toList();
        var all = named.size() < 3
                ? String.join(" and ", named)
                : named.get(0) + ", " + named.get(1) + " and " + named.get(2);
        return WORDINGS.get(random.nextInt(WORDINGS.size())).formatted(all);
    }

    /** What a story has to name, in small letters. */
    Set<String> words() {
        var words = new TreeSet<>(Words.of(hero.label()));
        friend.map(Person::label).map(Words::of).ifPresent(words::addAll);
        thing.map(Thing::label).ifPresent(words::add);
        return words;
    }

    /** The people, things and places a prompt names, in small letters: what a story has to name. */
    static Set<String> words(String prompt) {
        var words = new TreeSet<>(Words.of(prompt));
        var names = new TreeSet<String>();
        names.addAll(labels(Person.values(), Person::label));
        names.addAll(labels(Thing.values(), Thing::label));
        names.addAll(labels(Place.values(), Place::label));
        words.retainAll(names);
        return words;
    }

    private static <T> List<String> labels(T[] constants, Function<T, String> label) {
        return Arrays.stream(constants)
                .map(label)
                .flatMap(text -> Words.of(text).stream())
                .toList();
    }
}
