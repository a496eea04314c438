package trivium.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import trivium.text.Pipeline.Place;
import trivium.text.Pipeline.Step;

/** Reads the normalizer of a {@code tokenizer.json}: what is done to a text before it is cut. */
final class NormalizerReader {

    /** How many times as long a text may become; NFKD makes of one character 18 at most. */
    private static final int GROWTH = 32;

    private static final int GROWTH_AT_LEAST = 1_000_000;

    private NormalizerReader() {}

    static Step read(JsonElement json) {
        if (json.isJsonNull()) {
            return Step.NONE;
        }
        var part = json.getAsJsonObject();
        var type = PipelineReader.type(part);
        return switch (type) {
            case "Sequence" -> {
                var steps = new ArrayList<Step>();
                part.getAsJsonArray("normalizers").forEach(each -> steps.add(read(each)));
                steps.removeIf(step -> step == Step.NONE);
                yield steps.isEmpty() ? Step.NONE : (text, place) -> chain(steps, text, place);
            }
            case "Prepend" -> {
                var first = part.get("prepend").getAsString();
                yield (text, place) -> text.isEmpty() || place == Place.AFTER_BYTE ? text : first + text;
            }
            case "Replace" -> anywhere(replace(part));
            case "NFC", "NFD", "NFKC", "NFKD" -> {
                var form = Normalizer.Form.valueOf(type);
                yield (text, _) -> Normalizer.normalize(text, form);
            }
            case "Lowercase" -> anywhere(NormalizerReader::lowerCase);
            case "StripAccents" -> anywhere(NormalizerReader::withoutMarks);
            case "Strip" -> {
                boolean left = PipelineReader.flag(part, "strip_left", true);
                boolean right = PipelineReader.flag(part, "strip_right", true);
                yield (text, _) -> strip(text, left, right);
            }
            default ->
                throw PipelineReader.unsupported(
                        "normalizer",
                        type,
                        "Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents and Sequence of these");
        };
    }

    private static Step anywhere(UnaryOperator<String> change) {
        return (text, _) -> change.apply(text);
    }

    /** What a Replace does to a text. */
    static UnaryOperator<String> replace(JsonObject part) {
        var content = part.get("content").getAsString();
        var literal = part.getAsJsonObject("pattern").get("String");
        if (literal != null && literal.getAsString().length() == 1) {
            var sought = literal.getAsString();
            return text -> {
                if (content.length() <= 1 || text.indexOf(sought) < 0) {
                    return text.replace(sought, content);
                }
                long times = text.chars().filter(c -> c == sought.charAt(0)).count();
                checkGrowth(text, text.length() + times * (content.length() - 1));
                return text.replace(sought, content);
            };
        }
        var pattern = Expression.of(part);
        return text -> replace(text, pattern, content);
    }

    private static String replace(String text, Expression pattern, String content) {
        var replaced = new StringBuilder(text.length());
        int[] done = {0};
        pattern.find(text, (start, end) -> {
            replaced.append(text, done[0], start).append(content);
            done[0] = end;
            checkGrowth(text, replaced.length());
        });
        return replaced.append(text, done[0], text.length()).toString();
    }

    private static String chain(List<Step> steps, String text, Place place) {
        var now = text;
        for (var step : steps) {
            now = step.apply(now, place);
            checkGrowth(text, now.length());
        }
        return now;
    }

    /** Steps that replace a letter by two double the text each, and a few dozen fill any memory. */
    private static void checkGrowth(String text, long length) {
        if (length > GROWTH_AT_LEAST + (long) GROWTH * text.length()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the normalizer of this tokenizer makes %,d characters or more of a text of %,d, which is more than"
                            + " any needs; use a tokenizer that replaces less by more",
                    length,
                    text.length()));
        }
    }

    /** Each character by itself, so that a sigma at a word's end becomes one like any other. */
    private static String lowerCase(String text) {
        var lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT)));
        return lower.toString();
    }

    private static String withoutMarks(String text) {
        return text.codePoints()
                .filter(c -> switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
                        false;
                    default -> true;
                })
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String strip(String text, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && CharacterClass.isSpace(text.charAt(from))) {
            from++;
        }
        while (right && to > from && CharacterClass.isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
