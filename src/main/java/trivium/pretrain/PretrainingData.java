package trivium.pretrain;

import java.util.List;
import java.util.Map;
import trivium.data.Batches;
import trivium.model.Slices;

/** What a task makes of a text: batches to learn from, and what is measured and written at an evaluation. */
interface PretrainingData {

    /** Validation rows scored together. */
    int ROWS = 32;

    /** Validation tokens scored on the way; the last evaluation takes all. */
    int PARTIAL_TOKENS = 32_768;

    /** The seed of what is hidden or moved in the validation text: the same at every evaluation and for every seed. */
    long VALIDATION_SEED = 0;

    /** What is learned, step by step. */
    Batches batches();

    /** Adds "validation_loss" and what belongs to it, over the start of the validation text or over all of it. */
    void validate(Slices slices, boolean all, Map<String, Double> metrics);

    /** What the model as it is makes of each of these beginnings or gaps. */
    List<String> write(List<String> prompts);

    /** How many of so many batches an evaluation scores. */
    static int scored(boolean all, long batches, int context) {
        int some = Math.ceilDiv(PARTIAL_TOKENS, ROWS * context);
        return all ? (int) batches : (int) Math.min(batches, some);
    }
}
