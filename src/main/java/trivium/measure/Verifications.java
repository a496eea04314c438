package trivium.measure;

import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Which completions do what their prompts ask, as the prompts' own verifiers say: several may be right. */
public final class Verifications {

    private Verifications() {}

    /**
     * The share of completions that are right, one for each prompt; equal prompts belong together.
     *
     * @throws IllegalArgumentException if there are more or fewer completions than prompts
     */
    public static Share share(Iterable<? extends Verifiable> asked, List<String> completions) {
        var prompts = list(asked, completions);
        var hits = new boolean[prompts.size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = prompts.get(i).verify(completions.get(i)).right();
        }
        return Share.clustered(hits, prompts.stream().map(Verifiable::prompt).toList());
    }

    /**
     * Columns "kind" (the topic), "prompt", "completion", "right" and "why" (not), a row for each prompt.
     *
     * @throws IllegalArgumentException if there are more or fewer completions than prompts
     */
    public static Table table(Iterable<? extends Verifiable> asked, List<String> completions) {
        var table = Table.create(
                "verifications",
                StringColumn.create("kind"),
                StringColumn.create("prompt"),
                StringColumn.create("completion"),
                BooleanColumn.create("right"),
                StringColumn.create("why"));
        var each = completions.iterator();
        for (var one : list(asked, completions)) {
            var completion = each.next();
            var verification = one.verify(completion);
            table.stringColumn("kind").append(one.topic());
            table.stringColumn("prompt").append(one.prompt());
            table.stringColumn("completion").append(completion);
            table.booleanColumn("right").append(verification.right());
            table.stringColumn("why").append(verification.why());
        }
        return table;
    }

    private static List<Verifiable> list(Iterable<? extends Verifiable> asked, List<String> completions) {
        var list = new ArrayList<Verifiable>();
        asked.forEach(list::add);
        if (completions.size() != list.size()) {
            throw new IllegalArgumentException(
                    completions.size() + " completions for " + list.size() + " prompts: expected one for each");
        }
        return list;
    }
}
