package elsewhere;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import trivium.data.Conversation;
import trivium.data.Conversations;

/** A data format of someone's own: blocks of a line {@code Q: …} and the lines of its answer {@code A: …}. */
final class QuizFile {

    private QuizFile() {}

    static Conversations read(Path file) throws IOException {
        var read = new ArrayList<Conversation>();
        for (var block : Files.readString(file).strip().split("\n\n+")) {
            var cut = block.indexOf("\nA: ");
            if (!block.startsWith("Q: ") || cut < 0) {
                throw new IllegalArgumentException(
                        file + ": expected \"Q: …\" and on the next line \"A: …\", not: " + block);
            }
            read.add(new Conversation(block.substring("Q: ".length(), cut), block.substring(cut + "\nA: ".length())));
        }
        return new Conversations(file.getFileName().toString(), read);
    }
}
