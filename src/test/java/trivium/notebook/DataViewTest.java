package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.data.profile.Overlap;
import trivium.data.profile.Profile;
import trivium.text.ChatTemplate;
import trivium.text.Pieces;
import trivium.text.Tokenizer;

/** Cards of data sets, read as a browser would: what came from outside is text, everything else is well formed. */
class DataViewTest {

    private static final String EVIL = "</div><script>alert(\"&'\")</script>";

    static {
        DataView.register();
    }

    @TempDir
    private Path folder;

    /** The card as a tree; fails where a tag is left open or something is not escaped. */
    private static Element tree(Object value) throws Exception {
        var html = ((Html) Views.of(value).orElseThrow()).html();
        var xml = html.replaceAll("(<(?:img|br|wbr)\\b[^>]*?)/?>", "$1/>")
                .replace("<details open ", "<details open=\"\" ")
                .replace("&nbsp;", " ");
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        assertEquals(0, document.getElementsByTagName("script").getLength());
        return document.getDocumentElement();
    }

    private static int count(Element tree, String tag) {
        return tree.getElementsByTagName(tag).getLength();
    }

    @Test
    void whatComesFromOutsideIsOnlyEverText() throws Exception {
        var words = (EVIL + " ").repeat(20);
        var conversation = new Conversation(EVIL, words);
        var sets = List.of(
                new Corpus(EVIL, List.of(words, EVIL)),
                new Conversations(EVIL, List.of(conversation)),
                new Comparisons(EVIL, List.of(new Comparison(EVIL, words, EVIL))));
        for (var data : sets) {
            var card = tree(data);
            assertTrue(card.getTextContent().contains(EVIL), "an example, as it is");
            assertTrue(count(card, "img") >= 2 && count(card, "details") >= 1, "figures and examples");
        }
        var tokenizer = Tokenizer.characters(List.of(EVIL)).withSpecials("<b>");
        assertEquals(EVIL + "<b>", boxes(Pieces.of(tokenizer, tokenizer.encodeWithSpecials(EVIL + "<b>"))));
    }

    private static String boxes(Pieces pieces) throws Exception {
        var text = new StringBuilder();
        spans(pieces, "id ").forEach(span -> text.append(span.getTextContent()));
        return text.toString();
    }

    private static List<Element> spans(Pieces pieces, String title) throws Exception {
        var spans = tree(pieces).getElementsByTagName("span");
        return IntStream.range(0, spans.getLength())
                .mapToObj(i -> (Element) spans.item(i))
                .filter(span -> span.getAttribute("title").startsWith(title))
                .toList();
    }

    @Test
    void numbersOnTheCardAreThoseOfTheFile() throws Exception {
        var file = folder.resolve("tasks.jsonl");
        Files.writeString(file, """
                {"instruction": "Say one.", "input": "", "output": "one"}
                {"instruction": "Say two.", "input": "in French", "output": "deux deux deux"}
                {"instruction": "Say one.", "input": "", "output": "one"}
                {"instruction": "Say nothing.", "input": "", "output": " "}
                """);
        var card = tree(Conversations.read(file)).getTextContent();
        for (var finding : List.of(
                "4 Alpaca records",
                "3 with empty input",
                "1 duplicate left out (first: line 3)",
                "1 with empty answer left out (first: line 4)",
                "kept2",
                "different prompts2",
                "2 conversations")) {
            assertTrue(card.contains(finding), finding + " in " + card);
        }
    }

    @Test
    void splitsShowWhatTheyShareAndTokenFilesWhatTheyHold() throws Exception {
        var documents = IntStream.range(0, 50)
                .mapToObj(i -> "Once there was number " + i + ".")
                .toList();
        var corpus = Corpus.of(documents);
        var overlap = tree(corpus.split(0.2)).getTextContent();
        assertTrue(
                Pattern.compile("held-out documents that are in the training data0 of \\d+ \\(0.0 %\\)")
                        .matcher(overlap)
                        .find(),
                overlap);
        var tokenizer = Tokenizer.characters(documents).withSpecials(Tokenizer.END_OF_TEXT);
        var file = TokenFile.build(folder.resolve("t"), documents.iterator(), tokenizer, TokenFile.Listener.SILENT);
        assertTrue(tree(file)
                .getTextContent()
                .contains(String.format("%,d tokens", file.tokens().size())));
    }

    /** Here the chosen answers are short and the rejected ones are not; there the training documents are many. */
    @Test
    void whatIsComparedIsCountedInOneUnit() throws Exception {
        var uneven = Comparisons.of(List.of(new Comparison("p", "yes", "well, it may or may not be so")));
        assertEquals("characters", Profile.of(uneven).learned().shown().unit());
        assertTrue(tree(uneven).getTextContent().contains("rejected"));
        var documents = IntStream.range(0, 12)
                .mapToObj(i -> "First " + i + ".\n\nSecond.")
                .toList();
        var few = new Corpus("few", List.of(String.join("\n\n", documents)));
        var card = tree(Overlap.of(Corpus.of(documents), few)).getTextContent();
        assertFalse(card.contains("median"), "documents and paragraphs are not compared: " + card);
    }

    @Test
    void trainedTokensAreTheOnesThatTheTemplateTrains() throws Exception {
        var tokenizer =
                Tokenizer.characters(List.of("Who is it? Mia.\n")).withSpecials(ChatTemplate.DEFAULT.specials());
        var example = ChatTemplate.DEFAULT.example(tokenizer, "Who\nis it?", "Mia.");
        var pieces = example.chat().pieces(tokenizer);
        assertEquals(
                "17 tokens, 5 of them trained [in brackets]:"
                        + " <|user|> W h o ⏎ i s ␣ i t ? <|assistant|> [M i a . <|end|>]",
                Views.of(pieces).orElseThrow().text());
        var spans = spans(pieces, "id ");
        var trained = new ArrayList<Integer>();
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < spans.size(); i++) {
            var style = spans.get(i).getAttribute("style");
            if (style.contains("bold")) {
                trained.add(i);
            }
            assertEquals(spans.get(i).getTextContent().startsWith("<|"), style.contains("outline"), style);
            ids.add(Integer.parseInt(spans.get(i).getAttribute("title").substring(3)));
        }
        assertEquals(IntStream.range(example.promptLength(), 17).boxed().toList(), trained);
        assertEquals(IntStream.of(example.ids()).boxed().toList(), ids);
    }

    @Test
    void longTextsAndLongRowsOfTokensAreCut() throws Exception {
        var text = "x".repeat(3_000) + "\n" + "y".repeat(10);
        var card = tree(Profile.of(Corpus.of(text))).getTextContent();
        assertTrue(card.contains("… 2,511 more characters") && !card.contains("x".repeat(501)), card);
        var tokenizer = Tokenizer.characters(List.of("xy"));
        var shown =
                tree(Pieces.of(tokenizer, tokenizer.encode("x".repeat(1_500)))).getTextContent();
        assertTrue(shown.contains("1,500 tokens") && shown.contains("… 500 more tokens"), shown);
        assertFalse(shown.contains("trained"), "plain text has no marks");
    }
}
