package trivium.toytown;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A text after replay.
 *
 * @param sentences in order
 * @param world what is known at the end
 */
public record Reading(List<Sentence> sentences, World world) {

    public Reading {
        sentences = List.copyOf(sentences);
    }

    /** The events of the sentences that were understood, in order. */
    public List<Event> events() {
        return sentences.stream().flatMap(sentence -> sentence.event().stream()).toList();
    }

    /** How many sentences say nothing the parser knows. */
    public int unparseable() {
        return (int) sentences.stream()
                .filter(sentence -> sentence.event().isEmpty())
                .count();
    }

    /** How many sentences cannot be true after those before them. */
    public int contradictions() {
        return (int) sentences.stream()
                .filter(sentence -> sentence.objection().isPresent())
                .count();
    }

    /** How many sentences were there before, word for word; words like "then" at the beginning make no difference. */
    public int repeated() {
        var seen = new HashSet<String>();
        return (int) sentences.stream()
                .filter(sentence -> !seen.add(Grammar.withoutOpener(sentence.text())))
                .count();
    }

    /** How many words are happy ones, each time they stand there. */
    public int happyWords() {
        return (int) words().stream().filter(Words.HAPPY::contains).count();
    }

    /** Whether the last sentence is understood and a happy one. */
    public boolean endsHappily() {
        return !sentences.isEmpty()
                && sentences
                        .getLast()
                        .event()
                        .filter(event -> event.tone() == Tone.HAPPY)
                        .isPresent();
    }

    /** Whether all these words occur, as whole words and whatever their case. */
    public boolean names(Set<String> asked) {
        return words().containsAll(asked);
    }

    private List<String> words() {
        return sentences.stream()
                .flatMap(sentence -> Words.of(sentence.text()).stream())
                .toList();
    }
}
