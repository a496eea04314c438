package trivium.figure;

import java.util.Locale;
import java.util.Map;

/** Words and units for the columns that runs have. */
final class Labels {

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
    static String kind(String kind) {
        return switch (kind) {
            case "pretrain" -> "pre-training";
            case "finetune" -> "fine-tuning";
            case "reward-model" -> "reward model";
            case "align" -> "alignment";
            default -> kind + " run";
        };
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

    /** A value in a legend or on a bar: three significant digits, a true minus. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        String text;
        if (size >= 1e5 || size < 1e-3) {
            text = scientific(value);
        } else {
            int decimals = Math.clamp(2 - (long) Math.floor(Math.log10(size)), 0, 5);
            text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
        return text.replace('-', '−');
    }

    /** A share between 0 and 1: "75.0 %". */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** One of several values that stand side by side: as many decimals as the largest needs for three digits. */
    static String number(double value, double largest) {
        int decimals = largest <= 0 ? 2 : Math.clamp(2 - (long) Math.floor(Math.log10(largest)), 0, 4);
        return String.format(Locale.ROOT, "%." + decimals + "f", value).replace('-', '−');
    }

    /** A number beside a tick: "0.04", "−2", "1500", "20k", "1.5M", "1e−4". */
    static String tick(double value) {
        double size = Math.abs(value);
        String text;
        if (size < 1e-12) {
            text = "0";
        } else if (size >= 1e6 && size < 1e9) {
            text = plain(value / 1e6) + "M";
        } else if (size >= 1e4 && size < 1e6) {
            text = plain(value / 1e3) + "k";
        } else if (size >= 1e9 || size < 1e-3) {
            text = scientific(value);
        } else {
            text = plain(value);
        }
        return text.replace('-', '−');
    }

    /** A number beside a tick of an axis on which all are small: "2e−4", and so "1e−3" too. */
    static String smallTick(double value) {
        return Math.abs(value) < 1e-12 ? "0" : scientific(value).replace('-', '−');
    }

    private static String plain(double value) {
        return trimmed(String.format(Locale.ROOT, "%.4f", value));
    }

    /** A setting as it was written: 0.001 is "0.001", 1e-4 is "1e−4", 128 is "128". */
    static String setting(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e6) {
            return Long.toString((long) value);
        }
        double size = Math.abs(value);
        if (size >= 1e-2 && size < 1e4) {
            return trimmed(String.format(Locale.ROOT, "%.3g", value));
        }
        return scientific(value).replace('-', '−');
    }

    private static String scientific(double value) {
        var parts = String.format(Locale.ROOT, "%.1e", value).split("e");
        return trimmed(parts[0]) + "e" + Integer.parseInt(parts[1]);
    }

    private static String trimmed(String decimal) {
        return decimal.contains(".") ? decimal.replaceFirst("\\.?0+$", "") : decimal;
    }
}
