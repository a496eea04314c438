package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Regression trees, each grown on as many cases drawn with replacement as there are (Breiman, "Random Forests", 2001),
 * until the values of a leaf are all the same or its cases cannot be told apart. All variables are tried at every
 * split; categories are split in the order of their means (Fisher 1958), and one of which no case is there goes to the
 * right. What is wanted of it is the boxes that its leaves are, of which {@link Fanova} computes integrals.
 *
 * @param trees one for each draw
 */
record RegressionForest(List<Tree> trees) {

    /**
     * What a variable is.
     *
     * @param levels 0 for numbers from 0 to 1; else how many values there are, at most {@value Long#SIZE} of categories
     * @param ordered whether these values have an order, in which the i-th stands at (i + ½) / levels; categories are
     *     numbered 0, 1, …
     */
    record Variable(int levels, boolean ordered) {

        boolean isCategory() {
            return levels > 0 && !ordered;
        }

        /** Between two places, where no listed value is cut in two. */
        private double cut(double left, double right) {
            double middle = levels == 0 ? (left + right) / 2 : Math.rint(levels * (left + right) / 2) / levels;
            return middle > left ? middle : right; // of neighbours among the doubles the middle is one of both
        }
    }

    /**
     * A box in which a tree says one value.
     *
     * @param low of each variable that is no category, inclusive
     * @param high of each variable that is no category, exclusive but at 1
     * @param among of each category the bits of those that are in the box
     */
    record Leaf(double[] low, double[] high, long[] among, double value) {

        /** The share of the variable's values that lie in the box. */
        double share(int i, Variable variable) {
            return variable.isCategory() ? (double) Long.bitCount(among[i]) / variable.levels() : high[i] - low[i];
        }

