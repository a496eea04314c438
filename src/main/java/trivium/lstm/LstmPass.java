package trivium.lstm;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import trivium.model.Ids;
import trivium.model.Pass;
import trivium.model.PositionLoss;
import trivium.model.Positions;
import trivium.model.Readout;
import trivium.tensor.Floats;

/**
 * An LSTM's forward and backward over the rows of one slice. A network is not thread-safe, so each pass has one of its
 * own, which reads the model's weights where they are.
 */
final class LstmPass implements Pass {

    private final Lstm model;
    private final MultiLayerNetwork network;
    private final int maxRows;
    private final int maxTime;
    private final Readout readout;

    private final Positions positions = new Positions();
    private int rows;
    private int time;

    LstmPass(Lstm model, int maxRows, int maxTime) {
        this.model = model;
        this.maxRows = maxRows;
        this.maxTime = maxTime;
        network = Network.over(model.parameters().values(), model.shape(), model.vocabulary(), model.outputs());
        readout = new Readout(model.outputs(), (long) maxRows * maxTime);
    }

    @Override
    public void temperature(double temperature) {
        readout.temperature(temperature);
    }

    @Override
    public void keepDistributions(boolean keep) {
        readout.keepDistributions(keep);
    }

    @Override
    public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {
        outputs(tokens, from, to, time);
        readout.values(targets, positions.all(from, to, time), values);
    }

    @Override
    public int right(float[] weights) {
        return readout.right(weights);
    }

    @Override
    public Floats outputs(int[] tokens, int from, int to, int time) {
        if ((long) (to - from) * time > (long) maxRows * maxTime || time > maxTime) {
            throw new IllegalArgumentException((to - from) + " rows of " + time + " tokens do not fit a pass of "
                    + maxRows + " rows of " + maxTime);
        }
        Ids.check(tokens, from * time, to * time, model.vocabulary(), "token");
        this.rows = to - from;
        this.time = time;
        network.setInput(Network.ids(tokens, from, rows, time));
        // Training mode keeps each layer's input for backward; there is no dropout that it would switch on.
        var timeFirst = network.feedForward(true, false).getLast();
        logits().assign(timeFirst.reshape(time, rows, model.outputs()).permute(1, 0, 2));
        return used();
    }

    @Override
    public void backward(float[] valueGradients) {
        readout.gradients(valueGradients);
        backward();
    }

    @Override
    public double backward(float[] valueGradients, PositionLoss loss) {
        double share = readout.gradients(valueGradients, loss);
        backward();
        return share;
    }

    private void backward() {
        var errors = logits().permute(1, 0, 2).dup('c').reshape((long) time * rows, model.outputs());
        network.backpropGradient(errors, null);
    }

    /** The network has computed it on the way back, and keeps it. */
    @Override
    public void gradient(int part, boolean add, Floats gradient) {
        if (add) {
            gradient.toNd4j().addi(network.getGradientsViewArray());
        } else {
            gradient.toNd4j().assign(network.getGradientsViewArray());
        }
    }

    private Floats used() {
        return readout.logits().slice(0, (long) rows * time * model.outputs());
    }

    /** ND4J's view (rows, time, V) of the logits. The network's own stand time by time: (time, rows, V). */
    private INDArray logits() {
        return used().toNd4j().reshape('c', rows, time, model.outputs());
    }
}
