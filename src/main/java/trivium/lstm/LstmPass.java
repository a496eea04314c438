package trivium.lstm;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import trivium.model.Ids;
import trivium.model.Pass;
import trivium.model.Temperatures;
import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;

/**
 * An LSTM's forward and backward over the rows of one slice. A network is not thread-safe, so each pass has one of its
 * own, which reads the model's weights where they are.
 */
final class LstmPass implements Pass {

    private final Lstm model;
    private final MultiLayerNetwork network;
    private final int maxRows;
    private final int maxTime;
    private final Floats logits; // (N, V), row by row
    private final Floats inverseSums; // (N)

    private float inverseTemperature = 1;
    private int[] targets;
    private int from;
    private int rows;
    private int time;

    LstmPass(Lstm model, int maxRows, int maxTime) {
        this.model = model;
        this.maxRows = maxRows;
        this.maxTime = maxTime;
        network = Network.over(model.parameters().values(), model.shape(), model.vocabulary(), model.outputs());
        logits = Floats.zeros((long) maxRows * maxTime * model.outputs());
        inverseSums = Floats.zeros((long) maxRows * maxTime);
    }

    @Override
    public void temperature(double temperature) {
        inverseTemperature = (float) (1 / Temperatures.check(temperature, model.outputs()));
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        int outputs = model.outputs();
        if (outputs > 1) {
            Ids.check(targets, from * time, to * time, outputs, "target");
        }
        this.targets = targets;
        outputs(tokens, from, to, time);
        int start = from * time;
        for (int i = 0; i < rows * time; i++) {
            values[start + i] = outputs == 1
                    ? logits.get(i)
                    : LogProbabilities.forward(
                            logits,
                            (long) i * outputs,
                            outputs,
                            targets[start + i],
                            inverseSums,
                            i,
                            inverseTemperature);
        }
    }

    @Override
    public int right(float[] weights) {
        int outputs = model.outputs();
        if (outputs == 1) {
            return -1;
        }
        int start = from * time;
        int right = 0;
        for (int i = 0; i < rows * time; i++) {
            boolean counts = weights[start + i] != 0;
            if (counts && LogProbabilities.isLikeliest(logits, (long) i * outputs, targets[start + i])) {
                right++;
            }
        }
        return right;
    }

    @Override
    public Floats outputs(int[] tokens, int from, int to, int time) {
        if (to - from > maxRows || time > maxTime) {
            throw new IllegalArgumentException((to - from) + " rows of " + time + " tokens do not fit a pass of "
                    + maxRows + " rows of " + maxTime);
        }
        Ids.check(tokens, from * time, to * time, model.vocabulary(), "token");
        this.from = from;
        this.rows = to - from;
        this.time = time;
        network.setInput(Network.ids(tokens, from, rows, time));
        // Training mode keeps each layer's input for backward; there is no dropout that it would switch on.
        var timeFirst = network.feedForward(true, false).getLast();
        logits().assign(timeFirst.reshape(time, rows, model.outputs()).permute(1, 0, 2));
        return used();
    }

    @Override
    public void backward(float[] valueGradients, Floats gradient) {
        int outputs = model.outputs();
        int start = from * time;
        for (int i = 0; i < rows * time; i++) {
            float g = valueGradients[start + i];
            if (outputs == 1) {
                logits.set(i, g);
            } else {
                int target = targets[start + i];
                LogProbabilities.backward(
                        logits, (long) i * outputs, outputs, target, inverseSums.get(i), g * inverseTemperature);
            }
        }
        var errors = logits().permute(1, 0, 2).dup('c').reshape((long) time * rows, outputs);
        network.backpropGradient(errors, null);
        gradient.toNd4j().addi(network.getGradientsViewArray());
    }

    private Floats used() {
        return logits.slice(0, (long) rows * time * model.outputs());
    }

    /** ND4J's view (rows, time, V) of the logits. The network's own stand time by time: (time, rows, V). */
    private INDArray logits() {
        return used().toNd4j().reshape('c', rows, time, model.outputs());
    }
}
