package trivium.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.DocumentEncoder;
import trivium.data.FillInTheMiddle;
import trivium.data.FillInTheMiddle.Between;
import trivium.data.FillInTheMiddle.Gap;
import trivium.data.Masking;
import trivium.data.TokenFile;
import trivium.finetune.FineTuning;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.lstm.LstmShape;
import trivium.measure.FillInTheBlank;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.ModelConfig;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.text.Tokenizer;
import trivium.train.CrossEntropy;
import trivium.train.Settings;

/** One corpus, three objectives, from memory and from files. */
class TasksTest {

    /** Documents of one letter each: who sees any part of one knows the rest. */
    private static final Corpus LETTERS = letters(400);

    private static final Tokenizer PLAIN = Tokenizer.characters(LETTERS);
    private static final Tokenizer ENDING = PLAIN.withSpecials(Tokenizer.END_OF_TEXT);
    private static final ModelConfig GPT = Gpt.of(16, 32, 1, 2);
    private static final ModelConfig BERT = Bert.of(16, 32, 1, 2);

    @TempDir
    Path folder;

    private static Corpus letters(int count) {
        var random = new SplittableRandom(1);
        return Corpus.of(Stream.generate(() -> "" + "abcdef".charAt(random.nextInt(6)))
                .map(letter -> letter.repeat(random.nextInt(2, 9)))
                .limit(count)
                .toList());
    }

    private static Pretraining small(Pretraining recipe) {
        return recipe.steps(7)
                .batchSize(8)
                .learningRate(0.01)
                .evaluations(2)
                .workers(2)
                .seed(5);
    }

