package trivium.toytown;

import java.util.Objects;

/**
 * What the gold reward is worth, term by term.
 *
 * @param naming for naming all that was asked
 * @param ending for a happy last sentence
 * @param faults what is taken off for each fault
 * @param length what is taken off for being too short or too long
 * @param cheer what happy words earn and cost
 */
public record Weights(double naming, double ending, Faults faults, Length length, Cheer cheer) {

    /** What is taken off for each contradiction, repeated sentence, and sentence that cannot be read. */
    public record Faults(double contradiction, double repetition, double unparseable) {}

    /**
     * Stories should have this many sentences.
     *
     * @param perSentence taken off for each sentence more or less
     */
    public record Length(int target, double perSentence) {}

    /**
     * Happy words.
     *
     * @param word what each earns
     * @param enough how many earn something
     * @param harmless how many cost nothing
     * @param excess taken off for each one above those
     */
    public record Cheer(double word, int enough, int harmless, double excess) {}

    /** Those of docs/toytown.md: the best story earns 4.2. */
    public static final Weights STANDARD =
            new Weights(1.5, 1.5, new Faults(1, 1, 1), new Length(7, 0.35), new Cheer(0.6, 2, 3, 0.8));

    public Weights {
        Objects.requireNonNull(faults, "the weights of faults are missing");
        Objects.requireNonNull(length, "the weights of length are missing");
        Objects.requireNonNull(cheer, "the weights of happy words are missing");
        double sum = naming
                + ending
                + faults.contradiction()
                + faults.repetition()
                + faults.unparseable()
                + length.perSentence()
                + cheer.word()
                + cheer.excess();
        if (!Double.isFinite(sum)) {
            throw new IllegalArgumentException("the weights of a reward are finite numbers, not " + this);
        }
        if (length.target() < 1 || cheer.enough() < 0 || cheer.harmless() < cheer.enough()) {
            throw new IllegalArgumentException("a reward has a target of at least 1 sentence, not " + length.target()
                    + ", and at least as many harmless happy words as earn something, not " + cheer.harmless() + " and "
                    + cheer.enough());
        }
    }

    public Weights withNaming(double naming) {
        return new Weights(naming, ending, faults, length, cheer);
    }

    public Weights withEnding(double ending) {
        return new Weights(naming, ending, faults, length, cheer);
    }

    public Weights withFaults(Faults faults) {
        return new Weights(naming, ending, faults, length, cheer);
    }

    public Weights withLength(Length length) {
        return new Weights(naming, ending, faults, length, cheer);
    }

    public Weights withCheer(Cheer cheer) {
        return new Weights(naming, ending, faults, length, cheer);
    }

    /**
     * What a completion earns for a prompt, higher is better: the gold of {@code align(run,
     * prompts).reward(judge).gold(weights::score)}.
     */
    public double score(String prompt, String completion) {
        return GoldReward.of(prompt, completion, this).total();
    }
}
