package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.files.Format;
import trivium.data.files.Shape;
import trivium.text.Message;

/** Every shape of file, as people have it, against what it should become. */
class ShapesTest {

    private static final String ALPACA = """
            [{"instruction": "Double it.", "input": "4", "output": "8"},
             {"instruction": "Greet.", "input": "", "output": "Hello."},
             {"instruction": "Part.", "output": "Bye."}]""";

    private static final String DOUBLE_IT = "Below is an instruction that describes a task, paired with an input that"
            + " provides further context. Write a response that appropriately completes the request.\n\n"
            + "### Instruction:\nDouble it.\n\n### Input:\n4\n\n### Response:";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<Conversation> conversations(String name, String text) throws IOException {
        return Conversations.read(write(name, text)).list();
    }

    private List<Comparison> comparisons(String name, String text) throws IOException {
        return Comparisons.read(write(name, text)).list();
    }

    @Test
    void promptsAndCompletions() throws IOException {
        var expected = List.of(new Conversation("2+2=", "4"), new Conversation("1+1=", "2"));
        assertEquals(expected, conversations("a.jsonl", """
                {"prompt": "2+2=", "completion": "4"}

                {"completion": "2", "prompt": "1+1=", "id": 7}
                """));
        assertEquals(expected, conversations("a.json", """
                [ {"prompt": "2+2=", "completion": "4"}, {"prompt": "1+1=", "completion": "2"} ]"""));
        assertEquals(expected, conversations("qa.jsonl", """
                {"question": "2+2=", "answer": "4"}
                {"question": "1+1=", "answer": "2"}"""));
        assertEquals(expected, conversations("lists.jsonl", """
                {"prompt": [{"role": "user", "content": "2+2="}], "completion": [{"role": "assistant", "content": "4"}]}
                {"prompt": [{"role": "user", "content": "1+1="}], "completion": [{"role": "assistant", "content": "2"}]}
                """));
    }

    @Test
    void alpacaGetsItsTemplate() throws IOException {
        var file = write("a.json", ALPACA);
        var read = Conversations.read(file);
        assertEquals(new Conversation(DOUBLE_IT, "8"), read.get(0));
        assertTrue(read.get(2).prompt().endsWith("request.\n\n### Instruction:\nPart.\n\n### Response:"));
        assertEquals(file + ": 3 Alpaca records, 2 with empty input", read.toString());
    }

    @Test
    void dollysNamesForAlpacasFields() throws IOException {
        assertEquals(
                List.of(new Conversation(DOUBLE_IT, "8")),
                conversations("dolly.jsonl", "{\"instruction\":\"Double it.\",\"context\":\"4\",\"response\":\"8\"}"));
    }

    @Test
    void aChatKeepsItsTurns() throws IOException {
        var talk = Conversation.of(
                Message.system("Be kind."),
                Message.user("Hello?"),
                Message.assistant("Hi."),
                Message.user("Who?"),
                Message.assistant("Me."));
        var expected = List.of(talk, new Conversation("Bye", "Bye!"));
        assertEquals("Be kind.\n\nHuman: Hello?\n\nAssistant: Hi.\n\nHuman: Who?", talk.prompt(), "for tables");
        assertEquals(expected, conversations("chat.jsonl", """
                {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}, \
                {"role": "assistant", "content": "Hi."}, {"role": "user", "content": [{"type": "text", "text": "Who?"}]}, \
                {"role": "assistant", "content": "Me."}]}
                {"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye!"}, \
                {"role": "user", "content": "…"}]}
                """));
        assertEquals(expected, conversations("share.json", """
                [{"id": "x", "conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": "Hello?"},
                  {"from": "gpt", "value": "Hi."}, {"from": "human", "value": "Who?"}, {"from": "gpt", "value": "Me."}]},
                 {"id": "y", "conversations": [{"from": "human", "value": "Bye"}, {"from": "chatgpt", "value": "Bye!"}]}]"""));
        var file = folder.resolve("share.json");
        assertEquals(
                file + ": 2 ShareGPT chats, 1 with several answers",
                Conversations.read(file).toString());
    }

