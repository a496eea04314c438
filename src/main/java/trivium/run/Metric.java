package trivium.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trivium.text.Numbers;

/**
 * What a metric is, declared once: tables, live curves, figures, the choice of a best state, the goals of sweeps and
 * docs/metrics.md read it here. A metric of your own needs no declaration: it is called by its name, and less of it is
 * better where the name ends in "loss" or "perplexity", more of it elsewhere, which is the rule of Hugging Face's
 * Trainer. A {@link Source} declares a label and a unit for it.
 *
 * @param name the column of a run's metrics, such as "validation_loss"
 * @param label what it is called beside its values
 * @param unit of its values: {@link #SHARE} for shares from 0 to 1, "" where there is none
 * @param better which way is better
 * @param meaning one sentence without its end
 */
public record Metric(String name, String label, String unit, Better better, String meaning) {

    /** Which values of a metric are the better ones. */
    public enum Better {
        /** A loss: its size depends on the data it is measured on as much as on the model. */
        LOWER,
        HIGHER,
        /** Neither: the metric describes the training. */
        NEITHER
    }

    /** Declares metrics of other packages; named in {@code META-INF/services/trivium.run.Metric$Source}. */
    public interface Source {
        List<Metric> metrics();
    }

    /** The unit of shares, which people read in percent. */
    public static final String SHARE = "share";

    private static final String NATS = "nats/token";

    /** Begins the names of what evaluations measure on validation data. */
    private static final String VALIDATION = "validation_";

    /** Begins the names of what evaluations measure of the trained weights where the run keeps an average of them. */
    public static final String TRAINED = "trained_";

    /** All that are declared, by name. */
    private static final Map<String, Metric> DECLARED = new LinkedHashMap<>();

