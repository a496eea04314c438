package trivium.lstm;

import java.util.Map;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import trivium.model.Decoder;
import trivium.model.Ids;
import trivium.tensor.Floats;

/** An LSTM's decoding state: for each row and layer, the output and the cell after what it holds so far. */
final class LstmDecoder implements Decoder {

    private static final String OUTPUT = LSTM.STATE_KEY_PREV_ACTIVATION;
    private static final String CELL = LSTM.STATE_KEY_PREV_MEMCELL;

    private final Lstm model;
    private final MultiLayerNetwork network;
    private final int layers;
    private final int width;
    private final Floats[] outputs; // per layer (rows, H)
    private final Floats[] cells; // per layer (rows, H)
    private final Floats logits; // (rows, V)
    private final int[] lengths;
    private int count;

    LstmDecoder(Lstm model, int rows) {
        this.model = model;
        network = Network.over(model.parameters().values(), model.shape(), model.vocabulary(), model.outputs());
        layers = model.shape().layers();
        width = model.shape().width();
        outputs = new Floats[layers];
        cells = new Floats[layers];
        for (int i = 0; i < layers; i++) {
            outputs[i] = Floats.zeros((long) rows * width);
            cells[i] = Floats.zeros((long) rows * width);
        }
        logits = Floats.zeros((long) rows * model.outputs());
        lengths = new int[rows];
    }

    @Override
    public void prefill(int row, int[] prompt) {
        int time = prompt.length;
        if (time < 1 || time > model.context()) {
            throw new IllegalArgumentException("the prompt has " + time + " tokens; the model's context takes 1 to "
                    + model.context() + ": shorten the prompt or train with a longer context");
        }
        Ids.check(prompt, 0, time, model.vocabulary(), "token");
        network.rnnClearPreviousState();
        var all = network.rnnTimeStep(Network.ids(prompt, 0, 1, time));
        keep(new int[] {row}, 1, all.getRow(time - 1L, true));
        lengths[row] = time;
    }

    @Override
    public void copyRow(int from, int to) {
        for (int layer = 0; layer < layers; layer++) {
            outputs[layer].copyFrom(outputs[layer], (long) from * width, (long) to * width, width);
            cells[layer].copyFrom(cells[layer], (long) from * width, (long) to * width, width);
        }
        lengths[to] = lengths[from];
    }

    @Override
    public void step(int[] rows, int[] tokens, int count) {
        Ids.check(tokens, 0, count, model.vocabulary(), "token");
        for (int i = 0; i < count; i++) {
            if (lengths[rows[i]] >= model.context()) {
                throw new IllegalArgumentException(
                        "row " + rows[i] + " already fills the model's context of " + model.context() + " tokens");
            }
        }
        for (int layer = 0; layer < layers; layer++) {
            var state = Map.of(OUTPUT, gather(outputs[layer], rows, count), CELL, gather(cells[layer], rows, count));
            network.rnnSetPreviousState(layer + 1, state);
        }
        keep(rows, count, network.rnnTimeStep(Network.ids(tokens, 0, count, 1)));
        for (int i = 0; i < count; i++) {
            lengths[rows[i]]++;
        }
    }

    private INDArray gather(Floats states, int[] rows, int count) {
        var gathered = Floats.zeros((long) count * width);
        for (int i = 0; i < count; i++) {
            gathered.copyFrom(states, (long) rows[i] * width, (long) i * width, width);
        }
        return matrix(gathered, width);
    }

    /** Takes what the network answered, and the state it is in now, for these rows. */
    private void keep(int[] rows, int count, INDArray answered) {
        this.count = count;
        matrix(logits(), model.outputs()).assign(answered);
        for (int layer = 0; layer < layers; layer++) {
            var state = network.rnnGetPreviousState(layer + 1);
            scatter(state.get(OUTPUT), outputs[layer], rows, count);
            scatter(state.get(CELL), cells[layer], rows, count);
        }
    }

    private void scatter(INDArray from, Floats states, int[] rows, int count) {
        var gathered = Floats.zeros((long) count * width);
        matrix(gathered, width).assign(from);
        for (int i = 0; i < count; i++) {
            states.copyFrom(gathered, (long) i * width, (long) rows[i] * width, width);
        }
    }

    private static INDArray matrix(Floats numbers, int columns) {
        return numbers.toNd4j().reshape('c', numbers.size() / columns, columns);
    }

    @Override
    public Floats logits() {
        return logits.slice(0, (long) count * model.outputs());
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }
}
