package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarginsTest {

    @TempDir
    Path folder;

    private Comparisons read(String name, String content) throws IOException {
        return Comparisons.read(Files.writeString(folder.resolve(name), content));
    }

    private static List<Double> margins(Comparisons comparisons) {
        return comparisons.list().stream().map(Comparison::margin).toList();
    }

    @Test
    void aMarginIsReadWhereThereIsOne() throws IOException {
        var lines = read("lines.jsonl", """
                {"prompt": "p", "chosen": "a", "rejected": "b", "margin": 0.5}
                {"prompt": "p", "chosen": "a", "rejected": "c"}
                {"prompt": "p", "chosen": "a", "rejected": "d", "margin": null}
                {"prompt": "p", "chosen": "a", "rejected": "e", "margin": 2}
                """);
        assertEquals(List.of(0.5, 0.0, 0.0, 2.0), margins(lines));
        var table = read("table.csv", """
                prompt,chosen,rejected,margin
                p,a,b,1.5
                p,a,c,
                """);
        assertEquals(List.of(1.5, 0.0), margins(table));
    }

    @Test
    void aMarginThatIsNoNumberIsNamed() {
        var message = assertThrows(IllegalArgumentException.class, () -> read("bad.jsonl", """
                                {"prompt": "p", "chosen": "a", "rejected": "b", "margin": "much"}
                                """))
                .getMessage();
        assertEquals(
                folder.resolve("bad.jsonl")
                        + " line 1: \"margin\" is not a finite number; each line needs {\"prompt\": …, \"chosen\": …,"
                        + " \"rejected\": …}",
                message);
        assertThrows(IllegalArgumentException.class, () -> new Comparison("p", "a", "b").withMargin(Double.NaN));
    }

    @Test
    void whatIsLearnedFromOtherMarginsIsOtherData() {
        var plain = Comparisons.of(new Comparison("p", "a", "b"));
        var margin = Comparisons.of(new Comparison("p", "a", "b").withMargin(1));
        assertNotEquals(plain.sha256(), margin.sha256());
        assertNotEquals(
                margin.sha256(),
                Comparisons.of(new Comparison("p", "a", "b").withMargin(2)).sha256());
    }
}
