package trivium.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import trivium.sweep.SweepResult;
import trivium.sweep.TrialResult;
import trivium.text.Numbers;

/**
 * What the settings of a sweep came to with each seed, in the order of the trials: of those that finished with every
 * seed.
 *
 * @param names what each setting is called, apart from its seed
 * @param values of each the metric's value with each seed
 */
record SettingsBySeed(List<String> names, double[][] values) {

    private static final String SEED = "seed";

    /**
     * Those of a sweep, or, where it has tried its best settings once more with fresh seeds, of these alone.
     *
     * @throws IllegalArgumentException where no two settings were tried with the same two seeds at least, or the best
     *     one of a confirmation did not finish with every seed
     */
    static SettingsBySeed of(SweepResult all, String metric) {
        boolean confirmed = !all.confirmation().isEmpty();
        var sweep = confirmed ? all.confirmed() : all;
        var bySeed = new LinkedHashMap<Map<String, Object>, Map<String, TrialResult>>();
        for (var each : sweep.trials()) {
            var settings = new LinkedHashMap<>(each.trial().values());
            var seed = settings.remove(SEED);
            bySeed.computeIfAbsent(settings, _ -> new TreeMap<>())
                    .put(String.valueOf(seed == null ? each.trial().seed() : seed), each);
        }
        var seeds = bySeed.values().stream()
                .flatMap(trials -> trials.keySet().stream())
                .distinct()
                .toList();
        if (confirmed) {
            requireBest(bySeed.entrySet().iterator().next(), metric);
        }
        int tried = bySeed.size();
        bySeed.values()
                .removeIf(trials -> !trials.keySet().containsAll(seeds)
                        || !trials.values().stream().allMatch(each -> isMeasured(each, metric)));
        if (seeds.size() < 2 || bySeed.size() < 2) {
            throw new IllegalArgumentException(Numbers.count(bySeed.size(), "setting") + " of " + tried
                    + (confirmed ? " that the sweep confirmed" : "") + " finished with " + metric + " for "
                    + (seeds.size() == 1 ? "one seed" : "each of " + seeds.size() + " seeds") + ": expected "
                    + (seeds.size() < 2
                            ? "at least two seeds, for one does not say how much seeds differ"
                            : "at least two settings, for a setting is compared with others")
                    + "; "
                    + (confirmed
                            ? "confirm more, as in .confirm(3, 5)"
                            : "add .confirm(3, 5) or .repeat(3) to the sweep"));
        }
        boolean alike =
                bySeed.keySet().stream().map(SettingsBySeed::words).distinct().count() < bySeed.size();
        return new SettingsBySeed(
                bySeed.keySet().stream()
                        .map(alike ? SettingsBySeed::exactly : SettingsBySeed::words)
                        .toList(),
                bySeed.values().stream()
                        .map(trials -> trials.values().stream()
                                .mapToDouble(each -> each.metrics().get(metric))
                                .toArray())
                        .toArray(double[][]::new));
    }

    private static boolean isMeasured(TrialResult result, String metric) {
        return result.isFinished() && result.metrics().containsKey(metric);
    }

    /** The best of a search cannot be left out silently: another would stand in its place. */
    private static void requireBest(Map.Entry<Map<String, Object>, Map<String, TrialResult>> best, String metric) {
        best.getValue().forEach((seed, result) -> {
            if (!isMeasured(result, metric)) {
                throw new IllegalArgumentException("the setting that the search found the best, " + words(best.getKey())
                        + ", did not finish with " + metric + " for the fresh seed " + seed + " ("
                        + result.outcome().text() + "), so nothing can be compared with it; what the others came to is"
                        + " in confirmed().overSeeds().table()");
            }
        });
    }

    private static String words(Map<String, Object> settings) {
        return words(settings, Numbers::setting);
    }

    /** With all digits, where three do not tell settings apart. */
    private static String exactly(Map<String, Object> settings) {
        return words(settings, Numbers::exact);
    }

    private static String words(Map<String, Object> settings, DoubleFunction<String> written) {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + " "
                        + (each.getValue() instanceof Number number
                                ? written.apply(number.doubleValue())
                                : each.getValue()))
                .collect(Collectors.joining(", "));
    }
}
