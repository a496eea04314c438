package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Dpo;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.data.Tokens;
import trivium.data.profile.Copies;
import trivium.finetune.FineTuning;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.ModelConfig;
import trivium.pretrain.Pretraining;
import trivium.run.Recipe;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.train.Warmup;

/** Each fault of data and of optimisation, made in a real small training, is named within ten steps. */
class FaultsTest {

    private static final List<String> ANIMALS = List.of("cat", "dog", "cow", "hen", "fox", "owl", "bee", "pig", "ant");
    private static final List<String> PLACES = List.of("barn", "park", "wood", "lake", "town", "field", "house");
    private static final List<String> DEEDS = List.of("sleeps in", "runs to", "looks at", "lives in", "comes from");

    private static final Corpus TEXT = Corpus.of(IntStream.range(0, 300)
            .mapToObj(i -> sentence(i) + ". " + sentence(i * 17 + 3) + ".")
            .distinct()
            .toList());

    private static final Tokenizer WORDS = Tokenizer.bpe(TEXT, 300).withSpecials(ChatTemplate.DEFAULT.specials());

    private static final Conversations LESSONS = Conversations.of(IntStream.range(0, 300)
            .mapToObj(i -> new Conversation("Where is the " + sentence(i) + "?", "In the " + place(i) + "."))
            .distinct()
            .toList());

    private static Run base;

    private static String sentence(int i) {
        return "the " + ANIMALS.get(i % ANIMALS.size()) + " " + DEEDS.get(i / 3 % DEEDS.size()) + " the " + place(i);
    }

    private static String place(int i) {
        return PLACES.get(i / 7 % PLACES.size());
    }

    private static Pretraining pretrain(Corpus text) {
        return Pretraining.of(Gpt.of(48, 16, 1, 2), WORDS, text)
                .steps(12)
                .batchSize(4)
                .learningRate(3e-3)
                .evaluations(1);
    }

    @BeforeAll
    static void base() {
        base = pretrain(TEXT).steps(60).run();
    }

    private static FineTuning finetune(Conversations lessons) {
        return FineTuning.of(base, lessons).steps(8).batchSize(4);
    }

    /** The name of the fault stands on the card, seen within ten steps; the probes' before the first. */
    private static void assertNamed(String fault, int latest, Recipe<?> recipe) {
        assertNamed(fault, latest, recipe.run().run());
    }

