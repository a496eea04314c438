package trivium.align;

import java.lang.ref.WeakReference;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Workers;

/**
 * The passes of a judge's model, made when first asked for and again when the garbage collector has wanted their
 * memory: a judge kept in a variable does not keep its buffers, and a collection is rarer than a call.
 */
final class FrozenSlices {

    private final LanguageModel model;
    private WeakReference<Slices> slices = new WeakReference<>(null);

    FrozenSlices(LanguageModel model) {
        this.model = model;
    }

    Slices get() {
        var kept = slices.get();
        if (kept == null) {
            kept = new Slices(model, Workers.available());
            slices = new WeakReference<>(kept);
        }
        return kept;
    }

    /** Forgets them; the next call makes new ones. */
    void clear() {
        slices.clear();
    }
}
