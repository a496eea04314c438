package trivium.measure;

import java.util.List;
import java.util.Locale;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.toytown.Judgement;
import trivium.data.toytown.Task;
import trivium.data.toytown.Tasks;

/** Which completions do what their tasks ask, as the tasks' own checks say: several may be right. */
public final class Checked {

    private Checked() {}

    /** The share of completions that are right, one for each task; tasks with the same prompt belong together. */
    public static Share share(Tasks tasks, List<String> completions) {
        var verdicts = tasks.check(completions);
        var hits = new boolean[verdicts.size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = verdicts.get(i).right();
        }
        return Share.clustered(hits, tasks.prompts());
    }

    /** Columns "kind", "prompt", "completion", "right" and "why" (not), a row for each task. */
    public static Table of(Tasks tasks, List<String> completions) {
        var verdicts = tasks.check(completions);
        return Table.create(
                "verdicts",
                StringColumn.create(
                        "kind",
                        tasks.list().stream().map(task -> name(task.kind())).toList()),
                StringColumn.create("prompt", tasks.prompts()),
                StringColumn.create("completion", completions),
                BooleanColumn.create(
                        "right", verdicts.stream().map(Judgement::right).toList()),
                StringColumn.create("why", verdicts.stream().map(Judgement::why).toList()));
    }

    private static String name(Task.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
