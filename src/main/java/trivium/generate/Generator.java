package trivium.generate;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import trivium.model.Decoder;
import trivium.model.LanguageModel;
import trivium.model.Size.Use;
import trivium.tensor.Team;
import trivium.tensor.Workers;

/**
 * Generates for many prompts at once. Rows are cut into handfuls, each decoded side by side by one worker; a prompt
 * given several times is read once in each handful.
 *
 * <p>How the rows are cut depends on how many there are, never on the number of workers: the same prompts, sampling and
 * model give the same completions on every machine size. Buffers are kept from call to call; the model's weights may
 * change between calls. One call at a time.
 */
public final class Generator {

    /** Few enough rows that caches stay small, many enough that a step's matrix products are worth it. */
    private static final int MOST_ROWS = 32;

    private static final int FEWEST_ROWS = 4;
    /** Handfuls to aim for, so that several workers share the work evenly. */
    private static final int HANDFULS = 4;

    private final LanguageModel model;
    private final int workers;
    private final List<Decoder> decoders = new ArrayList<>();
    private int decoderRows;

    /** A generator with a worker for each processor. */
    public Generator(LanguageModel model) {
        this(model, Workers.available());
    }

    public Generator(LanguageModel model, int workers) {
        if (model.outputs() < 2) {
            throw new IllegalArgumentException("a model with " + model.outputs()
                    + " output scores texts, it cannot write them; generate with a language model");
        }
        if (workers < 1) {
            throw new IllegalArgumentException(workers + " workers: expected at least 1");
        }
        this.model = model;
        this.workers = workers;
    }

    /**
     * One completion for each prompt, in order.
     *
     * @param prompts token ids, at least one in each and at most the model's context
     * @throws CancellationException if the thread is interrupted
     */
    public List<Generation> generate(List<int[]> prompts, Sampling sampling) {
        return generate(prompts, sampling, (_, _) -> false);
    }

    synchronized List<Generation> generate(List<int[]> prompts, Sampling sampling, StoppingCriterion stopping) {
        prompts.forEach(this::check);
        int rows = rows(prompts.size());
        var handfuls = handfuls(equalTogether(prompts), rows);
        prepare(Math.min(workers, handfuls.size()), Math.min(rows, prompts.size()));

        if (handfuls.size() == 1) {
            return List.of(alone(prompts, handfuls.getFirst(), sampling, stopping));
        }
        var results = new Generation[prompts.size()];
        var next = new AtomicInteger();
        var tasks = new ArrayList<Callable<Void>>();
        for (var decoder : decoders) {
            tasks.add(() -> {
                var decoding = new Decoding(decoder, sampling, stopping, model.context(), model.outputs());
                for (int i = next.getAndIncrement(); i < handfuls.size(); i = next.getAndIncrement()) {
                    decoding.run(prompts, handfuls.get(i), results);
                }
                return null;
            });
        }
        runAll(tasks);
        return List.of(results);
    }

    /** Of a handful, at most. */
    private static int rows(int prompts) {
        return Math.clamp(Math.ceilDiv(prompts, HANDFULS), FEWEST_ROWS, MOST_ROWS);
    }

    /**
     * Bytes of native memory that generating for this many prompts takes, the model's parameters included; empty for a
     * model that cannot tell.
     */
    public OptionalLong bytes(int prompts) {
        int rows = rows(prompts);
        int decoders = Math.min(workers, Math.ceilDiv(prompts, rows));
        return model.size(Math.min(rows, prompts), model.context(), Use.GENERATING).stream()
                .mapToLong(size -> size.bytes(decoders))
                .findFirst();
    }

    /** A single handful is decoded here, and each step's work is split instead. */
    private Generation[] alone(List<int[]> prompts, int[] handful, Sampling sampling, StoppingCriterion stopping) {
        var results = new Generation[prompts.size()];
        var decoder = decoders.getFirst();
        try (var team = new Team(workers)) {
            decoder.share(team);
            new Decoding(decoder, sampling, stopping, model.context(), model.outputs()).run(prompts, handful, results);
        } finally {
            decoder.share(Team.ALONE);
        }
        return results;
    }

    private void check(int[] prompt) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("an empty prompt: a model needs at least one token to continue from");
        }
        if (prompt.length > model.context()) {
            throw new IllegalArgumentException("a prompt of " + prompt.length
                    + " tokens is longer than the model's context of " + model.context() + "; shorten it");
        }
    }

    private void prepare(int count, int rows) {
        if (rows > decoderRows) {
            decoders.clear();
            decoderRows = rows;
        }
        if (!decoders.isEmpty()) {
            decoders.getFirst().refresh();
        }
        while (decoders.size() < count) {
            decoders.add(model.decoder(decoderRows));
        }
    }

    /** Row numbers, equal prompts next to each other, otherwise in order. */
    private static int[] equalTogether(List<int[]> prompts) {
        var rowsByPrompt = new LinkedHashMap<IntBuffer, List<Integer>>();
        for (int i = 0; i < prompts.size(); i++) {
            rowsByPrompt
                    .computeIfAbsent(IntBuffer.wrap(prompts.get(i)), _ -> new ArrayList<>())
                    .add(i);
        }
        return rowsByPrompt.values().stream()
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static List<int[]> handfuls(int[] order, int rows) {
        return IntStream.range(0, Math.ceilDiv(order.length, rows))
                .mapToObj(i -> IntStream.range(i * rows, Math.min((i + 1) * rows, order.length))
                        .map(r -> order[r])
                        .toArray())
                .toList();
    }

    private static void runAll(List<Callable<Void>> tasks) {
        if (tasks.isEmpty()) {
            return;
        }
        Decoding.stopIfInterrupted(); // invokeAll does not check where the tasks are quicker than it
        try (var pool = Executors.newFixedThreadPool(
                tasks.size(), Thread.ofPlatform().daemon().name("generate-", 0).factory())) {
            for (var done : pool.invokeAll(tasks)) {
                done.get();
            }
        } catch (InterruptedException e) {
            throw (CancellationException) new CancellationException("generation was interrupted").initCause(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
