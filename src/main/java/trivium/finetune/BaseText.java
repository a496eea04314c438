package trivium.finetune;

import java.util.ArrayList;
import java.util.Optional;
import trivium.data.Corpus;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.measure.Loss;
import trivium.model.Slices;
import trivium.run.Run;
import trivium.text.Tokenizer;

/**
 * Text that the pre-training before a fine-tuning held back: what the model's loss there becomes is forgetting. A run
 * that is two trainings away is not looked for, since what is measured must not depend on where runs are stored.
 */
record BaseText(FiniteBatches windows) {

    /** The metric of evaluations. */
    static final String METRIC = "base_validation_loss";

    private static final String PRETRAIN = "pretrain";

    /** Tokens that are scored: enough to see a change, few beside a step. */
    private static final int TOKENS = 1_024;

    /**
     * The beginning of what the base held back.
     *
     * @return empty if the start is no pre-training, or its text is not known
     */
    static Optional<BaseText> of(Run start, int rows) {
        try {
            return heldBack(start).map(text -> {
                var some = new ArrayList<String>();
                int tokens = 0;
                for (var document : text) {
                    if (tokens >= TOKENS) {
                        break;
                    }
                    some.add(document);
                    tokens += start.tokenizer().encode(document).length;
                }
                var read = Tokens.encode(new Corpus(text.name(), some), start.tokenizer());
                var cut = new Tokens(read.ids().slice(0, Math.min(TOKENS, read.size())), read.bytes(), 0);
                return new BaseText(
                        NextTokens.sequential(cut, rows, start.model().context()));
            });
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not a text in memory, or too short: what cannot be measured is not said
        }
    }

    private static Optional<Corpus> heldBack(Run start) {
        var recipe = start.card().recipe();
        return start.card().kind().equals(PRETRAIN)
                        && recipe.get("validation") instanceof Number share
                        && share.doubleValue() > 0
                ? Optional.of(start.corpus().split(share.doubleValue()).validation())
                : Optional.empty();
    }

    /** Nats per token. */
    double loss(Slices slices, Tokenizer tokenizer) {
        return Loss.over(slices, windows, (int) windows.count(), tokenizer).nats();
    }
}
