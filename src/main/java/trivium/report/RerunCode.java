package trivium.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.lang.model.SourceVersion;
import trivium.align.Distillation;
import trivium.align.Evaluation;
import trivium.align.LengthControlledReward;
import trivium.align.PreferenceOptimisation;
import trivium.align.ProcessRewardModel;
import trivium.align.ProcessRewardModelling;
import trivium.align.Reward;
import trivium.align.RewardCard;
import trivium.align.RewardEnsemble;
import trivium.align.RewardModel;
import trivium.align.RewardModelling;
import trivium.finetune.FineTuning;
import trivium.model.Architecture;
import trivium.model.Models;
import trivium.pretrain.Pretraining;
import trivium.run.PastRun;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.text.ChatTemplate;
import trivium.train.Settings;

/**
 * The cells of a notebook that train runs again, put together from their cards. They compile as they stand, read data
 * and tokenizers from the runs' folders, and give the same numbers. A function that rewards, which no card can hold, is
 * left to the reader as a body that says so.
 */
final class RerunCode {

    /** How many folders up from here a path may lead to be shown: a notebook's runs are beside its folder. */
    private static final int MOST_UP = 1;

    private final List<Run> runs;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> imports = new TreeSet<>();
    private final List<String> lines = new ArrayList<>();

    private RerunCode(List<Run> runs) {
        this.runs = runs;
        var taken = new TreeSet<>(Set.of("store"));
        runs.stream()
                .map(Run::card)
                .filter(card -> RecipeKind.of(card.kind()).isPresent())
                .forEach(card -> {
                    var name = variable(card.id());
                    while (beside(name).anyMatch(taken::contains)) {
                        name = name + "Again";
                    }
                    beside(name).forEach(taken::add);
                    variables.put(card.id(), name);
                });
    }

    /** The variable of a run and the variables that its cell may need besides. */
    private static Stream<String> beside(String name) {
        return Stream.of("", "Past", "Reward", "Gold", "Algorithm", "Optimizer", "Schedule")
                .map(name::concat);
    }

    static String cells(List<Run> runs) {
        return new RerunCode(runs).text();
    }

    private String text() {
        store();
        runs.forEach(run -> cell(run.card()));
        var text = new ArrayList<>(List.of("import static trivium.Trivium.*;"));
        imports.forEach(name -> text.add("import " + name + ";"));
        text.add("");
        text.addAll(lines);
        return String.join("\n", text);
    }

    /** Writes the line that opens the folder of the runs, without the part of the path that names a user. */
    private void store() {
        if (runs.stream().anyMatch(run -> run.folder() == null)) {
            lines.add("// Runs that are not saved have no folder to read from: runs().save(run) makes one.");
        }
        var place = runs.stream()
                .map(Run::folder)
                .filter(Objects::nonNull)
                .findFirst()
                .map(folder -> folder.toAbsolutePath().normalize().getParent());
        if (place.isEmpty() || place.get().getFileName() == null) {
            lines.add("var store = runs();");
            return;
        }
        var shown = fromHere(place.get());
        use(RunStore.class);
        lines.add("var store = RunStore.open("
                + Expression.quoted(
                        shown.orElse(place.get().getFileName()).toString().replace('\\', '/'))
                + ");   // where these runs are");
    }

    private static Optional<Path> fromHere(Path there) {
        var here = Path.of("").toAbsolutePath();
        if (!Objects.equals(here.getRoot(), there.getRoot())) {
            return Optional.empty();
        }
        var path = here.relativize(there);
        long up = StreamSupport.stream(path.spliterator(), false)
                .filter(name -> name.toString().equals(".."))
                .count();
        return up > MOST_UP ? Optional.empty() : Optional.of(path);
    }

    private void cell(RunCard card) {
        lines.add("");
        if (RecipeKind.of(card.kind()).isEmpty()) {
            lines.add("// " + JavaText.comment(card.id() + ": a run of the kind " + card.kind())
                    + ", of which this version knows no recipe");
            return;
        }
        var status = card.outcome().status();
        if (!status.isFinished() && !(status instanceof Status.Diverged)) {
            lines.add("// " + JavaText.comment(card.id()) + " did not come to its end; this takes all of its steps: "
                    + JavaText.comment(status.text()));
        }
        card.origin()
                .interventions()
                .forEach(change -> lines.add("// " + JavaText.comment(card.id()) + ": " + change.text()
                        + ", which this does not do; rerun(" + Expression.quoted(card.id()) + ") does"));
        var before = new ArrayList<>(lines);
        try {
            train(card);
        } catch (IllegalArgumentException e) {
            // a card that was damaged, or written by a version that knew more
            lines.clear();
            lines.addAll(before);
            lines.add("// the recipe of " + JavaText.comment(card.id()) + " cannot be read: "
                    + JavaText.comment(e.getMessage()));
        }
    }

