package trivium.align;

import java.util.Arrays;
import trivium.model.Ids;
import trivium.model.Pass;
import trivium.tensor.Floats;

/** The forward and backward of a {@link TabularPolicy}, in float64 between the table and the values. */
final class TabularPass implements Pass {

    private final TabularPolicy policy;
    private final int rows;
    private final int time;
    private final int outputs;
    private final Floats logits; // (N, outputs)
    private final double[] distribution;
    private double temperature = 1;
    private int[] tokens; // of the last forward, as is what follows
    private int[] targets;
    private int start;
    private float[] valueGradients;
    private int width;

    TabularPass(TabularPolicy policy, int rows, int time) {
        this.policy = policy;
        this.rows = rows;
        this.time = time;
        outputs = policy.outputs();
        logits = Floats.zeros((long) rows * time * outputs);
        distribution = new double[outputs];
    }

    @Override
    public void temperature(double temperature) {
        this.temperature = policy.temperature(temperature);
    }

    @Override
    public Floats outputs(int[] tokens, int from, int to, int time) {
        if ((to - from) * time > rows * this.time || time > this.time) {
            throw new IllegalArgumentException((to - from) + " rows of " + time + " tokens do not fit a pass of " + rows
                    + " rows of " + this.time);
        }
        this.tokens = Arrays.copyOfRange(tokens, from * time, to * time);
        width = time;
        start = from * time;
        for (int i = 0; i < this.tokens.length; i++) {
            policy.copyRow(this.tokens, i - i % time, i + 1, logits, i);
        }
        return logits.slice(0, (long) this.tokens.length * outputs);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        outputs(tokens, from, to, time);
        this.targets = Arrays.copyOfRange(targets, from * time, to * time);
        if (outputs > 1) {
            Ids.check(targets, from * time, to * time, outputs, "target");
        }
        for (int i = 0; i < this.targets.length; i++) {
            values[start + i] = outputs > 1 ? (float) Math.log(softmax(i)[this.targets[i]]) : logits.get(i);
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
        for (int i = 0; i < targets.length; i++) {
            float slope = valueGradients[start + i];
            if (slope != 0) {
                long at = policy.row(tokens, i - i % width, i + 1) * outputs;
                double[] softmax = outputs > 1 ? softmax(i) : distribution;
                for (int v = 0; v < outputs; v++) {
                    double each = outputs == 1 ? 1 : ((v == targets[i] ? 1 : 0) - softmax[v]) / temperature;
                    gradient.set(at + v, (float) (gradient.get(at + v) + slope * each));
                }
            }
        }
    }

    /** Of the logits at a position; valid until the next call. */
    private double[] softmax(int i) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < outputs; v++) {
            highest = Math.max(highest, logits.get((long) i * outputs + v));
        }
        double sum = 0;
        for (int v = 0; v < outputs; v++) {
            distribution[v] = Math.exp((logits.get((long) i * outputs + v) - highest) / temperature);
            sum += distribution[v];
        }
        for (int v = 0; v < outputs; v++) {
            distribution[v] /= sum;
        }
        return distribution;
    }
}