    /** Every metric of every step but the time it took, to the last digit. */
    private static Map<String, String> numbers(Run run) {
        return run.metrics().columnNames().stream()
                .filter(name -> !name.equals("seconds"))
                .collect(Collectors.toMap(
                        name -> name,
                        name -> run.metrics().column(name).asList().toString()));
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    private static void assertSame(Run one, Run other) {
        assertEquals(numbers(one), numbers(other));
        assertArrayEquals(weights(one), weights(other));
    }

    @Test
    void aModelThatLooksBothWaysFindsHiddenLetters() {
        // Seven letters and windows of twelve: a position tells nothing of the letter.
        var corpus = Corpus.of("abcdefg".repeat(300));
        var tokenizer = Tokenizer.characters(corpus);
        var recipe = Pretraining.of(Bert.of(12, 32, 1, 2), tokenizer, corpus)
                .steps(200)
                .batchSize(8)
                .learningRate(0.01)
                .evaluations(2)
                .validation(0.2)
                .samples("ab___defg", "cde___gab___d");
        var run = recipe.run();
        // All equally often: who does not see the others is left with ln 7 nats.
        assertTrue(run.last("validation_loss") < Math.log(7) / 5, run.toString());
        assertTrue(run.last("validation_token_accuracy") > 0.9, run.toString());
        assertFalse(run.has("bits_per_byte"), "hidden tokens are not all tokens");
        assertEquals(List.of("abcdefg", "cdefgabcd"), lastTexts(run, 2));
        assertEquals(7, tokenizer.size());
        assertEquals(8, run.tokenizer().size(), "the mask is added");
        assertEquals(
                Map.of("name", "masked_tokens", "share", 0.15, "masked", 0.8, "random", 0.1),
                run.card().recipe().get("task"));

        var store = RunStore.open(folder);
        store.save(run);
        var loaded = store.load(run.card().id());
        assertEquals("abcdefg", new FillInTheBlank(loaded.model(), loaded.tokenizer()).filled("a___cdefg"));
    }

    private static List<String> lastTexts(Run run, int count) {
        var texts = run.table(Pretraining.SAMPLES).stringColumn("text").asList();
        return texts.subList(texts.size() - count, texts.size());
    }

    @Test
    void whatIsHiddenInTheValidationTextIsTheSameAtEveryLook() {
        // A rate at which nothing is learned, and all of the validation text at each evaluation.
        var run = small(Pretraining.of(BERT, ENDING, LETTERS))
                .learningRate(1e-30)
                .evaluations(7)
                .run();
        var losses = run.curve("validation_loss").doubleColumn("validation_loss");
        assertEquals(
                1, losses.asList().stream().distinct().count(), losses.asList().toString());
    }

    /** With nothing before the gap only what comes after it tells the letter. */
    @Test
    void middlesAreWrittenFromWhatComesAfter() {
        var recipe = Pretraining.of(GPT, PLAIN, LETTERS)
                .task(Task.missingMiddle().rate(0.9))
                .steps(150)
                .batchSize(16)
                .learningRate(0.01)
                .evaluations(2)
                .validation(0.1)
                .seed(3)
                .samples("___ccc", "b");
        var run = recipe.run();
        for (var letter : List.of("a", "b", "c", "d", "e", "f")) {
            var gap = new Gap("", letter.repeat(3));
            var middle = Completions.of(run.model(), run.tokenizer())
                    .middles(List.of(gap), Sampling.greedy().maxTokens(12))
                    .getFirst();
            assertTrue(middle.matches(letter + "{0,12}"), gap + " became " + middle);
        }
        assertTrue(lastTexts(run, 2).getFirst().matches("c*"), lastTexts(run, 2).toString());
        // Three tokens in eight are ends. Who only counts is left with H(3/8) + 5/8 ln 6 = 1.78 nats, and who knows the
        // letter but not where it ends, with 0.66.
        assertTrue(run.last("validation_middle_loss") < 1.1, run + ", " + run.last("validation_middle_loss"));
        assertTrue(run.has("bits_per_byte"), "the text as it stands is still predicted");
        assertEquals(
                Map.of("name", "missing_middle", "rate", 0.9, "between", "CHARACTERS"),
                run.card().recipe().get("task"));
        assertEquals(PLAIN.size() + 4, run.tokenizer().size(), "three marks and the end");
    }

    private TokenFile file(String name, Tokenizer tokenizer, List<String> documents, DocumentEncoder encoder) {
        return TokenFile.build(
                folder.resolve(name), documents.iterator(), tokenizer, encoder, TokenFile.Listener.SILENT);
    }

    private TokenFile file(String name, Tokenizer tokenizer, Corpus corpus) {
        return file(name, tokenizer, corpus.documents(), DocumentEncoder.plain(tokenizer));
    }

    @Test
    void filesAndMemoryAreTheSameTraining() {
        var split = LETTERS.split(0.05);
        var train = file("train.tokens", ENDING, split.train());
        var validation = file("validation.tokens", ENDING, split.validation());
        for (var shape : List.of(GPT, BERT)) {
            assertSame(
                    small(Pretraining.of(shape, ENDING, LETTERS)).run(),
                    small(Pretraining.of(shape, ENDING, train, validation)).run());
        }
        var run = small(Pretraining.of(GPT, ENDING, train, validation)).run();
        assertEquals(64, run.card().origin().dataHash().length());
        assertNotEquals(
                run.card().origin().dataHash(),
                small(Pretraining.of(GPT, ENDING, validation, train))
                        .run()
                        .card()
                        .origin()
                        .dataHash());
    }

    @Test
    void aFileOfMissingMiddlesIsTheSameTrainingToo() {
        var tokenizer = ENDING.withSpecials(FillInTheMiddle.specials());
        var split = LETTERS.split(0.05);
        var fill = FillInTheMiddle.of(tokenizer, 5).rate(0.7);
        var train = file("train.tokens", tokenizer, split.train().documents(), fill);
        var validation = file("validation.tokens", tokenizer, split.validation());
        var mapped = Pretraining.of(GPT, tokenizer, train, validation);
        assertEquals(Task.missingMiddle().rate(0.7), mapped.material().task(), "the file says what it is for");
        assertSame(
                small(Pretraining.of(GPT, tokenizer, LETTERS)
                                .task(Task.missingMiddle().rate(0.7)))
                        .run(),
                small(mapped).run());
        assertSentence(() -> mapped.task(Task.nextToken()), "train.tokens", "0.7", "as they stand");
        assertSentence(() -> mapped.task(Task.missingMiddle()), "0.7", "0.5");
        assertSentence(
                () -> mapped.task(Task.missingMiddle().rate(0.7).between(Between.WORDS)),
                "between characters",
                "between words");
        assertSentence(() -> Pretraining.of(GPT, tokenizer, validation, train), "train.tokens", "0.7");
        assertSentence(() -> Pretraining.of(GPT, tokenizer, train), "train.tokens", "0.7");
        assertSentence(() -> Pretraining.of(GPT, tokenizer, validation).task(Task.missingMiddle()), "TokenFile.build");
    }

    /** One file is two whose documents meet where the share is. */
    @Test
    void theEndOfAFileValidates() {
        var documents = LETTERS.documents();
        int tokens =
                documents.stream().mapToInt(document -> document.length() + 1).sum();
        int cut = (int) (tokens * (1 - 0.05));
        int count = 0;
        for (int before = 0; before < cut; count++) {
            before += documents.get(count).length() + 1;
        }
        var all = file("all.tokens", ENDING, LETTERS);
        var train = file("a.tokens", ENDING, Corpus.of(documents.subList(0, count)));
        var validation = file("b.tokens", ENDING, Corpus.of(documents.subList(count, documents.size())));
        var run = small(Pretraining.of(GPT, ENDING, all)).run();
        assertSame(small(Pretraining.of(GPT, ENDING, train, validation)).run(), run);
        assertEquals(LETTERS.sha256(), run.card().origin().dataHash());
        assertSentence(() -> Pretraining.of(GPT, ENDING, train, validation).validation(0.2), "file of its own");
        assertSentence(() -> Pretraining.of(GPT, PLAIN, all), "all.tokens", "another tokenizer");
    }

    @Test
    void theTaskFitsTheModelOrIsRefused() {
        assertEquals(
                Task.nextToken(), Pretraining.of(GPT, PLAIN, LETTERS).material().task());
        assertEquals(
                Task.maskedTokens(),
                Pretraining.of(BERT, PLAIN, LETTERS).material().task());
        assertSentence(() -> Pretraining.of(GPT, PLAIN, LETTERS).task(Task.maskedTokens()), "left only", "Bert");
        assertSentence(() -> Pretraining.of(BERT, PLAIN, LETTERS).task(Task.nextToken()), "causal");
        assertSentence(() -> Pretraining.of(BERT, PLAIN, LETTERS).task(Task.missingMiddle()), "causal");
        assertSentence(
                () -> Pretraining.of(new LstmShape(8, 12, 1), PLAIN, LETTERS).task(Task.maskedTokens()),
                "LSTM",
                "left only");
        assertSentence(() -> Task.maskedTokens().share(0), "share", "0.0");
        assertSentence(() -> Task.maskedTokens().mix(0.9, 0.2), "0.9");
        assertSentence(() -> Task.missingMiddle().rate(1.5), "1.5");
        assertSentence(
                () -> Pretraining.of(GPT, PLAIN, Corpus.of("abc".repeat(99))).task(Task.missingMiddle()),
                "one document",
                "BLANK_LINES");
        assertSentence(
                () -> small(Pretraining.of(BERT, PLAIN, LETTERS)).samples("abc").run(), "no blank", "___");
        assertSentence(
                () -> small(Pretraining.of(BERT, PLAIN, LETTERS))
                        .samples("abc___".repeat(9))
                        .run(),
                "36 tokens long",
                "16");
    }

    /** Through run.json and back. */
    @Test
    void aRunRemembersItsTask() {
        var store = RunStore.open(folder);
        for (var task : List.of(
                Task.nextToken(),
                Task.maskedTokens().share(0.25).mix(0.7, 0.2),
                Task.missingMiddle().rate(1).between(Between.WORDS))) {
            var shape = task instanceof Task.MaskedTokens ? BERT : GPT;
            var run = small(Pretraining.of(shape, PLAIN, LETTERS))
                    .task(task)
                    .steps(1)
                    .run();
            store.save(run);
            assertEquals(task, readBack(store.load(run.card().id()).card().recipe()));
        }
        assertSentence(
                () -> readBack(Map.of("task", Map.of("name", "previous_token"))), "previous_token", "next_token");
        assertSentence(() -> readBack(Map.of("task", Map.of("name", "missing_middle"))), "a number \"rate\"");
    }

    @Test
    void anotherTaskIsAnotherTraining() {
        var gpt = small(Pretraining.of(GPT, ENDING.withSpecials(FillInTheMiddle.specials()), LETTERS));
        gpt.keep(folder.resolve("gpt")).run();
        assertSentence(
                () -> gpt.task(Task.missingMiddle()).keep(folder.resolve("gpt")).run(),
                "task.name was next_token there and is missing_middle here");
        var bert = small(Pretraining.of(BERT, ENDING, LETTERS));
        bert.keep(folder.resolve("bert")).run();
        assertSentence(
                () -> bert.task(Task.maskedTokens().share(0.3))
                        .keep(folder.resolve("bert"))
                        .run(),
                "task.share was 0.15 there and is 0.3 here");
    }

    @Test
    void whatAModelDidNotLearnIsRefused() {
        var run = small(Pretraining.of(GPT, ENDING, LETTERS)).run();
        assertSentence(
                () -> Completions.of(run.model(), run.tokenizer())
                        .middles(List.of(new Gap("a", "b")), Sampling.greedy()),
                "did not learn",
                "Task.missingMiddle()");
        assertSentence(() -> new FillInTheBlank(run.model(), run.tokenizer()).filled("a___"), "left to right");
        var both = small(Pretraining.of(BERT, ENDING, LETTERS)).run();
        assertSentence(
                () -> Completions.of(both.model(), both.tokenizer()).continuation("a", Sampling.greedy()),
                "both directions");
        assertSentence(() -> FineTuning.of(both, Conversations.of(new Conversation("a", "b"))), "both ways", both.id());
        assertSentence(() -> new FillInTheBlank(both.model(), ENDING).words("a___", List.of("a")), Masking.MASK);
    }

    private static Task readBack(Map<String, ?> settings) {
        return Settings.read(new Pretraining.Material(null, Task.nextToken(), CrossEntropy.PLAIN), settings)
                .task();
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
