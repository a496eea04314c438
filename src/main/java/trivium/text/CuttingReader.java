package trivium.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import trivium.text.Pipeline.Place;
import trivium.text.Pipeline.Step;
import trivium.text.Split.Behaviour;

/** Reads the pre_tokenizer of a {@code tokenizer.json}: where text is cut, and what is put in front of it before. */
final class CuttingReader {

    private static final String SPACE = String.valueOf(BytePairModel.SPACE);

    /** Punctuation as Unicode has it, and what ASCII has besides. */
    private static final String PUNCTUATION = "[\\p{P}$+<=>^`|~]";

    /** Here joiners belong to words. */
    private static final String WORDS = "[\\w\\x{200c}\\x{200d}]+|[^\\w\\x{200c}\\x{200d}\\s]+";

    private static final String KNOWN =
            "ByteLevel, Metaspace, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer,"
                    + " CharDelimiterSplit and Sequence of these";

    private boolean byteLevel;
    private Step prefix = Step.NONE;
    private final List<PreTokenizer> cuts = new ArrayList<>();

    private CuttingReader() {}

    static CuttingReader read(JsonElement json) {
        var reader = new CuttingReader();
        reader.cutting(json, true);
        return reader;
    }

    /** Whether text is written in GPT-2's byte alphabet before the model sees it. */
    boolean byteLevel() {
        return byteLevel;
    }

    Step prefix() {
        return prefix;
    }

    /** Null where text is not cut. */
    PreTokenizer cut() {
        if (cuts.isEmpty()) {
            return null;
        }
        return cuts.size() == 1 ? cuts.getFirst() : new CutChain(List.copyOf(cuts));
    }

    private void cutting(JsonElement json, boolean first) {
        if (json.isJsonNull()) {
            return;
        }
        var part = json.getAsJsonObject();
        var type = PipelineReader.type(part);
        switch (type) {
            case "Sequence" -> {
                for (var each : part.getAsJsonArray("pretokenizers")) {
                    cutting(each, first);
                    first = false;
                }
            }
            case "ByteLevel" -> byteLevel(part, first);
            case "Metaspace" -> metaspace(part, first);
            case "Split" -> split(part);
            case "Digits" -> cuts.add(new DigitPreTokenizer(PipelineReader.flag(part, "individual_digits", false)));
            case "Punctuation" -> {
                var behaviour = part.has("behavior") ? behaviour(part) : Behaviour.ISOLATED;
                cuts.add(new Split(new Expression(PUNCTUATION), behaviour, false));
            }
            case "Whitespace" -> cuts.add(new Split(new Expression(WORDS), Behaviour.REMOVED, true));
            case "WhitespaceSplit" -> cuts.add(new Split(new Expression("\\s"), Behaviour.REMOVED, false));
            case "BertPreTokenizer" -> {
                cuts.add(new Split(new Expression("\\s"), Behaviour.REMOVED, false));
                cuts.add(new Split(new Expression(PUNCTUATION), Behaviour.ISOLATED, false));
            }
            case "CharDelimiterSplit" ->
                cuts.add(new Split(Expression.literal(part.get("delimiter").getAsString()), Behaviour.REMOVED, false));
            default -> throw PipelineReader.unsupported("pre_tokenizer", type, KNOWN);
        }
    }

    private void byteLevel(JsonObject part, boolean first) {
        byteLevel = true;
        if (PipelineReader.flag(part, "add_prefix_space", true)) {
            if (!first) {
                throw PipelineReader.unsupported(
                        "pre_tokenizer",
                        "a Sequence in which ByteLevel with add_prefix_space follows others",
                        "ByteLevel with add_prefix_space in first place");
            }
            prefix = (text, place) -> place == Place.AFTER_BYTE || text.startsWith(" ") ? text : " " + text;
        }
        if (PipelineReader.flag(part, "use_regex", true)) {
            cuts.add(PreTokenizers.GPT2);
        }
    }

    private void metaspace(JsonObject part, boolean first) {
        var scheme = scheme(part);
        if (!first || !part.get("replacement").getAsString().equals(SPACE)) {
            throw PipelineReader.unsupported(
                    "pre_tokenizer",
                    "a Metaspace that follows others, or whose replacement is not ▁",
                    "Metaspace with ▁ in first place");
        }
        prefix = (text, place) -> {
            var replaced = text.replace(' ', BytePairModel.SPACE);
            boolean wanted = scheme.equals("always") && place != Place.AFTER_BYTE
                    || scheme.equals("first") && place == Place.START;
            return wanted && !replaced.startsWith(SPACE) ? SPACE + replaced : replaced;
        };
        if (PipelineReader.flag(part, "split", true)) {
            cuts.add(new MetaspacePreTokenizer());
        }
    }

    /** "always", "first" or "never"; older files say it with {@code add_prefix_space}. */
    static String scheme(JsonObject metaspace) {
        return metaspace.has("prepend_scheme")
                ? metaspace.get("prepend_scheme").getAsString()
                : PipelineReader.flag(metaspace, "add_prefix_space", true) ? "always" : "never";
    }

    private void split(JsonObject part) {
        var behaviour = behaviour(part);
        boolean invert = PipelineReader.flag(part, "invert", false);
        var regex = part.getAsJsonObject("pattern").get("Regex");
        boolean matchesArePieces = behaviour == Behaviour.ISOLATED || behaviour == Behaviour.REMOVED && invert;
        var known = regex == null ? null : PreTokenizers.known(regex.getAsString());
        cuts.add(known != null && matchesArePieces ? known : new Split(Expression.of(part), behaviour, invert));
    }

    private static Behaviour behaviour(JsonObject part) {
        var name = part.get("behavior").getAsString();
        var capitals = name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
        for (var behaviour : Behaviour.values()) {
            if (behaviour.name().equals(capitals)) {
                return behaviour;
            }
        }
        throw PipelineReader.unsupported(
                "pre_tokenizer",
                "a " + PipelineReader.type(part) + " with the behavior \"" + Visible.show(name) + "\"",
                "Removed, Isolated, MergedWithPrevious, MergedWithNext and Contiguous");
    }
}
