package trivium.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;
import trivium.model.RotaryScaling.Kind;

/**
 * A transformer's logits for one sequence, number by number in float64, from the papers' formulas: the engine's twin.
 */
final class PlainTransformer {

    private final Transformer model;
    private final Architecture shape;
    private final int size;
    private final List<double[][][]> looks = new ArrayList<>(); // of each layer (H, T, T)

    PlainTransformer(Transformer model) {
        this.model = model;
        shape = model.architecture();
        int chosen = shape.attention().headSize();
        size = chosen > 0 ? chosen : shape.width() / shape.attention().heads();
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
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] *= shape.conventions().embeddingScale();
            }
            if (shape.conventions().position() == Position.LEARNED) {
                x[t] = sum(x[t], row("positions.weight", t, shape.width()));
            }
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            var block = "blocks." + layer + ".";
            if (shape.feedForward().placement() == Placement.AFTER_ATTENTION_POST_NORM) {
                postNorm(block, x);
                continue;
            }
            var mixed = attention(block + "attention.", normed(block + "norm1", x));
            var before = x.clone();
            for (int t = 0; t < x.length; t++) {
                x[t] = sum(x[t], linear(block + "attention.o", mixed[t]));
            }
            var normed = switch (shape.feedForward().placement()) {
                case AFTER_ATTENTION, AFTER_ATTENTION_POST_NORM -> normed(block + "norm2", x);
                case PARALLEL -> normed(block + "norm2", before);
                case PARALLEL_ONE_NORM -> normed(block + "norm1", before);
            };
            for (int t = 0; t < x.length; t++) {
                x[t] = sum(x[t], feedForward(block + "mlp.", normed[t]));
            }
        }
        var head = tensor(shape.conventions().tiedHead() ? "tokens.weight" : "head.weight");
        return Arrays.stream(normed("norm", x))
                .map(v -> linear(head, tensor("head.bias"), v))
                .toArray(double[][]::new);
    }

    /** x + norm1(o(attention(x))), then x + norm2(feed-forward(x)). */
    private void postNorm(String block, double[][] x) {
        var mixed = attention(block + "attention.", x.clone());
        for (int t = 0; t < x.length; t++) {
            x[t] = sum(x[t], normed(block + "norm1", linear(block + "attention.o", mixed[t])));
            x[t] = sum(x[t], normed(block + "norm2", feedForward(block + "mlp.", x[t])));
        }
    }

    private double[][] attention(String name, double[][] x) {
        int time = x.length;
        int heads = shape.attention().heads();
        int sharing = heads / shape.attention().keyValueHeads();
        var y = new double[time][heads * size];
        var all = new double[heads][time][time];
        looks.add(all);
        for (int head = 0; head < heads; head++) {
            for (int t = 0; t < time; t++) {
                var query = positioned(name + "q", x[t], head, t);
                int seen = shape.attention().causal() ? t + 1 : time;
                var weights = new double[seen];
                for (int s = 0; s < seen; s++) {
                    weights[s] = Math.exp(dot(query, positioned(name + "k", x[s], head / sharing, s))
                            * (shape.attention().scale() == 0
                                    ? 1 / Math.sqrt(size)
                                    : shape.attention().scale()));
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
        var all = linear(name, x);
        if (shape.attention().qkNorm() == QkNorm.WIDTH) {
            all = normed(all, 0, tensor(name + "norm.weight"), null);
        }
        var v = head(all, head);
        if (shape.attention().qkNorm() == QkNorm.HEAD) {
            v = normed(v, 0, tensor(name + "norm.weight"), null);
        }
        if (shape.conventions().position() == Position.ROTARY) {
            return turned(v, position, shape.attention().rotary());
        }
        return v;
    }

    private static double[] turned(double[] v, int position, Rotary rotary) {
        var turned = v.clone();
        int all = (int) (v.length * rotary.share());
        int half = (all + 1) / 2;
        double longer = rotary.scaling().factor();
        double magnitude = rotary.scaling().kind() == Kind.YARN ? 0.1 * Math.log(longer) + 1 : 1;
        for (int i = 0; i < half; i++) {
            double angle = position * frequency(i, all, rotary);
            turned[i] = magnitude * (v[i] * Math.cos(angle) - v[i + half] * Math.sin(angle));
            turned[i + half] = magnitude * (v[i] * Math.sin(angle) + v[i + half] * Math.cos(angle));
        }
        return turned;
    }

    /** With the wavelengths and ramps of the papers and of Llama's reference code. */
    private static double frequency(int i, int all, Rotary rotary) {
        double frequency = Math.pow(rotary.theta(), -2.0 * i / all);
        var scaling = rotary.scaling();
        double wavelength = 2 * Math.PI / frequency;
        double context = scaling.originalContext();
        return switch (scaling.kind()) {
            case NONE -> frequency;
            case LINEAR -> frequency / scaling.factor();
            case LLAMA3 -> {
                if (wavelength < context / scaling.fast()) {
                    yield frequency;
                }
                if (wavelength > context / scaling.slow()) {
                    yield frequency / scaling.factor();
                }
                double smooth = (context / wavelength - scaling.slow()) / (scaling.fast() - scaling.slow());
                yield (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
            }
            case YARN -> {
                double low = Math.max(Math.floor(dimension(scaling.fast(), all, rotary)), 0);
                double high = Math.min(Math.ceil(dimension(scaling.slow(), all, rotary)), all - 1);
                double ramp = Math.clamp((i - low) / (high - low), 0, 1);
                yield frequency / scaling.factor() * ramp + frequency * (1 - ramp);
            }
        };
    }

    private static double dimension(double turns, int all, Rotary rotary) {
        return all
                * Math.log(rotary.scaling().originalContext() / (turns * 2 * Math.PI))
                / (2 * Math.log(rotary.theta()));
    }

    private double[] head(double[] heads, int head) {
        return Arrays.copyOfRange(heads, head * size, (head + 1) * size);
    }

    private double[] feedForward(String name, double[] x) {
        var up = linear(name + "up", x);
        var active = switch (shape.feedForward().activation()) {
            case GELU -> Arrays.stream(up).map(PlainTransformer::gelu).toArray();
            case GELU_ERF -> Arrays.stream(up).map(v -> v * normal(v)).toArray();
            case RELU_SQUARED -> Arrays.stream(up).map(v -> v > 0 ? v * v : 0).toArray();
            case SWIGLU -> {
                var gate = linear(name + "gate", x);
                Arrays.setAll(up, i -> up[i] * gate[i] / (1 + Math.exp(-gate[i])));
                yield up;
            }
            case GEGLU -> {
                var gate = linear(name + "gate", x);
                Arrays.setAll(up, i -> up[i] * gelu(gate[i]));
                yield up;
            }
            case GEGLU_ERF -> {
                var gate = linear(name + "gate", x);
                Arrays.setAll(up, i -> up[i] * gate[i] * normal(gate[i]));
                yield up;
            }
        };
        return linear(name + "down", active);
    }

    private static double gelu(double v) {
        return 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)));
    }

    /** The standard normal distribution, by Simpson's rule from 0 on. */
    private static double normal(double x) {
        int pieces = 200;
        double step = x / pieces;
        double sum = 0;
        for (int i = 0; i < pieces; i++) {
            double at = i * step;
            sum += bell(at) + 4 * bell(at + step / 2) + bell(at + step);
        }
        return 0.5 + sum * step / 6 / Math.sqrt(2 * Math.PI);
    }

    private static double bell(double x) {
        return Math.exp(-x * x / 2);
    }

    private double[][] normed(String name, double[][] x) {
        return Arrays.stream(x).map(v -> normed(name, v)).toArray(double[][]::new);
    }

    private double[] normed(String name, double[] x) {
        boolean centred = shape.conventions().norm() == Norm.LAYER_NORM;
        double mean = centred ? Arrays.stream(x).average().orElseThrow() : 0;
        return normed(x, mean, tensor(name + ".weight"), tensor(name + ".bias"));
    }

    private double[] normed(double[] x, double mean, double[] weight, double[] bias) {
        double variance =
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        var y = new double[x.length];
        double more = shape.conventions().norm() == Norm.RMS_NORM_PLUS_ONE ? 1 : 0;
        Arrays.setAll(
                y,
                i -> (x[i] - mean) / Math.sqrt(variance + shape.conventions().epsilon()) * (more + weight[i])
                        + (bias == null ? 0 : bias[i]));
        return y;
    }

    private double[] linear(String name, double[] x) {
        return linear(tensor(name + ".weight"), tensor(name + ".bias"), x);
    }

    private static double[] linear(double[] weight, double[] bias, double[] x) {
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
