package trivium.toytown;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;

/**
 * A small world to learn language from: text to pre-train on, instructions with one right answer, and preferences whose
 * true reward is known.
 *
 * <p>Every story, scene and prompt belongs to the training side or to the held-out side by a checksum of its text (one
 * in eight is held out), so nothing is ever on both, whatever the seeds and however much is made. A longer list begins
 * with the shorter one. Nothing in a list is there twice.
 *
 * @param seed the same seed makes the same town
 * @param storyShare how many of the instructions ask for a story, 0 to 1; the others are questions
 * @param annotator who judges the pairs
 * @param vocabulary whom and what there is
 * @param validation whether this is the held-out side
 */
public record ToyTown(long seed, double storyShare, Annotator annotator, Vocabulary vocabulary, boolean validation) {

    /** One text in so many is held out. */
    private static final int HELD_OUT_ONE_IN = 8;

    /** So many of a hundred questions are about scenes in which names can be confused. */
    private static final int CONFUSABLE_IN_100 = 25;

    /** Pairs closer than this in gold reward are not asked about. */
    private static final double TOO_CLOSE = 0.05;

    public ToyTown {
        if (!(storyShare >= 0 && storyShare <= 1)) {
            throw new IllegalArgumentException(
                    "the share of stories among instructions lies between 0 and 1, not " + storyShare);
        }
    }

    /** The town that ships with the project: seed 1, three instructions in ten ask for a story, a careful annotator. */
    public static ToyTown sample() {
        return new ToyTown(1, 0.3, Annotator.CAREFUL, Vocabulary.ALL, false);
    }

    public ToyTown withSeed(long seed) {
        return new ToyTown(seed, storyShare, annotator, vocabulary, validation);
    }

    public ToyTown withStoryShare(double storyShare) {
        return new ToyTown(seed, storyShare, annotator, vocabulary, validation);
    }

    public ToyTown withAnnotator(Annotator annotator) {
        return new ToyTown(seed, storyShare, annotator, vocabulary, validation);
    }

    /** This town with such people, places and things: {@code withVocabulary(Vocabulary.ALL.withPeople(8))}. */
    public ToyTown withVocabulary(Vocabulary vocabulary) {
        return new ToyTown(seed, storyShare, annotator, vocabulary, validation);
    }

    /** This town where the terms of the gold reward are worth this much to its annotator. */
    public ToyTown withWeights(Weights weights) {
        return withAnnotator(annotator.withWeights(weights));
    }

    /**
     * What this town keeps for judging models by; its pairs are ordered by gold reward, without an annotator's noise.
     */
    public ToyTown heldOut() {
        return new ToyTown(seed, storyShare, Annotator.ORACLE.withWeights(annotator.weights()), vocabulary, true);
    }

    /** Stories of 5 to 9 sentences, about 40 words each. */
    public Corpus stories(int count) {
        var random = random("stories");
        return new Corpus(
                name("stories"),
                distinct(
                        count,
                        text -> text,
                        () -> story(Request.anything(vocabulary, random), random)
                                .text()));
    }

    /** Questions and requests for stories, mixed. */
    public Conversations instructions(int count) {
        var random = random("instructions");
        var quiz = new QuestionGenerator(vocabulary, random);
        return new Conversations(
                name("instructions"),
                distinct(
                        count,
                        Conversation::prompt,
                        () -> random.nextDouble() < storyShare
                                ? request(random)
                                : question(() -> mixed(quiz, random))));
    }

    private static Conversation mixed(QuestionGenerator quiz, RandomGenerator random) {
        return random.nextInt(100) < CONFUSABLE_IN_100 ? quiz.confusable() : quiz.easy();
    }

    /** Questions about short scenes in which one sentence alone has the kind of answer asked for. */
    public Conversations questions(int count) {
        var quiz = new QuestionGenerator(vocabulary, random("questions"));
        return new Conversations(name("questions"), distinct(count, Conversation::prompt, () -> question(quiz::easy)));
    }

    /**
     * Questions about short scenes in which several sentences have the kind of answer asked for: the name tells which,
     * and where that person was spoken of twice, the last word counts.
     */
    public Conversations confusableQuestions(int count) {
        var quiz = new QuestionGenerator(vocabulary, random("confusable questions"));
        return new Conversations(
                name("confusable questions"), distinct(count, Conversation::prompt, () -> question(quiz::confusable)));
    }

    /** Questions about whole stories: pronouns, things that are carried about, yes and no. */
    public Conversations hardQuestions(int count) {
        var random = random("hard questions");
        var quiz = new QuestionGenerator(vocabulary, random);
        Supplier<Conversation> any =
                () -> Stream.generate(() -> quiz.hard(story(Request.anything(vocabulary, random), random)))
                        .flatMap(asked -> asked.stream())
                        .findFirst()
                        .orElseThrow();
        return new Conversations(name("hard questions"), distinct(count, Conversation::prompt, () -> question(any)));
    }

    /** Questions and instructions of every kind, mixed, each with a check of what is right. */
    public Tasks tasks(int count) {
        return tasks(count, Task.Kind.values());
    }

