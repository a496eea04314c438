package trivium.model;

import java.util.List;

/**
 * An adapter of low rank beside a model's linear layers (LoRA, Hu et al. 2022, arXiv:2106.09685, section 4.1): {@code y
 * = W x + s B A x}, W frozen, A (r, in) and B (out, r) trained, in PEFT's words and with its defaults unless said
 * otherwise (docs/algorithms/lora.md).
 *
 * @param rank r, at least 1; above the smaller side of a target it is no further help, and allowed as in PEFT
 * @param alpha α, above 0; s = α / r
 * @param dropout the share of each target's inputs that a training step drops before A, in [0, 1)
 * @param useRslora s = α / √r instead (Kalajdzievski 2023, arXiv:2312.03732)
 * @param useDora trains each row's length apart from its direction (DoRA, Liu et al. 2024, arXiv:2402.09353)
 * @param parts which layers it stands beside
 */
public record Lora(int rank, double alpha, double dropout, boolean useRslora, boolean useDora, Parts parts) {

    /** The special tokens of the chat template of the run that a training begins with. */
    public static final String TEMPLATE = "template";

    /** Every linear layer but the head, as PEFT means it. */
    public static final String ALL_LINEAR = "all-linear";

    /**
     * Which layers an adapter stands beside. Patterns are those of {@link TensorNames} over the linear layers' names,
     * such as {@code attention.q}, {@code mlp} or {@code layers.0-5}; {@code attention.qkv} is queries, keys and values
     * as one target of one A and one B, {@code mlp.gate_up} likewise.
     *
     * @param targets patterns, of which one at least, or {@value #ALL_LINEAR}
     * @param rankPattern ranks of some targets: a pattern, = and the rank; of several that name a target the last
     *     counts
     * @param alphaPattern their α, likewise
     * @param modulesToSave what is trained in full beside the adapter, in a copy of its own: {@code embedding},
     *     {@code head}; none for nothing
     * @param trainableTokens tokens whose rows in the embedding and the head are trained, those of all others staying
     *     as they are; none for nothing
     */
    public record Parts(
            List<String> targets,
            List<String> rankPattern,
            List<String> alphaPattern,
            List<String> modulesToSave,
            @MayBeMissing List<String> trainableTokens) {

        /** All linear layers, of one rank and one α. */
        static final Parts ALL = new Parts(List.of(ALL_LINEAR), List.of(), List.of(), List.of(), List.of());

        public Parts {
            targets = List.copyOf(targets);
            rankPattern = List.copyOf(rankPattern);
            alphaPattern = List.copyOf(alphaPattern);
            modulesToSave = List.copyOf(modulesToSave);
            trainableTokens = trainableTokens == null ? List.of() : List.copyOf(trainableTokens); // of older models
            if (targets.isEmpty()) {
                throw new IllegalArgumentException(
                        "an adapter without targets: name the linear layers it stands beside,"
                                + " such as targets(\"attention.q\", \"attention.v\"), or \"" + ALL_LINEAR + "\"");
            }
            rankPattern.forEach(text -> requireRank((int) Factor.of(text).whole()));
            alphaPattern.forEach(text -> requireAlpha(Factor.of(text).number()));
        }

        Parts targets(List<String> changed) {
            return new Parts(changed, rankPattern, alphaPattern, modulesToSave, trainableTokens);
        }

        Parts trainableTokens(List<String> changed) {
            return new Parts(targets, rankPattern, alphaPattern, modulesToSave, changed);
        }
    }

    /**
     * A token whose row is trained.
     *
     * @param name its name, text or id
     */
    public record TrainableToken(boolean embedding, boolean head, String name) {

        private static final String EMBEDDING = "embedding=";
        private static final String HEAD = "head=";

        /** What a text of {@link Parts#trainableTokens} says. */
        public static TrainableToken of(String text) {
            if (text.startsWith(EMBEDDING)) {
                return new TrainableToken(true, false, text.substring(EMBEDDING.length()));
            }
            return text.startsWith(HEAD)
                    ? new TrainableToken(false, true, text.substring(HEAD.length()))
                    : new TrainableToken(true, true, text);
        }

        /** The text that says so of another name. */
        public String as(String other) {
            return (embedding && head ? "" : embedding ? EMBEDDING : HEAD) + other;
        }

        int id(int vocabulary) {
            if (!name.matches("\\d{1,9}")) {
                throw new IllegalArgumentException("trainableTokens: \"" + name + "\" is no id of a token; a recipe's"
                        + " lora(…), which knows the tokenizer, takes names and texts of tokens as well");
            }
            int id = Integer.parseInt(name);
            if (id >= vocabulary) {
                throw new IllegalArgumentException("trainableTokens: there is no token " + id + "; the model has "
                        + vocabulary + " tokens, 0 to " + (vocabulary - 1));
            }
            return id;
        }
    }

    /** A pattern and its number. */
    record Factor(String pattern, double number) {

