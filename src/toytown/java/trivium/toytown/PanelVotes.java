package trivium.toytown;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import trivium.data.Comparison;
import trivium.data.Comparisons;

/**
 * The votes of each person of a panel on each pair.
 *
 * @param panel who was asked
 * @param pairs what the panel judged
 * @param votes for each person, for each pair, whether the one that stands as chosen there is better
 */
public record PanelVotes(Panel panel, Comparisons pairs, List<List<Boolean>> votes) {

    public PanelVotes {
        votes = votes.stream().map(List::copyOf).toList();
        int size = pairs.size();
        if (votes.size() != panel.people().size() || votes.stream().anyMatch(each -> each.size() != size)) {
            throw new IllegalArgumentException("a panel's votes have a vote of each of "
                    + panel.people().size() + " people on each of " + size + " pairs");
        }
    }

    /** How many of the panel say that the one that stands as chosen in this pair is better. */
    public int votesFor(int pair) {
        return (int) votes.stream().filter(each -> each.get(pair)).count();
    }

    /** The share of pairs of which two people, by their places on the panel, say the same. */
    public double agreement(int one, int other) {
        long same = IntStream.range(0, pairs.size())
                .filter(i -> votes.get(one).get(i).equals(votes.get(other).get(i)))
                .count();
        return (double) same / pairs.size();
    }

    /** The mean of {@link #agreement(int, int)} over all couples; 1 for a panel of one. */
    public double agreement() {
        int people = votes.size();
        return IntStream.range(0, people)
                .boxed()
                .flatMap(one -> IntStream.range(0, one).mapToObj(other -> agreement(one, other)))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(1);
    }

    /** What most say; where votes are even, what the first on the panel says. */
    public Comparisons comparisons() {
        return atLeast(0);
    }

    /**
     * What most say, of those pairs only on which at least this share of the panel agree.
     *
     * @param share from 0 to 1; at 1 the panel is of one mind
     * @throws IllegalArgumentException if there are no such pairs
     */
    public Comparisons atLeast(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of a panel lies between 0 and 1, not " + share);
        }
        int people = votes.size();
        var agreed = IntStream.range(0, pairs.size())
                .filter(i -> Math.max(votesFor(i), people - votesFor(i)) >= share * people)
                .mapToObj(this::majority)
                .toList();
        return new Comparisons(pairs.name() + ", judged by " + people + (people == 1 ? " person" : " people"), agreed);
    }

    private Comparison majority(int pair) {
        int balance = 2 * votesFor(pair) - votes.size();
        boolean stands = balance > 0 || balance == 0 && votes.getFirst().get(pair);
        var asked = pairs.get(pair);
        var better = stands ? asked.chosen() : asked.rejected();
        var worse = stands ? asked.rejected() : asked.chosen();
        return new Comparison(asked.prompt(), better, worse);
    }

    /** How often each two of the panel agree, in per cent: a row for each person. */
    @Override
    public String toString() {
        var rows = IntStream.range(0, votes.size())
                .mapToObj(one -> IntStream.range(0, votes.size())
                        .mapToObj(other -> String.format(Locale.ROOT, "%4.0f", 100 * agreement(one, other)))
                        .collect(Collectors.joining()))
                .collect(Collectors.joining("\n"));
        return String.format(
                Locale.ROOT,
                "%,d pairs, %d people; two of them agree on %.1f %% of the pairs%n%s",
                pairs.size(),
                votes.size(),
                100 * agreement(),
                rows);
    }
}
