package trivium.finetune;

import java.util.ArrayList;
import java.util.Optional;
import trivium.data.Corpus;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.measure.Loss;
import trivium.model.Slices;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.text.Tokenizer;

/** Text that the pre-training behind a fine-tuning held back: what the model's loss there becomes is forgetting. */
record BaseText(FiniteBatches windows) {

    /** The metric of evaluations. */
    static final String METRIC = "base_validation_loss";

    private static final String PRETRAIN = "pretrain";

    /** Tokens that are scored: enough to see a change, few beside a step. */
    private static final int TOKENS = 1_024;

    /**
     * The beginning of what the base held back.
     *
     * @return empty if the run it goes back to, its text, or the share that it held back is not known
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
        var card = start.card();
        Corpus corpus;
        if (card.kind().equals(PRETRAIN)) {
            corpus = start.corpus();
        } else if (card.parent() != null && start.folder() != null) {
            var store = RunStore.open(start.folder().getParent());
            while (card.parent() != null && store.has(card.parent())) {
                card = store.card(card.parent());
            }
            if (!card.kind().equals(PRETRAIN)) {
                return Optional.empty();
            }
            corpus = PastRun.of(store, card.id()).corpus();
        } else {
            return Optional.empty();
        }
        return card.recipe().get("validation") instanceof Number share && share.doubleValue() > 0
                ? Optional.of(corpus.split(share.doubleValue()).validation())
                : Optional.empty();
    }

    /** Nats per token. */
    double loss(Slices slices, Tokenizer tokenizer) {
        return Loss.over(slices, windows, (int) windows.count(), tokenizer).nats();
    }
}
