package trivium.pretrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import trivium.data.Batches;
import trivium.data.FillInTheMiddle;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.data.Rows;
import trivium.generate.Completions;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.measure.FillInTheBlank;
import trivium.measure.Loss;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.text.ChatTemplate.Example;
import trivium.text.Tokenizer;

/** The next token, of documents as they stand or with some rearranged. */
final class CausalLanguageModelling implements PretrainingData {

    /** Documents whose middles are scored at every evaluation. */
    private static final int MIDDLES = 256;

    private static final Sampling SAMPLING = Sampling.atTemperature(0.8).maxTokens(60);

    private final Batches batches;
    private final FiniteBatches validation;
    private final long validationBytes;
    private final FiniteBatches middles; // null unless they are asked for
    private final int context;
    private final Tokenizer tokenizer;
    private final Completions completions;
    private final Sampling sampling;

    CausalLanguageModelling(Pretraining recipe, TextSource.TokenSplit text, Tokenizer tokenizer, LanguageModel model) {
        var training = recipe.optimisation();
        this.tokenizer = tokenizer;
        context = recipe.architecture().context();
        batches = NextTokens.shuffled(text.train(), training.batching().all(), context, training.seed());
        validation = NextTokens.sequential(text.validation(), ROWS, context);
        validationBytes = text.validation().represented(tokenizer);
        middles = recipe.material().task() instanceof Task.MissingMiddle task ? middles(task, text) : null;
        completions = new Completions(new Generator(model, training.compute().workers()), tokenizer);
        sampling = SAMPLING.seed(training.seed());
    }

    /** The first documents that fit, each cut somewhere. */
    private FiniteBatches middles(Task.MissingMiddle task, TextSource.TokenSplit text) {
        var fill = task.with(tokenizer, VALIDATION_SEED);
        var examples = new ArrayList<Example>();
        try (var documents = text.heldBack().get()) {
            var each = documents.iterator();
            for (long number = 0; each.hasNext() && examples.size() < MIDDLES; number++) {
                var example = fill.example(each.next(), number);
                if (example.ids().length - 1 <= context) {
                    examples.add(example);
                }
            }
        }
        return FiniteBatches.of(
                Math.ceilDiv(examples.size(), ROWS),
                step -> Rows.completions(
                        examples.subList((int) step * ROWS, Math.min(((int) step + 1) * ROWS, examples.size()))));
    }

    @Override
    public Batches batches() {
        return batches;
    }

    @Override
    public void validate(Slices slices, boolean all, Map<String, Double> metrics) {
        int count = PretrainingData.scored(all, validation.count(), context);
        var scored = Loss.over(slices, validation, count, tokenizer);
        // Over the whole text its bytes are known; on the way a character may be cut at the end of a window.
        var loss = all ? new Loss(scored.nats(), scored.tokens(), validationBytes) : scored;
        metrics.put("validation_loss", loss.nats());
        metrics.put("bits_per_byte", loss.bitsPerByte());
        if (middles != null && middles.count() > 0) {
            metrics.put(
                    "validation_middle_loss",
                    Loss.over(slices, middles, (int) middles.count(), tokenizer).nats());
        }
    }

    @Override
    public List<String> write(List<String> prompts) {
        if (middles == null) {
            return completions.continuations(prompts, sampling);
        }
        return prompts.stream().map(this::written).toList();
    }

    private String written(String prompt) {
        int at = prompt.indexOf(FillInTheBlank.BLANK);
        if (at < 0) {
            return completions.continuation(prompt, sampling);
        }
        var gap =
                new FillInTheMiddle.Gap(prompt.substring(0, at), prompt.substring(at + FillInTheBlank.BLANK.length()));
        return completions.middles(List.of(gap), sampling).getFirst();
    }
}
