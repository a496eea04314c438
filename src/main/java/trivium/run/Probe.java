package trivium.run;

/**
 * Names of numbers that a training measures before its first step, for {@link Fault}s to read: a
 * {@link Trainer#probes() trainer} says those that it can, and the card keeps them. Shares are in [0, 1];
 * docs/diagnosis.md says over what.
 */
public final class Probe {

    /** How many steps the training is to take. */
    public static final String STEPS = "steps";

    /** The loss of a uniform guess, see {@link Trainer#uniformLoss}. */
    public static final String UNIFORM_LOSS = "uniform_loss";

    /** Root mean square of the trained matrices before the first step. */
    public static final String WEIGHTS = "weights_rms";

    /** The loss on text that the pre-training before a fine-tuning held back, in nats per token. */
    public static final String BASE_LOSS = "base_loss";

    /** 1 where the run that a training begins with has another tokenizer than its own training had, else 0. */
    public static final String TOKENIZER_CHANGED = "tokenizer_changed";

    /** 1 where the run that a training begins with has another chat template than it was trained with, else 0. */
    public static final String TEMPLATE_CHANGED = "template_changed";

    /** The share of records or documents that equal an earlier one. */
    public static final String DUPLICATES = "duplicates";

    /** The share of what validates that is learned from as well. */
    public static final String VALIDATION_SEEN = "validation_seen";

    /** The share of records left out because they are longer than the context. */
    public static final String LEFT_OUT = "left_out";

    /** The share of the vocabulary's tokens of several bytes that the text has. */
    public static final String VOCABULARY_SEEN = "vocabulary_seen";

    /** The share of the predicted tokens of conversations that the loss counts. */
    public static final String LEARNED = "learned";

    /** The share of conversations whose last learned token ends an answer. */
    public static final String ANSWERS_THAT_END = "answers_that_end";

    /** The share of conversations whose last answer is blank. */
    public static final String EMPTY_ANSWERS = "empty_answers";

    /** How many pairs have answers of different lengths. */
    public static final String PAIRS = "pairs_of_different_length";

    /** The share of pairs whose chosen answer is the rejected one, as tokens. */
    public static final String EQUAL_PAIRS = "equal_pairs";

    /** The share of pairs of different lengths whose chosen answer is the longer one. */
    public static final String LONGER_CHOSEN = "longer_chosen";

    private Probe() {}
}
