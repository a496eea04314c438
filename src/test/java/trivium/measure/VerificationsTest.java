package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.toytown.Tasks;

class VerificationsTest {

    private static final Tasks TASKS = Tasks.of(Conversations.of(
            new Conversation("Mia and Ben went home together. Who was at home?", "Mia was at home."),
            new Conversation("Mia had a kite. How many things did Mia have?", "Mia had one thing."),
            new Conversation("Mia had a kite. Where was the kite?", "Nobody says.")));

    private static final List<String> SAID = List.of("Ben was at home.", "Mia had two things.", "Nobody says.");

    @Test
    void anotherRightAnswerCountsAndAWrongOneSaysWhy() {
        assertEquals(new Share(2, 3), Verifications.share(TASKS, SAID));
        var table = Verifications.table(TASKS, SAID);
        assertEquals(
                List.of("who", "how many", "unanswerable"),
                table.stringColumn("kind").asList());
        assertEquals(List.of(true, false, true), table.booleanColumn("right").asList());
        assertEquals(
                "the story says: \"Mia had one thing.\"",
                table.stringColumn("why").get(1));
    }

    @Test
    void oneCompletionForEachTask() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> Verifications.share(TASKS, List.of("Ben.")));
        assertEquals("1 completions for 3 prompts: expected one for each", thrown.getMessage());
    }
}
