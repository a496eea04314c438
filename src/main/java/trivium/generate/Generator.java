package trivium.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import trivium.model.Decoder;
import trivium.model.LanguageModel;
import trivium.model.Size.Use;
import trivium.tensor.Team;
import trivium.tensor.Workers;

/**
 * Generates for many prompts at once, as the model's {@link LanguageModel.Batching} says: with a decoder for each
 * worker, or with one decoder whose steps the workers share. A completion that is over makes room for one that waits; a
 * prompt given several times is read once by whoever completes it.
 *
 * <p>A completion depends on its prompt, its place in the list, the sampling and the model, never on what stands beside
 * it nor on the number of workers. Buffers are kept from call to call; the model's weights may change between calls.
 * One call at a time.
 */
public final class Generator {

    /** Side by side in one worker's decoder: few enough that caches stay small. */
    private static final int MOST_ROWS = 32;

    /** Side by side in a decoder that all share. */
    private static final int MOST_SHARED_ROWS = 64;

    /** As few rows as are not cut any further: the worth of reading a weight. */
    private static final int FEWEST_ROWS = 4;

    /** Parts to aim for where prompts are cut, so that several workers share them evenly. */
    private static final int PARTS = 4;

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

    /** What generates. */
    LanguageModel model() {
        return model;
    }

    /**
     * One completion for each prompt, in order.
     *
     * @param prompts token ids, at least one in each and at most the model's context
     * @throws CancellationException if the thread is interrupted
     */
    public List<Generation> generate(List<int[]> prompts, Sampling sampling) {
        return generate(prompts, sampling, (_, _, _) -> false);
    }

    synchronized List<Generation> generate(List<int[]> prompts, Sampling sampling, StoppingCriterion stopping) {
        prompts.forEach(this::check);
        if (prompts.isEmpty()) {
            Decoding.stopIfInterrupted();
            return List.of();
        }
        var plan = plan(prompts.size());
        prepare(plan);
        var parts = plan.cut() ? Waiting.cut(prompts, plan.rows()) : List.of(Waiting.of(prompts));
        var results = new Generation[prompts.size()];
        var drawing = new Decoding.Drawing(sampling, stopping);
        if (plan.decoders() == 1) {
            together(plan, drawing, parts, results);
        } else {
            var next = new AtomicInteger();
            runAll(decoders.stream()
                    .limit(plan.decoders())
                    .map(decoder -> decoding(decoder, Team.ALONE, plan, drawing))
                    .map(decoding -> Executors.callable(() -> run(decoding, plan, parts, next, results)))
                    .toList());
        }
        return List.of(results);
    }

    /** One worker's share: the parts that it takes, or as much as it takes of the only one. */
    private static void run(
            Decoding decoding, Plan plan, List<Waiting> parts, AtomicInteger next, Generation[] results) {
        if (plan.cut()) {
            for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
                decoding.run(parts.get(i), results);
            }
        } else {
            decoding.run(parts.getFirst(), results);
        }
    }

    /** One decoder, whose steps all workers share. */
    private void together(Plan plan, Decoding.Drawing drawing, List<Waiting> parts, Generation[] results) {
        var decoder = decoders.getFirst();
        try (var team = new Team(workers)) {
            decoder.share(team);
            run(decoding(decoder, team, plan, drawing), plan, parts, new AtomicInteger(), results);
        } finally {
            decoder.share(Team.ALONE);
        }
    }

    private Decoding decoding(Decoder decoder, Team team, Plan plan, Decoding.Drawing drawing) {
        return new Decoding(decoder, team, model, drawing, plan.rows(), plan.spare());
    }

    /**
     * How a call is spread.
     *
     * @param decoders each of which has a worker of its own; where there is one, all share its steps
     * @param rows completions side by side in a decoder
     * @param spare whether each decoder has one row more, for more wait than there are rows
     * @param cut whether prompts are cut into parts of so many rows, by their number alone
     */
    private record Plan(int decoders, int rows, boolean spare, boolean cut) {

        int decoderRows() {
            return rows + (spare ? 1 : 0);
        }
    }

    private Plan plan(int prompts) {
        return switch (model.batching()) {
            case CUT -> {
                int rows = rows(prompts, PARTS);
                yield new Plan(Math.min(workers, Math.ceilDiv(prompts, rows)), rows, false, true);
            }
            case APART -> {
                int rows = rows(prompts, workers);
                int decoders = Math.min(workers, Math.ceilDiv(prompts, rows));
                yield new Plan(decoders, rows, prompts > decoders * rows, false);
            }
            case TOGETHER -> new Plan(1, Math.min(prompts, MOST_SHARED_ROWS), prompts > MOST_SHARED_ROWS, false);
        };
    }

    /** Of one decoder, where the prompts are for so many. */
    private static int rows(int prompts, int decoders) {
        return Math.min(prompts, Math.clamp(Math.ceilDiv(prompts, decoders), FEWEST_ROWS, MOST_ROWS));
    }

    /**
     * Bytes of native memory that generating for this many prompts takes, the model's parameters included; empty for a
     * model that cannot tell.
     */
    public OptionalLong bytes(int prompts) {
        var plan = plan(prompts);
        int readers = plan.decoders() == 1 ? Math.min(workers, prompts) : 1;
        return model.size(plan.decoderRows(), model.context(), Use.GENERATING).stream()
                .mapToLong(size -> size.bytes(plan.decoders(), readers))
                .findFirst();
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

    private void prepare(Plan plan) {
        if (plan.decoderRows() > decoderRows) {
            decoders.clear();
            decoderRows = plan.decoderRows();
        }
        if (!decoders.isEmpty()) {
            decoders.getFirst().refresh();
        }
        while (decoders.size() < plan.decoders()) {
            decoders.add(model.decoder(decoderRows));
        }
    }

    private static void runAll(List<Callable<Object>> tasks) {
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
