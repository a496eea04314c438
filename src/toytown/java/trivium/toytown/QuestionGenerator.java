package trivium.toytown;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import trivium.data.Conversation;
import trivium.toytown.Scenes.Fact;

/**
 * Questions with one right answer, in three degrees. The easy ones follow a scene of one to four plain sentences,
 * without pronouns, of which one alone has the kind of answer asked for; in the confusable ones several have, and the
 * name decides; the hard ones follow a whole story, with pronouns, and may ask where a thing is that somebody carries.
 */
final class QuestionGenerator {

    private enum Kind {
        WHERE(Fact.PLACE),
        HOLDER(Fact.THING),
        HELD(Fact.THING),
        MOOD(Fact.MOOD),
        WHERE_THING(Fact.THING),
        WHETHER(Fact.PLACE);

        private final Fact fact;

        Kind(Fact fact) {
            this.fact = fact;
        }
    }

    private static final List<Kind> EASY =
            List.of(Kind.WHERE, Kind.WHERE, Kind.HOLDER, Kind.HELD, Kind.HELD, Kind.MOOD, Kind.MOOD);
    private static final List<Kind> HARD = List.of(Kind.values());

    /**
     * How many sentences a scene has: short scenes teach a model to look an answer up, longer ones show whether it has
     * learned to.
     */
    private static final List<Integer> LENGTHS = List.of(1, 2, 2, 2, 3, 3, 3, 4, 4, 4);

    private final Vocabulary words;
    private final RandomGenerator random;
    private final Scenes scenes;

    QuestionGenerator(Vocabulary words, RandomGenerator random) {
        this.words = words;
        this.random = random;
        scenes = new Scenes(words, random);
    }

    /** A scene and a question that one sentence alone can answer. */
    Conversation easy() {
        return about(kind -> scenes.plain(kind.fact, pick(LENGTHS)));
    }

    /** A scene and a question that several sentences would answer, were it not for the name. */
    Conversation confusable() {
        return about(kind -> scenes.confusable(kind.fact, Math.max(2, pick(LENGTHS))));
    }

    private Conversation about(Function<Kind, List<Event>> scene) {
        while (true) {
            var kind = pick(EASY);
            var told = Story.tell(scene.apply(kind), false, random);
            var asked = ask(kind, told);
            if (asked.isPresent() && !told.repeats()) {
                return asked.get();
            }
        }
    }

    /** A question about how things stand at the end of a story; empty where the story leaves what we would ask open. */
    Optional<Conversation> hard(Story story) {
        return ask(pick(HARD), story);
    }

    private Optional<Conversation> ask(Kind kind, Story story) {
        var world = story.world();
        return switch (kind) {
            case WHERE ->
                any(story.events().stream()
                                .filter(QuestionGenerator::places)
                                .map(event -> event.people().getFirst())
                                .toList())
                        .map(who -> conversation(story, "Where was " + who.label() + "?", is(who, world)));
            case MOOD ->
                any(List.copyOf(world.moods().keySet()))
                        .map(who -> conversation(story, "How did " + who.label() + " feel?", feels(who, world)));
            case HOLDER ->
                any(held(world))
                        .map(thing -> conversation(story, "Who had " + thing.definite() + "?", holds(thing, world)));
            case HELD ->
                any(held(world))
                        .filter(thing -> held(world).stream()
                                        .filter(t -> world.holder(t).equals(world.holder(thing)))
                                        .count()
                                == 1)
                        .map(thing -> conversation(
                                story,
                                "What did " + world.holder(thing).orElseThrow().label() + " have?",
                                holds(thing, world)));
            case WHERE_THING ->
                any(Arrays.stream(Thing.values())
                                .filter(t -> world.place(t).isPresent())
                                .toList())
                        .map(thing -> conversation(
                                story,
                                "Where was " + thing.definite() + "?",
                                Words.capital(thing.definite()) + " was "
                                        + world.place(thing).orElseThrow().at() + "."));
            case WHETHER ->
                any(List.copyOf(world.places().keySet())).map(who -> {
                    var place = world.places().get(who);
                    var guess = random.nextBoolean() ? place : pick(words.places());
                    return conversation(
                            story,
                            "Was " + who.label() + " " + guess.at() + "?",
                            (guess == place ? "Yes, " : "No, ") + is(who, world));
                });
        };
    }

    private static boolean places(Event event) {
        return event instanceof Event.Is || event instanceof Event.Goes;
    }

    private static List<Thing> held(World world) {
        return Arrays.stream(Thing.values())
                .filter(thing -> world.holder(thing).isPresent())
                .toList();
    }

    private static String is(Person who, World world) {
        return who.label() + " was " + world.places().get(who).at() + ".";
    }

    private static String feels(Person who, World world) {
        return who.label() + " was " + world.moods().get(who).label() + ".";
    }

    private static String holds(Thing thing, World world) {
        return world.holder(thing).orElseThrow().label() + " had " + thing.definite() + ".";
    }

    private static Conversation conversation(Story story, String question, String answer) {
        return new Conversation(story.text() + " " + question, answer);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> Optional<T> any(List<T> choices) {
        return choices.isEmpty() ? Optional.empty() : Optional.of(pick(choices));
    }
}
