package trivium.report;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.generate.Generation;
import trivium.measure.CompletionKl;
import trivium.measure.Summary;
import trivium.measure.WeightChange;
import trivium.model.LanguageModel;
import trivium.run.Run;

/** How far each phase took the model from the phase before: tables of divergences and of changes of weights. */
final class PhaseDistance {

    /** Positions that fewer answers reach say little. */
    private static final int ENOUGH = 10;

    /** Tokens of which a table says what they contribute. */
    private static final int TOKENS = 20;

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");

    private final Table positions = Table.create(
            "kl_by_position",
            StringColumn.create("run"),
            IntColumn.create("position"),
            DoubleColumn.create("kl"),
            DoubleColumn.create("low"),
            DoubleColumn.create("high"),
            IntColumn.create("n"));
    private final Table tokens = Table.create(
            "kl_by_token",
            StringColumn.create("run"),
            StringColumn.create("token"),
            DoubleColumn.create("kl"),
            DoubleColumn.create("before"),
            DoubleColumn.create("after"));
    private final Table layers = Table.create(
            "weight_changes",
            StringColumn.create("run"),
            StringColumn.create("tensor"),
            IntColumn.create("layer"),
            LongColumn.create("parameters"),
            DoubleColumn.create("size"),
            DoubleColumn.create("before"),
            DoubleColumn.create("relative"),
            IntColumn.create("rank"),
            DoubleColumn.create("effective_rank"),
            IntColumn.create("full_rank"));

    /** Adds the divergence of a run from the one before on its own answers; answers that of each prompt, in nats. */
    double[] diverge(String name, Run before, Run after, PhaseAnswers answers) {
        var generations = answers.generations();
        var kl = CompletionKl.of(
                after.model(),
                before.model(),
                generations.stream().map(Generation::prompt).toList(),
                generations.stream().map(Generation::tokens).toList());
        addPositions(name, kl.kl());
        int[] most = IntStream.range(0, kl.terms().length)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -Math.abs(kl.terms()[token])))
                .limit(TOKENS)
                .mapToInt(Integer::intValue)
                .toArray();
        for (int token : most) {
            tokens.stringColumn("run").append(name);
            tokens.stringColumn("token").append(after.tokenizer().show(token));
            tokens.doubleColumn("kl").append(kl.terms()[token] / generations.size());
            tokens.doubleColumn("before").append(kl.before()[token] / generations.size());
            tokens.doubleColumn("after").append(kl.after()[token] / generations.size());
        }
        return answers.perPrompt(i -> IntStream.range(0, kl.kl().get(i).length)
                .mapToDouble(t -> kl.kl().get(i)[t])
                .sum());
    }

    private void addPositions(String name, List<double[]> kl) {
        int longest = kl.stream().mapToInt(each -> each.length).max().orElse(0);
        int enough = Math.min(ENOUGH, kl.size());
        for (int t = 0; t < longest; t++) {
            int at = t;
            var there = kl.stream()
                    .filter(each -> each.length > at)
                    .mapToDouble(each -> each[at])
                    .toArray();
            if (there.length < enough) {
                return;
            }
            var summary = Summary.of(there);
            positions.stringColumn("run").append(name);
            positions.intColumn("position").append(t + 1);
            positions.doubleColumn("kl").append(summary.mean());
            positions
                    .doubleColumn("low")
                    .append(there.length > 1 ? summary.interval().low() : summary.mean());
            positions
                    .doubleColumn("high")
                    .append(there.length > 1 ? summary.interval().high() : summary.mean());
            positions.intColumn("n").append(there.length);
        }
    }

    /**
     * Adds the changes of weights from one model to the next, neither of which has an adapter; answers how many tensors
     * were too large for their rank.
     */
    long weigh(String name, LanguageModel before, LanguageModel after) {
        var was = before.parameters();
        var is = after.parameters();
        int last = is.tensors().stream()
                .mapToInt(tensor -> block(tensor.name()))
                .max()
                .orElse(0);
        var changes = WeightChange.between(was, is);
        for (var each : changes) {
            var tensor = each.tensor();
            layers.stringColumn("run").append(name);
            layers.stringColumn("tensor").append(tensor.name());
            layers.intColumn("layer").append(layer(tensor.name(), last));
            layers.longColumn("parameters").append(tensor.size());
            layers.doubleColumn("size").append(each.size());
            layers.doubleColumn("before").append(each.before());
            layers.doubleColumn("relative").append(each.relative());
            var spectrum = each.spectrum();
            if (spectrum.rank().isPresent()) {
                layers.intColumn("rank").append(spectrum.rank().getAsInt());
                layers.doubleColumn("effective_rank")
                        .append(spectrum.effectiveRank().orElseThrow());
                layers.intColumn("full_rank").append(spectrum.full());
            } else {
                layers.intColumn("rank").appendMissing();
                layers.doubleColumn("effective_rank").appendMissing();
                layers.intColumn("full_rank").appendMissing();
            }
        }
        return changes.stream()
                .filter(each -> each.tensor().shape().size() == 2
                        && each.spectrum().rank().isEmpty())
                .count();
    }

    /** 0 for the embedding, blocks from 1, and the number behind the last block for what follows. */
    private static int layer(String tensor, int last) {
        return tensor.startsWith("tokens.") || tensor.startsWith("positions.")
                ? 0
                : block(tensor) > 0 ? block(tensor) : last + 1;
    }

    private static int block(String tensor) {
        var match = BLOCK.matcher(tensor);
        return match.matches() ? Integer.parseInt(match.group(1)) + 1 : 0;
    }

    /** The divergence at each position of the answers: columns "run", "position" (from 1), "kl", "low", "high", "n". */
    Table positions() {
        return positions;
    }

    /** What tokens contribute to the divergence of an answer. */
    Table tokens() {
        return tokens;
    }

    Table layers() {
        return layers;
    }
}
