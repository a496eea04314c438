package trivium.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import trivium.run.Run;
import trivium.run.RunCard;

/** The cells of a notebook that train runs again, put together from their recipes. */
final class Again {

    /** Settings and the recipes' methods that take them. */
    private static final Map<String, String> METHODS = methods();

    /** A record as it writes itself: its name and its components in order. */
    private static final Pattern RECORD = Pattern.compile("(\\w+)\\[(.*)]");

    private Again() {}

    private static Map<String, String> methods() {
        var methods = new LinkedHashMap<String, String>();
        for (var name : List.of(
                "algorithm",
                "epochs",
                "steps",
                "rows",
                "pairs",
                "prompts_per_step",
                "max_tokens",
                "temperature",
                "held_out",
                "learning_rate",
                "warmup",
                "optimizer",
                "validation",
                "looks",
                "samples")) {
            methods.put(name, camel(name));
        }
        return methods;
    }

    static String cells(List<Run> runs) {
        var lines = new ArrayList<String>();
        lines.add("import static trivium.Trivium.*;");
        for (var used : List.of("align", "data", "model", "text", "train")) {
            lines.add("import trivium." + used + ".*;");
        }
        runs.forEach(run -> cell(lines, run.card()));
        return String.join("\n", lines);
    }

    private static void cell(List<String> lines, RunCard card) {
        var recipe = card.recipe();
        lines.add("");
        switch (card.kind()) {
            case "pretrain" -> pretrain(lines, card);
            case "finetune" -> {
                lines.add("// conversations: " + recipe.get("conversations"));
                lines.add(begin(card) + "finetune(" + parent(card) + ", conversations)");
            }
            case "reward-model" -> {
                lines.add("// comparisons: " + recipe.get("comparisons"));
                lines.add(begin(card) + "rewardModel(" + parent(card) + ", comparisons)");
            }
            case "align" -> {
                lines.add("// prompts: " + recipe.get("prompts") + " of them");
                lines.add(begin(card) + "align(" + parent(card) + ", prompts)");
                judges(lines, card);
            }
            default -> {
                lines.add("// " + card.id() + ": a " + card.kind() + " run, with the recipe above");
                return;
            }
        }
        METHODS.forEach((name, method) -> {
            if (recipe.get(name) != null && !recipe.get(name).equals(List.of())) {
                lines.add("    ." + method + "(" + argument(recipe.get(name)) + ")");
            }
        });
        lines.add("    .seed(" + card.origin().seed() + ")");
        lines.add("    .run();");
    }

    private static void pretrain(List<String> lines, RunCard card) {
        var recipe = card.recipe();
        lines.add("// corpus: " + recipe.get("corpus"));
        lines.add("// words: the tokenizer of " + recipe.get("vocabulary") + " entries, SHA-256 "
                + recipe.get("tokenizer_hash") + "…, which is tokenizer.json in the run's folder");
        var architecture = recipe.get("architecture");
        if (architecture != null) {
            lines.add("var architecture = new com.google.gson.Gson().fromJson(");
            lines.add("    " + quoted(String.valueOf(architecture)) + ", Architecture.class);");
        } else {
            lines.add("// architecture: " + recipe.get("model") + " with the settings above");
        }
        lines.add(begin(card) + "pretrain(architecture, words, corpus)");
    }

    private static void judges(List<String> lines, RunCard card) {
        var recipe = card.recipe();
        for (var name : List.of("reward", "gold")) {
            var judge = recipe.getOrDefault(name + "_name", recipe.get(name));
            if (judge != null) {
                boolean trained = recipe.containsKey(name + "_hash");
                lines.add("    ." + name + "(" + (trained ? variable(String.valueOf(judge)) : "…") + ")"
                        + (trained ? "" : "   // " + judge));
            }
        }
    }

    private static String begin(RunCard card) {
        return "var " + variable(card.id()) + " = ";
    }

    private static String parent(RunCard card) {
        return card.parent() == null ? "start" : variable(card.parent());
    }

    private static String variable(String id) {
        var name = camel(id.replaceAll("[^A-Za-z0-9]", "_"));
        return Character.isDigit(name.charAt(0)) ? "run" + name : name;
    }

    private static String camel(String name) {
        return Pattern.compile("_+(\\w?)")
                .matcher(name)
                .replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
    }

    private static String argument(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(each -> quoted(String.valueOf(each))).collect(Collectors.joining(", "));
        }
        if (value instanceof Map<?, ?> settings) {
            return called(settings);
        }
        var record = RECORD.matcher(String.valueOf(value));
        if (record.matches()) {
            var components = Pattern.compile("(?:^|, )\\w+=").splitAsStream(record.group(2));
            return "new " + record.group(1) + "("
                    + components.filter(each -> !each.isEmpty()).collect(Collectors.joining(", ")) + ")";
        }
        return value instanceof String text ? quoted(text) : String.valueOf(value);
    }

    /** Settings by name, in the order of the components of the record that "name" names. */
    private static String called(Map<?, ?> settings) {
        var type = settings.containsKey("name") ? camel("_" + settings.get("name")) : "AdamW";
        return settings.entrySet().stream()
                .filter(setting -> !setting.getKey().equals("name"))
                .map(setting -> String.valueOf(setting.getValue()))
                .collect(Collectors.joining(", ", "new " + type + "(", ")"));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
