package trivium.lstm;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.CrashReportingUtil;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;

/**
 * Deeplearning4j's network: an embedding, LSTM layers, and a dense layer of logits or one score. The softmax is not in
 * it, for its gradient comes from the objective.
 */
final class Network {

    static {
        // A crash report describes the machine through a library that is left out (docs/design.md, "What is looked
        // after"), and would put a file where the program stands.
        CrashReportingUtil.crashDumpsEnabled(false);
    }

    private Network() {}

    /** A network that reads its weights from this vector, without a copy. */
    static MultiLayerNetwork over(Floats parameters, LstmShape shape, int vocabulary, int outputs) {
        var layers = new NeuralNetConfiguration.Builder()
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .list();
        int width = shape.width();
        layers.layer(new EmbeddingSequenceLayer.Builder()
                .nIn(vocabulary)
                .nOut(width)
                .activation(Activation.IDENTITY)
                .build());
        for (int i = 0; i < shape.layers(); i++) {
            layers.layer(new LSTM.Builder()
                    .nIn(width)
                    .nOut(width)
                    .activation(Activation.TANH)
                    .gateActivationFunction(Activation.SIGMOID)
                    .build());
        }
        layers.layer(new DenseLayer.Builder()
                .nIn(width)
                .nOut(outputs)
                .activation(Activation.IDENTITY)
                .build());
        layers.inputPreProcessor(shape.layers() + 1, new RnnToFeedForwardPreProcessor());
        var network = new MultiLayerNetwork(layers.build());
        network.init(parameters.toNd4j(), false);
        return network;
    }

    /** Names and shapes of the weights in Deeplearning4j's order. Its matrices stand column by column: (out, in). */
    static List<Tensor> tensors(LstmShape shape, int vocabulary, int outputs) {
        var tensors = new ArrayList<Tensor>();
        int width = shape.width();
        add(tensors, "tokens.weight", Role.EMBEDDING, width, vocabulary);
        for (int i = 0; i < shape.layers(); i++) {
            add(tensors, "layers." + i + ".input.weight", Role.MATRIX, 4 * width, width);
            add(tensors, "layers." + i + ".recurrent.weight", Role.MATRIX, 4 * width, width);
            add(tensors, "layers." + i + ".bias", Role.BIAS, 4 * width);
        }
        add(tensors, "head.weight", Role.HEAD, outputs, width);
        add(tensors, "head.bias", Role.BIAS, outputs);
        return List.copyOf(tensors);
    }

    private static void add(List<Tensor> tensors, String name, Role role, Integer... shape) {
        var last = tensors.isEmpty() ? null : tensors.getLast();
        tensors.add(new Tensor(name, last == null ? 0 : last.offset() + last.size(), List.of(shape), role));
    }

    /** Ids (rows, time) of the rows from {@code from} on, as the embedding layer reads them. */
    static INDArray ids(int[] tokens, int from, int rows, int time) {
        var ids = new float[rows * time];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens[from * time + i];
        }
        // Not reshaped: the embedding's backward copies a view into a workspace that nobody has opened.
        return Nd4j.create(ids, new long[] {rows, time}, 'c');
    }
}