        static Factor of(String text) {
            int at = text.lastIndexOf('=');
            try {
                if (at > 0) {
                    return new Factor(
                            text.substring(0, at).strip(),
                            Double.parseDouble(text.substring(at + 1).strip()));
                }
            } catch (NumberFormatException _) {
                // refused below
            }
            throw new IllegalArgumentException("\"" + text + "\": expected a part of targets' names, = and a number,"
                    + " such as \"attention.q=8\"");
        }

        long whole() {
            return number == (int) number ? (long) number : 0;
        }
    }

    public Lora {
        requireRank(rank);
        requireAlpha(alpha);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("an adapter's dropout of " + dropout + ": expected a share in [0, 1)");
        }
    }

    private static void requireRank(int rank) {
        if (rank < 1) {
            throw new IllegalArgumentException(
                    "an adapter's rank of " + rank + ": expected a whole number of at least 1");
        }
    }

    private static void requireAlpha(double alpha) {
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("an adapter's alpha of " + alpha + ": expected a number above 0");
        }
    }

    /**
     * Rank r beside all linear layers, α = 2 r (TRL's ratio), no dropout.
     *
     * @param rank at least 1
     */
    public static Lora rank(int rank) {
        return new Lora(rank, 2.0 * rank, 0, false, false, Parts.ALL);
    }

    /** The same with this α; the adapter's output is multiplied by α / r. */
    public Lora alpha(double changed) {
        return new Lora(rank, changed, dropout, useRslora, useDora, parts);
    }

    /** The same that drops this share of the inputs of A while it is trained. */
    public Lora dropout(double changed) {
        return new Lora(rank, alpha, changed, useRslora, useDora, parts);
    }

    /** The same with s = α / √r, or without. */
    public Lora useRslora(boolean changed) {
        return new Lora(rank, alpha, dropout, changed, useDora, parts);
    }

    /** The same with a magnitude of its own for each row of a weight, or without. */
    public Lora useDora(boolean changed) {
        return new Lora(rank, alpha, dropout, useRslora, changed, parts);
    }

    /** The same beside these linear layers only. */
    public Lora targets(String... patterns) {
        return with(parts.targets(List.of(patterns)));
    }

    /** The same with other ranks for some targets: {@code rankPattern("mlp=8")}. */
    public Lora rankPattern(String... ranks) {
        return with(new Parts(
                parts.targets, List.of(ranks), parts.alphaPattern, parts.modulesToSave, parts.trainableTokens));
    }

    /** The same with another α for some targets: {@code alphaPattern("mlp=16")}. */
    public Lora alphaPattern(String... alphas) {
        return with(new Parts(
                parts.targets, parts.rankPattern, List.of(alphas), parts.modulesToSave, parts.trainableTokens));
    }

    /**
     * The same with the embedding of tokens, the head, or both trained in full beside the adapter. A copy of them is
     * trained: what the adapter was made for stays as it is.
     *
     * @param patterns {@code "embedding"}, {@code "head"}, or their tensors' names; the embedding of a tied model is
     *     its head too
     */
    public Lora modulesToSave(String... patterns) {
        return with(new Parts(
                parts.targets, parts.rankPattern, parts.alphaPattern, List.of(patterns), parts.trainableTokens));
    }

    /**
     * The same that trains the rows of these tokens alone, beside the adapter, in a copy of their own (PEFT's
     * {@code trainable_token_indices}): for tokens that were added to the vocabulary, or that the model has not learned
     * yet. Both the embedding's row and the head's are trained, which are one where the head is tied.
     *
     * @param tokens names of special tokens, texts that are one token, or ids, such as
     *     {@code trainableTokens("<|im_end|>", "50257")}; {@value #TEMPLATE} for the special tokens of the run's chat
     *     template; with {@code embedding=} or {@code head=} in front, only that row is trained
     */
    public Lora trainableTokens(String... tokens) {
        return with(parts.trainableTokens(List.of(tokens)));
    }

    private Lora with(Parts changed) {
        return new Lora(rank, alpha, dropout, useRslora, useDora, changed);
    }

    /** What several parts of one product are called as one target: "qkv" of q, k and v, "gate_up" of gate and up. */
    public static String joined(List<String> parts) {
        boolean letters = parts.stream().allMatch(part -> part.length() == 1);
        return String.join(letters ? "" : "_", parts);
    }

    /** The names that tensors of a target end in. */
    public static final String A = ".lora_a";

    /** Those of B. */
    public static final String B = ".lora_b";

    /** Those of DoRA's magnitudes. */
    public static final String MAGNITUDE = ".lora_magnitude";

    /** The embedding of tokens and the head where they are trained in full, without what their tensors end in. */
    public static final String TOKENS_IN_FULL = "tokens.modules_to_save";

    /** The head. */
    public static final String HEAD_IN_FULL = "head.modules_to_save";

    /** The rows of the embedding that are trained alone. */
    public static final String TOKEN_ROWS = "tokens.trainable_tokens";

    /** Those of a head that is not tied. */
    public static final String HEAD_ROWS = "head.trainable_tokens";

    /** s of a target of this rank and α. */
    double scale(int rank, double alpha) {
        return useRslora ? alpha / Math.sqrt(rank) : alpha / rank;
    }
}
