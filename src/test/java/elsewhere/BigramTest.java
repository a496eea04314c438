package elsewhere;

import trivium.model.LanguageModel;
import trivium.model.LanguageModelContract;

/** A model from outside the library keeps what every language model promises. */
class BigramTest extends LanguageModelContract {

    @Override
    protected LanguageModel model() {
        return spread(new Bigram.Shape(8).fresh(11, 1));
    }
}
