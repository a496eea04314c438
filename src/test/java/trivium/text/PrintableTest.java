package trivium.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.run.ConsoleProgress;

class PrintableTest {

    /** Unicode's own classes: what is a control character (Cc) or one of its twelve bidirectional controls is shown. */
    @Test
    void showsControlsAndMarksOfDirectionAsNumbers() {
        var acting = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> Character.getType(c) == Character.CONTROL || bidirectionalControl(c))
                .filter(c -> c != '\n' && c != '\t')
                .boxed()
                .toList();
        assertEquals(
                acting,
                IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> !Printable.of(Character.toString(c)).equals(Character.toString(c)))
                        .boxed()
                        .toList());
        assertEquals("\\u001b]0;title\\u0007 \\u202egnp.exe", Printable.of("\u001b]0;title\u0007 \u202egnp.exe"));
        assertEquals("line\r\nnext\\u000dover\n", Printable.of("line\r\nnext\rover\n"));
    }

    /** Unicode Standard Annex 9, section 2. */
    private static boolean bidirectionalControl(int c) {
        return switch (Character.getDirectionality(c)) {
            case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
                    Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE -> true;
            default -> c == 0x200E || c == 0x200F || c == 0x061C;
        };
    }

    @Test
    void progressOnAConsoleDoesNotActOnIt() {
        var bytes = new ByteArrayOutputStream();
        var progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0);
        progress.start("\u001b[2J", 0);
        progress.note("\u202e");
        progress.finish("\u009b");
        var printed = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, printed.size());
        assertEquals(List.of("\\u001b[2J", "\\u001b[2J: \\u202e", "\\u001b[2J: \\u009b"), printed);
    }
}
