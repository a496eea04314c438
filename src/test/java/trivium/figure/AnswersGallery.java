package trivium.figure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.FrontierTable;
import trivium.align.FrontierTable.Of;

/** Figures on what alignments did, of made-up data. */
final class AnswersGallery {

    private AnswersGallery() {}

    static Map<String, Figure> figures() {
        var figures = new LinkedHashMap<String, Figure>();
        var answers = answers();
        figures.put("frontier", Figures.frontier(frontier()));
        figures.put("reward-shifts", Figures.rewardShifts(answers, "reward"));
        figures.put("win-rates", Figures.winRates(answers, "gold"));
        figures.put("length-against-reward", Figures.lengthAgainstReward(answers, "reward"));
        figures.put("moved-by-position", Figures.movedByPosition(moved()));
        figures.put("moved-by-token", Figures.movedByToken(moved(), "rejected", 12));
        return figures;
    }

    /** Four algorithms: two turn, best-of-n does not get far, and one rises slowly. */
    static Table frontier() {
        var random = new SplittableRandom(4);
        var table = new FrontierTable();
        var names = List.of("best-of-n", "PPO", "GRPO", "DPO");
        double[] bends = {0.05, 0.3, 0.22, 0.12};
        double[] reaches = {1.8, 6.5, 8, 4};
        for (int i = 0; i < names.size(); i++) {
            for (long seed = 1; seed <= 3; seed++) {
                for (double beta : new double[] {0.02, 0.1}) {
                    var of = new Of(names.get(i), beta, seed);
                    double luck = 0.1 * random.nextGaussian();
                    table.add(of, 0, 0, 0.7 + 0.05 * random.nextGaussian(), 0.3 + 0.05 * random.nextGaussian());
                    for (int step = 1; step <= 8; step++) {
                        double d = (beta < 0.05 ? 1 : 0.6) * reaches[i] * step / 8;
                        double gold = 0.3 + d * (0.9 - bends[i] * Math.log(d) - 0.05 * d);
                        double noise = 0.06 * random.nextGaussian();
                        table.add(of, step, d * d, 0.7 + 1.1 * Math.sqrt(d), gold + luck * d / 4 + noise);
                    }
                }
            }
        }
        return table.table();
    }

    /** 150 answers of each of four runs. */
    static Table answers() {
        var random = new SplittableRandom(7);
        var run = StringColumn.create("run");
        var prompt = StringColumn.create("prompt");
        var length = IntColumn.create("length");
        var reward = DoubleColumn.create("reward");
        var gold = DoubleColumn.create("gold");
        var names = List.of("fine-tuned", "PPO", "GRPO", "DPO", "IPO");
        double[] shifts = {0, 1.6, 1.9, 1.1, 0.8};
        for (int i = 0; i < names.size(); i++) {
            for (int p = 0; p < 150; p++) {
                double z = random.nextGaussian();
                run.append(names.get(i));
                prompt.append("prompt " + p);
                length.append((int) Math.max(1, Math.round(42 - 4 * i + 9 * random.nextGaussian())));
                reward.append(shifts[i] + (1 - 0.1 * i) * z - 0.01 * (length.get(length.size() - 1) - 42));
                gold.append(0.6 * shifts[i] + z + random.nextGaussian());
            }
        }
        return Table.create("answers", run, prompt, length, reward, gold);
    }

    /** Both answers of 60 pairs: what was rejected loses, most of all at its beginning. */
    static Table moved() {
        var random = new SplittableRandom(3);
        var group = StringColumn.create("group");
        var text = IntColumn.create("text");
        var position = IntColumn.create("position");
        var token = StringColumn.create("token");
        var before = DoubleColumn.create("before");
        var after = DoubleColumn.create("after");
        var words = List.of("␣the", "␣was", "␣happy", "␣sad", ".", "␣kite", "␣lost", "␣friends", "␣found", "<|end|>");
        for (int pair = 0; pair < 60; pair++) {
            for (var name : List.of("chosen", "rejected")) {
                int n = 25 + random.nextInt(20);
                for (int place = 1; place <= n; place++) {
                    int word = random.nextInt(words.size());
                    double change = name.equals("chosen") ? -0.05 : -0.4 * Math.exp(-place / 12.0) - 0.05;
                    group.append(name);
                    text.append(pair);
                    position.append(place);
                    token.append(words.get(word));
                    before.append(-0.8);
                    after.append(-0.8 + change + (word - 4.5) * 0.02 + 0.15 * random.nextGaussian());
                }
            }
        }
        return Table.create("log_probabilities", group, text, position, token, before, after);
    }
}
