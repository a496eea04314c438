package trivium.data;

import trivium.data.files.Format;
import trivium.data.files.Summary;

/** Says what a file was taken for, so that a wrong guess is heard. A shape that was asked for needs no saying. */
final class Aloud {

    private Aloud() {}

    static void say(Summary summary, Format format) {
        if (format.shape().isEmpty()) {
            System.out.println(summary);
        }
    }
}
