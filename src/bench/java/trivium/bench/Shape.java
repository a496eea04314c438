package trivium.bench;

import trivium.model.Architecture;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Size;

/** One slice of a training step of {@code lab bench}'s cases: a quarter of the batch, or a row of GPT-2's two. */
@SuppressWarnings("ImmutableEnumChecker") // an architecture is a record of records and never changes
public enum Shape {
    SMALL(Gpt.small().context(64), 65, 3),
    MEDIUM(Gpt.medium(), 65, 4),
    LLAMA(Llama.of(256, 256, 6, 8, 4), 512, 4),
    GPT2(Gpt.gpt2().context(256), 50_257, 1);

    final Architecture architecture;
    final int vocabulary;
    final int rows;

    Shape(Architecture architecture, int vocabulary, int rows) {
        this.architecture = architecture;
        this.vocabulary = vocabulary;
        this.rows = rows;
    }

    /** T. */
    int time() {
        return architecture.context();
    }

    /** N, positions in a slice. */
    int positions() {
        return rows * time();
    }

    /** C. */
    int width() {
        return architecture.width();
    }

    int hidden() {
        return architecture.hidden();
    }

    int heads() {
        return architecture.attention().heads();
    }

    /** D. */
    int headSize() {
        return architecture.headSize();
    }

    long parameters() {
        return Size.generating(architecture, vocabulary, 1).parameters();
    }
}
