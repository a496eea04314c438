package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.align.MajorityVote.Ballot;
import trivium.generate.Generation.Finish;
import trivium.generate.TableModel;
import trivium.measure.PassAtK;

class BestOfNTest {

    private final SplittableRandom random = new SplittableRandom(5);

    /** All subsets of size k of the places 0 … n − 1. */
    private static List<int[]> subsets(int n, int k) {
        var all = new ArrayList<int[]>();
        for (int bits = 0; bits < 1 << n; bits++) {
            if (Integer.bitCount(bits) == k) {
                int chosen = bits;
                all.add(IntStream.range(0, n)
                        .filter(i -> (chosen >> i & 1) == 1)
                        .toArray());
            }
        }
        return all;
    }

    @Test
    void theExpectedBestIsTheMeanOverAllSubsets() {
        for (int n = 1; n <= 7; n++) {
            var values = random.doubles(n).map(x -> Math.round(4 * x)).toArray(); // some are equal
            for (int k = 1; k <= n; k++) {
                double expected = subsets(n, k).stream()
                        .mapToDouble(of -> IntStream.of(of)
                                .mapToDouble(i -> values[i])
                                .max()
                                .orElseThrow())
                        .average()
                        .orElseThrow();
                assertEquals(expected, OrderStatistics.expectedBest(values, k), 1e-12, k + " of " + n);
            }
        }
    }

    /** The highest of k uniform numbers has the mean k/(k + 1). */
    @Test
    void theExpectedBestOfUniformRewardsIsTheClosedForm() {
        var rewards = IntStream.range(0, 4000)
                .mapToObj(_ -> random.doubles(16).toArray())
                .toList();
        var curve =
                new BestOfN(rewards.stream().map(each -> candidates(16, -40)).toList(), rewards).curve();
        for (int k = 1; k <= 16; k++) {
            assertEquals(k / (k + 1.0), curve.doubleColumn("reward").getDouble(k - 1), 0.006, "best of " + k);
            assertEquals(BestOfN.klBound(k), curve.doubleColumn("kl_bound").getDouble(k - 1));
            assertEquals(
                    BestOfN.klBound(k), curve.doubleColumn("kl_estimated").getDouble(k - 1), 1e-9, "all improbable");
        }
    }

    private static Candidates candidates(int n, double logProb) {
        var logProbs = new double[n];
        Arrays.fill(logProbs, logProb);
        var texts = IntStream.range(0, n).mapToObj(i -> "t" + i).toList();
        return new Candidates("p", texts, new int[n], nCopies(n), logProbs);
    }

    private static List<Finish> nCopies(int n) {
        return IntStream.range(0, n).mapToObj(_ -> Finish.STOP).toList();
    }

    /** All completions of two tokens of a model over four, and best of n by listing all n-tuples of them. */
    @Test
    void onAnEnumeratedModelTheExactDivergenceIsThatOfAllTuplesAndBelowTheBound() {
        int vocabulary = 4;
        for (int seed = 1; seed <= 5; seed++) {
            var model = TableModel.random(vocabulary, 4, 1.5, seed);
            var probabilities = new double[vocabulary * vocabulary];
            for (int a = 0; a < vocabulary; a++) {
                for (int b = 0; b < vocabulary; b++) {
                    probabilities[a * vocabulary + b] = Math.exp(model.logProb(new int[] {0}, new int[] {a, b}));
                }
            }
            double spread = seed; // coarse rewards first: many are equal
            var rewards = random.doubles(probabilities.length)
                    .map(x -> Math.round(spread * x))
                    .toArray();
            for (int n = 1; n <= 3; n++) {
                double exact = BestOfN.kl(probabilities, rewards, n);
                assertEquals(listed(probabilities, rewards, n), exact, 1e-12, "best of " + n);
                assertTrue(exact <= BestOfN.klBound(n) + 1e-12, exact + " and " + BestOfN.klBound(n));
            }
            for (int n = 4; n <= 64; n *= 2) {
                assertTrue(BestOfN.kl(probabilities, rewards, n) < BestOfN.klBound(n));
            }
        }
    }