    public static final Metric STEP = declare(
            "step", "step", "", Better.NEITHER, "steps taken, 1 after the first; of an alignment sets of rollouts");
    public static final Metric LOSS = declare(
            "loss",
            "loss",
            NATS,
            Better.LOWER,
            "the objective on the step's batch, before the update; of an alignment it does not fall as the policy improves");
    public static final Metric VALIDATION_LOSS = declare(
            "validation_loss",
            "validation loss",
            NATS,
            Better.LOWER,
            "the loss on data held back for validation, at evaluations");
    public static final Metric BASE_VALIDATION_LOSS = declare(
            "base_validation_loss",
            "loss on the base's text",
            NATS,
            Better.LOWER,
            "the loss on text that the pre-training before a fine-tuning held back, at evaluations: what is forgotten");
    public static final Metric BITS_PER_BYTE = declare(
            "bits_per_byte",
            "bits per byte",
            "",
            Better.LOWER,
            "the validation loss in bits for each byte of text, which compares models of different tokenizers");
    public static final Metric VALIDATION_MIDDLE_LOSS = declare(
            "validation_middle_loss",
            "loss of missing middles",
            NATS,
            Better.LOWER,
            "the loss on middles whose both sides are known, at evaluations");
    public static final Metric CROSS_ENTROPY = declare(
            "cross_entropy",
            "cross entropy",
            NATS,
            Better.LOWER,
            "mean −log p of the step's predicted tokens, before the update, where label smoothing or a z-loss makes the loss another");
    public static final Metric Z_LOSS = declare(
            "z_loss",
            "z-loss",
            NATS,
            Better.NEITHER,
            "mean over the step's predicted tokens of the z-loss's part of the loss, its coefficient · log² Z");
    public static final Metric MEAN_TOKEN_ACCURACY = declare(
            "mean_token_accuracy",
            "share of tokens guessed",
            SHARE,
            Better.HIGHER,
            "predicted tokens of the step's batch than which none was likelier, before the update");
    public static final Metric VALIDATION_TOKEN_ACCURACY = declare(
            "validation_token_accuracy",
            "share of hidden tokens found",
            SHARE,
            Better.HIGHER,
            "hidden tokens of the validation text that are the model's likeliest, at evaluations");
    public static final Metric ACCURACY = declare(
            "accuracy",
            "accuracy",
            SHARE,
            Better.HIGHER,
            "pairs of the step's batch whose chosen answer scores higher, before the update");
    public static final Metric VALIDATION_ACCURACY = declare(
            "validation_accuracy",
            "validation accuracy",
            SHARE,
            Better.HIGHER,
            "validation pairs whose chosen answer scores higher, at evaluations");
    public static final Metric REWARDS_MARGINS = declare(
            "rewards/margins",
            "margin of implied rewards",
            "",
            Better.HIGHER,
            "how much higher the implied reward of chosen answers is than that of rejected ones");
    public static final Metric REWARDS_ACCURACIES = declare(
            "rewards/accuracies",
            "accuracy of implied rewards",
            SHARE,
            Better.HIGHER,
            "pairs of the step's batch whose chosen answer has the higher implied reward");
    public static final Metric LEARNING_RATE =
            declare("learning_rate", "learning rate", "", Better.NEITHER, "that the step used");
    public static final Metric GRAD_NORM =
            declare("grad_norm", "gradient norm", "", Better.NEITHER, "Euclidean norm of the gradient before clipping");
    public static final Metric EPOCH =
            declare("epoch", "epochs", "", Better.NEITHER, "times through the data, in fractions");
    public static final Metric TOKENS = declare(
            "tokens",
            "tokens seen",
            "",
            Better.NEITHER,
            "read so far, prompts included and padding not; of an alignment generated so far");
    public static final Metric PADDING =
            declare("padding", "share of padding", SHARE, Better.NEITHER, "positions of the step's batch without text");
    public static final Metric SECONDS =
            declare("seconds", "time", "s", Better.NEITHER, "wall clock since the start, evaluations included");
    public static final Metric REWARD = declare(
            "reward", "reward", "", Better.HIGHER, "mean over the step's completions of the reward that is optimised");
    public static final Metric REWARD_STD = declare(
            "reward_std",
            "spread of rewards",
            "",
            Better.NEITHER,
            "standard deviation of the reward over the step's completions");
    public static final Metric REWARD_GROUP_STD = declare(
            "reward_group_std",
            "spread of rewards in a group",
            "",
            Better.NEITHER,
            "standard deviation of the reward within a group of completions, averaged over the groups");
    public static final Metric FRAC_REWARD_ZERO_STD = declare(
            "frac_reward_zero_std",
            "share of groups with equal rewards",
            SHARE,
            Better.NEITHER,
            "groups of completions whose rewards, lengths priced in, are all equal");
    public static final Metric REWARD_LENGTH_CORRELATION = declare(
            "reward_length_correlation",
            "correlation of reward and length",
            "",
            Better.NEITHER,
            "Pearson's correlation of reward and length in tokens over the step's groups whose rewards differ, both less the group's mean");
    public static final Metric GOLD = declare(
            "gold",
            "gold reward",
            "",
            Better.HIGHER,
            "mean over the step's completions of the second reward, which is only written down");
    public static final Metric KL = declare(
            "kl",
            "KL to the reference",
            "nats",
            Better.NEITHER,
            "mean over the step's completions of Σ log π − log π_ref over their tokens; of KTO over answers to other prompts, at least 0");
    public static final Metric ENTROPY = declare(
            "entropy",
            "entropy",
            NATS,
            Better.NEITHER,
            "mean over the tokens of the step's completions of the entropy of the distribution they were drawn from");
    public static final Metric MEAN_LENGTH = declare(
            "completions/mean_length",
            "completion length",
            "tokens",
            Better.NEITHER,
            "mean length of the step's completions, the end token included");
    public static final Metric SAMPLING_DIFFERENCE = declare(
            "sampling/sampling_logp_difference/mean",
            "sampled and scored apart",
            NATS,
            Better.NEITHER,
            "mean over the tokens of the step's completions of the absolute difference of log π, before the step's first update, and log π_old, of the distribution they were drawn from");
    public static final Metric CLIPPED_RATIO = declare(
            "completions/clipped_ratio",
            "share of completions cut off",
            SHARE,
            Better.NEITHER,
            "completions that are as long as they may be and have no end token");
    public static final Metric CLIP_RATIO = declare(
            "clip_ratio/region_mean",
            "share of tokens clipped",
            SHARE,
            Better.NEITHER,
            "completion tokens, or completions where ratios are theirs, at which the objective's clip holds, averaged over the steps on the same rollouts");

    static {
        ServiceLoader.load(Source.class, Metric.class.getClassLoader())
                .forEach(source -> source.metrics().forEach(metric -> DECLARED.putIfAbsent(metric.name, metric)));
    }

    /** The units of losses whose objective is another than the next token's, by the kind of run. */
    private static final Map<String, String> LOSS_UNITS =
            Map.of("reward-model", "nats/comparison", "process-reward-model", "nats/step", "align", "", "prefer", "");

