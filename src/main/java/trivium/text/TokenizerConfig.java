package trivium.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Hugging Face folder says of its tokenizer beside {@code tokenizer.json}: the tokens that have a role, whether
 * a text begins and ends with one, and the chat templates.
 *
 * @param tokens the text of each token that has a role, by its name in the file, such as {@code "bos_token"}
 * @param chatTemplates the Jinja templates by name; the usual one is called {@code "default"}
 * @param addBosToken {@code add_bos_token}, empty where the files don't say
 * @param addEosToken {@code add_eos_token}, likewise
 */
public record TokenizerConfig(
        Map<String, String> tokens,
        Map<String, String> chatTemplates,
        Optional<Boolean> addBosToken,
        Optional<Boolean> addEosToken) {

    private static final String FILE = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String DEFAULT = "default";

    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token");

    public TokenizerConfig {
        tokens = Map.copyOf(tokens);
        chatTemplates = Map.copyOf(chatTemplates);
    }

    /**
     * Reads {@code tokenizer_config.json}, {@code special_tokens_map.json} for the tokens that it does not name, and
     * {@code chat_template.jinja}, which goes before the template within. Each may be missing.
     *
     * @throws IllegalArgumentException if a file is no JSON object, or a field has another type than Hugging Face's
     *     library writes
     * @throws java.io.UncheckedIOException if a file cannot be read
     */
    public static TokenizerConfig read(Path folder) {
        var config = object(folder.resolve(FILE));
        var map = object(folder.resolve(SPECIAL_TOKENS));
        var tokens = new LinkedHashMap<String, String>();
        for (var role : ROLES) {
            token(folder.resolve(FILE), config, role)
                    .or(() -> token(folder.resolve(SPECIAL_TOKENS), map, role))
                    .ifPresent(text -> tokens.put(role, text));
        }
        return new TokenizerConfig(
                tokens,
                templates(folder, config),
                flag(folder, config, "add_bos_token"),
                flag(folder, config, "add_eos_token"));
    }

    /** The template called {@code "default"}, as {@code transformers} takes it where none is named. */
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(chatTemplates.get(DEFAULT));
    }

    private static JsonObject object(Path file) {
        if (!Files.exists(file)) {
            return new JsonObject();
        }
        try {
            return PlainJson.parse(Tokenizers.text(file)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(
                    file + " is no JSON object, which this file of a model's folder has to be; copy it from the"
                            + " model's source again",
                    e);
        }
    }

    /** A token is written as its text, or as an object with the text in {@code content}. */
    private static Optional<String> token(Path file, JsonObject config, String role) {
        var token = config.get(role);
        if (token == null || token.isJsonNull()) {
            return Optional.empty();
        }
        var content = token.isJsonObject() ? token.getAsJsonObject().get("content") : token;
        return Optional.of(text(file, role, content, "the text of a token, or an object with it as \"content\""));
    }

    private static String text(Path file, String field, JsonElement value, String expected) {
        if (value == null
                || !value.isJsonPrimitive()
                || !value.getAsJsonPrimitive().isString()) {
            throw refused(file, field, value, expected);
        }
        return value.getAsString();
    }

    private static Map<String, String> templates(Path folder, JsonObject config) {
        var templates = new LinkedHashMap<String, String>();
        var file = folder.resolve(FILE);
        var field = config.get("chat_template");
        var expected = "a template, or a list of objects with \"name\" and \"template\"";
        if (field != null && field.isJsonArray()) {
            for (var each : field.getAsJsonArray()) {
                if (!each.isJsonObject()) {
                    throw refused(file, "chat_template", each, expected);
                }
                var named = each.getAsJsonObject();
                templates.put(
                        text(file, "chat_template", named.get("name"), expected),
                        text(file, "chat_template", named.get("template"), expected));
            }
        } else if (field != null && !field.isJsonNull()) {
            templates.put(DEFAULT, text(file, "chat_template", field, expected));
        }
        if (Files.exists(folder.resolve(TEMPLATE))) {
            templates.put(DEFAULT, Tokenizers.text(folder.resolve(TEMPLATE)));
        }
        return templates;
    }

    private static Optional<Boolean> flag(Path folder, JsonObject config, String name) {
        var value = config.get(name);
        if (value == null || value.isJsonNull()) {
            return Optional.empty();
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw refused(folder.resolve(FILE), name, value, "true or false");
        }
        return Optional.of(value.getAsBoolean());
    }

    private static IllegalArgumentException refused(Path file, String field, JsonElement value, String expected) {
        return new IllegalArgumentException("\"" + field + "\" in " + file + " is "
                + Expression.shown(Visible.show(String.valueOf(value))) + "; expected " + expected);
    }
}
