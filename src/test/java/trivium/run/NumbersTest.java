package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource({"0.42, 0.4 s", "59.4, 59 s", "59.6, 1 min 00 s", "185, 3 min 05 s", "7800, 2 h 10 min"})
    void durations(double seconds, String text) {
        assertEquals(text, Numbers.seconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"2.31749, 2.317", "-0.4049, -0.4049", "128, 128", "0.00031, 3.10e-04", "12840.27, 12840", "0, 0"})
    void metrics(double value, String text) {
        assertEquals(text, Numbers.metric(value));
    }
}
