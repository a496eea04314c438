package trivium.pretrain;

import java.util.List;
import java.util.Map;
import trivium.data.Batches;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.measure.FillInTheBlank;
import trivium.measure.HiddenTokens;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.text.Tokenizer;

/** Hidden tokens, from both sides. */
final class MaskedLanguageModelling implements PretrainingData {

    private final Batches batches;
    private final FiniteBatches validation;
    private final int context;
    private final FillInTheBlank blanks;

    MaskedLanguageModelling(
            Pretraining recipe,
            Task.MaskedTokens task,
            TextSource.TokenSplit text,
            Tokenizer tokenizer,
            LanguageModel model) {
        var training = recipe.optimisation();
        var masking = task.with(tokenizer);
        context = recipe.architecture().context();
        batches = masking.over(
                NextTokens.shuffled(text.train(), training.batching().all(), context, training.seed()),
                training.seed());
        validation = masking.over(NextTokens.sequential(text.validation(), ROWS, context), VALIDATION_SEED);
        blanks = new FillInTheBlank(model, tokenizer);
        recipe.evaluation().samples().forEach(blanks::checkFillable);
    }

    @Override
    public Batches batches() {
        return batches;
    }

    @Override
    public void validate(Slices slices, boolean all, Map<String, Double> metrics) {
        var found = HiddenTokens.over(slices, validation, PretrainingData.scored(all, validation.count(), context));
        metrics.put("validation_loss", found.nats());
        metrics.put("validation_token_accuracy", found.accuracy());
    }

    @Override
    public List<String> write(List<String> prompts) {
        return prompts.stream().map(blanks::filled).toList();
    }
}
