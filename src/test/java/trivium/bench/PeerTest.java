package trivium.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeerTest {

    /** Says all it knows whatever it is asked; the sign at the end keeps the question from the shell. */
    private static final String PEER = """
            echo "{'a': 'dictionary'}"
            echo '{"job": "train", "case": "small", "tokens_per_s": 1.5}'
            echo '{"job": "generate", "case": "small", "batch": 1, "tokens_per_s": 2.5}'
            echo '{"job": "generate", "case": "medium", "batch": 32, "tokens_per_s": 3.5}'
            echo '{"job": "generate", "case": "small", "batch": 32, "tokens_per_s": 4.5}' #""";

    @Test
    void theRowThatWasAskedFor() {
        assertEquals(1.5, Peer.tokensPerSecond(PEER, "train", "small", 12));
        assertEquals(2.5, Peer.tokensPerSecond(PEER, "generate", "small", 1));
        assertEquals(4.5, Peer.tokensPerSecond(PEER, "generate", "small", 32));
    }

    @Test
    void aPeerThatSaysNothingOrFailsIsNamed() {
        var silent =
                assertThrows(IllegalArgumentException.class, () -> Peer.tokensPerSecond(PEER, "generate", "llama", 1));
        assertTrue(silent.getMessage().startsWith("the peer printed no such row: "), silent.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Peer.tokensPerSecond("false", "train", "small", 12));
    }
}
