package trivium.model;

import org.junit.jupiter.api.Nested;

/** The contract, for the families of transformers. */
class TransformerContractTest {

    @Nested
    class OfGpt extends LanguageModelContract {
        @Override
        protected LanguageModel model() {
            return Shapes.model(Shapes.GPT_WITH_BIASES);
        }
    }

    @Nested
    class OfLlama extends LanguageModelContract {
        @Override
        protected LanguageModel model() {
            return Shapes.model(Shapes.LLAMA_IN_GROUPS);
        }
    }

    @Nested
    class WithAnAdapter extends LanguageModelContract {
        @Override
        protected LanguageModel model() {
            var lora = Lora.rank(3).alpha(0.5).targets("all-linear", "head"); // more makes softmax too sharp for steps
            return spread(Shapes.model(Shapes.LLAMA_IN_GROUPS).withAdapter(lora, 1));
        }
    }
}
