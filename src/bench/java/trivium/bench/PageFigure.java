package trivium.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import trivium.tensor.Workers;

/** The figures of docs/performance.md: which benchmarks make each, in the order in which they are run. */
enum PageFigure {
    MACHINE(Peers.NONE),
    TRAIN(Peers.PYTORCH),
    GENERATE(Peers.PYTORCH),
    WORKERS(Peers.NONE),
    PRECISION(Peers.PYTORCH),
    LOSS(Peers.NONE),
    RECIPES(Peers.TRL),
    TRANSFORMERS(Peers.HUGGINGFACE),
    SWEEP(Peers.OPTUNA),
    KERNELS(Peers.NONE);

    /** What a benchmark may take turns with, by the name that stands for its command. */
    enum Peers {
        NONE,
        PYTORCH,
        TRL,
        HUGGINGFACE,
        OPTUNA
    }

    private static final List<String> CASES = List.of("small", "medium", "llama", "gpt2-124m");
    private static final int SEEDS = 3;
    private static final int TRIALS = 40;
    private static final int TRIAL_STEPS = 200;

    /** In the place of the folder with TRL's data, and of the text. */
    static final String DATA = "DATA";

    static final String TEXT = "TEXT";

    private final Peers peer;

    PageFigure(Peers peer) {
        this.peer = peer;
    }

    /** As the markers of the page and {@code --only} have it. */
    String marker() {
        return name().toLowerCase(Locale.ROOT);
    }

    Peers peer() {
        return peer;
    }

    /**
     * The arguments of its benchmarks, with {@value #DATA}, {@value #TEXT} and the names of {@link Peers} where those
     * are meant.
     *
     * @param rounds how often each measures
     * @param few whether each takes as few steps as it can, to see whether all works
     * @param hasPeer whether the peer is there to take turns with
     */
    List<List<String>> jobs(int rounds, boolean few, boolean hasPeer) {
        var turns = hasPeer ? List.of("--peer", peer.name()) : List.<String>of();
        var often = List.of("--rounds", String.valueOf(rounds));
        var least = few ? List.of("--steps", "2") : List.<String>of();
        var workers =
                Stream.of("1", String.valueOf(Workers.available())).distinct().toList();
        return switch (this) {
            case MACHINE ->
                workers.stream()
                        .map(each -> all(List.of(List.of("--job", "machine", "--workers", each), often)))
                        .toList();
            case TRAIN, GENERATE ->
                CASES.stream()
                        .map(name -> all(List.of(List.of("--job", marker(), "--case", name), often, least, turns)))
                        .toList();
            case WORKERS ->
                // one after the other in turn, each round a process
                Stream.generate(() -> workers)
                        .limit(rounds)
                        .flatMap(List::stream)
                        .map(each -> all(List.of(
                                List.of("--job", "train", "--case", "medium", "--workers", each),
                                List.of("--rounds", "1"),
                                least)))
                        .toList();
            case PRECISION ->
                List.of(all(List.of(
                        List.of("--job", "train", "--case", "medium", "--precision", "BF16"),
                        often,
                        least,
                        hasPeer ? List.of("--peer", peer.name() + " --dtype bf16") : List.of())));
            case LOSS -> {
                var jobs = new ArrayList<List<String>>();
                for (var precision : List.of("FLOAT32", "BF16")) {
                    for (int seed = 1; seed <= (few ? 1 : SEEDS); seed++) {
                        jobs.add(List.of("pretrain", TEXT, String.valueOf(seed), precision));
                    }
                }
                yield jobs;
            }
            case RECIPES ->
                Stream.of("sft", "reward", "dpo", "align")
                        .map(job -> all(List.of(
                                List.of("--job", job),
                                job.equals("align") ? List.of() : List.of("--data", DATA),
                                often,
                                few ? List.of("--steps", job.equals("align") ? "2" : "12") : List.of(),
                                turns)))
                        .toList();
            case TRANSFORMERS ->
                Stream.of("full", "lora", "lora --weights BF16", "greedy", "greedy --weights BF16", "greedy --rows 32")
                        .map(job -> all(List.of(
                                List.of(("--job " + job).split(" ")),
                                often,
                                few ? List.of("--steps", "1") : List.of(),
                                hasPeer ? List.of("--peer-hf", peer.name() + dtype(job)) : List.of())))
                        .toList();
            case SWEEP ->
                List.of(all(List.of(
                        List.of("--job", "sweep", "--case", "width-32-long"),
                        List.of("--trials", String.valueOf(few ? 5 : TRIALS)),
                        List.of("--steps", String.valueOf(few ? 2 : TRIAL_STEPS)),
                        often,
                        turns)));
            case KERNELS ->
                List.of(
                        few
                                ? List.of("--kernels", "--json", "-wi", "1", "-i", "1", "Dropout")
                                : List.of("--kernels", "--json"));
        };
    }

    private static String dtype(String job) {
        return job.endsWith("BF16") ? " --dtype bf16" : "";
    }

    private static List<String> all(List<List<String>> parts) {
        return Stream.concat(parts.stream().flatMap(List::stream), Stream.of("--json"))
                .toList();
    }
}
