package trivium.data.profile;

import java.util.Collection;
import java.util.List;

/**
 * One of the texts that every record has.
 *
 * @param name "prompt", "answer", "document"; where documents are few and long, the "paragraph" or "line" they are made
 *     of
 * @param lengths in characters, in words, and in tokens if a tokenizer was given
 * @param vocabulary its words
 */
public record Part(String name, List<Lengths> lengths, Vocabulary vocabulary) {

    private static final int FEW = 3;

    public Part {
        lengths = List.copyOf(lengths);
    }

    /** The lengths that say most to a reader. */
    public Lengths shown() {
        return in(unit(List.of(this)));
    }

    /** The lengths in this unit. */
    public Lengths in(String unit) {
        return lengths.stream()
                .filter(each -> each.unit().equals(unit))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "lengths of " + name + " are not counted in " + unit + "; give a tokenizer for tokens"));
    }

    /**
     * The unit that says most of all of these parts: tokens where they are known, otherwise words, but characters where
     * no text has more than three of either.
     */
    public static String unit(Collection<Part> parts) {
        boolean few = parts.stream().allMatch(part -> part.lengths.getLast().longest() <= FEW);
        var lengths = parts.iterator().next().lengths;
        return (few ? lengths.getFirst() : lengths.getLast()).unit();
    }
}