    private void train(RunCard card) {
        var name = variables.get(card.id());
        var past = name + "Past";
        use(PastRun.class);
        lines.add("var " + past + " = PastRun.of(store, " + Expression.quoted(card.id()) + ");");
        var calls = new ArrayList<String>();
        switch (card.kind()) {
            case Pretraining.KIND -> calls.addAll(pretrain(card, past));
            case FineTuning.KIND -> {
                calls.add("finetune(" + start(card) + ", " + past + ".conversations())");
                template(card).ifPresent(calls::add);
            }
            case RewardModelling.KIND -> calls.add("rewardModel(" + start(card) + ", " + past + ".comparisons())");
            case ProcessRewardModelling.KIND ->
                calls.add("processRewardModel(" + start(card) + ", " + past + ".stepwiseAnswers())");
            case PreferenceOptimisation.KIND -> {
                calls.add("prefer(" + start(card) + ", " + past
                        + (card.recipe().containsKey(PreferenceOptimisation.UNPAIRED)
                                ? ".unpairedPreferences())"
                                : ".comparisons())"));
                if (card.recipe().get("gold_name") instanceof String gold) {
                    calls.add(".evaluate(\"gold\", " + judge(card, "gold", gold) + ")");
                }
                names(card, "evaluate").forEach(each -> calls.add(".evaluate(" + evaluation(card, past, each) + ")"));
            }
            case Distillation.KIND -> calls.add(distill(card, past));
            default -> calls.addAll(align(card, past));
        }
        var settings = card.settings();
        for (var fresh : RecipeKind.of(card.kind()).orElseThrow().defaults()) {
            var ofFresh = Settings.of(fresh);
            Settings.unknown(fresh, settings).forEach((setting, type) -> {
                calls.add("." + setting + "(" + unknown(card, setting, type) + ")");
                settings.put(setting, ofFresh.get(setting));
            });
            Settings.changes(fresh, Settings.read(fresh, settings))
                    .forEach((setting, value) -> calls.add("." + setting + "(" + source(value) + ")"));
        }
        lines.add("var " + name + " = " + calls.getFirst());
        calls.stream().skip(1).forEach(call -> lines.add("    " + call));
        lines.add("    .run();");
    }

    private List<String> pretrain(RunCard card, String past) {
        var recipe = card.recipe();
        var calls = new ArrayList<String>();
        var text = recipe.get("token_files") instanceof List<?> files
                ? past + ".tokenFiles().getFirst()" + (files.size() > 1 ? ", " + past + ".tokenFiles().getLast()" : "")
                : past + ".corpus()";
        calls.add("pretrain(" + architecture(card) + ", " + past + ".tokenizer(), " + text + ")");
        return calls;
    }

    /** A transformer's shape by the shortest call, another as a record where it is one, else as the card has it. */
    private String architecture(RunCard card) {
        try {
            var shape = Models.config(card.recipe(), card.id());
            if (shape instanceof Architecture transformer) {
                return ArchitectureExpression.of(transformer, imports);
            }
            var source = Expression.of(shape, imports);
            if (source.isPresent()) {
                return source.get();
            }
        } catch (IllegalArgumentException e) {
            lines.add("// " + JavaText.comment(e.getMessage()));
        }
        use(Models.class);
        var id = Expression.quoted(card.id());
        return "Models.config(store.card(" + id + ").recipe(), " + id + ")";
    }

    private List<String> align(RunCard card, String past) {
        var calls = new ArrayList<String>();
        var recipe = card.recipe();
        calls.add("align(" + start(card) + ", " + past
                + (recipe.containsKey("answers") ? ".conversations())" : ".prompts())"));
        var parts = names(card, "rewards");
        for (var part : parts) {
            var role = "reward_" + part;
            calls.add(".reward(" + Expression.quoted(part) + ", "
                    + judge(card, role, String.valueOf(recipe.get(role + "_name"))) + ", "
                    + recipe.get(role + "_weight") + ")");
        }
        for (var role : parts.isEmpty() ? List.of("reward", "gold") : List.of("gold")) {
            var judge = recipe.getOrDefault(role + "_name", recipe.get(role));
            if (judge != null) {
                calls.add("." + role + "(" + judge(card, role, judge.toString()) + ")");
            }
        }
        for (var name : names(card, "evaluate")) {
            calls.add(".evaluate(" + evaluation(card, past, name) + ")");
        }
        return calls;
    }

    private static List<String> names(RunCard card, String setting) {
        return card.recipe().get(setting) instanceof List<?> names
                ? names.stream().map(String::valueOf).toList()
                : List.of();
    }

    private String evaluation(RunCard card, String past, String name) {
        var role = "eval_" + name;
        var checker = judge(card, role, String.valueOf(card.recipe().get(role + "_name")));
        use(Evaluation.class);
        return card.recipe().containsKey(role + "_prompts")
                ? "new Evaluation(" + Expression.quoted(name) + ", " + checker + ", Evaluation.prompts(" + past + ", "
                        + Expression.quoted(name) + "))"
                : "Evaluation.of(" + Expression.quoted(name) + ", " + checker + ")";
    }

