package trivium.pretrained;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;
import trivium.model.Architecture.Rotary;
import trivium.model.RotaryScaling;
import trivium.model.RotaryScaling.Kind;

/**
 * Rotary positions in a {@code config.json}: {@code rope_parameters}, or as older files have them {@code rope_theta}
 * and {@code rope_scaling} (transformers' {@code RotaryEmbeddingConfigMixin} and {@code modeling_rope_utils}).
 */
final class RotaryConfig {

    private static final double THETA = 10_000;

    /** How older files of a family call its settings, and what transformers takes where they are missing. */
    record Names(String theta, String share, double missingShare) {

        static final Names USUAL = new Names("rope_theta", "partial_rotary_factor", 1);
    }

    private RotaryConfig() {}

    /**
     * Reads them.
     *
     * @param longest the context that the file allows
     */
    static Rotary read(ConfigFields config, Names names, int longest) {
        var scaling = config.object("rope_scaling");
        var parameters = scaling.isPresent() ? scaling : config.object("rope_parameters");
        config.has("rope_parameters");
        config.has("rope_interleaved");
        config.require("rope_interleaved", new JsonPrimitive(false));
        double theta = config.number(names.theta(), THETA);
        double share = share(config, names, names.share(), names.missingShare());
        if (parameters.isEmpty()) {
            return new Rotary(theta, share, RotaryScaling.NONE);
        }
        var fields = parameters.get();
        theta = fields.number("rope_theta", theta);
        share = share(fields, names, "partial_rotary_factor", share);
        var older = config.integer("original_max_position_embeddings");
        int original =
                older.isPresent() ? older.getAsInt() : fields.positive("original_max_position_embeddings", longest);
        fields.positive("original_max_position_embeddings", longest);
        var rotary = new Rotary(theta, share, scaling(fields, original));
        fields.requireAllKnown();
        return rotary;
    }

    /** Only where a family may turn a part of each head does transformers read it. */
    private static double share(ConfigFields fields, Names names, String setting, double missing) {
        double share = fields.number(setting, missing);
        if (share != 1 && names.equals(Names.USUAL)) {
            throw fields.unsupported(setting, "transformers turns whole heads in this family, whatever that says");
        }
        return share;
    }

    private static RotaryScaling scaling(ConfigFields fields, int original) {
        var older = fields.text("type", "default");
        var type = fields.text("rope_type", older);
        return switch (type) {
            case "default" -> RotaryScaling.NONE;
            case "linear" -> RotaryScaling.linear(factor(fields));
            case "llama3" ->
                new RotaryScaling(
                        Kind.LLAMA3,
                        factor(fields),
                        original,
                        needed(fields, "low_freq_factor"),
                        needed(fields, "high_freq_factor"));
            case "yarn" -> yarn(fields, original);
            default -> throw fields.unsupported("rope_type", "supported are default, linear, llama3 and yarn");
        };
    }

    private static RotaryScaling yarn(ConfigFields fields, int original) {
        if (!fields.flag("truncate", true)) {
            throw fields.unsupported("truncate", "only true is supported");
        }
        double slow = fields.number("beta_slow", 1);
        double fast = fields.number("beta_fast", 32);
        var scaling = new RotaryScaling(Kind.YARN, factor(fields), original, slow, fast);
        double usual = magnitude(scaling.factor(), 1);
        double one = fields.number("mscale", 0);
        double other = fields.number("mscale_all_dim", 0);
        double inferred =
                one != 0 && other != 0 ? magnitude(scaling.factor(), one) / magnitude(scaling.factor(), other) : usual;
        double given = fields.number("attention_factor", inferred);
        if (Math.abs(given - usual) > 1e-6 * usual) {
            throw fields.unsupported(
                    fields.has("attention_factor") ? "attention_factor" : "mscale",
                    "only 0.1 ln(factor) + 1, which is " + usual + ", is supported");
        }
        return scaling;
    }

    private static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private static double factor(ConfigFields fields) {
        return needed(fields, "factor");
    }

    private static double needed(ConfigFields fields, String name) {
        if (!fields.has(name)) {
            throw fields.damaged("its rotary scaling \"" + fields.text("rope_type", fields.text("type", ""))
                    + "\" needs \"" + name + "\"");
        }
        return fields.number(name, 0);
    }

    /** Why these cannot be written where a family turns all elements, or a share of them. */
    static Optional<String> lacks(Rotary rotary, boolean partial) {
        return partial || rotary.share() == 1
                ? Optional.empty()
                : Optional.of("it turns a share of " + rotary.share() + " of each head");
    }

    /** Writes {@code rope_parameters}. */
    static void write(Rotary rotary, boolean partial, JsonObject config) {
        var fields = new JsonObject();
        if (partial) {
            fields.addProperty("partial_rotary_factor", rotary.share());
        }
        fields.addProperty("rope_theta", rotary.theta());
        var scaling = rotary.scaling();
        switch (scaling.kind()) {
            case NONE -> fields.addProperty("rope_type", "default");
            case LINEAR -> fields.addProperty("rope_type", "linear");
            case LLAMA3 -> {
                fields.addProperty("rope_type", "llama3");
                fields.addProperty("low_freq_factor", scaling.slow());
                fields.addProperty("high_freq_factor", scaling.fast());
            }
            case YARN -> {
                fields.addProperty("rope_type", "yarn");
                fields.addProperty("beta_slow", scaling.slow());
                fields.addProperty("beta_fast", scaling.fast());
            }
        }
        if (scaling.kind() != Kind.NONE) {
            fields.addProperty("factor", scaling.factor());
        }
        if (scaling.originalContext() > 0) {
            fields.addProperty("original_max_position_embeddings", scaling.originalContext());
        }
        config.add("rope_parameters", fields);
    }
}
