package trivium.toytown;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.data.Comparisons;

/**
 * Several people who are asked the same: each has a temperature, a flip rate and biases of their own, so they disagree,
 * and more so where the answers are nearly as good.
 *
 * @param people at least one
 */
public record Panel(List<Annotator> people) {

    /**
     * How much people differ: standard deviations, of the logarithm for temperature and flip rate.
     *
     * @param temperature 0 or more
     * @param flipRate 0 or more; nobody flips more than every second answer
     * @param lengthBias in gold reward for each sentence, 0 or more
     * @param happinessBias in gold reward for each happy word, 0 or more
     */
    public record Spread(double temperature, double flipRate, double lengthBias, double happinessBias) {

        /** As people are: some hurry, some like it long, some like it cheerful. */
        public static final Spread USUAL = new Spread(0.3, 0.5, 0.2, 0.4);

        public Spread {
            if (!(temperature >= 0 && flipRate >= 0 && lengthBias >= 0 && happinessBias >= 0)
                    || Double.isInfinite(temperature + flipRate + lengthBias + happinessBias)) {
                throw new IllegalArgumentException("people differ by finite standard deviations of 0 or more, not "
                        + temperature + ", " + flipRate + ", " + lengthBias + " and " + happinessBias);
            }
        }
    }

    public Panel {
        people = List.copyOf(people);
        if (people.isEmpty()) {
            throw new IllegalArgumentException("a panel has at least one annotator");
        }
    }

    public static Panel of(Annotator... people) {
        return new Panel(List.of(people));
    }

    /** So many people like this one, who differ as people do. A larger panel begins with the smaller one. */
    public static Panel around(Annotator typical, int people, long seed) {
        return around(typical, Spread.USUAL, people, seed);
    }

    /**
     * So many people like this one, drawn one after the other: temperature and flip rate log-normal around the typical
     * one's, biases normal.
     */
    public static Panel around(Annotator typical, Spread spread, int people, long seed) {
        if (people < 1) {
            throw new IllegalArgumentException("a panel has at least one annotator, not " + people);
        }
        var random = new SplittableRandom(seed);
        return new Panel(Stream.generate(() -> person(typical, spread, random))
                .limit(people)
                .toList());
    }

    private static Annotator person(Annotator typical, Spread spread, RandomGenerator random) {
        return new Annotator(
                typical.temperature() * StrictMath.exp(spread.temperature() * random.nextGaussian()),
                Math.min(0.5, typical.flipRate() * StrictMath.exp(spread.flipRate() * random.nextGaussian())),
                typical.lengthBias() + spread.lengthBias() * random.nextGaussian(),
                typical.happinessBias() + spread.happinessBias() * random.nextGaussian(),
                typical.weights());
    }

    /** Everybody judges every pair. Each person has random numbers of their own, whoever else sits on the panel. */
    public PanelVotes votes(Comparisons pairs, long seed) {
        var random = new SplittableRandom(seed);
        var votes = new ArrayList<List<Boolean>>();
        for (var person : people) {
            var own = random.split();
            votes.add(pairs.list().stream()
                    .map(pair -> own.nextDouble() < person.probability(pair.prompt(), pair.chosen(), pair.rejected()))
                    .toList());
        }
        return new PanelVotes(this, pairs, votes);
    }

    /**
     * The probability that two people, by their places on the panel, say the same of a pair: {@code p q + (1-p)(1-q)}.
     */
    public double agreement(int one, int other, String prompt, String first, String second) {
        if (one == other) {
            return 1;
        }
        double p = people.get(one).probability(prompt, first, second);
        double q = people.get(other).probability(prompt, first, second);
        return p * q + (1 - p) * (1 - q);
    }

    /**
     * The probability that most of the panel say that the first is better: the sum over all numbers of votes above half
     * of the people, and half of what remains where votes can be even.
     */
    public double majority(String prompt, String first, String second) {
        var votes = new double[people.size() + 1];
        votes[0] = 1;
        for (int asked = 0; asked < people.size(); asked++) {
            double p = people.get(asked).probability(prompt, first, second);
            for (int n = asked + 1; n >= 0; n--) {
                votes[n] = votes[n] * (1 - p) + (n == 0 ? 0 : votes[n - 1] * p);
            }
        }
        return IntStream.rangeClosed(0, people.size())
                .mapToDouble(n -> votes[n] * (Integer.signum(2 * n - people.size()) + 1) / 2)
                .sum();
    }
}