        boolean holds(double[] x, List<Variable> variables) {
            for (int i = 0; i < x.length; i++) {
                boolean in = variables.get(i).isCategory()
                        ? (among[i] >>> (int) x[i] & 1) == 1
                        : low[i] <= x[i] && (x[i] < high[i] || high[i] == 1);
                if (!in) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * One tree.
     *
     * @param leaves which together are all there is
     * @param drawn how often each case was drawn for it
     * @param said what the tree says of each case that was not drawn; NaN of the others
     */
    record Tree(List<Leaf> leaves, int[] drawn, double[] said) {

        double at(double[] x, List<Variable> variables) {
            return leaves.stream()
                    .filter(leaf -> leaf.holds(x, variables))
                    .findFirst()
                    .orElseThrow()
                    .value();
        }
    }

    /**
     * Grows a forest.
     *
     * @param x (cases, variables)
     * @param y a value for each case
     */
    static RegressionForest grow(List<Variable> variables, double[][] x, double[] y, int trees, long seed) {
        int n = y.length;
        var sorted = IntStream.range(0, variables.size())
                .mapToObj(variable -> IntStream.range(0, n)
                        .boxed()
                        .sorted(Comparator.comparingDouble(row -> x[row][variable]))
                        .mapToInt(row -> row)
                        .toArray())
                .toArray(int[][]::new);
        var random = new SplittableRandom(seed);
        var forest = new ArrayList<Tree>();
        for (int tree = 0; tree < trees; tree++) {
            var drawn = new int[n];
            random.ints(n, 0, n).forEach(row -> drawn[row]++);
            var said = new double[n];
            Arrays.fill(said, Double.NaN);
            var growth = new Growth(variables, x, y, drawn, new ArrayList<>(), said, new boolean[n]);
            var seen = Arrays.stream(sorted)
                    .map(order ->
                            Arrays.stream(order).filter(row -> drawn[row] > 0).toArray())
                    .toArray(int[][]::new);
            int[] unseen = IntStream.range(0, n).filter(row -> drawn[row] == 0).toArray();
            growth.split(seen, unseen, everything(variables));
            forest.add(new Tree(growth.leaves(), drawn, said));
        }
        return new RegressionForest(forest);
    }

    private static Leaf everything(List<Variable> variables) {
        var high = new double[variables.size()];
        Arrays.fill(high, 1);
        return new Leaf(
                new double[variables.size()],
                high,
                variables.stream()
                        .mapToLong(each -> each.isCategory() ? -1L >>> Long.SIZE - each.levels() : 0)
                        .toArray(),
                0);
    }

    /**
     * The best split of some cases.
     *
     * @param gain by how much it lessens the sum of squares
     * @param cut below which, of a variable that is no category, cases go to the left
     * @param left which categories go to the left
     */
    private record Split(int variable, double gain, double cut, long left) {

        boolean isLeft(double[] x, Variable of) {
            return of.isCategory() ? (left >>> (int) x[variable] & 1) == 1 : x[variable] < cut;
        }
    }

    /**
     * One tree while it grows.
     *
     * @param isLeft of each case, where the split that is being made sends it
     */
    private record Growth(
            List<Variable> variables,
            double[][] x,
            double[] y,
            int[] drawn,
            List<Leaf> leaves,
            double[] said,
            boolean[] isLeft) {

        /** @param seen the cases of a box that were drawn, for each variable in its order */
        void split(int[][] seen, int[] unseen, Leaf box) {
            double sum = 0;
            long count = 0;
            for (int row : seen[0]) {
                sum += drawn[row] * y[row];
                count += drawn[row];
            }
            double mean = sum / count;
            var best = best(seen, mean, count);
            if (!(best.gain() > 0)) {
                leaves.add(new Leaf(box.low(), box.high(), box.among(), mean));
                for (int row : unseen) {
                    said[row] = mean;
                }
                return;
            }
            int i = best.variable();
            var variable = variables.get(i);
            for (int row : seen[0]) {
                isLeft[row] = best.isLeft(x[row], variable);
            }
            for (int row : unseen) {
                isLeft[row] = best.isLeft(x[row], variable);
            }
            var left = with(box, i, box.low()[i], best.cut(), box.among()[i] & best.left());
            var right = with(box, i, best.cut(), box.high()[i], box.among()[i] & ~best.left());
            var rightSeen = part(seen, false);
            int[] rightUnseen = part(unseen, false);
            split(part(seen, true), part(unseen, true), left);
            split(rightSeen, rightUnseen, right);
        }

        private int[][] part(int[][] orders, boolean left) {
            return Arrays.stream(orders).map(order -> part(order, left)).toArray(int[][]::new);
        }

        private int[] part(int[] rows, boolean left) {
            return Arrays.stream(rows).filter(row -> isLeft[row] == left).toArray();
        }

        private static Leaf with(Leaf box, int i, double low, double high, long among) {
            var lows = box.low().clone();
            var highs = box.high().clone();
            var sets = box.among().clone();
            lows[i] = low;
            highs[i] = high;
            sets[i] = among;
            return new Leaf(lows, highs, sets, 0);
        }

        private Split best(int[][] seen, double mean, long count) {
            double size = 0;
            for (int row : seen[0]) {
                size += drawn[row] * Math.abs(y[row] - mean);
            }
            double least = 1e-12 * size * size / count; // below it is rounding
            var best = new Split(0, 0, 0, 0);
            for (int i = 0; i < seen.length; i++) {
                var found = variables.get(i).isCategory()
                        ? amongCategories(seen[i], i, mean, count)
                        : alongNumbers(seen[i], i, mean, count);
                best = found.gain() > Math.max(best.gain(), least) ? found : best;
            }
            return best;
        }

        private Split alongNumbers(int[] order, int variable, double mean, long count) {
            double sum = 0;
            long left = 0;
            double gain = 0;
            double cut = 0;
            for (int i = 0; i + 1 < order.length; i++) {
                sum += drawn[order[i]] * (y[order[i]] - mean);
                left += drawn[order[i]];
                double here = x[order[i]][variable];
                double next = x[order[i + 1]][variable];
                double found = sum * sum * count / ((double) left * (count - left));
                if (here < next && found > gain) {
                    gain = found;
                    cut = variables.get(variable).cut(here, next);
                }
            }
            return new Split(variable, gain, cut, 0);
        }

        /** Categories stand in the order of their means, in which the best split is among those of neighbours. */
        private Split amongCategories(int[] rows, int variable, double mean, long count) {
            int levels = variables.get(variable).levels();
            var sums = new double[levels];
            var counts = new long[levels];
            for (int row : rows) {
                sums[(int) x[row][variable]] += drawn[row] * (y[row] - mean);
                counts[(int) x[row][variable]] += drawn[row];
            }
            int[] order = IntStream.range(0, levels)
                    .filter(level -> counts[level] > 0)
                    .boxed()
                    .sorted(Comparator.comparingDouble(level -> sums[level] / counts[level]))
                    .mapToInt(level -> level)
                    .toArray();
            double sum = 0;
            long left = 0;
            long mask = 0;
            var best = new Split(variable, 0, 0, 0);
            for (int i = 0; i + 1 < order.length; i++) {
                sum += sums[order[i]];
                left += counts[order[i]];
                mask |= 1L << order[i];
                double found = sum * sum * count / ((double) left * (count - left));
                if (found > best.gain()) {
                    best = new Split(variable, found, 0, mask);
                }
            }
            return best;
        }
    }
}
