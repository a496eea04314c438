package trivium.model;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import trivium.model.Architecture.Activation;

/** The whole model's backward pass against finite differences of its forward pass, tensor by tensor. */
class GradientsTest {

    @TestFactory
    Stream<DynamicTest> languageModels() {
        return Shapes.all().entrySet().stream()
                .map(shape -> test(shape.getKey(), Shapes.model(shape.getValue()), null));
    }

    /** With the same dice the same numbers are dropped, so a step of training is a function like any other. */
    @TestFactory
    Stream<DynamicTest> trainingWithDropout() {
        return Map.of(
                        "GPT", Shapes.DROPOUT,
                        "all choices", Shapes.DROPOUT_AND_ALL,
                        "norms behind the layers", Shapes.POST_NORM_WITH_ALL)
                .entrySet()
                .stream()
                .map(shape -> test(shape.getKey(), Shapes.model(shape.getValue()), new RandomKey(5, 8)));
    }

    @TestFactory
    Stream<DynamicTest> scalarHeads() {
        return Map.of("GPT", Shapes.GPT, "Llama", Shapes.LLAMA_IN_GROUPS).entrySet().stream()
                .map(shape -> test(shape.getKey(), Shapes.scoring(shape.getValue()), null));
    }

    private static DynamicTest test(String name, Transformer model, RandomKey key) {
        // ReLU²'s slope has a kink, which a long step would smooth over.
        boolean kinks = model.architecture().feedForward().activation() == Activation.RELU_SQUARED;
        double step = kinks ? 1.0 / 256 : GradientCheck.STEP;
        return DynamicTest.dynamicTest(
                name, () -> new GradientCheck(model, Shapes.VOCABULARY, Shapes.CONTEXT, key, step).run());
    }
}
