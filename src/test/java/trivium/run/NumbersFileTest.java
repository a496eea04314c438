package trivium.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersFileTest {

    @TempDir
    Path folder;

    @Test
    void whatIsReadIsWhatWasWrittenOrNothing() throws IOException {
        var file = folder.resolve("numbers.f64");
        double[] numbers = {-0.0, Math.PI, -123.456, Double.MIN_VALUE};
        assertTrue(NumbersFile.read(file, 4).isEmpty(), "there is no file");
        NumbersFile.write(file, numbers);
        assertArrayEquals(numbers, NumbersFile.read(file, 4).orElseThrow());
        assertTrue(NumbersFile.read(file, 3).isEmpty(), "another number of them");
        byte[] bytes = Files.readAllBytes(file);
        for (int i : new int[] {0, 32, bytes.length - 1}) {
            bytes[i] ^= 1;
            Files.write(file, bytes);
            assertTrue(NumbersFile.read(file, 4).isEmpty(), "byte " + i + " is another");
            bytes[i] ^= 1;
        }
    }
}