    private static double listed(double[] probabilities, double[] rewards, int n) {
        var chosen = new double[probabilities.length];
        int all = (int) Math.pow(probabilities.length, n);
        for (int tuple = 0; tuple < all; tuple++) {
            double chance = 1;
            int best = -1;
            for (int i = 0, rest = tuple; i < n; i++, rest /= probabilities.length) {
                int outcome = rest % probabilities.length;
                chance *= probabilities[outcome];
                best = best < 0 || rewards[outcome] > rewards[best] ? outcome : best; // of equal ones the first drawn
            }
            chosen[best] += chance;
        }
        return IntStream.range(0, chosen.length)
                .filter(i -> chosen[i] > 0)
                .mapToDouble(i -> chosen[i] * Math.log(chosen[i] / probabilities[i]))
                .sum();
    }

    /** One outcome above a great many improbable ones: what the estimate is exact for. */
    @Test
    void theEstimateIsTheDivergenceWhereOneOutcomeStandsOut() {
        int others = 20_000;
        for (double top : new double[] {1e-4, 0.05, 0.4, 0.95}) {
            var probabilities = new double[others + 1];
            Arrays.fill(probabilities, (1 - top) / others);
            probabilities[others] = top;
            var rewards = IntStream.rangeClosed(0, others).asDoubleStream().toArray();
            for (int n : new int[] {1, 2, 8, 50}) {
                double exact = BestOfN.kl(probabilities, rewards, n);
                assertEquals(exact, BestOfN.klEstimate(Math.log(top), n), 2e-3, n + " at " + top);
                assertTrue(BestOfN.klEstimate(Math.log(top), n) <= BestOfN.klBound(n) + 1e-9);
            }
        }
        assertEquals(BestOfN.klBound(8), BestOfN.klEstimate(-900, 8), 1e-9, "e^-900 is 0 in float64");
        assertEquals(0, BestOfN.klEstimate(0, 8));
    }

