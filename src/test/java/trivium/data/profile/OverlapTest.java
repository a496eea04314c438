package trivium.data.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;

/** What two data sets share, counted again over all pairs. */
class OverlapTest {

    private static final List<String> VOCABULARY = List.of("a", "b's");

    private static List<Conversation> conversations(int seed, int count, List<String> vocabulary) {
        var random = new SplittableRandom(seed);
        return Stream.generate(() -> new Conversation(
                        "p" + random.nextInt(100),
                        sentence(random, vocabulary, random.nextInt(4) == 0 ? 1 : random.nextInt(1, 14))))
                .limit(count)
                .toList();
    }

    private static String sentence(SplittableRandom random, List<String> vocabulary, int words) {
        return random.ints(words, 0, vocabulary.size())
                .mapToObj(vocabulary::get)
                .collect(Collectors.joining(random.nextBoolean() ? " " : ", "));
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split(",? "));
    }

    private static List<List<String>> sequences(List<Conversation> list) {
        return list.stream()
                .map(c -> words(c.completion()))
                .flatMap(words -> IntStream.rangeClosed(0, words.size() - Overlap.LONG)
                        .mapToObj(from -> words.subList(from, from + Overlap.LONG)))
                .toList();
    }

    private static List<String> different(List<Conversation> list) {
        return list.stream()
                .flatMap(c -> Stream.concat(Stream.of(c.prompt()), words(c.completion()).stream()))
                .distinct()
                .toList();
    }

    @Test
    void everyShareIsThatOfBruteForce() {
        var train = conversations(1, 200, VOCABULARY);
        var heldOut = conversations(2, 150, List.of("a", "b's", "a", "b's", "a", "b's", "e"));
        var overlap = Overlap.of(Conversations.of(train), Conversations.of(heldOut));

        assertEquals(new Seen(heldOut.stream().filter(train::contains).count(), 150), overlap.records());
        assertEquals(
                new Seen(
                        heldOut.stream()
                                .filter(h ->
                                        train.stream().anyMatch(t -> t.prompt().equals(h.prompt())))
                                .count(),
                        150),
                overlap.prompts());
        var known = different(train);
        var asked = different(heldOut);
        assertEquals(new Seen(asked.stream().filter(known::contains).count(), asked.size()), overlap.words());
        var seen = new HashSet<>(sequences(train));
        var sequences = sequences(heldOut);
        assertEquals(
                new Seen(sequences.stream().filter(seen::contains).count(), sequences.size()), overlap.sequences());
        for (var share : List.of(overlap.records(), overlap.prompts(), overlap.words(), overlap.sequences())) {
            assertTrue(share.times() > 0 && share.times() < share.of(), "the sample decides: " + overlap);
        }
    }

    @Test
    void whatIsTheSameOverlapsWhollyAndSplitsDoNot() {
        var documents = IntStream.range(0, 60)
                .mapToObj(i -> "Document number " + i + " says: one two three four five six.")
                .toList();
        var corpus = Corpus.of(documents);
        var whole = Overlap.of(corpus, corpus);
        assertEquals(
                List.of(1.0, 1.0, 1.0),
                List.of(
                        whole.records().share(),
                        whole.words().share(),
                        whole.sequences().share()));
        assertEquals(new Seen(0, 0), whole.prompts());
        var split = corpus.split(0.3);
        assertEquals(0, Overlap.of(split.train(), split.validation()).records().times());
    }

    @Test
    void differentKindsAreRefused() {
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Overlap.of(Corpus.of("a"), Conversations.of(new Conversation("a", "b"))))
                .getMessage();
        assertTrue(message.contains("[document] (corpus)") && message.contains("[prompt, answer]"), message);
    }
}
