package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trivium.align.Distillation;
import trivium.align.Grpo;
import trivium.align.Kto;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModel;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.FillInTheMiddle;
import trivium.data.TokenFile;
import trivium.finetune.FineTuning;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.Lora;
import trivium.model.Transformer;
import trivium.pretrain.Pretraining;
import trivium.run.Fingerprint;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** A training that stopped anywhere and goes on ends as one left alone, to the last bit, in every phase. */
class ResumeTest {

    private static final Corpus CORPUS = Corpus.of("the cat sat on the mat. the rat saw the cat. ".repeat(40));
    private static final Tokenizer CHARACTERS = Tokenizer.characters(CORPUS);
    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final int EVERY = 3;
    static final Run TEACHER = start();

    @TempDir
    Path folder;

    /** Each phase with 8 to 12 steps, whose last is no multiple of those between checkpoints. */
    enum Phase {
        PRETRAIN {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = pretraining().progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        PRETRAIN_MASKED {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = Pretraining.of(Bert.of(12, 16, 1, 2), CHARACTERS, CORPUS)
                        .steps(11)
                        .batchSize(4)
                        .learningRate(0.01)
                        .evaluations(4)
                        .samples("the ___at ")
                        .workers(2)
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        PRETRAIN_MIDDLE_FROM_FILES {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = fromFiles().progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        FINETUNE {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = tuning().progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        FINETUNE_PACKED {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = tuning().batchSize(7)
                        .packed()
                        .optimizer(trivium.train.Muon.DEFAULT)
                        .freeze("embedding", "attention.q")
                        .learningRateFactors("mlp=0.5", "norm=2")
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        DISTILL {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = Distillation.of(
                                TEACHER,
                                new Distillation.Student.Fresh(
                                        Gpt.of(12, 8, 1, 2).dropout(0.1)),
                                new Distillation.Lessons.Answers(tuning().conversations()))
                        .beta(0.5)
                        .temperature(2)
                        .steps(10)
                        .batchSize(8)
                        .workers(2)
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        REWARD_MODEL {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = judging().progress(progress);
                try (var judge = (folder == null ? recipe : recipe.keep(folder, EVERY)).run()) {
                    return judge.run();
                }
            }
        },
        PREFER {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = preferring().progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        PREFER_UNPAIRED {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = preferring().loss(Kto.beta(0.1)).batchSize(16).progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        FINETUNE_ADAPTER {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = tuning().lora(Lora.rank(3).dropout(0.2).useDora(true))
                        .keepBest("validation_loss")
                        .neftuneNoiseAlpha(5)
                        .ema(0.9)
                        .gradientAccumulation(2)
                        .steps(10)
                        .optimizer(trivium.train.Muon.DEFAULT)
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        ALIGN_ADAPTER {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = aligning()
                        .lora(Lora.rank(4).useRslora(true))
                        .algorithm(Ppo.numGenerations(3).valueLearningRate(0.02))
                        .resetReference(3)
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        ALIGN {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = aligning().progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        },
        ALIGN_PPO {
            @Override
            Run run(Path folder, Progress progress) {
                var recipe = aligning()
                        .algorithm(Ppo.numGenerations(3)
                                .epochs(2)
                                .minibatches(2)
                                .adaptiveKl(0.1, 30)
                                .valueLearningRate(0.02))
                        .progress(progress);
                return (folder == null ? recipe : recipe.keep(folder, EVERY)).run();
            }
        };

        abstract Run run(Path folder, Progress progress);
    }

    static Pretraining pretraining() {
        return Pretraining.of(Gpt.of(12, 16, 1, 2), CHARACTERS, CORPUS)
                .steps(11)
                .batchSize(4)
                .learningRate(0.01)
                .evaluations(4)
                .samples("the ", "a")
                .workers(2)
                .seed(5);
    }

    /** The same files under other names each time: it is their content that counts. */
    private static Pretraining fromFiles() {
        var tokenizer = LETTERS.withSpecials(Tokenizer.END_OF_TEXT).withSpecials(FillInTheMiddle.specials());
        try {
            var place = Files.createTempDirectory("token-files");
            var random = new SplittableRandom(8);
            var documents = Stream.generate(() -> word(random, 6)).limit(60).toList();
            var train = TokenFile.build(
                    place.resolve("train"),
                    documents.subList(0, 50).iterator(),
                    tokenizer,
                    FillInTheMiddle.of(tokenizer, 3),
                    TokenFile.Listener.SILENT);
            var validation = TokenFile.build(
                    place.resolve("validation"),
                    documents.subList(50, 60).iterator(),
                    tokenizer,
                    TokenFile.Listener.SILENT);
            // Mapped files may be deleted.
            for (var file : List.of(train.path(), validation.path(), place)) {
                Files.delete(file);
            }
            return Pretraining.of(Gpt.of(16, 16, 1, 2), tokenizer, train, validation)
                    .steps(11)
                    .batchSize(4)
                    .learningRate(0.01)
                    .evaluations(4)
                    .samples("ab___c", "a")
                    .workers(2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FineTuning tuning() {
        var random = new SplittableRandom(3);
        var list = Stream.generate(() -> word(random, 4))
                .limit(60)
                .map(word -> new Conversation(word, word.substring(2)))
                .toList();
        return FineTuning.of(start(), Conversations.of(list))
                .epochs(2)
                .batchSize(11)
                .validation(0.1)
                .workers(2);
    }

    static RewardModelling judging() {
        var random = new SplittableRandom(3);
        var list = Stream.generate(() -> new Comparison(word(random, 3), word(random, 3) + "aa", word(random, 4)))
                .limit(60)
                .toList();
        return RewardModelling.of(start(), Comparisons.of(list)).batchSize(11).workers(2);
    }

    static PreferenceOptimisation preferring() {
        return PreferenceOptimisation.of(start(), judging().comparisons())
                .epochs(2)
                .batchSize(11)
                .workers(2);
    }

    static PolicyOptimisation aligning() {
        var prompts = IntStream.range(0, 20).mapToObj(i -> "ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6));
        return PolicyOptimisation.of(start(), prompts.toList())
                .reward((_, answer) -> answer.chars().filter(c -> c == 'a').count())
                .gold((_, answer) -> -answer.length())
                .algorithm(Grpo.numGenerations(4).epochs(2))
                .batchSize(2)
                .maxTokens(6)
                .heldOut(2)
                .steps(8)
                .learningRate(0.01)
                .workers(2);
    }

    static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(16, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }

    /** What a run holds, to the last digit, but for the time it took. */
    private static Map<String, Object> content(Run run) {
        var content = new LinkedHashMap<String, Object>();
        content.put("model and tokenizer", Fingerprint.of(run));
        run.tables().forEach((name, table) -> {
            for (var column : table.columns()) {
                if (!column.name().equals("seconds")) {
                    content.put(name + "." + column.name(), column.asList().toString());
                }
            }
        });
        content.put("notes", run.card().origin().notes());
        content.put("outcome", run.card().outcome().status().text());
        var recipe = new LinkedHashMap<>(run.card().recipe());
        recipe.keySet().removeAll(List.of("corpus", "data", "token_files")); // where it was found
        content.put("recipe", recipe);
        return content;
    }

    /** Stands for whatever ends a process: nothing after it is written. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private record Heard(List<String> titles, List<Long> steps, long last, boolean interrupts) implements Progress {

        static Heard crashing(long last) {
            return new Heard(new ArrayList<>(), new ArrayList<>(), last, false);
        }

        static Heard interrupting(long last) {
            return new Heard(new ArrayList<>(), new ArrayList<>(), last, true);
        }

        @Override
        public void start(String title, long total) {
            titles.add(title);
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            steps.add(done);
            if (done == last && interrupts) {
                Thread.currentThread().interrupt();
            } else if (done == last) {
                throw new Crash();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void crashedAnywhereItEndsAsOneLeftAlone(Phase phase) throws IOException {
        var whole = phase.run(null, Progress.SILENT);
        long steps = whole.metrics().rowCount();
        assertTrue(steps % EVERY != 0, steps + " steps");
        for (long crash : new long[] {2, 3, 7, steps}) {
            var place = folder.resolve("crash-" + crash);
            assertThrows(Crash.class, () -> phase.run(place, Heard.crashing(crash)));
            Files.writeString(place.resolve("metrics.csv"), crash + 1 + ",2.3", StandardOpenOption.APPEND);
            var heard = Heard.crashing(-1);
            var resumed = phase.run(place, heard);
            assertEquals(content(whole), content(resumed), "crashed at " + crash);
            long from = (crash - 1) / EVERY * EVERY;
            assertEquals(from > 0, heard.titles.getFirst().endsWith("going on after step " + from));
            assertEquals(steps - from, heard.steps.size(), "steps taken after a crash at " + crash);
            assertEquals(content(resumed), content(RunStore.open(folder).load("crash-" + crash)));
            assertFalse(Files.exists(place.resolve("checkpoint")), "a finished run needs none");
        }
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void interruptedAgainAndAgainItEndsAsOneLeftAlone(Phase phase) {
        var whole = phase.run(null, Progress.SILENT);
        var place = folder.resolve("run");
        for (long stop : new long[] {1, 3, 4}) {
            var heard = Heard.interrupting(stop);
            var run = phase.run(place, heard);
            assertTrue(Thread.interrupted(), "the thread stays interrupted");
            assertEquals(
                    "interrupted at step " + stop, run.card().outcome().status().text());
            assertEquals(stop, run.metrics().rowCount());
            assertEquals(content(run), content(RunStore.open(folder).load("run")), "it is kept as it is");
        }
        var heard = Heard.crashing(-1);
        assertEquals(content(whole), content(phase.run(place, heard)));
        assertEquals(5, heard.steps.getFirst(), "an interrupt leaves a checkpoint of its own");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void aRunThatEndedIsAnsweredAtOnce(Phase phase) {
        var place = folder.resolve("run");
        var run = phase.run(place, Progress.SILENT);
        var heard = Heard.crashing(-1);
        var again = phase.run(place, heard);
        assertEquals(content(run), content(again));
        assertEquals(run.card(), again.card());
        assertEquals(place, again.folder());
        assertEquals(List.of(), heard.steps);
    }

    @Test
    void anotherRecipeIsRefusedByWhatDiffers() {
        crash(() -> pretraining()
                .keep(folder.resolve("base"))
                .progress(Heard.crashing(4))
                .run());
        Pretraining[] others = {
            pretraining().steps(12),
            pretraining().batchSize(5),
            pretraining().learningRate(0.02),
            pretraining().optimizer(new trivium.train.AdamW(0.9, 0.99, 1e-8, 0.2, false)),
            pretraining().seed(6),
            pretraining().validation(0.1),
            pretraining().evaluations(5),
            pretraining().samples("the "),
            Pretraining.of(Gpt.of(12, 16, 2, 2), CHARACTERS, CORPUS),
            Pretraining.of(Gpt.of(12, 16, 1, 2), LETTERS, CORPUS)
        };
        String[] differences = {
            "steps was 11 there and is 12 here",
            "batch_size was 4",
            "learning_rate was 0.01 there and is 0.02 here",
            "optimizer.weight_decay was 0.1",
            "the seed was 5 there and is 6 here",
            "validation was 0.05",
            "evaluations was 4",
            "samples was [the , a] there and is [the ] here",
            "layers was 1 there and is 2 here",
            "vocabulary was"
        };
        for (int i = 0; i < others.length; i++) {
            var other = others[i];
            assertSentence(() -> other.keep(folder.resolve("base")).run(), differences[i], "another folder");
        }
        var other = Corpus.of("the cat sat on the rat. the rat saw the mat. ".repeat(40));
        var same = pretraining();
        var moved = Pretraining.of(same.architecture(), CHARACTERS, other)
                .steps(11)
                .batchSize(4)
                .learningRate(0.01)
                .evaluations(4)
                .samples("the ", "a")
                .seed(5);
        assertSentence(() -> moved.keep(folder.resolve("base")).run(), "the data's SHA-256 was");
        assertEquals(
                content(pretraining().run()),
                content(pretraining().workers(1).keep(folder.resolve("base")).run()),
                "workers are no part of the recipe");
    }

    @Test
    void aJudgeIsKnownByWhatItLearnedAndNotByItsName() {
        var place = folder.resolve("aligned");
        try (var judge = judging().run();
                var other = judging().seed(9).run()) {
            var recipe = aligning().reward(judge);
            crash(() -> recipe.keep(place, EVERY).progress(Heard.crashing(4)).run());
            assertSentence(() -> recipe.reward(other).keep(place).run(), "reward_hash was");
            var anew = new RewardModel(new Run(
                    RunCard.begin("reward-model", "somebody", Map.of(), Origin.here(0, "")),
                    judge.run().model(),
                    LETTERS,
                    judge.run().tables()));
            assertEquals(
                    Fingerprint.of(recipe.run()),
                    Fingerprint.of(recipe.reward(anew).keep(place).run()));
        }
    }

    /** The start is known by its content: trained anew it is the same, whatever it is called. */
    @Test
    void anotherStartIsRefusedAndTheSameOneWithAnotherIdIsNot() {
        var place = folder.resolve("tuned");
        crash(() -> tuning().keep(place).progress(Heard.crashing(4)).run());
        var recipe = tuning();
        var other = new Run(
                recipe.start().card(), Transformer.of(Gpt.of(16, 16, 1, 2), LETTERS.size(), 2), LETTERS, Map.of());
        assertSentence(
                () -> FineTuning.of(other, recipe.conversations())
                        .epochs(2)
                        .batchSize(11)
                        .keep(place)
                        .run(),
                "start_hash was");
        var called = new Run(
                RunCard.begin("pretrain", null, Map.of("name", "other"), Origin.here(1, "")),
                recipe.start().model(),
                LETTERS,
                Map.of());
        FineTuning.of(called, recipe.conversations())
                .epochs(2)
                .batchSize(11)
                .validation(0.1)
                .keep(place)
                .run();
        assertSentence(() -> judging().keep(place).run(), "the kind was finetune there and is reward-model here");
    }

    private static void crash(Executable training) {
        assertThrows(Crash.class, training);
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