    @Test
    void theBestAndTheControlAreChosenAmongThoseThatEnded() {
        var cut = new Candidates(
                "p",
                List.of("a", "b", "c"),
                new int[3],
                List.of(Finish.LENGTH, Finish.STOP, Finish.STOP),
                new double[3]);
        var none = new Candidates(
                "q",
                List.of("d", "e", "f"),
                new int[3],
                List.of(Finish.LENGTH, Finish.CONTEXT, Finish.LENGTH),
                new double[3]);
        var best = new BestOfN(List.of(cut, none), List.of(new double[] {9, 1, 2}, new double[] {1, 2, 3}));
        assertEquals(List.of("a", "f"), best.best());
        assertEquals(List.of("p"), best.conversations().prompts());
        assertEquals("c", best.conversations().get(0).completion());
        var seen = new HashMap<String, Integer>();
        for (int seed = 0; seed < 400; seed++) {
            seen.merge(best.randomConversations(seed).get(0).completion(), 1, Integer::sum);
        }
        assertEquals(400, seen.get("b") + seen.get("c"));
        assertTrue(Math.abs(seen.get("b") - 200) < 60, seen.toString());
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new BestOfN(List.of(none), List.of(new double[3])).conversations())
                .getMessage();
        assertTrue(message.contains("allow more tokens"), message);
    }

    @Test
    void theBestStandBesideOtherAnswers() {
        var certain = new Candidates("p", List.of("a"), new int[] {3}, List.of(Finish.STOP), new double[] {0});
        var unlikely = new Candidates("q", List.of("b"), new int[] {7}, List.of(Finish.LENGTH), new double[] {-900});
        var judges = Map.of(
                "judge", Reward.withFinish((_, text, finish) -> text.charAt(0) + (finish == Finish.STOP ? 0 : 1_000)));
        var answers = two(certain, unlikely).answers(judges);
        assertEquals(List.of("x", "b"), answers.texts());
        assertArrayEquals(new int[] {9, 7}, answers.lengths());
        assertArrayEquals(new double[] {'x', 1_000 + 'b'}, answers.scores().get("judge"));
        assertArrayEquals(new double[] {0, Math.log(2) - 0.5}, answers.kl(), 1e-9); // certain, and improbable
    }

    /** Of the second of two candidates of "p", and of the first of "q", the reward is the higher. */
    private static BestOfN two(Candidates p, Candidates q) {
        return new BestOfN(
                List.of(with(p, "x", 0, false), with(q, "y", -900, true)),
                List.of(new double[] {1, 2}, new double[] {2, 1}));
    }

    private static Candidates with(Candidates one, String text, double logProb, boolean cut) {
        return new Candidates(
                one.prompt(),
                List.of(one.texts().getFirst(), text),
                new int[] {one.lengths()[0], 9},
                List.of(one.finishes().getFirst(), cut ? Finish.LENGTH : Finish.STOP),
                new double[] {one.logProbs()[0], logProb});
    }

    @Test
    void passAndMajorityAreMeansOverAllSubsets() {
        for (int round = 0; round < 30; round++) {
            int n = 1 + random.nextInt(7);
            int[] said = random.ints(n, 0, 3).toArray(); // which of three answers
            var right = new boolean[] {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
            int[] counts = new int[3];
            Arrays.stream(said).forEach(answer -> counts[answer]++);
            int hits = (int) Arrays.stream(said).filter(answer -> right[answer]).count();
            for (int k = 1; k <= n; k++) {
                double pass = 0;
                double majority = 0;
                var all = subsets(n, k);
                for (int[] of : all) {
                    pass += Arrays.stream(of).anyMatch(i -> right[said[i]]) ? 1 : 0;
                    int[] votes = new int[3];
                    Arrays.stream(of).forEach(i -> votes[said[i]]++);
                    int most = Arrays.stream(votes).max().orElseThrow();
                    int[] tied =
                            IntStream.range(0, 3).filter(a -> votes[a] == most).toArray();
                    majority +=
                            (double) Arrays.stream(tied).filter(a -> right[a]).count() / tied.length;
                }
                assertEquals(pass / all.size(), PassAtK.unbiased(n, hits, k), 1e-12);
                assertEquals(majority / all.size(), OrderStatistics.majorityAt(counts, right, k), 1e-12);
            }
        }
    }

    /** Of many answers, 60 in a hundred right: the majority of k is right with the binomial's upper tail. */
    @Test
    void theMajorityOfManyIsTheBinomialTail() {
        int[] counts = {180, 120};
        var right = new boolean[] {true, false};
        for (int k : new int[] {1, 3, 9, 15}) {
            int odd = k;
            double tail = IntStream.rangeClosed(k / 2 + 1, k)
                    .mapToDouble(hits -> subsets(odd, hits).size() * Math.pow(0.6, hits) * Math.pow(0.4, odd - hits))
                    .sum();
            assertEquals(tail, OrderStatistics.majorityAt(counts, right, k), 0.01, "majority of " + k);
        }
        var vote = new MajorityVote(List.of(
                new Ballot("p", List.of("4", "5"), new int[] {2, 3}, new boolean[] {true, false}),
                new Ballot("q", List.of("7"), new int[] {5}, new boolean[] {true})));
        assertEquals(1, vote.share().hits());
        assertEquals(List.of("5", "7"), vote.table().stringColumn("answer").asList());
        var tie = new MajorityVote(
                List.of(new Ballot("p", List.of("4", "5"), new int[] {2, 2}, new boolean[] {true, false})));
        assertEquals(List.of("4"), tie.table().stringColumn("answer").asList(), "the first drawn");
        var curve = vote.curve();
        assertEquals(0.7, curve.doubleColumn("pass@k").getDouble(0), 1e-12);
        assertEquals(0.7, curve.doubleColumn("maj@k").getDouble(0), 1e-12);
        assertEquals(1, curve.doubleColumn("pass@k").getDouble(4), 1e-12);
        assertEquals(0.5, curve.doubleColumn("maj@k").getDouble(4), 1e-12);
        assertEquals(5, vote.n());
    }

    /** So many draws that the subsets are more than any float holds. */
    @Test
    void thousandsOfDraws() {
        int n = 3_000;
        double[] uniform = IntStream.range(0, n).mapToDouble(i -> (i + 0.5) / n).toArray();
        for (int k : new int[] {1, 600, 1_500, 3_000}) {
            double spacing =
                    k / (k + 1.0) * (n + 1) / n - 0.5 / n; // the highest of k of 1 … n has mean k (n + 1) / (k + 1)
            assertEquals(spacing, OrderStatistics.expectedBest(uniform, k), 1e-9, "best of " + k);
            assertEquals((double) k / n, PassAtK.unbiased(n, 1, k), 1e-9, "one right of all, " + k);
        }
        assertEquals(1, PassAtK.unbiased(n, 2_000, 1_500));
        int[] counts = {1_800, 1_200};
        assertEquals(0.6, OrderStatistics.majorityAt(counts, new boolean[] {true, false}, 1), 1e-9);
        assertEquals(1, OrderStatistics.majorityAt(counts, new boolean[] {true, false}, 500), 1e-3);
    }

    /** Answers that say nothing are neither the best nor the control, so both arms have the same prompts. */
    @Test
    void blankCompletionsTeachNothing() {
        var candidates = new ArrayList<Candidates>();
        var rewards = new ArrayList<double[]>();
        for (int i = 0; i < 60; i++) {
            candidates.add(new Candidates(
                    "p" + i,
                    i % 3 == 0 ? List.of(" ", "") : List.of("said", " "),
                    new int[2],
                    nCopies(2),
                    new double[2]));
            rewards.add(new double[] {0, 1});
        }
        var best = new BestOfN(candidates, rewards);
        assertEquals(40, best.conversations().prompts().size());
        for (int seed = 0; seed < 5; seed++) {
            assertEquals(
                    best.conversations().prompts(),
                    best.randomConversations(seed).prompts());
        }
    }

    @Test
    void oneAnswerToEachQuestionHasOnePassRate() {
        var one = new MajorityVote(List.of(new Ballot("p", List.of("4"), new int[] {1}, new boolean[] {true})));
        assertTrue(one.toString().endsWith("; pass@1 1.000"), one.toString());
    }

    @Test
    void onePromptGivesNoInterval() {
        var best = new BestOfN(List.of(candidates(2, -3)), List.of(new double[] {1, 2}));
        assertTrue(best.curve().doubleColumn("low").isMissing(1), best.curve().print());
        assertTrue(best.curve().doubleColumn("high").isMissing(1), best.curve().print());
        assertTrue(best.toString().endsWith("over 1 prompt, which gives no interval"), best.toString());
    }

    @Test
    void probabilitiesThatAreNoneAreRefused() {
        for (double[] each : new double[][] {{0.6, 0.5}, {1.2, -0.2}, {Double.NaN, 1}, {1}}) {
            var message = assertThrows(IllegalArgumentException.class, () -> BestOfN.kl(each, new double[] {1, 2}, 2))
                    .getMessage();
            assertTrue(message.contains("sum to 1"), message);
        }
    }

    @Test
    void aRewardThatCannotJudgeIsRefusedBeforeAnythingIsDrawn() {
        assertTrue(assertThrows(NullPointerException.class, () -> BestOfN.draw(null, List.of("p"), null, 2))
                .getMessage()
                .contains("needs a reward"));
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> BestOfN.draw(null, List.of("p"), Rewards.exactAnswer(), 2))
                .getMessage();
        assertTrue(message.contains("expecting(Map.of(prompt, List.of(answer)))"), message);
    }
}
