package trivium.measure;

import java.util.List;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What two models make of the same prompts. */
public final class SideBySide {

    private SideBySide() {}

    /** Columns "prompt", "before" and "after", a row for each prompt. */
    public static Table of(List<String> prompts, List<String> before, List<String> after) {
        if (before.size() != prompts.size() || after.size() != prompts.size()) {
            throw new IllegalArgumentException(prompts.size() + " prompts, " + before.size()
                    + " completions before and " + after.size() + " after: expected one of each for every prompt");
        }
        return Table.create(
                "completions",
                StringColumn.create("prompt", prompts),
                StringColumn.create("before", before),
                StringColumn.create("after", after));
    }
}
