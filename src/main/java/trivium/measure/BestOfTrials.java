package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Direction;
import trivium.measure.Difference.Estimate;
import trivium.measure.Difference.Method;
import trivium.measure.Difference.Sample;

/**
 * Several settings, each tried with the same seeds, and the best of them against each of the others. The best was
 * picked for being the best, so the question is not how often chance parts two settings that far, but the first and the
 * last of several: the studentised range (Tukey 1953). The setting of rank j is compared by the range of the j best,
 * with their variance around the means of settings and seeds, and p is at least that of every worse setting (stepwise:
 * Newman 1939, Keuls 1952). With two settings this is the paired t-test.
 */
final class BestOfTrials {

    private BestOfTrials() {}

    /**
     * The best against each of the others, from the second best on.
     *
     * @param compared what is measured; the names are not used
     * @param names of the settings (K)
     * @param values of each setting what each seed came to, (K, S)
     */
    static Differences compare(Compared compared, List<String> names, double[][] values) {
        check(names, values);
        int seeds = values[0].length;
        double sign = compared.direction() == Direction.LOWER ? 1 : -1;
        int[] ranked = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> sign * PairedBootstrap.mean(values[k])))
                .mapToInt(k -> k)
                .toArray();
        var differences = new ArrayList<Difference>();
        double p = 0;
        for (int j = values.length; j >= 2; j--) {
            var best = IntStream.range(0, j).mapToObj(i -> values[ranked[i]]).toArray(double[][]::new);
            double first = PairedBootstrap.mean(best[0]);
            double last = PairedBootstrap.mean(best[j - 1]);
            double freedom = (j - 1.0) * (seeds - 1);
            double variance = SeedsAndPrompts.MeanSquares.of(best).rest();
            double error = Math.sqrt(variance / seeds);
            var range = new StudentizedRange(j, freedom);
            var none = NoSpread.of(seeds, best);
            double half = none.is(error) ? Double.POSITIVE_INFINITY : error * range.quantile();
            p = Math.max(p, none.is(error) ? none.p(first - last) : range.beyond(Math.abs(first - last) / error));
            differences.add(new Difference(
                    new Compared(
                            compared.measure(),
                            compared.unit(),
                            compared.direction(),
                            names.get(ranked[j - 1]),
                            names.get(ranked[0])),
                    new Estimate(
                            last, first, new Interval(first - last - half, first - last + half, Interval.LEVEL), p, 1),
                    Method.BEST_OF_TRIALS,
                    new Sample("", 0, seeds, Spread.ofSeeds(none.is(error) ? 0 : 2 * variance))));
        }
        return new Differences(differences.reversed());
    }

    private static void check(List<String> names, double[][] values) {
        if (values.length < 2 || names.size() != values.length) {
            throw new IllegalArgumentException(values.length + " settings and " + names.size()
                    + " names: expected at least two settings, and a name for each");
        }
        int seeds = values[0].length;
        for (var each : values) {
            if (each.length != seeds || seeds < 2 || !Arrays.stream(each).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("results of " + seeds + " and of " + each.length
                        + " seeds: expected as many finite numbers of each setting, and at least two, for one seed does"
                        + " not say how much seeds differ");
            }
        }
    }
}
