package trivium.report;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.JudgedAnswers;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.report.PhaseMeasures.Measure;
import trivium.run.Run;
import trivium.run.StepFailedException;

/** What rewards say of the answers of each phase. */
final class PhaseRewards {

    private final List<Run> runs;
    private final Map<String, Reward> rewards;
    private final PhaseMeasures measures;
    private final List<String> notes;

    /**
     * @param runs in the order of the phases
     * @param measures which are filled
     * @param notes to which sentences on what could not be measured are added
     */
    PhaseRewards(List<Run> runs, Map<String, Reward> rewards, PhaseMeasures measures, List<String> notes) {
        this.runs = runs;
        this.rewards = rewards;
        this.measures = measures;
        this.notes = notes;
    }

    /**
     * By the rewards given; without one, by what an alignment of the next run here wrote down of its held-out prompts.
     */
    void measure(PhaseAnswers... answers) {
        if (rewards.isEmpty()) {
            recordedRewards();
            return;
        }
        rewards.forEach((name, reward) -> {
            try {
                var scores = new double[answers.length][];
                for (int i = 0; i < answers.length; i++) {
                    var each = answers[i];
                    if (each != null) {
                        double[] all = JudgedAnswers.scores(
                                        Map.of(name, reward), each.prompts(), each.texts(), each.finishes())
                                .get(name);
                        scores[i] = each.perPrompt(k -> all[k]);
                    }
                }
                var prompts = Stream.of(answers)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(each -> each.prompts().stream().distinct().toList())
                        .orElse(List.of());
                measures.means(new Measure(name, "", "prompts"), scores, prompts);
            } catch (StepFailedException e) {
                notes.add(name + ": " + e.getMessage());
            }
        });
    }

    private void recordedRewards() {
        boolean any = false;
        for (int i = 1; i < runs.size(); i++) {
            var table = runs.get(i).tables().get(PolicyOptimisation.REWARDS);
            if (table != null && runs.get(i - 1).id().equals(runs.get(i).card().parent())) {
                any = true;
                recorded(i, "reward", table, "");
                if (table.containsColumn("gold_before")) {
                    recorded(i, "gold reward", table, "gold_");
                }
            }
        }
        notes.add(
                any
                        ? "reward of other phases: only the alignment wrote rewards down; ask all with reward(judge)"
                        : "reward: no judge is known; give one with reward(judge)");
    }

    private void recorded(int index, String name, Table rewards, String prefix) {
        var values = new double[runs.size()][];
        values[index - 1] = rewards.numberColumn(prefix + "before").asDoubleArray();
        values[index] = rewards.numberColumn(prefix + "after").asDoubleArray();
        measures.means(
                new Measure(name, "", "prompts"),
                values,
                rewards.stringColumn("prompt").asList());
    }
}