    /**
     * Questions and instructions of these kinds, mixed in equal parts. Half of the questions are about scenes of a few
     * sentences without pronouns, the other half about whole stories.
     */
    public Tasks tasks(int count, Task.Kind... kinds) {
        if (kinds.length == 0) {
            throw new IllegalArgumentException("tasks of no kind cannot be made; name at least one");
        }
        var random = random("tasks");
        var lessons = new TaskGenerator(vocabulary, random, request -> story(request, random));
        return new Tasks(
                name("tasks"),
                distinct(
                        count,
                        Task::prompt,
                        () -> mine(Task::prompt, () -> lessons.task(kinds[random.nextInt(kinds.length)]))));
    }

    /** Pairs of completions for requests for a story, of every quality, as this town's annotator judged them. */
    public Comparisons preferences(int count) {
        var random = random("preferences");
        var drafts = new CandidateGenerator(vocabulary, random);
        return new Comparisons(
                name("preferences"),
                distinct(count, pair -> pair.prompt() + pair.chosen() + pair.rejected(), () -> pair(drafts, random)));
    }

    /** Requests for stories, without the stories: prompts for reinforcement learning. */
    public List<String> prompts(int count) {
        var random = random("prompts");
        return distinct(
                count,
                prompt -> prompt,
                () -> mine(
                        prompt -> prompt,
                        () -> Request.sample(vocabulary, random).prompt(random)));
    }

    /**
     * Writes the data set: stories, instructions, questions, preferences and prompts with their held-out sides, and a
     * card. The folder is made if need be.
     *
     * @throws java.io.UncheckedIOException if the folder cannot be written to
     */
    public void write(Path folder) {
        write(folder, Sizes.SHIPPED);
    }

    /**
     * Writes the data set with so many of everything; see {@link #write(Path)}.
     *
     * @throws java.io.UncheckedIOException if the folder cannot be written to
     */
    public void write(Path folder, Sizes sizes) {
        DataSet.of(this, sizes).write(folder);
    }

    /** Writes the data set that ships, into {@code datasets/toytown} or the folder named. */
    public static void main(String[] args) {
        sample().write(Path.of(args.length == 0 ? "datasets/toytown" : args[0]));
    }

    private Story story(Request request, RandomGenerator random) {
        return mine(Story::text, () -> Plots.story(request, vocabulary, random));
    }

    private Conversation question(Supplier<Conversation> maker) {
        return mine(Conversation::prompt, maker);
    }

    private Conversation request(RandomGenerator random) {
        while (true) {
            var request = Request.sample(vocabulary, random);
            var prompt = request.prompt(random);
            if (isMine(prompt)) {
                return new Conversation(prompt, story(request, random).text());
            }
        }
    }

    private Comparison pair(CandidateGenerator drafts, RandomGenerator random) {
        var weights = annotator.weights();
        while (true) {
            var request = Request.sample(vocabulary, random);
            var prompt = request.prompt(random);
            if (isMine(prompt)) {
                var first = mine(text -> text, () -> drafts.draft(request));
                var second = mine(text -> text, () -> drafts.draft(request));
                if (Math.abs(weights.score(prompt, first) - weights.score(prompt, second)) >= TOO_CLOSE) {
                    return annotator.compare(prompt, first, second, random);
                }
            }
        }
    }

    /** The first that belongs to this side. */
    private <T> T mine(Function<T, String> text, Supplier<T> maker) {
        return Stream.generate(maker)
                .filter(made -> isMine(text.apply(made)))
                .findFirst()
                .orElseThrow();
    }

    private boolean isMine(String text) {
        var checksum = new CRC32();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return (checksum.getValue() % HELD_OUT_ONE_IN == 0) == validation;
    }

    /** So many different ones, in the order in which they were made. */
    private static <T> List<T> distinct(int count, Function<T, String> text, Supplier<T> maker) {
        if (count < 1) {
            throw new IllegalArgumentException("Toy Town makes at least 1 of anything, not " + count);
        }
        var seen = new HashSet<String>();
        var made = new ArrayList<T>();
        for (int failures = 0; made.size() < count; ) {
            if (Thread.interrupted()) {
                throw new CancellationException(
                        "making " + count + " of Toy Town's texts was interrupted after " + made.size());
            }
            var next = maker.get();
            if (seen.add(text.apply(next))) {
                made.add(next);
                failures = 0;
            } else if (++failures == 10_000) {
                throw new IllegalArgumentException("Toy Town has hardly more than " + made.size()
                        + " different texts of this kind; ask for fewer than " + count);
            }
        }
        return made;
    }

    /** The random numbers of one list, which do not depend on how many items of another list were made. */
    private RandomGenerator random(String list) {
        var checksum = new CRC32();
        checksum.update((list + validation).getBytes(StandardCharsets.UTF_8));
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + checksum.getValue());
    }

    private String name(String list) {
        return "Toy Town " + list + (validation ? " (held out)" : "") + ", seed " + seed;
    }
}
