package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {

    @ParameterizedTest
    @CsvSource({
        "0.30000000000000004, 0.3",
        "-2, −2",
        "1500, 1500",
        "20000, 20k",
        "1500000, 1.5M",
        "0.0001, 1e−4",
        "0, 0",
        "0.04, 0.04",
        "9999.5, 9999.5",
        "3e9, 3e9"
    })
    void ticks(double value, String text) {
        assertEquals(text, Labels.tick(value));
    }

    @ParameterizedTest
    @CsvSource({"1e-4, 1e−4", "0.00025118864, 2.5e−4", "0.1, 0.1", "0.5, 0.5", "128, 128", "1e-2, 0.01", "12.5, 12.5"})
    void settings(double value, String text) {
        assertEquals(text, Labels.setting(value));
    }

    @ParameterizedTest
    @CsvSource({"2.3604, 2.36", "-0.4049, −0.405", "93.25, 93.3", "0, 0", "512, 512", "0.00031, 3.1e−4"})
    void numbers(double value, String text) {
        assertEquals(text, Labels.number(value));
    }
}
