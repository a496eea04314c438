package trivium.align;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.align.RewardSum.Part;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.train.Setting;
import trivium.train.Settings;

/**
 * How rewards and evaluations stand in a run's card, and how they are read back. A reward in the role R is
 * {@code R_name}; beside it {@code R_hash} of a reward model's content, or {@code R_rule} with a rule's settings. An
 * ensemble has the ids of its judges in {@code R_judges} and their contents in {@code R_hashes}, a length-controlled
 * judge its id in {@code R_judge}, a process reward model its id in {@code R_process}, each with its settings beside
 * it. The parts of a sum are named in {@code rewards}, each in the role {@code reward_PART}, with
 * {@code reward_PART_weight}. Evaluations but gold are named in {@code evaluate}, each in the role {@code eval_NAME}.
 */
public final class RewardCard {

    private static final String GOLD = "gold";
    private static final String PARTS = "rewards";
    private static final String EVALUATE = "evaluate";
    private static final String JUDGES = "_judges";
    private static final String AGGREGATION = "_aggregation";
    private static final String LAMBDA = "_lambda";
    private static final String JUDGE = "_judge";
    private static final String PROCESS = "_process";
    private static final String SLOPE = "_slope";
    private static final String MEAN_TOKENS = "_mean_tokens";

    /** A rule as the component of a record, which is how settings are read. */
    private record Held(RewardRule rule) implements Setting {}

    private RewardCard() {}

    /** A rule's name and settings. */
    static Map<?, ?> group(RewardRule rule) {
        return (Map<?, ?>) Settings.of(new Held(rule)).get("rule");
    }

    static void describe(Reward reward, Map<String, Object> settings) {
        describe("reward", reward, settings);
        if (reward instanceof RewardSum sum) {
            settings.put(PARTS, sum.parts().stream().map(Part::name).toList());
            for (var part : sum.parts()) {
                describe(role(part.name()), part.reward(), settings);
                settings.put(role(part.name()) + "_weight", part.weight());
            }
        }
    }

    static void describe(List<Evaluation> evaluations, Map<String, Object> settings) {
        var others = evaluations.stream().filter(each -> !isGold(each)).toList();
        evaluations.stream().filter(RewardCard::isGold).forEach(gold -> describe(GOLD, gold.checker(), settings));
        if (!others.isEmpty()) {
            settings.put(EVALUATE, others.stream().map(Evaluation::name).toList());
        }
        for (var each : others) {
            var role = "eval_" + each.name();
            describe(role, each.checker(), settings);
            if (each.prompts() != null) {
                settings.put(role + "_prompts", each.prompts().list().size());
                settings.put(role + "_sha256", each.prompts().sha256());
            }
        }
    }

    private static boolean isGold(Evaluation evaluation) {
        return evaluation.name().equals(GOLD) && evaluation.isOfHeldOut();
    }

    private static String role(String part) {
        return "reward_" + part;
    }

    /** A reward model is known by its content, a rule by its settings, a function by the name it was given. */
    private static void describe(String role, Reward reward, Map<String, Object> settings) {
        switch (reward) {
            case RewardModel judge -> {
                settings.put(role + "_name", judge.run().id());
                settings.put(role + "_hash", Fingerprint.of(judge.run()));
            }
            case ProcessRewardModel judge -> {
                settings.put(role + "_name", judge.toString());
                settings.put(role + PROCESS, judge.run().id());
                settings.put(role + "_process_hash", Fingerprint.of(judge.run()));
                settings.put(role + AGGREGATION, judge.aggregation().name());
            }
            case RewardEnsemble ensemble -> {
                var judges = ensemble.judges().stream().map(RewardModel::run).toList();
                settings.put(role + "_name", ensemble.toString());
                settings.put(role + JUDGES, judges.stream().map(Run::id).toList());
                settings.put(
                        role + "_hashes", judges.stream().map(Fingerprint::of).toList());
                settings.put(role + AGGREGATION, ensemble.aggregation().name());
                settings.put(role + LAMBDA, ensemble.lambda());
            }
            case LengthControlledReward controlled -> {
                settings.put(role + "_name", controlled.toString());
                settings.put(role + JUDGE, controlled.judge().run().id());
                settings.put(
                        role + "_judge_hash", Fingerprint.of(controlled.judge().run()));
                settings.put(role + SLOPE, controlled.slope());
                settings.put(role + MEAN_TOKENS, controlled.meanTokens());
            }
            case RewardRule rule -> {
                settings.put(role + "_name", rule.toString());
                settings.put(role + "_rule", group(rule));
            }
            default -> settings.put(role + "_name", Settings.called(reward));
        }
    }

    /** The reward of a card; null where it has none. */
    static Reward reward(PastRun past) {
        if (!past.has(PARTS)) {
            return read(past, "reward", "reward");
        }
        return new RewardSum(past.texts(PARTS).stream()
                .map(name -> new Part(
                        name,
                        read(past, role(name), name),
                        past.card().recipe().get(role(name) + "_weight") instanceof Number weight
                                ? weight.doubleValue()
                                : Double.NaN))
                .toList());
    }

