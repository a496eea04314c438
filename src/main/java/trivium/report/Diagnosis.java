package trivium.report;

import java.util.List;
import java.util.stream.Collectors;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.run.Fault;
import trivium.run.Finding;
import trivium.run.Run;

/**
 * What is wrong with a run, in sentences with the numbers that they rest on, and the figure that shows them.
 *
 * @param run that was looked at
 * @param findings in the order of the steps at which they were seen; empty if nothing was
 */
public record Diagnosis(Run run, List<Finding> findings) {

    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** All faults that are known are looked for, whatever the run's own version knew. */
    public static Diagnosis of(Run run) {
        return new Diagnosis(run, run.findings());
    }

    /** What it comes to, in a sentence; of several findings the first is the one to mend first. */
    public String verdict() {
        if (findings.isEmpty()) {
            return run.metrics().rowCount() == 0
                    ? run.label() + " was not trained here: it has no metrics, and there is nothing to look at"
                    : "nothing wrong was seen in " + run.label() + ", of the faults that docs/diagnosis.md lists";
        }
        var others = findings.stream().skip(1).map(Finding::name).collect(Collectors.joining(", "));
        return run.label() + ": " + findings.getFirst().name()
                + (others.isEmpty() ? "" : " (mend this first: the others may follow from it), " + others);
    }

    /** One row a finding: "name", "step" (0 before the first), "seen", "means", "try". */
    public Table table() {
        var table = Table.create(
                "findings",
                StringColumn.create("name"),
                LongColumn.create("step"),
                StringColumn.create("seen"),
                StringColumn.create("means"),
                StringColumn.create("try"));
        for (var finding : findings) {
            table.stringColumn("name").append(finding.name());
            table.longColumn("step").append(finding.step());
            table.stringColumn("seen").append(finding.symptom().seen());
            table.stringColumn("means").append(finding.symptom().means());
            table.stringColumn("try").append(finding.symptom().attempt());
        }
        return table;
    }

    /** The metrics that show what was found, each with a line at the step at which it was seen. */
    public Figure figure() {
        return Figures.findings(run, findings);
    }

    /**
     * The same of one finding.
     *
     * @throws IllegalArgumentException if no fault has this name, or if it was not found
     */
    public Figure figure(String name) {
        Fault.requireKnown("figure", name);
        var found =
                findings.stream().filter(finding -> finding.name().equals(name)).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("\"" + name + "\" was not found: " + verdict());
        }
        return Figures.findings(run, found);
    }

    @Override
    public String toString() {
        return findings.isEmpty()
                ? verdict()
                : findings.stream().map(Finding::text).collect(Collectors.joining("\n", verdict() + "\n", ""));
    }
}
