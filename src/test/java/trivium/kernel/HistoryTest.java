package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.spencerpark.jupyter.messages.request.HistoryRequest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryTest {

    private final History history = new History();

    @BeforeEach
    void cells() {
        var codes = List.of("a = 1", "b = 2", "a = 1", "print(a)");
        for (int i = 0; i < codes.size(); i++) {
            history.add(i + 1, codes.get(i), i == 1 ? "two" : null);
        }
    }

    private List<Object> numbers(HistoryRequest request) {
        return history.find(request).stream().map(entry -> entry.get(1)).toList();
    }

    /** What IPython 8's HistoryManager.get_range answers for four cells. */
    @ParameterizedTest
    @CsvSource({"0,1,0,1 2 3 4", "0,2,4,2 3", "0,-2,0,3 4", "0,1,-1,1 2 3", "1,2,3,2", "7,1,0,''"})
    void aRangeIsThatOfIPython(int session, int start, int stop, String expected) {
        var all = numbers(new HistoryRequest.Range(false, true, session, start, stop));
        assertEquals(
                expected, String.join(" ", all.stream().map(String::valueOf).toList()));
    }

    @Test
    void theLastAreAskedForByNumber() {
        assertEquals(List.of(3, 4), numbers(new HistoryRequest.Tail(false, true, 2)));
        assertEquals(List.of(1, 2, 3, 4), numbers(new HistoryRequest.Tail(false, true, 1_000)));
    }

    @Test
    void aSearchFindsWholeCellsEachOnceWhereThatIsAskedFor() {
        assertEquals(List.of(1, 3), numbers(new HistoryRequest.Search(false, true, 0, "a*", false)));
        assertEquals(List.of(3), numbers(new HistoryRequest.Search(false, true, 0, "a*", true)));
        assertEquals(List.of(3, 4), numbers(new HistoryRequest.Search(false, true, 2, "*a*", false)));
    }

    /** The answers are those of SQLite 3.40: {@code select 'text' glob 'pattern'}. */
    @ParameterizedTest
    @CsvSource({
        "a*c,abc,true",
        "a*c,abcd,false",
        "a?c,ac,false",
        "a[*]c,a*c,true",
        "a[*]c,abc,false",
        "[a-c]x,bx,true",
        "[^a-c]x,bx,false",
        "[^a-c]x,zx,true",
        "[]]x,]x,true",
        "a[c,a[c,false",
        "a.c,abc,false",
        "A*,abc,false",
        "[\\d]x,dx,true",
        "[a&&b]x,&x,true",
        "[c-a]x,bx,false"
    })
    void patternsAreThoseOfSqlite(String pattern, String text, boolean matches) {
        assertEquals(matches, History.glob(pattern).test(text), pattern + " of " + text);
    }

    @Test
    void whoAsksForOutputsGetsPairs() {
        assertEquals(
                List.of(List.of(1, 2, List.of("b = 2", "two")), List.of(1, 3, Arrays.asList("a = 1", null))),
                history.find(new HistoryRequest.Range(true, true, 0, 2, 4)));
    }
}
