package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** The numbers beside the ticks of axes whose values differ little. */
class AxisTicksTest {

    @TempDir
    Path folder;

    /** The numbers of a figure of values between these, the same across and up. */
    private List<String> numbers(double low, double high, boolean logarithmic) throws Exception {
        var values = IntStream.range(0, 20)
                .mapToDouble(i -> i == 19 ? high : low + (high - low) * i / 19)
                .toArray();
        var table = Table.create("points", DoubleColumn.create("a", values), DoubleColumn.create("b", values));
        var axis = logarithmic ? Axis.of("a").log().logValues() : Axis.of("a");
        var svg = Files.readString(Figures.relation(table, axis, "b", "", 1).save(folder.resolve("axes.svg")));
        return Pattern.compile("<text[^>]*>([−\\d][^<]*)</text>")
                .matcher(svg)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0.9412, 0.9436",
        "0.94121, 0.94123",
        "9.41e-4, 9.43e-4",
        "123456.1, 123456.2",
        "1e6, 1000003",
        "1.1e9, 1100000050",
        "1e-14, 5e-14",
        "1, 1.00000000001"
    })
    void noTwoTicksOfAnAxisReadTheSame(double low, double high) throws Exception {
        for (boolean logarithmic : new boolean[] {false, true}) {
            var numbers = numbers(low, high, logarithmic);
            assertTrue(numbers.size() >= 2, numbers.toString());
            var times = new HashMap<String, Integer>();
            numbers.forEach(number -> {
                times.merge(number, 1, Integer::sum);
                double read = Double.parseDouble(number.replace('−', '-').replaceAll("[,M]", ""))
                        * (number.endsWith("M") ? 1e6 : 1);
                assertEquals((low + high) / 2, read, 0.7 * (high - low), number + " of " + numbers);
            });
            assertTrue(times.values().stream().allMatch(each -> each <= 2), "one across, one up: " + numbers);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1.0000000000000002", "0.3, 0.30000000000000004"})
    void valuesThatDifferInTheLastBitAreOneAndHaveNumbersAroundThem(double low, double high) throws Exception {
        for (boolean logarithmic : new boolean[] {false, true}) {
            var numbers = numbers(low, high, logarithmic);
            assertTrue(numbers.stream().distinct().count() >= 3, numbers.toString());
        }
    }
}