    @Test
    void preferencesAsTextsAndAsMessages() throws IOException {
        var expected = List.of(new Comparison("Colour?", "Blue.", "Green."));
        assertEquals(
                expected,
                comparisons("a.jsonl", "{\"prompt\":\"Colour?\",\"chosen\":\"Blue.\",\"rejected\":\"Green.\"}"));
        var blue = "{\"role\":\"assistant\",\"content\":\"Blue.\"}";
        var green = "{\"role\":\"assistant\",\"content\":\"Green.\"}";
        var colour = "{\"role\":\"user\",\"content\":\"Colour?\"}";
        for (var prompt : List.of(
                "{\"prompt\":[%s],\"chosen\":[%s],\"rejected\":[%s]}".formatted(colour, blue, green),
                "{\"prompt\":\"Colour?\",\"chosen\":[%s],\"rejected\":[%s]}".formatted(blue, green),
                "{\"prompt\":\"Colour?\",\"chosen\":[%s,%s],\"rejected\":[%s,%s]}"
                        .formatted(colour, blue, colour, green),
                "{\"chosen\":[%s,%s],\"rejected\":[%s,%s]}".formatted(colour, blue, colour, green))) {
            assertEquals(expected, comparisons("b.jsonl", prompt), prompt);
        }
    }

    /** The first is the example of TRL's documentation. */
    @Test
    void anImplicitPromptIsWhatBothBeginWith() throws IOException {
        assertEquals(
                List.of(
                        new Comparison("The sky is", " blue.", " green."),
                        new Comparison("2+2=", "4", "5"),
                        new Comparison("", "Yes", "No")),
                comparisons("a.jsonl", """
                        {"chosen": "The sky is blue.", "rejected": "The sky is green."}
                        {"chosen": "2+2=4", "rejected": "2+2=5"}
                        {"chosen": "Yes", "rejected": "No"}
                        """));
        var summary = Comparisons.read(folder.resolve("a.jsonl")).toString();
        assertTrue(summary.endsWith(": 3 implicit-prompt preference records, 1 with empty prompt"), summary);
        // 😀 and 😁 share the first half of their surrogate pairs
        assertEquals(
                List.of(new Comparison("x", "😀", "😁")),
                comparisons("b.jsonl", "{\"chosen\": \"x😀\", \"rejected\": \"x😁\"}"));
    }

    @Test
    void hhRlhfTranscripts() throws IOException {
        var file = write("hh.jsonl", """
                {"chosen": "\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: How?\\n\\nAssistant: Well.\\n\\nIndeed.", \
                "rejected": "\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: How?\\n\\nAssistant: Bad."}
                {"chosen": "\\n\\nHuman: Hi\\n\\nAssistant: A", "rejected": "\\n\\nHuman: Hi\\n\\nAssistant: B"}
                """);
        var before = List.of(Message.user("Hi"), Message.assistant("Hello"), Message.user("How?"));
        assertEquals(
                List.of(new Comparison(before, "Well.\n\nIndeed.", "Bad."), new Comparison("Hi", "A", "B")),
                Comparisons.read(file).list());
        assertEquals(
                List.of(talk(before, "Well.\n\nIndeed."), new Conversation("Hi", "A")),
                Conversations.read(file).list());
        assertTrue(Comparisons.read(file).toString().contains("2 HH-RLHF records"));
        assertEquals(
                List.of(talk(before, "Well.")),
                conversations("hh.txt", "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: How?\n\nAssistant: Well.\n"));
        assertEquals(
                List.of(new Comparison(before, "Well.", "Bad."), new Comparison("Hi Human: I am", "A", "B")),
                comparisons("prompts.jsonl", """
                        {"prompt": "\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: How?\\n\\nAssistant:", \
                        "chosen": "Well.", "rejected": "Bad."}
                        {"prompt": "Hi Human: I am", "chosen": "A", "rejected": "B"}
                        """));
    }

    private static Conversation talk(List<Message> before, String answer) {
        return new Conversation(Stream.concat(before.stream(), Stream.of(Message.assistant(answer)))
                .toList());
    }

