package trivium.figure;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.run.Run;

/** Words and units for the columns that runs have. */
public final class Labels {

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("step", "step"),
            Map.entry("tokens", "tokens seen"),
            Map.entry("seconds", "time (s)"),
            Map.entry("loss", "loss (nats/token)"),
            Map.entry("validation_loss", "validation loss (nats/token)"),
            Map.entry("bits_per_byte", "bits per byte"),
            Map.entry("mean_token_accuracy", "share of tokens guessed"),
            Map.entry("validation_middle_loss", "loss of missing middles (nats/token)"),
            Map.entry("validation_token_accuracy", "share of hidden tokens found"),
            Map.entry("learning_rate", "learning rate"),
            Map.entry("grad_norm", "gradient norm"),
            Map.entry("tokens_per_second", "tokens per second"),
            Map.entry("reward", "reward"),
            Map.entry("gold", "gold reward"),
            Map.entry("frac_reward_zero_std", "share of groups with equal rewards"),
            Map.entry("eval/reward", "reward of held-out prompts"),
            Map.entry("eval/gold", "gold reward of held-out prompts"),
            Map.entry("kl", "KL to the reference (nats)"),
            Map.entry("entropy", "entropy (nats/token)"),
            Map.entry("completions/mean_length", "completion length (tokens)"),
            Map.entry("completions/clipped_ratio", "share of completions cut off"),
            Map.entry("clip_ratio/region_mean", "share of tokens clipped"),
            Map.entry("padding", "share of padding"),
            Map.entry("accuracy", "accuracy"),
            Map.entry("validation_accuracy", "validation accuracy"));

    private Labels() {}

    /** What a kind of run is called in a sentence; a kind of someone's own keeps its name. */
    public static String kind(String kind) {
        return switch (kind) {
            case "pretrain" -> "pre-training";
            case "finetune" -> "fine-tuning";
            case "reward-model" -> "reward model";
            case "align" -> "alignment";
            default -> kind + " run";
        };
    }

    /**
     * What tells several runs apart: the names they were given; without one what a run is, such as "fine-tuning", or
     * its id where that says too little.
     */
    public static List<String> names(List<Run> runs) {
        var plain = runs.stream()
                .map(run -> run.card().name() == null ? kind(run.card().kind()) : run.label())
                .toList();
        return IntStream.range(0, runs.size())
                .mapToObj(i -> name(runs.get(i), plain.get(i), Collections.frequency(plain, plain.get(i)) == 1))
                .toList();
    }

    private static String name(Run run, String plain, boolean alone) {
        return alone ? plain : run.card().name() == null ? run.id() : plain + " (" + run.id() + ")";
    }

    /** The label of an axis that shows this column. */
    static String of(String column) {
        return KNOWN.getOrDefault(column, column.replace('_', ' ').replace('/', ' '));
    }

    /** The loss of one kind of run: what it is measured in depends on the phase. */
    static String loss(String kind) {
        return switch (kind) {
            case "reward-model" -> "loss (nats/comparison)";
            case "align" -> "loss";
            default -> of("loss");
        };
    }

    /** The words without the unit, to begin a title with. */
    static String title(String column) {
        var words = of(column).replaceFirst(" \\(.*\\)$", "");
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
