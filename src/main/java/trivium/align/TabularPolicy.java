package trivium.align;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import trivium.model.Ids;
import trivium.model.JsonFields;
import trivium.model.LanguageModel;
import trivium.model.ModelConfig;
import trivium.model.ModelKind;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Temperatures;
import trivium.tensor.Floats;

/**
 * A language model without approximation: every sequence of 1 to {@code context} tokens has logits of its own, so the
 * model can be any distribution over completions, and what is learned of one beginning changes no other. It is the
 * policy of textbooks, and the natural model of an {@link EnumeratedWorld}; with a scalar head it is a table of values.
 *
 * <p>The table has a row for each sequence, the shorter ones first, and those of equal length in the order of their
 * tokens: V + V² + … + V^context rows, which bounds what fits.
 */
public final class TabularPolicy implements LanguageModel {

    /** Numbers of the largest table. */
    private static final long MOST = 1L << 22;

    /**
     * The shape of a table.
     *
     * @param context the longest sequence in tokens
     */
    public record Shape(int context) implements ModelConfig {

        public Shape {
            if (context < 1) {
                throw new IllegalArgumentException("a context of " + context + " tokens: expected at least 1");
            }
        }

        /** Logits of spread 0.02. */
        @Override
        public TabularPolicy fresh(int vocabulary, long seed) {
            return random(vocabulary, context, 0.02, seed);
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
            return rows(vocabulary, context) * vocabulary;
        }
    }

    /** How saved tables are read; named in META-INF/services/trivium.model.ModelKind. */
    public static final class Kind implements ModelKind {

        static final String NAME = "tabular";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public TabularPolicy blank(JsonObject json) {
            var fields = new JsonFields(json, "the JSON", "");
            int vocabulary = fields.integer("vocabulary", 1);
            return new TabularPolicy(vocabulary, fields.integer("context", 1), fields.integer("outputs", 1));
        }

        @Override
        public Shape config(Map<String, Object> settings) {
            return new Shape(((Number) settings.get("context")).intValue());
        }
    }

    private final int vocabulary;
    private final int context;
    private final int outputs;
    private final Parameters parameters;

    private TabularPolicy(int vocabulary, int context, int outputs) {
        if (vocabulary < 2 || context < 1) {
            throw new IllegalArgumentException("a table for sequences of up to " + context + " of " + vocabulary
                    + " tokens: expected at least 2 tokens, and sequences of at least 1");
        }
        long rows = rows(vocabulary, context);
        if (rows > MOST / outputs) {
            throw new IllegalArgumentException(
                    "a table with a row for every sequence of up to " + context + " of " + vocabulary
                            + " tokens has more than " + MOST + " numbers: take fewer tokens or shorter sequences");
        }
        this.vocabulary = vocabulary;
        this.context = context;
        this.outputs = outputs;
        var table = new Tensor("head.weight", 0, List.of((int) rows, outputs), Role.HEAD);
        parameters = new Parameters(Floats.zeros(table.size()), List.of(table));
    }

    /**
     * After every sequence, all tokens are equally likely.
     *
     * @param vocabulary V, at least 2
     * @param context the longest sequence in tokens, at least 1
     */
    public static TabularPolicy uniform(int vocabulary, int context) {
        return new TabularPolicy(vocabulary, context, vocabulary);
    }

    /** Gaussian logits of this standard deviation. */
    public static TabularPolicy random(int vocabulary, int context, double spread, long seed) {
        var policy = uniform(vocabulary, context);
        var random = new SplittableRandom(seed);
        for (long i = 0; i < policy.parameters.count(); i++) {
            policy.parameters.values().set(i, (float) (spread * random.nextGaussian()));
        }
        return policy;
    }

    /**
     * Makes these the probabilities of the token that follows {@code sequence}.
     *
     * @param next (V), each above 0; divided by their sum
     * @return this policy
     */
    public TabularPolicy set(int[] sequence, double... next) {
        if (next.length != outputs) {
            throw new IllegalArgumentException(next.length + " probabilities for " + outputs + " tokens");
        }
        long row = row(sequence, 0, sequence.length);
        double sum = Arrays.stream(next).sum();
        for (int v = 0; v < outputs; v++) {
            if (!(next[v] > 0)) {
                throw new IllegalArgumentException(
                        "a probability of " + next[v] + ": expected a number above 0, for a logit is finite");
            }
            parameters.values().set(row * outputs + v, (float) Math.log(next[v] / sum));
        }
        return this;
    }

    /** Rows of the table: V + V² + … + V^context; a number too large to be allowed stands for all such. */
    private static long rows(int vocabulary, int context) {
        long rows = 0;
        long ofLength = 1;
        for (int length = 1; length <= context && rows <= MOST; length++) {
            ofLength *= vocabulary;
            rows += ofLength;
        }
        return rows;
    }

    /** The row of the sequence {@code tokens[from … to - 1]}. */
    long row(int[] tokens, int from, int to) {
        if (to - from < 1 || to - from > context) {
            throw new IllegalArgumentException(
                    "a sequence of " + (to - from) + " tokens; the model's context takes 1 to " + context);
        }
        Ids.check(tokens, from, to, vocabulary, "token");
        long shorter = 0;
        long ofLength = 1;
        long place = 0;
        for (int i = from; i < to; i++) {
            shorter += i > from ? ofLength : 0;
            ofLength *= vocabulary;
            place = place * vocabulary + tokens[i];
        }
        return shorter + place;
    }

    /** V: how many tokens there are. */
    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int context() {
        return context;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public TabularPass pass(int rows, int time) {
        return new TabularPass(this, rows, time);
    }

    @Override
    public TabularDecoder decoder(int rows) {
        return new TabularDecoder(this, rows);
    }

    @Override
    public TabularPolicy copy() {
        var copy = new TabularPolicy(vocabulary, context, outputs);
        copy.parameters.copyFrom(parameters);
        return copy;
    }

    /** A table of values, all 0: there is no body to keep, and nothing to draw. */
    @Override
    public TabularPolicy withScalarHead(long seed) {
        return new TabularPolicy(vocabulary, context, 1);
    }

    @Override
    public String toJson() {
        var json = new JsonObject();
        json.addProperty("kind", Kind.NAME);
        json.addProperty("vocabulary", vocabulary);
        json.addProperty("context", context);
        json.addProperty("outputs", outputs);
        return json.toString();
    }

    /** The logits after {@code tokens[from … to - 1]}, or their value, into row {@code at} of {@code result}. */
    void copyRow(int[] tokens, int from, int to, Floats result, long at) {
        result.copyFrom(parameters.values(), row(tokens, from, to) * outputs, at * outputs, outputs);
    }

    double temperature(double temperature) {
        return Temperatures.check(temperature, outputs);
    }
}
