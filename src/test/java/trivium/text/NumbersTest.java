package trivium.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2.31749|2.317",
                "-0.4049|−0.4049",
                "0.30000000000000004|0.3",
                "128|128",
                "-1|−1",
                "0.00031|3.1e−4",
                "12840.27|12,840",
                "12840|12,840",
                "123456.7|123,457",
                "3e12|3,000,000,000,000",
                "1.5e20|1.5e20",
                "0|0",
                "-0.0|0",
                "NaN|NaN",
                "-Infinity|−∞"
            })
    void measuredValues(double value, String text) {
        assertEquals(text, Numbers.value(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2.3604|2.36", "-0.4049|−0.405", "93.25|93.3", "0|0", "512|512", "0.00031|3.1e−4", "12840.2|12,840"
            })
    void valuesInFigures(double value, String text) {
        assertEquals(text, Numbers.brief(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.30000000000000004|0.3",
                "-2|−2",
                "1500|1,500",
                "20000|20,000",
                "1500000|1.5M",
                "0.0001|1e−4",
                "0|0",
                "0.04|0.04",
                "9999.5|9,999.5",
                "3e9|3e9"
            })
    void ticks(double value, String text) {
        assertEquals(text, Numbers.tick(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1e-4|1e−4",
                "0.00025118864|2.51e−4",
                "0.001|0.001",
                "0.1|0.1",
                "0.5|0.5",
                "128|128",
                "1e-2|0.01",
                "12.5|12.5",
                "1024|1,024",
                "NaN|NaN",
                "Infinity|∞",
                "-Infinity|−∞"
            })
    void settings(double value, String text) {
        assertEquals(text, Numbers.setting(value));
    }

    /** What is read back from a setting written in full is the setting. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"3.0E-4|3e−4", "0.1|0.1", "1000|1,000", "0.30000000000000004|0.30000000000000004"})
    void settingsInFull(double value, String text) {
        assertEquals(text, Numbers.exact(value));
        assertEquals(value, Double.parseDouble(text.replace("−", "-").replace(",", "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0.935|93.5 %", "0|0.0 %", "1|100.0 %", "0.0004|0.04 %", "-0.021|−2.1 %"})
    void sharesAreInPercent(double share, String text) {
        assertEquals(text, Numbers.percent(share));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|completion|1 completion",
                "0|completion|0 completions",
                "12840|completion|12,840 completions",
                "2|entry|2 entries",
                "2|day|2 days"
            })
    void countsAgreeWithTheirNouns(long count, String noun, String text) {
        assertEquals(text, Numbers.count(count, noun));
    }

    @ParameterizedTest
    @CsvSource({"0.42, 0.4 s", "59.4, 59 s", "59.6, 1 min 00 s", "185, 3 min 05 s", "7800, 2 h 10 min"})
    void durations(double seconds, String text) {
        assertEquals(text, Numbers.duration(seconds));
    }

    @Test
    void namesHaveNoThousands() {
        assertTrue(Numbers.isName("seed") && Numbers.isName("data_seed") && Numbers.isName("trial"));
        assertFalse(Numbers.isName("seeds") || Numbers.isName("steps"));
    }
}