    private String judge(RunCard card, String role, String name) {
        if (card.recipe().containsKey(role + "_hash")) {
            return judge(name);
        }
        if (card.recipe().get(role + "_process") instanceof String id) {
            use(ProcessRewardModel.class);
            var known = variables.get(id);
            return (known == null ? "new ProcessRewardModel(store.load(" + Expression.quoted(id) + "))" : known)
                    + ".aggregation(ProcessRewardModel.Aggregation."
                    + RewardCard.aggregation(card, role, ProcessRewardModel.Aggregation.values()) + ")";
        }
        if (card.recipe().containsKey(role + "_judges")) {
            use(RewardEnsemble.class);
            return "new RewardEnsemble(java.util.List.of("
                    + names(card, role + "_judges").stream().map(this::judge).collect(Collectors.joining(", "))
                    + "), RewardEnsemble.Aggregation."
                    + RewardCard.aggregation(card, role, RewardEnsemble.Aggregation.values()) + ", "
                    + number(card, role + "_lambda") + ")";
        }
        if (card.recipe().containsKey(role + "_judge")) {
            use(LengthControlledReward.class);
            return "new LengthControlledReward("
                    + judge(String.valueOf(card.recipe().get(role + "_judge"))) + ", "
                    + number(card, role + "_slope") + ", "
                    + number(card, role + "_mean_tokens") + ")";
        }
        if (card.recipe().containsKey(role + "_rule")) {
            var rule = RewardCard.rule(card, role);
            var source = rule.flatMap(known -> Expression.of(known, imports));
            if (source.isPresent()) {
                return source.get();
            }
        }
        use(Reward.class);
        var variable = variables.get(card.id()) + camel("_" + role.replaceAll("[^A-Za-z0-9]", "_"));
        boolean named = !name.equals("a function");
        lines.add("Reward " + variable + " = " + (named ? "Reward.of(" + Expression.quoted(name) + ", " : "")
                + "(prompt, completion) -> {");
        lines.add("    throw " + missing("the function that was the " + role, card, name) + ";");
        lines.add("}" + (named ? ")" : "") + ";");
        return variable;
    }

    private static String number(RunCard card, String setting) {
        return card.recipe().get(setting) instanceof Number number
                ? String.valueOf(number.doubleValue())
                : "Double.NaN";
    }

    /** The judge of this run: its variable, or where it is loaded from. */
    private String judge(String id) {
        if (variables.containsKey(id)) {
            return variables.get(id);
        }
        var whole = variables.get(id.replaceFirst("-best$", ""));
        if (whole != null) {
            return whole + ".best()";
        }
        use(RewardModel.class);
        return "new RewardModel(store.load(" + Expression.quoted(id) + "))";
    }

    /** A variable for a choice of the user's own; what the card says of it is shown. */
    private String unknown(RunCard card, String setting, Class<?> type) {
        use(type);
        use(Optional.class);
        var variable = variables.get(card.id()) + type.getSimpleName();
        lines.add(type.getSimpleName() + " " + variable + " = Optional.<" + type.getSimpleName() + ">empty()");
        lines.add("    .orElseThrow(() -> "
                + missing("the " + setting, card, String.valueOf(card.recipe().get(setting))) + ");");
        return variable;
    }

    private String source(Object value) {
        var source = value instanceof List<?> several
                ? Expression.arguments(several, imports)
                : Expression.of(value, imports);
        return source.orElseThrow();
    }

    private static String missing(String what, RunCard card, String name) {
        return "new UnsupportedOperationException("
                + Expression.quoted("write here " + what + " of " + card.id() + ": " + name) + ")";
    }

    /** A chat template that is not the default one, by its constant where it has one. */
    private Optional<String> template(RunCard card) {
        return Optional.ofNullable(card.recipe().get("template")).map(setting -> {
            use(ChatTemplate.class);
            var source = setting instanceof String name
                    ? "ChatTemplate." + name.toUpperCase(Locale.ROOT)
                    : source(ChatTemplate.of(setting));
            return ".template(" + source + ")";
        });
    }

    private String distill(RunCard card, String past) {
        var teacher = run(String.valueOf(card.parents().get("teacher")));
        var student = card.parent() == null ? architecture(card) : start(card);
        var lessons = card.recipe().containsKey("conversations") ? ".conversations()" : ".corpus()";
        return "distill(" + teacher + ", " + student + ", " + past + lessons + ")";
    }

    private String start(RunCard card) {
        return run(String.valueOf(card.parent()));
    }

    /** A run by its variable, or out of the store. */
    private String run(String id) {
        var variable = variables.get(id);
        var whole = id.replaceFirst("-best$", "");
        if (variable == null && variables.containsKey(whole)) {
            return variables.get(whole) + ".best()";
        }
        return variable != null ? variable : "store.load(" + Expression.quoted(id) + ")";
    }

    private void use(Class<?> type) {
        imports.add(type.getName());
    }

    private static String variable(String id) {
        var name = camel(id.replaceAll("[^A-Za-z0-9]", "_"));
        return SourceVersion.isName(name) ? name : "run" + name;
    }

    private static String camel(String name) {
        return Pattern.compile("_+(\\w?)")
                .matcher(name)
                .replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
    }
}
