package trivium.data;

import trivium.text.Tokenizer;

/** How one document of a corpus becomes tokens: as it stands, or rearranged as {@link FillInTheMiddle} does. */
@FunctionalInterface
public interface DocumentEncoder {

    /**
     * The tokens of a document, without a marker at its end.
     *
     * @param number its place in the corpus, from 0: with a seed, all that chance may depend on
     */
    int[] encode(String document, long number);

    /** The text as it stands. */
    static DocumentEncoder plain(Tokenizer tokenizer) {
        return (document, _) -> tokenizer.encode(document);
    }
}
