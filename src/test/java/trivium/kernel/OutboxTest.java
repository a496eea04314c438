package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
    private final Outbox outbox = new Outbox((stream, text) -> sent.add(text));

    @Test
    void twentyThousandLinesArriveInOrderInFewMessages() {
        var out = new PrintStream(outbox.stream(Outbox.Stream.OUT), false, StandardCharsets.UTF_8);
        IntStream.range(0, 20_000).forEach(i -> out.println("line " + i));
        outbox.flush();
        var expected = IntStream.range(0, 20_000)
                .mapToObj(i -> "line " + i + System.lineSeparator())
                .collect(Collectors.joining());
        assertEquals(expected, String.join("", sent));
        assertTrue(sent.size() < 1_000, sent.size() + " messages");
    }

    @Test
    void textPrintedBeforeAMessageIsSentBeforeIt() {
        var out = new PrintStream(outbox.stream(Outbox.Stream.OUT), false, StandardCharsets.UTF_8);
        out.print("before");
        outbox.send(() -> sent.add("figure"));
        out.print("after");
        outbox.close();
        assertEquals(List.of("before", "figure", "after"), sent);
    }

    @Test
    void charactersAreNeverCutInTwo() throws IOException {
        var text = "aä€😀z😀";
        try (var out = outbox.stream(Outbox.Stream.ERR)) {
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                out.write(one);
                outbox.flush();
            }
        }
        assertEquals(text, String.join("", sent));
        assertEquals(text.codePoints().mapToObj(Character::toString).toList(), sent);
    }

    @Test
    void aSenderThatFailsDoesNotEndTheOutbox() {
        Logger.getLogger("trivium.kernel").setLevel(Level.OFF);
        outbox.send(() -> {
            throw new IllegalStateException("socket trouble");
        });
        outbox.send(() -> sent.add("next"));
        outbox.flush();
        assertEquals(List.of("next"), sent);
    }
}
