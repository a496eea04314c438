package trivium.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.data.FillInTheMiddle;
import trivium.data.FillInTheMiddle.Gap;
import trivium.generate.GeneratedText.Piece;
import trivium.generate.Generation.Finish;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class CompletionsTest {

    private static final Tokenizer LETTERS = Tokenizers.characters(List.of("abcd"))
            .withSpecials(Tokenizer.END_OF_TEXT)
            .withSpecials(ChatTemplate.DEFAULT.specials());

    @Test
    void aContinuationEndsWhereTheDocumentDoes() {
        var model = chain("b", "c", "d", Tokenizer.END_OF_TEXT);
        assertEquals("cd", Completions.of(model, LETTERS).continuation("ab", Sampling.greedy()));
        // Nothing at all to go on from is the beginning of a document.
        model.last(id(Tokenizer.END_OF_TEXT), id("b"), 50);
        assertEquals("bcd", Completions.of(model, LETTERS).continuation("", Sampling.greedy()));
    }

    @Test
    void anAnswerFollowsTheTemplateAndEndsAtItsEnd() {
        var model = chain("<|assistant|>", "d", "a", "<|end|>");
        var completions = Completions.of(model, LETTERS);
        assertEquals(
                List.of("da", "da"), completions.answers(List.of("abc", "b"), ChatTemplate.DEFAULT, Sampling.greedy()));
        var reply = completions
                .replies(List.of("b"), ChatTemplate.DEFAULT, Sampling.greedy())
                .getFirst();
        assertArrayEquals(new int[] {id("<|user|>"), id("b"), id("<|assistant|>")}, reply.prompt());
        assertEquals(id("<|end|>"), reply.tokens()[2]);
    }

    @Test
    void aTextToStopAtEndsACompletionAndIsLeftOut() {
        var model = chain("b", "c", "d", "a", "c");
        var completions = Completions.of(model, LETTERS);
        assertEquals("c", completions.continuation("b", Sampling.greedy().stop("da")));
        assertEquals(
                "cdacda",
                completions.continuation("b", Sampling.greedy().maxTokens(6).stop("dad")));
    }

    @Test
    void piecesAreWholeCharactersWithTheLogProbabilitiesOfAllTheirTokens() {
        var bytes = Tokenizers.bytes();
        int[] ids = bytes.encode("aé€b");
        var logProbs = new float[] {-1, -2, -4, -8, -16, -32, -64};
        var stopped = new int[] {ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], 0};
        var written = new Completions(null, bytes)
                .written(List.of(
                        new Generation(new int[1], ids, logProbs, logProbs, 0, Finish.LENGTH),
                        new Generation(new int[1], stopped, new float[8], new float[8], 0, Finish.STOP)));

        assertEquals(
                List.of(new Piece("a", -1), new Piece("é", -6), new Piece("€", -56), new Piece("b", -64)),
                written.getFirst().pieces());
        assertEquals("aé€b", written.getLast().text(), "the stop token is not part of it");
    }

    @Test
    void aStreamTellsOfEachTokenAndEndsWhenItIsToldTo() {
        var completions = Completions.of(chain("a", "b", "c", "d", Tokenizer.END_OF_TEXT), LETTERS);
        var prompt = completions.document("a");
        var sampling = Sampling.greedy().stop(id(Tokenizer.END_OF_TEXT));
        var heard = new ArrayList<String>();
        var all = completions.stream(
                prompt, sampling, soFar -> heard.add(soFar.get().text()));
        assertEquals(List.of("b", "bc", "bcd"), heard, "the stop token is not part of it");
        assertEquals("bcd", all.text());
        assertEquals(0, all.pieces().getFirst().logProb(), 1e-6);
        assertEquals(
                "bc",
                completions.stream(prompt, sampling, soFar -> soFar.get().text().length() < 2)
                        .text());
    }

    @Test
    void whatMayComeNextIsTheModelsOwnDistribution() {
        var model = TableModel.random(LETTERS.size(), 30, 0, 0);
        model.last(id("a"), id("c"), (float) Math.log(3 * (LETTERS.size() - 1))); // three times all others together
        var next = Completions.of(model, LETTERS).next(LETTERS.encode("a"), 2);
        assertEquals("c", next.getFirst().text());
        assertEquals(0.75, next.getFirst().probability(), 1e-6);
        assertEquals(0.25 / (LETTERS.size() - 1), next.getLast().probability(), 1e-6);
    }

    /** It ends with the document, and has the space that the text before the gap has not. */
    @Test
    void aMiddleIsWrittenIntoItsGap() {
        var words = Tokenizer.bpe(List.of("the cat sat. a cat sat. ".repeat(20)), 280)
                .withSpecials(FillInTheMiddle.specials());
        int cat = words.encode(" cat")[0];
        assertEquals(" cat", words.decode(cat), "the test needs the word as one token");
        var model = TableModel.random(words.size(), 30, 0, 0);
        model.last(words.special(FillInTheMiddle.MIDDLE).orElseThrow(), cat, 50);
        model.last(cat, words.special(Tokenizer.END_OF_TEXT).orElseThrow(), 50);
        assertEquals(
                List.of(" cat", "cat"),
                Completions.of(model, words)
                        .middles(List.of(new Gap("the", " sat."), new Gap("the ", " sat.")), Sampling.greedy()));
    }

    /** A model in which each of these follows the one before. */
    private static TableModel chain(String... tokens) {
        var model = TableModel.random(LETTERS.size(), 30, 0, 0);
        for (int i = 1; i < tokens.length; i++) {
            model.last(id(tokens[i - 1]), id(tokens[i]), 50);
        }
        return model;
    }

    private static int id(String token) {
        return LETTERS.special(token).orElseGet(() -> LETTERS.encode(token)[0]);
    }
}
