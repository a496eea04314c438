package trivium.generate;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import trivium.model.Decoder;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Pass;
import trivium.tensor.Floats;

/**
 * A language model one can check by hand: logit(v | …, u, t) = last[t][v] + before[u][v], where t is the last token and
 * u the one before it (nothing for the first position). Its gradient is exact too, so it can be trained.
 */
public final class TableModel implements LanguageModel {

    private final int vocabulary;
    private final int context;
    private final Floats values;
    private final Parameters parameters;
    private final AtomicInteger prefills = new AtomicInteger();
    private final AtomicInteger steps = new AtomicInteger();
    private Batching batching = Batching.APART;

    private TableModel(int vocabulary, int context, Floats values) {
        this.vocabulary = vocabulary;
        this.context = context;
        this.values = values;
        var tables = new Tensor("tables", 0, List.of(2, vocabulary, vocabulary), Role.EMBEDDING);
        this.parameters = new Parameters(values, List.of(tables));
    }

    /** Tables of Gaussian logits. */
    public static TableModel random(int vocabulary, int context, double spread, long seed) {
        var random = new SplittableRandom(seed);
        var values = Floats.zeros(2L * vocabulary * vocabulary);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, (float) (spread * random.nextGaussian()));
        }
        return new TableModel(vocabulary, context, values);
    }

    /** Sets logit {@code v} after token {@code t}. */
    public void last(int t, int v, double logit) {
        values.set((long) t * vocabulary + v, (float) logit);
    }

    /** p(next | tokens), the independent source. */
    public double[] probabilities(int... tokens) {
        var logits = logits(tokens, 0, tokens.length - 1);
        double total = Arrays.stream(logits).map(Math::exp).sum();
        return Arrays.stream(logits).map(x -> Math.exp(x) / total).toArray();
    }

    /** log p(continuation | prompt) in nats. */
    public double logProb(int[] prompt, int[] continuation) {
        var tokens = IntStream.concat(IntStream.of(prompt), IntStream.of(continuation))
                .toArray();
        return IntStream.range(prompt.length, tokens.length)
                .mapToDouble(i -> Math.log(probabilities(Arrays.copyOf(tokens, i))[tokens[i]]))
                .sum();
    }

    private double[] logits(int[] tokens, int start, int position) {
        var logits = new double[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            logits[v] = values.get(lastIndex(tokens[position], v))
                    + (position > start ? values.get(beforeIndex(tokens[position - 1], v)) : 0);
        }
        return logits;
    }

    private long lastIndex(int t, int v) {
        return (long) t * vocabulary + v;
    }

    private long beforeIndex(int u, int v) {
        return (long) vocabulary * vocabulary + (long) u * vocabulary + v;
    }

    @Override
    public int outputs() {
        return vocabulary;
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
    public LanguageModel copy() {
        return new TableModel(vocabulary, context, Floats.of(values.toArray()));
    }

    @Override
    public String toJson() {
        return "{\"architecture\": \"table\"}";
    }

    @Override
    public Pass pass(int rows, int time) {
        return new TablePass();
    }

    /** Its decoders are shared by all workers from now on. */
    TableModel together() {
        batching = Batching.TOGETHER;
        return this;
    }

    /** How many prompts its decoders have read. */
    int prefills() {
        return prefills.get();
    }

    /** How many steps its decoders have made. */
    int steps() {
        return steps.get();
    }

    @Override
    public Batching batching() {
        return batching;
    }

    @Override
    public Decoder decoder(int rows) {
        return new TableDecoder(rows);
    }

    private final class TablePass implements Pass {
        private int[] tokens;
        private int[] targets;
        private int from;
        private int to;
        private int time;
        private double temperature = 1;
        private float[] valueGradients;

        @Override
        public void temperature(double temperature) {
            this.temperature = temperature;
        }

        @Override
        public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] result) {
            this.tokens = tokens.clone();
            this.targets = targets.clone();
            this.from = from;
            this.to = to;
            this.time = time;
            for (int i = from * time; i < to * time; i++) {
                result[i] = (float) Math.log(softmax(i)[targets[i]]);
            }
        }

        @Override
        public void backward(float[] valueGradients) {
            this.valueGradients = valueGradients;
        }

        @Override
        public void gradient(int part, boolean add, Floats gradient) {
            if (!add) {
                gradient.clear();
            }
            for (int i = from * time; i < to * time; i++) {
                var p = softmax(i);
                for (int v = 0; v < vocabulary; v++) {
                    float g = (float) (valueGradients[i] / temperature * ((v == targets[i] ? 1 : 0) - p[v]));
                    add(gradient, lastIndex(tokens[i], v), g);
                    if (i % time > 0) {
                        add(gradient, beforeIndex(tokens[i - 1], v), g);
                    }
                }
            }
        }

        private double[] softmax(int i) {
            var logits = logits(tokens, i - i % time, i);
            double total =
                    Arrays.stream(logits).map(x -> Math.exp(x / temperature)).sum();
            return Arrays.stream(logits)
                    .map(x -> Math.exp(x / temperature) / total)
                    .toArray();
        }

        private void add(Floats gradient, long index, float g) {
            gradient.set(index, gradient.get(index) + g);
        }

        @Override
        public Floats outputs(int[] tokens, int from, int to, int time) {
            throw new UnsupportedOperationException();
        }
    }

    private final class TableDecoder implements Decoder {
        private final int[][] tokens;
        private final Floats logits;

        TableDecoder(int rows) {
            tokens = new int[rows][0];
            logits = Floats.zeros((long) rows * vocabulary);
        }

        @Override
        public void prefill(int row, int[] prompt) {
            prefills.incrementAndGet();
            tokens[row] = prompt.clone();
            write(0, row);
        }

        @Override
        public void copyRow(int from, int to) {
            tokens[to] = tokens[from].clone();
        }

        @Override
        public void step(int[] rows, int[] next, int count) {
            steps.incrementAndGet();
            for (int i = 0; i < count; i++) {
                int row = rows[i];
                if (tokens[row].length == context) {
                    throw new IllegalStateException("row " + row + " is full");
                }
                tokens[row] = Arrays.copyOf(tokens[row], tokens[row].length + 1);
                tokens[row][tokens[row].length - 1] = next[i];
                write(i, row);
            }
        }

        private void write(int index, int row) {
            var x = TableModel.this.logits(tokens[row], 0, tokens[row].length - 1);
            for (int v = 0; v < vocabulary; v++) {
                logits.set((long) index * vocabulary + v, (float) x[v]);
            }
        }

        @Override
        public Floats logits() {
            return logits;
        }

        @Override
        public int length(int row) {
            return tokens[row].length;
        }
    }
}
