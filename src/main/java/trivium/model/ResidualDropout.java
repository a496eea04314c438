package trivium.model;

import trivium.tensor.Dropout;
import trivium.tensor.Floats;

/**
 * What a training step drops on the way into the residual stream (Srivastava et al. 2014; at the places of GPT-2).
 * Which numbers are dropped depends on the key, the layer, the row in the batch and the position in the row, and
 * neither on slices nor on workers; backward drops the same ones without a stored mask.
 */
final class ResidualDropout {

    private static final Place[] PLACES = Place.values();

    /** Never drops. */
    static final ResidualDropout NONE = new ResidualDropout(0, 0, 0);

    /** Where in a layer. */
    enum Place {
        EMBEDDING,
        ATTENTION,
        FEED_FORWARD
    }

    private final double probability;
    private final int width;
    private final int layer;
    private final long[] keys = new long[PLACES.length];
    private boolean on;
    private Positions positions;

    /** @param layer 0 for the embedding, i + 1 for block i */
    ResidualDropout(Architecture architecture, int layer) {
        this(architecture.conventions().dropout(), architecture.width(), layer);
    }

    private ResidualDropout(double probability, int width, int layer) {
        this.probability = probability;
        this.width = width;
        this.layer = layer;
    }

    /** From here on numbers are dropped: those at these positions. */
    void start(RandomKey key, Positions positions) {
        this.on = probability > 0;
        this.positions = positions;
        for (var place : PLACES) {
            keys[place.ordinal()] = key.at((long) layer * keys.length + place.ordinal());
        }
    }

    /** From here on nothing is dropped. */
    void stop() {
        on = false;
    }

    boolean on() {
        return on;
    }

    /** Drops of x (n, C), which is also how a gradient goes back; nothing while off. */
    void drop(Floats x, int n, Place place) {
        if (on) {
            for (int i = 0; i < n; i++) {
                Dropout.drop(x, (long) i * width, width, probability, key(i, place));
            }
        }
    }

    /** y becomes x + what is left of y, (n, C). */
    void dropAndAdd(Floats x, Floats y, int n, Place place) {
        for (int i = 0; i < n; i++) {
            Dropout.dropAndAdd(x, y, (long) i * width, width, probability, key(i, place));
        }
    }

    /** The gradient before {@link #dropAndAdd} from the one behind it, both (n, C). */
    void backward(Floats dy, Floats dx, int n, Place place) {
        dx.copyFrom(dy, 0, 0, (long) n * width);
        drop(dx, n, place);
    }

    private long key(int i, Place place) {
        return positions.key(keys[place.ordinal()], i);
    }
}