    /** The evaluations of a card. */
    static List<Evaluation> evaluations(PastRun past) {
        var names = new LinkedHashMap<String, String>();
        if (past.has(GOLD + "_name")) {
            names.put(GOLD, GOLD);
        }
        if (past.has(EVALUATE)) {
            past.texts(EVALUATE).forEach(name -> names.put(name, "eval_" + name));
        }
        return names.entrySet().stream()
                .map(each -> evaluation(past, each.getKey(), each.getValue()))
                .toList();
    }

    private static Evaluation evaluation(PastRun past, String name, String role) {
        return new Evaluation(
                name, read(past, role, name), past.has(role + "_prompts") ? Evaluation.prompts(past, name) : null);
    }

    /** @param key by which a function is given */
    private static Reward read(PastRun past, String role, String key) {
        if (!past.has(role + "_name")) {
            return null;
        }
        var name = past.text(role + "_name");
        if (past.has(role + "_hash")) {
            return new RewardModel(past.other(name, "its " + key + " was"));
        }
        if (past.has(role + PROCESS)) {
            return new ProcessRewardModel(
                            past.other(past.text(role + PROCESS), "the process reward model of its " + key + " was"))
                    .aggregation(aggregation(past.card(), role, ProcessRewardModel.Aggregation.values()));
        }
        if (past.has(role + JUDGES)) {
            return new RewardEnsemble(
                    past.texts(role + JUDGES).stream()
                            .map(id -> new RewardModel(past.other(id, "a judge of its " + key + " was")))
                            .toList(),
                    aggregation(past.card(), role, RewardEnsemble.Aggregation.values()),
                    number(past.card(), role + LAMBDA));
        }
        if (past.has(role + JUDGE)) {
            return new LengthControlledReward(
                    new RewardModel(past.other(past.text(role + JUDGE), "the judge of its " + key + " was")),
                    number(past.card(), role + SLOPE),
                    number(past.card(), role + MEAN_TOKENS));
        }
        var rule = rule(past.card(), role);
        if (rule.isPresent()) {
            return rule.get();
        }
        if (past.functions().get(key) instanceof Reward given) {
            return given;
        }
        if (past.has(role + "_rule")) {
            throw past.impossible("its " + key + " was " + name + ", which this version does not know");
        }
        throw past.impossible(missing(past.card().id(), key, name));
    }

    /** The sentence that a function, which no folder can hold, has to be given again. */
    private static String missing(String id, String key, String name) {
        boolean named = !name.equals("a function");
        var given = named ? "Reward.named(\"" + name + "\", (prompt, answer) -> …)" : "GoldReward::score";
        return "its " + key + " was " + (named ? "\"" + name + "\"" : name)
                + ", which no folder can hold; give it, as in rerun(\"" + id + "\", Map.of(\"" + key + "\", " + given
                + "))"
                + (named ? "" : "; a function given as Reward.named(\"…\", …) has its name in the cards of later runs");
    }

    private static double number(RunCard card, String setting) {
        return card.recipe().get(setting) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /**
     * Which of these ways the scores in this role of a card become one.
     *
     * @throws IllegalArgumentException if the card says none of them
     */
    public static <E extends Enum<E>> E aggregation(RunCard card, String role, E[] known) {
        var name = String.valueOf(card.recipe().get(role + AGGREGATION));
        return Arrays.stream(known)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("its recipe should have one of "
                        + Arrays.toString(known) + " as \"" + role + AGGREGATION + "\", but has " + name));
    }

    private static RewardRule read(RunCard card, String role) {
        return Settings.read(new Held(null), Map.of("rule", card.recipe().get(role + "_rule")))
                .rule();
    }

    /**
     * The rule in this role of a card, such as "reward" or "eval_exact"; empty where there is none, or none that this
     * version knows.
     */
    public static Optional<RewardRule> rule(RunCard card, String role) {
        try {
            return card.recipe().containsKey(role + "_rule") ? Optional.of(read(card, role)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The reward models among rewards and evaluations. */
    static Stream<RewardModel> judges(Reward reward, List<Evaluation> evaluations) {
        return Stream.concat(Stream.ofNullable(reward), evaluations.stream().map(Evaluation::checker))
                .flatMap(RewardCard::judges)
                .distinct();
    }

    private static Stream<RewardModel> judges(Reward reward) {
        return switch (reward) {
            case RewardModel judge -> Stream.of(judge);
            case RewardEnsemble ensemble -> ensemble.judges().stream();
            case LengthControlledReward controlled -> Stream.of(controlled.judge());
            case NamedReward named -> judges(named.reward());
            case RewardSum sum -> sum.parts().stream().flatMap(part -> judges(part.reward()));
            default -> Stream.empty();
        };
    }
}
