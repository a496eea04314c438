package trivium.toytown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Completions of every quality: stories as they should be, and stories with the faults a language model has. A third
 * have no fault, the rest one to three: nothing of what was asked, too short, too long, too cheerful, a sad ending, a
 * contradiction, a repeated sentence, a sentence out of joint, an end in mid-sentence.
 */
final class CandidateGenerator {

    private final Vocabulary words;
    private final RandomGenerator random;

    CandidateGenerator(Vocabulary words, RandomGenerator random) {
        this.words = words;
        this.random = random;
    }

    /** A completion for a request. */
    String draft(Request request) {
        var about = random.nextInt(8) == 0 ? Request.sample(words, random) : request;
        List<Event> events = new ArrayList<>(Plots.story(about, words, random).events());
        int faults = random.nextInt(6) < 2 ? 0 : 1 + random.nextInt(3);
        int[] kinds = random.ints(faults, 0, 9).sorted().toArray();
        for (int kind : kinds) {
            switch (kind) {
                case 0, 1 ->
                    events = new ArrayList<>(events.subList(0, Math.max(1, events.size() - 1 - random.nextInt(4))));
                case 2 -> insert(events, 1 + random.nextInt(4), this::anything, true);
                case 3, 4 -> insert(events, 1 + random.nextInt(4), this::cheer, true);
                case 5 -> events.set(events.size() - 1, new Event.Closes(Tone.SAD));
                case 6 -> insert(events, 1, this::anything, false);
                default -> {}
            }
        }
        var sentences = new ArrayList<>(Story.tell(events, true, random).sentences());
        for (int kind : kinds) {
            switch (kind) {
                case 7 -> repeat(sentences);
                case 8 -> spoil(sentences);
                default -> {}
            }
        }
        return String.join(" ", sentences);
    }

    /** Makes an event for somebody and somebody else, about a thing. */
    @FunctionalInterface
    private interface Maker {
        Event make(Person who, Person other, Thing thing);
    }

    /** Puts events in at random places, such that they fit what went before or such that they do not. */
    private void insert(List<Event> events, int count, Maker maker, boolean fitting) {
        for (int i = 0; i < count; i++) {
            candidate(events, maker, fitting).ifPresent(found -> {
                events.clear();
                events.addAll(found);
            });
        }
    }

    private Optional<List<Event>> candidate(List<Event> events, Maker maker, boolean fitting) {
        var people = events.stream()
                .flatMap(event -> event.people().stream())
                .distinct()
                .toList();
        var things = events.stream()
                .map(event -> Slots.of(event).thing())
                .filter(thing -> thing != null)
                .distinct()
                .toList();
        if (people.isEmpty() || things.isEmpty()) {
            return Optional.empty();
        }
        int before = World.objections(events);
        Predicate<List<Event>> suits = longer -> (World.objections(longer) > before) != fitting;
        for (int tries = 0; tries < 30; tries++) {
            var who = people.get(random.nextInt(people.size()));
            var other = people.get(random.nextInt(people.size()));
            if (people.size() == 1 || who != other) {
                var longer = new ArrayList<>(events);
                var event = maker.make(
                        who, other == who ? words.next(who) : other, things.get(random.nextInt(things.size())));
                longer.add(1 + random.nextInt(events.size()), event);
                if (suits.test(longer)) {
                    return Optional.of(longer);
                }
            }
        }
        return Optional.empty();
    }

    private Event anything(Person who, Person other, Thing thing) {
        var place = any(words.places().toArray(Place[]::new));
        return switch (random.nextInt(12)) {
            case 0 -> new Event.Sky(any(Weather.values()), true);
            case 1 -> new Event.Goes(who, place);
            case 2 -> new Event.GoTogether(who, other, place);
            case 3 -> new Event.Feels(who, any(Mood.values()));
            case 4 -> new Event.Reacts(who, any(Reaction.values()));
            case 5 -> new Event.Says(who, other, any(Speech.values()));
            case 6 -> new Event.Gives(who, thing, other);
            case 7 -> new Event.Uses(who, thing);
            case 8 -> new Event.Finds(who, thing);
            case 9 -> new Event.Play(who, other, thing);
            case 10 -> new Event.Is(who, place);
            default -> new Event.Helps(who, other);
        };
    }

    private Event cheer(Person who, Person other, Thing thing) {
        var mood = any(
                Arrays.stream(Mood.values()).filter(m -> m.tone() == Tone.HAPPY).toArray(Mood[]::new));
        var reaction = any(Arrays.stream(Reaction.values())
                .filter(r -> r.tone() == Tone.HAPPY)
                .toArray(Reaction[]::new));
        return switch (random.nextInt(6)) {
            case 0 -> new Event.Feels(who, mood);
            case 1 -> new Event.Reacts(who, reaction);
            case 2 -> new Event.FeelsAbout(who, mood, thing);
            case 3 -> new Event.FeelTogether(who, other, mood);
            case 4 -> new Event.ReactTogether(who, other, reaction);
            default -> new Event.Closes(Tone.HAPPY);
        };
    }

    private void repeat(List<String> sentences) {
        int at = random.nextInt(sentences.size());
        sentences.add(at + 1 + random.nextInt(sentences.size() - at), sentences.get(at));
    }

    /** Puts a sentence's words out of order, leaves some out, or stops in the middle of the last sentence. */
    private void spoil(List<String> sentences) {
        int way = random.nextInt(3);
        int at = way == 2 ? sentences.size() - 1 : random.nextInt(sentences.size());
        var words = new ArrayList<>(List.of(sentences.get(at).split(" ")));
        switch (way) {
            case 0 -> Collections.rotate(words, 1 + random.nextInt(words.size()));
            case 1 -> words.remove(random.nextInt(words.size()));
            default -> words.removeLast();
        }
        sentences.set(at, String.join(" ", words));
        if (words.isEmpty()) {
            sentences.remove(at);
        }
    }

    private <T> T any(T[] constants) {
        return constants[random.nextInt(constants.length)];
    }
}