    /**
     * What both lists of messages begin with is the prompt; where they go on with further turns, the better one is
     * learned.
     */
    @Test
    void preferencesOfSeveralTurns() throws IOException {
        var hi = "{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}";
        var how = "{\"role\":\"user\",\"content\":\"How?\"}";
        var well = "{\"role\":\"assistant\",\"content\":\"Well.\"}";
        var bad = "{\"role\":\"assistant\",\"content\":\"Bad.\"}";
        var before = List.of(Message.user("Hi"), Message.assistant("Hello"), Message.user("How?"));
        for (var record : List.of(
                "{\"chosen\":[%1$s,%2$s,%3$s],\"rejected\":[%1$s,%2$s,%4$s]}",
                "{\"prompt\":[%1$s,%2$s],\"chosen\":[%3$s],\"rejected\":[%4$s]}",
                "{\"prompt\":[%1$s,%2$s],\"chosen\":[%1$s,%2$s,%3$s],\"rejected\":[%1$s,%2$s,%4$s]}")) {
            var json = record.formatted(hi, how, well, bad);
            assertEquals(List.of(new Comparison(before, "Well.", "Bad.")), comparisons("a.jsonl", json), json);
            assertEquals(List.of(talk(before, "Well.")), conversations("a.jsonl", json), json);
        }
        assertEquals(
                List.of(talk(before, "Well.")),
                conversations("b.jsonl", "{\"prompt\":[%s,%s],\"completion\":[%s]}".formatted(hi, how, well)));
        assertEquals(
                List.of(talk(before, "Well.")),
                conversations(
                        "c.jsonl",
                        "{\"chosen\":[%s,%s,%s],\"rejected\":[{\"role\":\"user\",\"content\":\"Hi\"},%s]}"
                                .formatted(hi, how, well, bad)));
    }

    @Test
    void alpacaWithPreferencesIsBoth() throws IOException {
        var file = write(
                "a.json",
                "[{\"instruction\": \"Double it.\", \"input\": \"4\", \"output\": \"8\","
                        + " \"rejected\": \"Do it yourself.\", \"chosen\": \"It is 8.\"}]");
        assertEquals(
                List.of(new Comparison(DOUBLE_IT, "It is 8.", "Do it yourself.")),
                Comparisons.read(file).list());
        assertEquals(
                List.of(new Conversation(DOUBLE_IT, "8")),
                Conversations.read(file).list());
        assertEquals(
                List.of(new Conversation(DOUBLE_IT, "It is 8.")),
                Conversations.read(file, Format.of(Shape.ALPACA_PREFERENCE)).list(),
                "overruled");
    }

    @Test
    void ofUnpairedAnswersTheGoodOnesAreKept() throws IOException {
        var file = write("kto.jsonl", """
                {"prompt": "Sky?", "completion": "Blue", "label": true}
                {"prompt": "Sky?", "completion": "Green", "label": false}
                {"prompt": "Sky?", "completion": "Red", "label": 0}
                """);
        assertEquals(
                List.of(new Conversation("Sky?", "Blue")),
                Conversations.read(file).list());
        assertEquals(
                file + ": 3 unpaired records, 2 labelled bad left out (first: line 2); 1 kept",
                Conversations.read(file).toString());
        assertEquals(
                List.of(new Conversation("a", "b")), conversations("kto.csv", "prompt,completion,label\na,b,True\n"));
    }

    @Test
    void tables() throws IOException {
        var expected = List.of(new Conversation("Say \"hi\", now", " hi\nthere "), new Conversation("NA", "null"));
        var csv = "prompt,completion,n\n\"Say \"\"hi\"\", now\",\" hi\nthere \",1\nNA,null,2\n";
        assertEquals(expected, conversations("a.csv", csv));
        assertEquals(expected, conversations("noname", csv));
        assertEquals(
                expected,
                conversations(
                        "a.tsv",
                        csv.replace(",\"", "\t\"")
                                .replace(",1", "\t1")
                                .replace("NA,null,2", "NA\tnull\t2")
                                .replace("prompt,completion,n", "prompt\tcompletion\tn")));
        var german = write("fragen.csv", "Frage;Antwort\nWer?;Ich, ja\n");
        assertEquals(
                List.of(new Conversation("Wer?", "Ich, ja")),
                Conversations.read(german, Format.GUESS.field("prompt", "Frage").field("completion", "Antwort"))
                        .list());
        assertEquals(
                List.of("one", "two"),
                Corpus.read(write("t.csv", "id,text\n1,one\n2,two\n")).documents());
        var longCell = "x".repeat(100_000);
        assertEquals(
                longCell,
                conversations("long.csv", "prompt,completion\na," + longCell + "\n")
                        .getFirst()
                        .completion());
    }