    private static void assertNamed(String fault, int latest, Run run) {
        var found = run.card().findings().stream()
                .filter(finding -> finding.name().equals(fault))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        fault + " was not found, but " + run.card().findings() + " by "
                                + run.card().origin().checkup().probes()));
        assertTrue(found.step() <= latest, found.text());
    }

    @Test
    void whereNothingIsWrongNothingIsSaid() {
        assertEquals(List.of(), base.card().findings());
        assertEquals(List.of(), finetune(LESSONS).run().card().findings());
    }

    private static ChatTemplate jinja(String answer) {
        return ChatTemplate.jinja(
                "{% for m in messages %}{% if m.role == 'user' %}<|user|>{{ m.content }}{% else %}" + answer
                        + "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
                "<|user|>",
                "<|assistant|>",
                "<|end|>");
    }

    @Test
    void aPromptThatIsLearned() {
        var all = ChatTemplate.jinja(
                "{% generation %}{% for m in messages %}{% if m.role == 'user' %}<|user|>{{ m.content }}{% else %}"
                        + "<|assistant|>{{ m.content }}<|end|>{% endif %}{% endfor %}"
                        + "{% if add_generation_prompt %}<|assistant|>{% endif %}{% endgeneration %}",
                "<|user|>", "<|assistant|>", "<|end|>");
        assertNamed("prompt-is-learned", 0, finetune(LESSONS).template(all));
    }

    @Test
    void anEndThatIsNotLearned() {
        var open = jinja("<|assistant|>{% generation %}{{ m.content }}{% endgeneration %}<|end|>");
        assertNamed("end-is-not-learned", 0, finetune(LESSONS).template(open));
        var whole = jinja("<|assistant|>{% generation %}{{ m.content }}<|end|>{% endgeneration %}");
        assertEquals(List.of(), finetune(LESSONS).template(whole).run().card().findings());
    }

    @Test
    void atTheRefusalOfWhatHasNothingToLearnStandWhichAndWhy() {
        var nothing = jinja("<|assistant|>{{ m.content }}<|end|>{% generation %}{% endgeneration %}");
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> finetune(LESSONS).template(nothing).run());
        assertTrue(
                refusal.getMessage().contains("Where is the the cat")
                        && refusal.getMessage().contains("{% generation %}"),
                refusal.getMessage());
    }

    @Test
    void answersThatAreEmpty() {
        var some = new ArrayList<>(LESSONS.list().subList(0, 40));
        IntStream.range(0, 20).forEach(i -> some.add(new Conversation("What does the " + sentence(i) + " do?", " ")));
        assertNamed("answers-empty", 0, finetune(Conversations.of(some)));
    }

    @Test
    void answersThatAreLost() {
        var some = new ArrayList<>(LESSONS.list().subList(0, 40));
        IntStream.range(0, 10)
                .forEach(i -> some.add(new Conversation("Tell me of the " + i, (sentence(i) + " and ").repeat(9))));
        assertNamed("answers-left-out", 0, finetune(Conversations.of(some)));
    }

    @Test
    void anotherTemplateThanTheStarts() {
        var tuned = finetune(LESSONS).run();
        assertNamed(
                "template-changed",
                0,
                FineTuning.of(tuned, LESSONS).template(ChatTemplate.CHATML).steps(2));
        assertEquals(
                List.of(), FineTuning.of(tuned, LESSONS).steps(2).run().card().findings());
    }

    @Test
    void anotherTokenizerThanTheStarts() {
        var other = Tokenizer.bpe(List.of("sphinx of black quartz, judge my vow ".repeat(9)), 300)
                .withSpecials(ChatTemplate.DEFAULT.specials());
        var shown = new Run(base.card(), base.model().withVocabulary(300 + 9), other, Map.of());
        assertNamed("tokenizer-changed", 0, FineTuning.of(shown, LESSONS).steps(2));
    }

    @Test
    void aVocabularyThatIsNeverSeen() {
        var other = Tokenizer.bpe(List.of("sphinx of black quartz, judge my vow; pack my box ".repeat(9)), 300);
        assertNamed(
                "vocabulary-unseen",
                0,
                Pretraining.of(Gpt.of(48, 16, 1, 2), other, TEXT).steps(2).evaluations(1));
    }

    @Test
    void copies() {
        var twice = new ArrayList<>(TEXT.documents());
        twice.addAll(TEXT.documents().subList(0, TEXT.documents().size() / 2));
        assertNamed("duplicates", 0, pretrain(Corpus.of(twice)).steps(2));
        var lessons = new ArrayList<>(LESSONS.list().subList(0, 40));
        lessons.addAll(LESSONS.list().subList(0, 20));
        assertNamed("duplicates", 0, finetune(Conversations.of(lessons)));
    }

    @Test
    void validationTextThatIsLearned(@TempDir Path folder) {
        // one long text that says everything twice, of which the end validates
        var once = String.join(" ", TEXT.documents());
        assertNamed(
                "validation-in-training",
                0,
                pretrain(Corpus.of(once + " " + once)).steps(2));
        // prompts that differ in nothing but a space and a capital stand on both sides
        var lessons = new ArrayList<>(LESSONS.list().subList(0, 60));
        LESSONS.list()
                .subList(0, 60)
                .forEach(lesson -> lessons.add(
                        new Conversation(lesson.prompt().toUpperCase(Locale.ROOT), lesson.completion() + " ")));
        assertNamed(
                "validation-in-training", 0, finetune(Conversations.of(lessons)).validation(0.2));
        // two files, of which the second is part of the first
        var train = TokenFile.build(folder.resolve("train"), TEXT.iterator(), WORDS, TokenFile.Listener.SILENT);
        var held = TokenFile.build(
                folder.resolve("held"), TEXT.documents().subList(0, 30).iterator(), WORDS, TokenFile.Listener.SILENT);
        assertNamed(
                "validation-in-training",
                0,
                Pretraining.of(Gpt.of(48, 16, 1, 2), WORDS, train, held)
                        .steps(2)
                        .evaluations(1));
    }

    private static Comparisons pairs(boolean equal, boolean longer) {
        return Comparisons.of(IntStream.range(0, 60)
                .mapToObj(i -> {
                    var good = "In the " + place(i) + (longer || i % 2 == 0 ? ", I think." : ".");
                    var bad = "At the " + place(i) + (!longer && i % 2 == 1 ? ", I think." : ".");
                    return new Comparison("Where is the " + sentence(i) + "?", good, equal && i % 3 > 0 ? good : bad);
                })
                .toList());
    }

    @Test
    void pairsOfEqualAnswers() {
        assertNamed(
                "pairs-equal", 0, RewardModelling.of(base, pairs(true, false)).steps(2));
        assertNamed(
                "pairs-equal",
                0,
                PreferenceOptimisation.of(base, pairs(true, false))
                        .loss(Dpo.beta(0.1))
                        .steps(2));
    }

    @Test
    void theLongerOneIsAlwaysPreferred() {
        assertNamed(
                "length-decides",
                0,
                RewardModelling.of(base, pairs(false, true)).steps(2));
        assertEquals(
                List.of(),
                RewardModelling.of(base, pairs(false, false))
                        .steps(2)
                        .run()
                        .run()
                        .card()
                        .findings());
    }

    @Test
    void aLearningRateThatIsTooHighOrTooLow() {
        assertNamed("loss-diverges", 10, pretrain(TEXT).learningRate(3));
        assertNamed("learning-rate-too-high", 0, pretrain(TEXT).learningRate(0.3));
        assertNamed("learning-rate-too-low", 0, pretrain(TEXT).learningRate(1e-7));
        assertNamed("loss-does-not-fall", 20, pretrain(TEXT).steps(20).learningRate(3e-5));
    }

    @Test
    void aWarmUpThatIsTooLong() {
        assertNamed("warmup-too-long", 0, pretrain(TEXT).warmup(new Warmup.Ratio(0.9)));
        assertNamed("warmup-too-long", 0, pretrain(TEXT).warmup(12));
    }

    /** A model of one's own whose weights begin fifty times too large, or all at 0. */
    private record Scaled(ModelConfig shape, float factor) implements ModelConfig {

        @Override
        public int context() {
            return shape.context();
        }

        @Override
        public LanguageModel fresh(int vocabulary, long seed) {
            var model = shape.fresh(vocabulary, seed);
            var values = model.parameters().values();
            for (long i = 0; i < values.size(); i++) {
                values.set(i, factor * values.get(i));
            }
            return model;
        }

        @Override
        public Map<String, Object> settings() {
            return shape.settings();
        }

        @Override
        public long parameters(int vocabulary) {
            return shape.parameters(vocabulary);
        }
    }

    @Test
    void weightsThatBeginTooLarge() {
        var large = new Scaled(Gpt.of(48, 16, 1, 2), 50);
        assertNamed(
                "loss-at-start", 1, Pretraining.of(large, WORDS, TEXT).steps(2).evaluations(1));
    }

    @Test
    void gradientsThatAreAllButZero() {
        var nothing = new Scaled(Gpt.of(48, 16, 1, 2), 0);
        assertNamed(
                "gradients-vanish",
                10,
                Pretraining.of(nothing, WORDS, TEXT).steps(8).evaluations(1));
    }

    @Test
    void whatIsLearnedByHeart() {
        var few = Corpus.of(TEXT.documents().subList(0, 12));
        var recipe = Pretraining.of(Gpt.of(48, 32, 1, 2), WORDS, few)
                .steps(120)
                .batchSize(4)
                .learningRate(1e-2)
                .validation(0.3)
                .evaluations(40);
        var run = recipe.run();
        assertNamed("overfitting", 120, run);
        var losses =
                run.curve("validation_loss").numberColumn("validation_loss").asDoubleArray();
        int best = IntStream.range(0, losses.length)
                .reduce((a, b) -> losses[b] < losses[a] ? b : a)
                .orElseThrow();
        int turned = IntStream.range(best + 1, losses.length)
                .filter(i -> losses[i] > 1.05 * losses[best] && losses[i - 1] > 1.05 * losses[best])
                .findFirst()
                .orElseThrow();
        var found = run.card().findings().stream()
                .filter(finding -> finding.name().equals("overfitting"))
                .findFirst()
                .orElseThrow();
        assertTrue(found.step() <= 3L * (turned + 1) + 10, found + ", turned at evaluation " + turned);
    }

    @Test
    void whatIsForgotten() {
        var nonsense = Conversations.of(IntStream.range(0, 60)
                .mapToObj(i -> new Conversation("Say " + i, "xyzzy plugh ".repeat(3)))
                .toList());
        var run = FineTuning.of(base, nonsense)
                .steps(30)
                .batchSize(4)
                .learningRate(3e-2)
                .run();
        assertNamed("forgetting", 30, run);
        assertTrue(run.has("base_validation_loss"));
    }

    /** Brute force: every piece of the second text is looked for at every place of the first. */
    @Test
    void copiesAreFoundAsByBruteForce() {
        var random = new SplittableRandom(7);
        int[] train = random.ints(4_000, 0, 5).toArray();
        int[] held = random.ints(1_000, 0, 5).toArray();
        System.arraycopy(train, 1_234, held, 200, 260);
        System.arraycopy(train, 77, held, 900, 100);
        long found = 0;
        int size = Copies.PIECE;
        for (int from = 0; from + size <= held.length; from += size) {
            for (int at = 0; at + size <= train.length; at++) {
                if (Arrays.equals(held, from, from + size, train, at, at + size)) {
                    found++;
                    break;
                }
            }
        }
        var seen = Copies.shared(
                new Tokens(train, train.length, 0), new Tokens(held, held.length, 0), OptionalInt.empty());
        assertEquals(found, seen.times());
        assertEquals(held.length / size, seen.of());
        assertTrue(found > 4);
    }
}
