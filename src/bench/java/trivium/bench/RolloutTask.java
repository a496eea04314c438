package trivium.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import trivium.align.Reward;
import trivium.align.RewardModelling;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.Seeds;
import trivium.finetune.FineTuning;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.measure.ExactMatch;
import trivium.model.Architecture;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.toytown.GoldReward;

/**
 * A task for {@link RolloutStudy}: a model that was pre-trained and fine-tuned with a seed, and what it is rewarded
 * for.
 *
 * @param start the fine-tuned model
 * @param reward what is optimised
 * @param gold what is only written down; the reward itself where it is exact
 * @param prompts to train on
 * @param questions held out, with their one right answer; empty where there is none
 * @param maxTokens the most tokens of a completion
 */
record RolloutTask(
        Run start, Reward reward, Reward gold, List<String> prompts, List<Conversation> questions, int maxTokens) {

    private static final int QUESTIONS = 500;
    private static final int SHORT_CONTEXT = 32;
    private static final int LETTERS_OF_A_WORD = 6;
    private static final int WORDS = 12_000;

    /** The task that the settings name, with a model trained with this seed. */
    static RolloutTask of(Map<String, String> settings, long seed) {
        int steps = Integer.parseInt(settings.get("pretrain_steps"));
        int lessons = Integer.parseInt(settings.get("lessons"));
        var name = settings.get("task");
        return switch (name) {
            case "toytown" -> toyTown(steps, seed);
            case "sums" -> exact(sums(), steps, lessons, shape(settings), seed, 6);
            case "reverse" -> exact(reversed(), steps, lessons, shape(settings), seed, LETTERS_OF_A_WORD + 1);
            default ->
                throw new IllegalArgumentException(
                        "there is no task \"" + name + "\": expected toytown, sums or reverse");
        };
    }

    private static Architecture shape(Map<String, String> settings) {
        return Llama.of(
                SHORT_CONTEXT, Integer.parseInt(settings.get("width")), Integer.parseInt(settings.get("layers")), 4, 2);
    }

    /** Toy Town's stories as in the first notebook: a judge learned from noisy choices, and the true taste as gold. */
    private static RolloutTask toyTown(int pretrainSteps, long seed) {
        var folder = Path.of("datasets/toytown");
        var stories = Corpus.text(folder.resolve("stories.txt"));
        var base = Pretraining.of(Llama.small(), Tokenizer.bpe(stories, 1_024), stories)
                .steps(pretrainSteps)
                .learningRate(3e-3)
                .seed(seed)
                .workers(1)
                .run();
        var tuned = FineTuning.of(base, Conversations.read(folder.resolve("instructions.jsonl")))
                .epochs(2)
                .batchSize(16)
                .learningRate(2e-3)
                .seed(seed)
                .workers(1)
                .run();
        var judge = RewardModelling.of(tuned, Comparisons.read(folder.resolve("preferences.jsonl")))
                .seed(seed)
                .workers(1)
                .run();
        return new RolloutTask(tuned, judge, GoldReward::score, lines(folder.resolve("prompts.txt")), List.of(), 128);
    }

    /** Problems with one right answer: the text has every problem of the training half, and tuning is cut short. */
    private static RolloutTask exact(
            List<Conversation> all, int pretrainSteps, int examples, Architecture shape, long seed, int maxTokens) {
        var problems = new ArrayList<>(all);
        Collections.shuffle(problems, Seeds.random(0, 1)); // the same questions are held out from every seed
        var questions = List.copyOf(problems.subList(0, QUESTIONS));
        var lessons = problems.subList(QUESTIONS, problems.size());
        var text = new Corpus(
                "problems",
                lessons.stream()
                        .map(lesson -> lesson.prompt() + lesson.completion())
                        .toList());
        var base = Pretraining.of(shape, Tokenizer.characters(text).withSpecials(ChatTemplate.DEFAULT.specials()), text)
                .batchSize(32)
                .steps(pretrainSteps)
                .learningRate(3e-3)
                .seed(seed)
                .workers(1)
                .run();
        var tuned = FineTuning.of(base, new Conversations("problems", lessons.subList(0, examples)))
                .epochs(1)
                .batchSize(32)
                .learningRate(2e-3)
                .seed(seed)
                .workers(1)
                .run();
        Map<String, String> answers = new LinkedHashMap<>();
        all.forEach(problem -> answers.put(problem.prompt(), problem.completion()));
        Reward exact = (prompt, completion) -> ExactMatch.matches(completion, answers.get(prompt)) ? 1 : 0;
        var prompts = lessons.stream().map(Conversation::prompt).toList();
        return new RolloutTask(tuned, exact, exact, prompts, questions, maxTokens);
    }

    /** All sums of two numbers below 100. */
    private static List<Conversation> sums() {
        return IntStream.range(0, 100 * 100)
                .mapToObj(i -> new Conversation(i / 100 + "+" + i % 100 + "=", String.valueOf(i / 100 + i % 100)))
                .toList();
    }

    /** Words of four letters, to be said backwards. */
    private static List<Conversation> reversed() {
        var random = Seeds.random(0, 2);
        return IntStream.range(0, WORDS)
                .mapToObj(_ -> word(random))
                .distinct()
                .map(word -> new Conversation(
                        word + "<", new StringBuilder(word).reverse().toString()))
                .toList();
    }

    private static String word(RandomGenerator random) {
        return random.ints(LETTERS_OF_A_WORD, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * The share of held-out questions answered exactly, always taking the likeliest token; NaN where there are none.
     */
    double exactMatch(Run run) {
        if (questions.isEmpty()) {
            return Double.NaN;
        }
        var answers = Completions.of(run.model(), run.tokenizer())
                .answers(
                        questions.stream().map(Conversation::prompt).toList(),
                        ChatTemplate.DEFAULT,
                        Sampling.greedy().maxTokens(maxTokens));
        return ExactMatch.of(
                        answers,
                        questions.stream().map(Conversation::completion).toList())
                .value();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
