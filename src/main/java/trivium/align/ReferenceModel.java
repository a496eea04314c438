package trivium.align;

import java.util.LinkedHashMap;
import java.util.Map;
import trivium.model.LanguageModel;
import trivium.model.Safetensors.Entry;
import trivium.train.Stateful;

/** The reference of an alignment that follows its policy every so many steps: a state of its own in checkpoints. */
final class ReferenceModel implements Stateful {

    /** The name of the state. */
    static final String STATE = "reference";

    private final LanguageModel model;
    private long resets;

    /** @param model a copy of the model that the alignment starts from */
    ReferenceModel(LanguageModel model) {
        this.model = model;
    }

    LanguageModel model() {
        return model;
    }

    /** π_ref ← α π + (1 − α) π_ref in each parameter; with α = 1 the policy to the last bit. */
    void follow(LanguageModel policy, double mixup) {
        var from = policy.parameters().values();
        var to = model.parameters().values();
        if (mixup == 1) {
            to.copyFrom(from, 0, 0, to.size());
        } else {
            for (long i = 0; i < to.size(); i++) {
                to.set(i, (float) (mixup * from.get(i) + (1 - mixup) * to.get(i)));
            }
        }
        resets++;
    }

    @Override
    public Map<String, Entry> tensors() {
        var parameters = model.parameters();
        var tensors = new LinkedHashMap<String, Entry>();
        for (var tensor : parameters.tensors()) {
            tensors.put(
                    tensor.name(),
                    new Entry(tensor.shape(), parameters.values().slice(tensor.offset(), tensor.size())));
        }
        return tensors;
    }

    @Override
    public long updates() {
        return resets;
    }

    @Override
    public void updates(long made) {
        resets = made;
    }
}
