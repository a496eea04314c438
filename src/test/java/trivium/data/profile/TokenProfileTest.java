package trivium.data.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.TokenFile;
import trivium.text.Tokenizer;

class TokenProfileTest {

    @TempDir
    private Path folder;

    @Test
    void tokensAndDocumentsAreCountedAsTheTextHasThem() {
        var documents =
                IntStream.rangeClosed(1, 40).mapToObj(i -> "ab".repeat(i) + "c").toList();
        var tokenizer = Tokenizer.characters(List.of("abcd")).withSpecials(Tokenizer.END_OF_TEXT);
        var file =
                TokenFile.build(folder.resolve("tokens"), documents.iterator(), tokenizer, TokenFile.Listener.SILENT);

        var profile = TokenProfile.of(file, tokenizer);
        int half = 40 * 41 / 2;
        assertEquals(
                List.of(
                        new Frequency("a", half),
                        new Frequency("b", half),
                        new Frequency("c", 40),
                        new Frequency(Tokenizer.END_OF_TEXT, 40)),
                profile.most());
        assertEquals(4, profile.used(), "d is not used");
        var lengths = documents.stream().mapToInt(String::length).toArray();
        assertEquals(Optional.of(new Lengths("tokens", lengths)), profile.documents());
        assertEquals(
                documents.get(0) + Tokenizer.END_OF_TEXT + documents.get(1),
                profile.beginning().orElseThrow().list().stream()
                        .limit(3 + 1 + 5)
                        .map(piece -> piece.text())
                        .reduce("", String::concat));

        var numbers = TokenProfile.of(file);
        assertEquals(new Frequency("id 0", half), numbers.most().getFirst());
        assertEquals(Optional.empty(), numbers.documents());
        var other = Tokenizer.characters(List.of("abc"));
        var message = assertThrows(IllegalArgumentException.class, () -> TokenProfile.of(file, other))
                .getMessage();
        assertTrue(message.contains("another tokenizer"), message);
    }
}
