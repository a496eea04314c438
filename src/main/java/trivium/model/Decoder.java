package trivium.model;

import java.util.List;
import trivium.tensor.Floats;
import trivium.tensor.Team;

/**
 * Generates token by token with a key-value cache. Each of the decoder's rows holds one sequence; rows advance
 * independently, so some may be finished while others go on. One thread at a time.
 */
public interface Decoder {

    /**
     * Takes the model's weights as they are now; a decoder may work on a copy, which all decoders of a model share. A
     * new decoder has taken them already, and one that works on the weights themselves has nothing to do.
     */
    default void refresh() {}

    /** Splits the work of each step among these threads from now on, where the decoder knows how to. */
    default void share(Team helpers) {}

    /**
     * Empties {@code row} and reads a whole prompt (at least one token) into it; its next-token logits then stand at
     * index 0 of {@link #logits()}.
     */
    void prefill(int row, int[] prompt);

    /** Receives the next-token logits behind a prompt, which start at {@code offset}. */
    @FunctionalInterface
    interface FirstLogits {
        void read(int prompt, Floats logits, long offset);
    }

    /**
     * The same for as many prompts as {@code rows} begins with, each of them into a row of its own.
     *
     * @param reader told of each in order; what it is given is valid during the call only
     */
    default void prefill(int[] rows, List<int[]> prompts, FirstLogits reader) {
        for (int i = 0; i < prompts.size(); i++) {
            prefill(rows[i], prompts.get(i));
            reader.read(i, logits(), 0);
        }
    }

    /** Makes {@code to} continue from where {@code from} is: prompts shared by several rows are read once. */
    void copyRow(int from, int to);

    /**
     * Appends {@code tokens[i]} to row {@code rows[i]} for {@code i < count}; the logits of {@code rows[i]} then stand
     * at index i of {@link #logits()}.
     */
    void step(int[] rows, int[] tokens, int count);

    /** Logits (count, outputs) of the last {@link #step}, or (1, outputs) of the last {@link #prefill}. */
    Floats logits();

    /** How many tokens row {@code row} holds; it can take {@code context() - length(row)} more. */
    int length(int row);
}
