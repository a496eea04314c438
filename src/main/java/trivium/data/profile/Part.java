package trivium.data.profile;

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

    /**
     * The lengths that say most to a reader: in tokens where they are known, otherwise in words, unless no text has
     * more than a few.
     */
    public Lengths shown() {
        return lengths.getLast().longest() > FEW ? lengths.getLast() : lengths.getFirst();
    }
}
