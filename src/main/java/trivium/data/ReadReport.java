package trivium.data;

import java.util.List;
import java.util.function.BiFunction;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;

/**
 * Prints which shape a file was taken for, so that a wrong guess is seen. A shape that was asked for is not printed.
 */
final class ReadReport {

    private ReadReport() {}

    /**
     * Reads all records and prints the shape that they were taken for.
     *
     * @param make from what is left, at least one, and the summary
     * @throws IllegalArgumentException if nothing is left
     */
    static <T, L> L read(Records<T> records, Format format, BiFunction<List<T>, Summary, L> make) {
        var list = records.toList();
        var summary = records.summary();
        say(summary, format);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("nothing is left of " + summary);
        }
        return make.apply(list, summary);
    }

    static void say(Summary summary, Format format) {
        if (format.shape().isEmpty()) {
            System.out.println(summary);
        }
    }
}
