package trivium.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;

/**
 * A transformer's logits for one sequence, number by number in float64, from the papers' formulas: the engine's twin.
 */
final class PlainTransformer {

    private static final double EPSILON = 1e-5;

    private final Transformer model;
    private final Architecture shape;
    private final int size;
    private final List<double[][][]> looks = new ArrayList<>(); // of each layer (H, T, T)

    PlainTransformer(Transformer model) {
        this.model = model;
        shape = model.architecture();
        size = shape.width() / shape.attention().heads();
    }

    /** Attention weights (L, H, T, T) of one sequence, 0 where nothing is seen. */
    double[][][][] attention(int[] tokens) {
        logits(tokens);
        return looks.toArray(double[][][][]::new);
    }

    /** (T, V). */
    double[][] logits(int[] tokens) {
        looks.clear();
        var x = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            x[t] = row("tokens.weight", tokens[t], shape.width());
            if (shape.conventions().position() == Position.LEARNED) {
                x[t] = sum(x[t], row("positions.weight", t, shape.width()));
            }
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            var block = "blocks." + layer + ".";
            var mixed = attention(block + "attention.", normed(block + "norm1", x));
            for (int t = 0; t < x.length; t++) {
                x[t] = sum(x[t], linear(block + "attention.o", mixed[t]));
            }
            var normed = normed(block + "norm2", x);
            for (int t = 0; t < x.length; t++) {
                x[t] = sum(x[t], feedForward(block + "mlp.", normed[t]));
            }
        }
        var head = shape.conventions().tiedHead() ? "tokens" : "head";
        return Arrays.stream(normed("norm", x)).map(v -> linear(head, v)).toArray(double[][]::new);
    }

    private double[][] attention(String name, double[][] x) {
        int time = x.length;
        int heads = shape.attention().heads();
        int sharing = heads / shape.attention().keyValueHeads();
        var y = new double[time][shape.width()];
        var all = new double[heads][time][time];
        looks.add(all);
        for (int head = 0; head < heads; head++) {
            for (int t = 0; t < time; t++) {
                var query = positioned(name + "q", x[t], head, t);
                int seen = shape.attention().causal() ? t + 1 : time;
                var weights = new double[seen];
                for (int s = 0; s < seen; s++) {
                    weights[s] =
                            Math.exp(dot(query, positioned(name + "k", x[s], head / sharing, s)) / Math.sqrt(size));
                }
                double total = Arrays.stream(weights).sum();
                for (int s = 0; s < seen; s++) {
                    all[head][t][s] = weights[s] / total;
                    var value = head(linear(name + "v", x[s]), head / sharing);
                    for (int i = 0; i < size; i++) {
                        y[t][head * size + i] += weights[s] / total * value[i];
                    }
                }
            }
        }
        return y;
    }

    /** A query or a key, normalised and turned where the architecture does. */
    private double[] positioned(String name, double[] x, int head, int position) {
        var v = head(linear(name, x), head);
        if (shape.attention().headNorm()) {
            v = normed(v, 0, tensor(name + "norm.weight"), null);
        }
        if (shape.conventions().position() == Position.ROTARY) {
            var turned = new double[size];
            int half = size / 2;
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(10_000, -2.0 * i / size);
                turned[i] = v[i] * Math.cos(angle) - v[i + half] * Math.sin(angle);
                turned[i + half] = v[i] * Math.sin(angle) + v[i + half] * Math.cos(angle);
            }
            return turned;
        }
        return v;
    }

    private double[] head(double[] heads, int head) {
        return Arrays.copyOfRange(heads, head * size, (head + 1) * size);
    }

    private double[] feedForward(String name, double[] x) {
        var up = linear(name + "up", x);
        var active = switch (shape.feedForward().activation()) {
            case GELU ->
                Arrays.stream(up)
                        .map(v -> 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))
                        .toArray();
            case RELU_SQUARED -> Arrays.stream(up).map(v -> v > 0 ? v * v : 0).toArray();
            case SWIGLU -> {
                var gate = linear(name + "gate", x);
                Arrays.setAll(up, i -> up[i] * gate[i] / (1 + Math.exp(-gate[i])));
                yield up;
            }
        };
        return linear(name + "down", active);
    }

    private double[][] normed(String name, double[][] x) {
        boolean centred = shape.conventions().norm() == Norm.LAYER_NORM;
        var bias = tensor(name + ".bias");
        return Arrays.stream(x)
                .map(v -> normed(
                        v, centred ? Arrays.stream(v).average().orElseThrow() : 0, tensor(name + ".weight"), bias))
                .toArray(double[][]::new);
    }

    private static double[] normed(double[] x, double mean, double[] weight, double[] bias) {
        double variance =
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        var y = new double[x.length];
        Arrays.setAll(y, i -> (x[i] - mean) / Math.sqrt(variance + EPSILON) * weight[i] + (bias == null ? 0 : bias[i]));
        return y;
    }

    private double[] linear(String name, double[] x) {
        var weight = tensor(name + ".weight");
        var bias = tensor(name + ".bias");
        var y = new double[weight.length / x.length];
        Arrays.setAll(
                y,
                o -> dot(Arrays.copyOfRange(weight, o * x.length, (o + 1) * x.length), x)
                        + (bias == null ? 0 : bias[o]));
        return y;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] sum(double[] a, double[] b) {
        var sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    private double[] row(String name, int row, int width) {
        return Arrays.copyOfRange(tensor(name), row * width, (row + 1) * width);
    }

    /** A tensor's numbers, or null if the model has none of this name. */
    private double[] tensor(String name) {
        for (var tensor : model.parameters().tensors()) {
            if (tensor.name().equals(name)) {
                var numbers = new double[(int) tensor.size()];
                Arrays.setAll(numbers, i -> model.parameters().values().get(tensor.offset() + i));
                return numbers;
            }
        }
        return null;
    }
}
