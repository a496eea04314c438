package trivium.align;

import java.util.function.IntFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Comparisons;
import trivium.data.CompletionBatches;
import trivium.data.Conversations;
import trivium.data.FiniteBatches;
import trivium.data.PreferenceBatches;
import trivium.model.Compute;
import trivium.model.Slices;
import trivium.run.Run;

/**
 * Where on given answers a training moved the log-probabilities: a row for each token of each answer, the end token
 * included, with what the model before and the model after make of the token.
 */
public final class LogProbShift {

    public static final String GROUP = "group";
    public static final String TEXT = "text";
    public static final String POSITION = "position";
    public static final String TOKEN = "token";
    public static final String BEFORE = "before";
    public static final String AFTER = "after";

    /** Conversations or pairs scored side by side. */
    private static final int ROWS = 16;

    private final Run before;
    private final Run after;
    private final StringColumn group = StringColumn.create(GROUP);
    private final IntColumn text = IntColumn.create(TEXT);
    private final IntColumn position = IntColumn.create(POSITION);
    private final StringColumn token = StringColumn.create(TOKEN);
    private final DoubleColumn first = DoubleColumn.create(BEFORE);
    private final DoubleColumn second = DoubleColumn.create(AFTER);

    private LogProbShift(Run before, Run after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Of both answers of comparisons: columns "group" ("chosen" or "rejected"), "text" (the pair, from 0), "position"
     * (in the answer, from 1), "token", "before" and "after" (log p in nats). Pairs longer than the context are left
     * out.
     *
     * @param after with the tokenizer of {@code before}, such as a model that was trained from it
     */
    public static Table table(Run before, Run after, Comparisons comparisons) {
        var pairs = PreferenceBatches.encode(
                        comparisons,
                        before.tokenizer(),
                        before.template(),
                        before.model().context())
                .completions();
        return new LogProbShift(before, after)
                .score(pairs.sequential(ROWS), 2, row -> row % 2 == 0 ? "chosen" : "rejected");
    }

    /** Of the answers of conversations, whose group is "answer". */
    public static Table table(Run before, Run after, Conversations conversations) {
        var chats = CompletionBatches.encode(
                conversations,
                before.tokenizer(),
                before.template(),
                before.model().context());
        return new LogProbShift(before, after).score(chats.sequential(ROWS), 1, _ -> "answer");
    }

    private Table score(FiniteBatches batches, int perText, IntFunction<String> groups) {
        int texts = 0;
        try (var old = new Slices(before.model(), Compute.DEFAULT);
                var now = new Slices(after.model(), Compute.DEFAULT)) {
            for (var batch : batches.stream().toList()) {
                var was = new float[batch.rows() * batch.time()];
                var is = new float[was.length];
                old.values(batch, was);
                now.values(batch, is);
                for (int row = 0; row < batch.rows(); row++) {
                    int place = 0;
                    for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
                        if (batch.weights()[i] != 0) {
                            group.append(groups.apply(row));
                            text.append(texts + row / perText);
                            position.append(++place);
                            token.append(before.tokenizer().show(batch.targets()[i]));
                            first.append(was[i]);
                            second.append(is[i]);
                        }
                    }
                }
                texts += batch.rows() / perText;
            }
        }
        return Table.create("log_probabilities", group, text, position, token, first, second);
    }
}
