package trivium.text;

/**
 * What a {@code tokenizer.json} says about its BPE model besides vocabulary and merges.
 *
 * @param unknown the token for characters without one, or null
 * @param fuseUnknown several unknown characters in a row become one unknown token
 * @param byteFallback characters without a token are spelled with tokens {@code <0x00> … <0xFF>}
 * @param ignoreMerges a piece that is a token as a whole is not put together by merges
 */
record MergeRules(String unknown, boolean fuseUnknown, boolean byteFallback, boolean ignoreMerges) {

    static final MergeRules NONE = new MergeRules(null, false, false, false);
}
