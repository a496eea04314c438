package trivium.report;

import java.util.Arrays;
import java.util.List;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.Transformer;
import trivium.text.Tokenizer;

/** One sentence at each phase: where a head looks, and what the model would say after each of its blocks. */
final class PhaseViews {

    /** More tokens are too small to read. */
    private static final int MOST = 16;

    private final List<String> names;
    private final List<Transformer> models;
    private final List<Tokenizer> tokenizers;
    private final int[] sentence;

    /**
     * @param models one at each phase, and their tokenizers
     * @param sentence tokens that all are shown, of which the first are read
     */
    PhaseViews(List<String> names, List<Transformer> models, List<Tokenizer> tokenizers, int... sentence) {
        this.names = names;
        this.models = models;
        this.tokenizers = tokenizers;
        this.sentence = Arrays.copyOf(sentence, Math.min(MOST, sentence.length));
    }

    /**
     * What the model would say next if it ended after so many blocks: columns "run", "block" (0 is the embedding),
     * "position" (from 1), "read" (the token there), "says" (the likeliest next token) and "probability".
     */
    Table lens() {
        var table = Table.create(
                "logit_lens",
                StringColumn.create("run"),
                IntColumn.create("block"),
                IntColumn.create("position"),
                StringColumn.create("read"),
                StringColumn.create("says"),
                DoubleColumn.create("probability"));
        for (int i = 0; i < models.size(); i++) {
            var name = names.get(i);
            var tokenizer = tokenizers.get(i);
            models.get(i)
                    .logitLens(
                            (logProbs, block) -> {
                                for (int t = 0; t < sentence.length; t++) {
                                    int best = likeliest(logProbs[t]);
                                    table.stringColumn("run").append(name);
                                    table.intColumn("block").append(block);
                                    table.intColumn("position").append(t + 1);
                                    table.stringColumn("read").append(tokenizer.show(sentence[t]));
                                    table.stringColumn("says").append(tokenizer.show(best));
                                    table.doubleColumn("probability").append(Math.exp(logProbs[t][best]));
                                }
                            },
                            sentence);
        }
        return table;
    }

    private static int likeliest(float... logProbs) {
        int best = 0;
        for (int v = 1; v < logProbs.length; v++) {
            best = logProbs[v] > logProbs[best] ? v : best;
        }
        return best;
    }

    /**
     * The head that looks most differently at the last phase than at the first: by the mean over the tokens of half the
     * sum of |difference of weights| (total variation). Columns "run", "layer" and "head" (from 1), "position" and
     * "looks" (the token that looks), "at" and "looked_at", "weight".
     */
    Table attention() {
        var weights = models.stream().map(model -> model.attention(sentence)).toList();
        int layer = 0;
        int head = 0;
        double most = -1;
        for (int l = 0; l < weights.getFirst().length; l++) {
            for (int h = 0; h < weights.getFirst()[l].length; h++) {
                double moved = moved(weights.getFirst()[l][h], weights.getLast()[l][h]);
                if (moved > most) {
                    most = moved;
                    layer = l;
                    head = h;
                }
            }
        }
        return table(weights, layer, head);
    }

    private static double moved(double[][] from, double[]... to) {
        double sum = 0;
        for (int t = 0; t < from.length; t++) {
            for (int s = 0; s < from.length; s++) {
                sum += Math.abs(to[t][s] - from[t][s]);
            }
        }
        return sum;
    }

    private Table table(List<double[][][][]> weights, int layer, int head) {
        var table = Table.create(
                "attention",
                StringColumn.create("run"),
                IntColumn.create("layer"),
                IntColumn.create("head"),
                IntColumn.create("position"),
                StringColumn.create("looks"),
                IntColumn.create("at"),
                StringColumn.create("looked_at"),
                DoubleColumn.create("weight"));
        for (int i = 0; i < weights.size(); i++) {
            var tokenizer = tokenizers.get(i);
            for (int t = 0; t < sentence.length; t++) {
                for (int s = 0; s < sentence.length; s++) {
                    table.stringColumn("run").append(names.get(i));
                    table.intColumn("layer").append(layer + 1);
                    table.intColumn("head").append(head + 1);
                    table.intColumn("position").append(t + 1);
                    table.stringColumn("looks").append(tokenizer.show(sentence[t]));
                    table.intColumn("at").append(s + 1);
                    table.stringColumn("looked_at").append(tokenizer.show(sentence[s]));
                    table.doubleColumn("weight").append(weights.get(i)[layer][head][t][s]);
                }
            }
        }
        return table;
    }
}
