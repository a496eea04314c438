package trivium.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.generate.Generation.Finish;
import trivium.text.Numbers;

/**
 * Several rewards as one: the sum of each, times its weight.
 *
 * @param parts at least one, each with a name of its own
 */
record RewardSum(List<Part> parts) implements Reward {

    /** A name has to be a part of a metric's name and of a setting's. */
    private static final String NAME = "[A-Za-z0-9_.-]+";

    /**
     * One of several rewards.
     *
     * @param name that stands in metrics: {@code rewards/NAME/mean}
     * @param weight any number but 0
     */
    record Part(String name, Reward reward, double weight) {

        Part {
            requireName(name);
            if (reward == null) {
                throw new IllegalArgumentException(
                        "the reward \"" + name
                                + "\" is null: expected a reward model, a rule of Rewards or a function of prompt and completion");
            }
            if (!Double.isFinite(weight) || weight == 0) {
                throw new IllegalArgumentException("the weight of the reward \"" + name + "\" is " + weight
                        + ": expected a number other than 0, such as 0.2");
            }
        }
    }

    RewardSum {
        parts = List.copyOf(parts);
        for (int i = 0; i < parts.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (parts.get(i).name().equalsIgnoreCase(parts.get(j).name())) {
                    throw new IllegalArgumentException("two rewards are called \""
                            + parts.get(i).name() + "\"; name one of them otherwise: .reward(\"name\", reward)");
                }
            }
        }
    }

    static void requireName(String name) {
        if (name == null || !name.matches(NAME)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a reward or an evaluation:"
                    + " expected letters, digits, _, - and . only, such as \"format\"");
        }
    }

    /**
     * This reward, which may be a sum or null, with one more.
     *
     * @throws IllegalArgumentException if one has this name already
     */
    static RewardSum adding(Reward before, Part part) {
        var parts = new ArrayList<Part>();
        if (before instanceof RewardSum sum) {
            parts.addAll(sum.parts);
        } else if (before != null) {
            parts.add(new Part(name(before), before, 1));
        }
        parts.add(part);
        return new RewardSum(parts);
    }

    /** What a reward is called that was given no name: "judge", a rule's name, or "reward". */
    private static String name(Reward reward) {
        return switch (reward) {
            case RewardModel _, LengthControlledReward _ -> "judge";
            case RewardEnsemble _ -> "judges";
            case RewardRule rule -> RewardCard.group(rule).get("name").toString();
            default -> "reward";
        };
    }

    @Override
    public double score(String prompt, String completion) {
        return parts.stream()
                .mapToDouble(part -> part.weight() * part.reward().score(prompt, completion))
                .sum();
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return sum(parts.stream()
                .map(part -> part.reward().scores(prompts, completions))
                .toList());
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return sum(parts.stream()
                .map(part -> part.reward().scores(prompts, completions, finishes))
                .toList());
    }

    /** The weighted sum of what each part says of each completion. */
    double[] sum(List<double[]> scores) {
        var sums = new double[scores.getFirst().length];
        for (int part = 0; part < parts.size(); part++) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += parts.get(part).weight() * scores.get(part)[i];
            }
        }
        return sums;
    }

    @Override
    public Reward expecting(Map<String, List<String>> answers) {
        return new RewardSum(parts.stream()
                .map(part -> new Part(part.name(), part.reward().expecting(answers), part.weight()))
                .toList());
    }

    @Override
    public String toString() {
        return parts.stream()
                .map(part -> (part.weight() == 1 ? "" : Numbers.value(part.weight()) + " · ") + part.name())
                .collect(Collectors.joining(" + "));
    }
}
