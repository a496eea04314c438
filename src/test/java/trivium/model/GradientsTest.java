package trivium.model;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The whole model's backward pass against finite differences of its forward pass, tensor by tensor. */
class GradientsTest {

    @TestFactory
    Stream<DynamicTest> languageModels() {
        return Shapes.all().entrySet().stream().map(shape -> test(shape.getKey(), Shapes.model(shape.getValue())));
    }

    @TestFactory
    Stream<DynamicTest> scalarHeads() {
        return Map.of("GPT", Shapes.GPT, "Llama", Shapes.LLAMA_IN_GROUPS).entrySet().stream()
                .map(shape -> test(shape.getKey(), Shapes.scoring(shape.getValue())));
    }

    private static DynamicTest test(String name, Transformer model) {
        return DynamicTest.dynamicTest(name, () -> new GradientCheck(model, Shapes.VOCABULARY, Shapes.CONTEXT).run());
    }
}
