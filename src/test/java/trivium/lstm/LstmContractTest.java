package trivium.lstm;

import trivium.model.LanguageModel;
import trivium.model.LanguageModelContract;

class LstmContractTest extends LanguageModelContract {
    @Override
    protected LanguageModel model() {
        return spread(Lstm.of(new LstmShape(8, 7, 2), 11, 1));
    }
}
