package trivium.pretrain;

import trivium.data.FillInTheMiddle;
import trivium.data.FillInTheMiddle.Between;
import trivium.data.Masking;
import trivium.model.ModelConfig;
import trivium.text.Tokenizer;
import trivium.train.Setting;

/** What is predicted in pre-training: the next word, a missing word, or a missing middle. */
public sealed interface Task extends Setting {

    /** The token after those that were read (Radford et al. 2018, section 3.1). */
    record NextToken() implements Task {}

    /**
     * Tokens that were hidden, from all those around them (Devlin et al. 2018, section 3.1, task 1); see
     * {@link Masking} for the shares.
     *
     * @param share of a row's tokens that are chosen to be predicted
     * @param masked share of the chosen that become {@code <|mask|>}
     * @param random share of the chosen that become another token; the others stay as they are
     */
    record MaskedTokens(double share, double masked, double random) implements Task {

        public MaskedTokens {
            Masking.checkShares(share, masked, random);
        }

        /** The share of tokens that are predicted. */
        public MaskedTokens share(double share) {
            return new MaskedTokens(share, masked, random);
        }

        /** What becomes of the chosen tokens. */
        public MaskedTokens mix(double masked, double random) {
            return new MaskedTokens(share, masked, random);
        }

        /** The same with a tokenizer. */
        Masking with(Tokenizer tokenizer) {
            return new Masking(share, masked, random, tokenizer);
        }
    }

    /**
     * The next token again, in documents of which some were rearranged so that their middle comes last (Bavarian et al.
     * 2022, section 3); see {@link FillInTheMiddle}.
     *
     * @param rate the share of documents that are rearranged
     * @param between where they may be cut
     */
    record MissingMiddle(double rate, Between between) implements Task {

        public MissingMiddle {
            FillInTheMiddle.checkRate(rate);
        }

        /** The share of documents that are rearranged. */
        public MissingMiddle rate(double rate) {
            return new MissingMiddle(rate, between);
        }

        /** Where they may be cut. */
        public MissingMiddle between(Between between) {
            return new MissingMiddle(rate, between);
        }

        /** The same with a tokenizer. */
        FillInTheMiddle with(Tokenizer tokenizer, long seed) {
            return new FillInTheMiddle(tokenizer, rate, seed, between);
        }
    }

    /** Next word. */
    static NextToken nextToken() {
        return new NextToken();
    }

    /** Missing word, with BERT's shares: 15 %, of these 80 % masked, 10 % random, 10 % left. */
    static MaskedTokens maskedTokens() {
        return new MaskedTokens(0.15, 0.8, 0.1);
    }

    /** Missing middle, in every other document on average. */
    static MissingMiddle missingMiddle() {
        return new MissingMiddle(0.5, Between.CHARACTERS);
    }

    /** A tokenizer with the special tokens that the task needs, behind those it has. */
    default Tokenizer equip(Tokenizer tokenizer) {
        return switch (this) {
            case NextToken() -> tokenizer;
            case MaskedTokens _ -> tokenizer.withSpecials(Masking.MASK);
            case MissingMiddle _ ->
                tokenizer.withSpecials(Tokenizer.END_OF_TEXT).withSpecials(FillInTheMiddle.specials());
        };
    }

    /**
     * Refuses an architecture that cannot learn this.
     *
     * @throws IllegalArgumentException if it looks ahead and the task forbids it, or the other way round
     */
    default void check(ModelConfig architecture) {
        boolean both = this instanceof MaskedTokens;
        if (both && !architecture.looksAhead()) {
            throw new IllegalArgumentException("hidden tokens are predicted from both sides, but this model looks to"
                    + " the left only: " + architecture + "; take one such as Bert.small(), or Task.nextToken()");
        }
        if (!both && architecture.looksAhead()) {
            throw new IllegalArgumentException("predicting the next token needs causal attention: a model that looks"
                    + " ahead would read the answer off its input; take Task.maskedTokens(), or a causal model");
        }
    }
}
