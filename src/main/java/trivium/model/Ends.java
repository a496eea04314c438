package trivium.model;

import trivium.tensor.Floats;

/**
 * What a pass reads at both ends of a transformer.
 *
 * @param head the output layer
 * @param outputs V, or 1 for a scalar head
 * @param tied whether the head's weights are the embedding
 */
record Ends(Tokens tokens, Linear head, int outputs, boolean tied) {

    /**
     * The embedding of tokens.
     *
     * @param values where the tokens' rows (V, C) stand from {@code at} on
     * @param rows in place of some of them, among {@code numbers}
     */
    record Tokens(Weights values, long at, int width, TokenRows rows, Floats numbers) {

        /** Where a token's row stands among the values. */
        long place(int token) {
            return at + (long) token * width;
        }

        /** Copies a token's row. */
        void copy(int token, Floats to, long place) {
            long own = rows.isEmpty() ? -1 : rows.place(token, width);
            if (own < 0) {
                values.read(place(token), to, place, width);
            } else {
                to.copyFrom(numbers, own, place, width);
            }
        }
    }
}
