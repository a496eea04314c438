package trivium.align;

import trivium.model.LanguageModel;
import trivium.model.LanguageModelContract;

class TabularPolicyTest extends LanguageModelContract {

    @Override
    protected LanguageModel model() {
        return TabularPolicy.random(5, 8, 0.5, 1);
    }
}
