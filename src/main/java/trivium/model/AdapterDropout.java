package trivium.model;

import trivium.model.AdapterLayout.Target;
import trivium.model.Weights.Room;
import trivium.tensor.Dropout;
import trivium.tensor.Floats;

/** What an adapter drops of its inputs in a training step, for one pass; each target drops numbers of its own. */
final class AdapterDropout {

    private final double probability;
    private RandomKey key; // null while nothing is dropped
    private Positions positions;

    AdapterDropout(double probability) {
        this.probability = probability;
    }

    /** From here on inputs are dropped: those at these positions. */
    void start(RandomKey key, Positions positions) {
        this.key = probability > 0 ? key : null;
        this.positions = positions;
    }

    /** From here on nothing is dropped. */
    void stop() {
        key = null;
    }

    boolean on() {
        return key != null;
    }

    /** x with what this target drops of it, in room for (n, in); x itself while nothing is dropped. */
    Floats of(Room room, Target target, Floats x, int n, int in) {
        if (key == null) {
            return x;
        }
        var kept = room.of((long) n * in);
        kept.copyFrom(x, 0, 0, (long) n * in);
        drop(kept, target, n, in);
        return kept;
    }

    /** Drops of x (n, in), which is also how a gradient goes back. */
    void drop(Floats x, Target target, int n, int in) {
        long place = key.at(target.place());
        for (int i = 0; i < n; i++) {
            Dropout.drop(x, (long) i * in, in, probability, positions.key(place, i));
        }
    }
}