    @Test
    void questionsInPlainText() throws IOException {
        assertEquals(
                List.of(new Conversation("jump twice", "I_JUMP I_JUMP")),
                conversations("scan.txt", "IN: jump twice OUT: I_JUMP I_JUMP\n"));
        assertEquals(
                List.of(new Conversation("50+148=", "198"), new Conversation("1-3=", "-2")),
                conversations("sums.txt", "50+148=198\n1-3=-2\n"));
        assertEquals(
                List.of(new Conversation("rot", "red"), new Conversation("blau", "blue")),
                Conversations.read(
                                write("words.txt", "rot -> red\nblau -> blue\n"),
                                Format.lines("(?<prompt>.*) -> (?<completion>.*)"))
                        .list());
    }

    @Test
    void gzipIsKnownByItsBytes() throws IOException {
        var file = folder.resolve("packed.json");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(ALPACA.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(3, Conversations.read(file).size());
        var table = folder.resolve("table.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(table))) {
            out.write("prompt,completion\na,b\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(
                List.of(new Conversation("a", "b")), Conversations.read(table).list());
    }

    @Test
    void textOfRecords() throws IOException {
        assertEquals(
                List.of("one", "two\n"),
                Corpus.read(write("a.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\\n\"}"))
                        .documents());
        assertEquals(
                List.of("one"),
                Corpus.read(write("a.json", "[{\"text\":\"one\"}]")).documents());
        assertEquals(
                List.of("one"),
                Corpus.read(
                                Format.GUESS.field("text", "story"),
                                write("b.jsonl", "{\"story\":\"one\"}").toString())
                        .documents());
    }

    /** Plain text may begin like anything. */
    @Test
    void textThatLooksLikeJson() throws IOException {
        assertEquals(
                List.of("[Enter Hamlet]\n"),
                Corpus.read(write("a.txt", "[Enter Hamlet]\n")).documents());
        assertEquals(
                List.of("{a brace"), Corpus.read(write("b.txt", "{a brace")).documents());
        assertEquals(
                List.of("x".repeat(100_000)),
                Corpus.read(write("long", "{\"text\": \"" + "x".repeat(100_000) + "\"}\n"))
                        .documents());
        assertEquals(
                List.of("To be, or not"),
                Corpus.read(write("c.txt", "To be, or not")).documents());
        assertEquals(
                List.of("{\"text\": \"x\"}"),
                Corpus.read(Format.of(Shape.TEXT), write("d.txt", "{\"text\": \"x\"}"))
                        .documents(),
                "overruled");
    }

    /** Every line of up to eight of these characters is a sum, or none, as the plain expression says. */
    @Test
    void sumsAreRecognisedInOneGo() throws IOException {
        var plain = Pattern.compile("(?<prompt>[-\\d]+[-+*/][-\\d]+=)(?<completion>-?\\d+)");
        var lines = new ArrayList<>(List.of(""));
        for (int from = 0, length = 0; length < 8; length++) {
            int to = lines.size();
            for (; from < to; from++) {
                for (var c : List.of("-", "1", "+", "=")) {
                    lines.add(lines.get(from) + c);
                }
            }
        }
        var sums = lines.stream().filter(line -> plain.matcher(line).matches()).toList();
        assertTrue(sums.size() > 100);
        var read = Conversations.read(
                write("sums.txt", "1+1=1\n" + String.join("\n", sums)), Format.GUESS.keepingDuplicates());
        assertEquals(sums.size() + 1, read.size());
        for (int i = 0; i < sums.size(); i++) {
            assertEquals(sums.get(i), read.get(i + 1).prompt() + read.get(i + 1).completion());
            assertTrue(read.get(i + 1).prompt().endsWith("="));
        }
        for (var line : lines.subList(0, 1000)) {
            if (!line.isEmpty() && !plain.matcher(line).matches()) {
                var other = write("other.txt", line + "\n");
                assertThrows(IllegalArgumentException.class, () -> Conversations.read(other), line);
            }
        }
    }
}
