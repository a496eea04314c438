package elsewhere;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import trivium.model.Decoder;
import trivium.model.Ids;
import trivium.model.JsonFields;
import trivium.model.LanguageModel;
import trivium.model.ModelConfig;
import trivium.model.ModelKind;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Pass;
import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;

/** The smallest language model: the logits of the next token are a row of a table (V, V), the last token's. */
public final class Bigram implements LanguageModel {

    /**
     * Its shape, from which {@code pretrain} makes fresh ones.
     *
     * @param context T, the longest sequence in tokens
     */
    public record Shape(int context) implements ModelConfig {

        public Shape {
            if (context < 1) {
                throw new IllegalArgumentException("context must be at least 1 token, not " + context);
            }
        }

        @Override
        public Bigram fresh(int vocabulary, long seed) {
            var random = new SplittableRandom(seed);
            var model = new Bigram(this, vocabulary);
            for (long i = 0; i < model.parameters.count(); i++) {
                model.parameters.values().set(i, (float) (0.02 * random.nextGaussian()));
            }
            return model;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<String, Object>();
            settings.put("model", Kind.NAME);
            settings.put("context", context);
            return settings;
        }

        @Override
        public long parameters(int vocabulary) {
            return (long) vocabulary * vocabulary;
        }
    }

    /** How saved ones are read; named in META-INF/services/trivium.model.ModelKind. */
    public static final class Kind implements ModelKind {

        private static final String NAME = "bigram";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Bigram blank(JsonObject json) {
            var fields = new JsonFields(json, "the JSON", "");
            return new Bigram(new Shape(fields.integer("context", 1)), fields.integer("vocabulary", 2));
        }

        @Override
        public Shape config(Map<String, Object> settings) {
            return new Shape(((Number) settings.get("context")).intValue());
        }
    }

    private final Shape shape;
    private final int vocabulary;
    private final Parameters parameters;

    private Bigram(Shape shape, int vocabulary) {
        this.shape = shape;
        this.vocabulary = vocabulary;
        var table = new Tensor("next.weight", 0, List.of(vocabulary, vocabulary), Role.EMBEDDING);
        this.parameters = new Parameters(Floats.zeros(table.size()), List.of(table));
    }

    @Override
    public int outputs() {
        return vocabulary;
    }

    @Override
    public int context() {
        return shape.context();
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Pass pass(int rows, int time) {
        return new TablePass(this, rows, time);
    }

    @Override
    public Decoder decoder(int rows) {
        return new TableDecoder(this, rows);
    }

    @Override
    public Bigram copy() {
        var copy = new Bigram(shape, vocabulary);
        copy.parameters.copyFrom(parameters);
        return copy;
    }

    @Override
    public String toJson() {
        var json = new JsonObject();
        json.addProperty("kind", Kind.NAME);
        json.addProperty("vocabulary", vocabulary);
        json.addProperty("context", shape.context());
        return json.toString();
    }

    private void copyRow(int token, Floats logits, long row) {
        logits.copyFrom(parameters.values(), (long) token * vocabulary, row * vocabulary, vocabulary);
    }

    private static final class TablePass implements Pass {

        private final Bigram model;
        private final int rows;
        private final int time;
        private final Floats logits; // (N, V)
        private final Floats inverseSums; // (N)
        private int[] tokens; // of the last forward, as are the targets
        private int[] targets;
        private int start;

        TablePass(Bigram model, int rows, int time) {
            this.model = model;
            this.rows = rows;
            this.time = time;
            logits = Floats.zeros((long) rows * time * model.vocabulary);
            inverseSums = Floats.zeros((long) rows * time);
        }

        @Override
        public Floats outputs(int[] tokens, int from, int to, int time) {
            if ((to - from) * time > rows * this.time || time > this.time) {
                throw new IllegalArgumentException((to - from) + " rows of " + time + " tokens do not fit a pass of "
                        + rows + " rows of " + this.time);
            }
            Ids.check(tokens, from * time, to * time, model.vocabulary, "token");
            this.tokens = Arrays.copyOfRange(tokens, from * time, to * time);
            for (int i = 0; i < this.tokens.length; i++) {
                model.copyRow(this.tokens[i], logits, i);
            }
            return logits.slice(0, (long) this.tokens.length * model.vocabulary);
        }

        @Override
        public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
            int size = model.vocabulary;
            Ids.check(targets, from * time, to * time, size, "target");
            outputs(tokens, from, to, time);
            this.targets = Arrays.copyOfRange(targets, from * time, to * time);
            for (int i = 0; i < this.targets.length; i++) {
                values[from * time + i] =
                        LogProbabilities.forward(logits, (long) i * size, size, this.targets[i], inverseSums, i);
            }
            this.start = from * time;
        }

        @Override
        public void backward(float[] valueGradients) {
            int size = model.vocabulary;
            for (int i = 0; i < targets.length; i++) {
                LogProbabilities.backward(
                        logits, (long) i * size, size, targets[i], inverseSums.get(i), valueGradients[start + i]);
            }
        }

        @Override
        public void gradient(int part, boolean add, Floats gradient) {
            int size = model.vocabulary;
            if (!add) {
                gradient.clear();
            }
            for (int i = 0; i < targets.length; i++) {
                for (int v = 0; v < size; v++) {
                    long at = (long) tokens[i] * size + v;
                    gradient.set(at, gradient.get(at) + logits.get((long) i * size + v));
                }
            }
        }
    }

    private static final class TableDecoder implements Decoder {

        private final Bigram model;
        private final int[] lengths;
        private final Floats logits; // (rows, V)
        private int count;

        TableDecoder(Bigram model, int rows) {
            this.model = model;
            lengths = new int[rows];
            logits = Floats.zeros((long) rows * model.vocabulary);
        }

        @Override
        public void prefill(int row, int[] prompt) {
            if (prompt.length < 1 || prompt.length > model.context()) {
                throw new IllegalArgumentException("the prompt has " + prompt.length
                        + " tokens; the model's context takes 1 to " + model.context());
            }
            Ids.check(prompt, 0, prompt.length, model.vocabulary, "token");
            lengths[row] = prompt.length;
            model.copyRow(prompt[prompt.length - 1], logits, 0);
            count = 1;
        }

        @Override
        public void copyRow(int from, int to) {
            lengths[to] = lengths[from];
        }

        @Override
        public void step(int[] rows, int[] tokens, int count) {
            Ids.check(tokens, 0, count, model.vocabulary, "token");
            for (int i = 0; i < count; i++) {
                if (lengths[rows[i]] >= model.context()) {
                    throw new IllegalArgumentException(
                            "row " + rows[i] + " already fills the model's context of " + model.context() + " tokens");
                }
                lengths[rows[i]]++;
                model.copyRow(tokens[i], logits, i);
            }
            this.count = count;
        }

        @Override
        public Floats logits() {
            return logits.slice(0, (long) count * model.vocabulary);
        }

        @Override
        public int length(int row) {
            return lengths[row];
        }
    }
}