    /**
     * Names that are made of a metric's: of the best state, of another, of trained weights, deviations and quantiles.
     */
    private static final Pattern DERIVED =
            Pattern.compile("(best_|last_|trained_|)(.+?)(_sd|_std|_low|_high|_p\\d\\d|)");

    private static Metric declare(String name, String label, String unit, Better better, String meaning) {
        var metric = new Metric(name, label, unit, better, meaning);
        DECLARED.put(name, metric);
        return metric;
    }

    /**
     * A metric as a row of a table has it: "name | label | unit | lower, higher or neither | meaning", with any white
     * space.
     *
     * @throws IllegalArgumentException for any other row
     */
    public static Metric row(String row) {
        var cells = Stream.of(row.split("\\|", 5))
                .map(cell -> cell.strip().replaceAll("\\s+", " "))
                .toList();
        if (cells.size() < 5) {
            throw new IllegalArgumentException(
                    "a metric is \"name | label | unit | better | meaning\", which this is not: " + row);
        }
        var better = Better.valueOf(cells.get(3).toUpperCase(Locale.ROOT));
        return new Metric(cells.get(0), cells.get(1), cells.get(2), better, cells.get(4));
    }

    /** All declared metrics. */
    public static List<Metric> declared() {
        return List.copyOf(DECLARED.values());
    }

    /** One of several rewards, and a measurement of one's own at evaluations: both are named by people. */
    private static final Pattern NAMED = Pattern.compile("rewards/(.+)/(mean|std)|eval/(.+)");

    /** A metric whose name people made up within {@link #NAMED}; null if it is none. */
    private static Metric named(String name) {
        var named = NAMED.matcher(name);
        if (!named.matches()) {
            return null;
        }
        if (named.group(3) != null) {
            return new Metric(name, words(named.group(3)) + " at evaluations", "", Better.HIGHER, "");
        }
        boolean mean = named.group(2).equals("mean");
        return new Metric(
                name,
                (mean ? "reward " : "spread of the reward ") + words(named.group(1)),
                "",
                mean ? Better.HIGHER : Better.NEITHER,
                "");
    }

    /** Whether this column of a run's metrics is declared, or made of one that is, such as "reward_p90". */
    public static boolean isDeclared(String name) {
        var derived = DERIVED.matcher(name);
        return declared(name) != null || named(name) != null || derived.matches() && declared(derived.group(2)) != null;
    }

    /** The metric of this name; one that nobody declared is called by its name. */
    public static Metric of(String name) {
        var known = declared(name);
        if (known != null) {
            return known;
        }
        var derived = DERIVED.matcher(name);
        if (derived.matches() && declared(derived.group(2)) instanceof Metric of) {
            var better = derived.group(3).startsWith("_s") ? Better.NEITHER : of.better;
            return new Metric(name, words(derived.group(1)) + of.label + words(derived.group(3)), of.unit, better, "");
        }
        if (named(name) instanceof Metric metric) {
            return metric;
        }
        var better = name.matches("(.*_)?(loss|perplexity)") ? Better.LOWER : Better.HIGHER;
        return new Metric(name, words(name), "", better, "");
    }

    /** The metric that is declared, or that of validation data of one that is; null where neither is. */
    private static Metric declared(String name) {
        var known = DECLARED.get(name);
        if (known == null
                && name.startsWith(VALIDATION)
                && DECLARED.get(name.substring(VALIDATION.length())) instanceof Metric of) {
            return new Metric(name, words(VALIDATION) + of.label, of.unit, of.better, "");
        }
        return known;
    }

    /** This metric in a run of this kind: the unit of a loss is the objective's. */
    public Metric in(String kind) {
        boolean ofObjective = equals(LOSS) || equals(VALIDATION_LOSS);
        return ofObjective && LOSS_UNITS.containsKey(kind)
                ? new Metric(name, label, LOSS_UNITS.get(kind), better, meaning)
                : this;
    }

    /** The label with the unit behind it, as an axis has it: "loss (nats/token)". */
    public String axis() {
        return unit.isEmpty() || isShare() ? label : label + " (" + unit + ")";
    }

    /** Whether its values are shares from 0 to 1. */
    public boolean isShare() {
        return unit.equals(SHARE);
    }

    /** A value as people read it: shares in percent. */
    public String shown(double value) {
        return isShare() ? Numbers.percent(value) : Numbers.value(value);
    }

    private static String words(String name) {
        return name.replace('_', ' ').replace('/', ' ');
    }
}
