package trivium.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a run was made from: tokenizer, base, fine-tuned run, reward model, policy. Each link stands once, behind those
 * that it was made from.
 */
public record Chain(List<Link> links) {

    private static final String TOKENIZER = "tokenizer";

    /**
     * A run or a tokenizer in a chain.
     *
     * @param id of the run; of a tokenizer its fingerprint
     * @param name of the run, or its id where it has none; of a tokenizer its fingerprint
     * @param kind of the run, or "tokenizer"
     * @param outcome of the run; "not in this store" if only cards of other runs name it
     * @param serves what was made from it, and as what: "start of tuned", "reward of aligned"
     */
    public record Link(String id, String name, String kind, String outcome, Set<String> serves) {}

    public Chain {
        links = List.copyOf(links);
    }

    static Chain of(RunStore store, String id) {
        var links = new LinkedHashMap<String, Link>();
        follow(store, store.card(id).id(), new HashMap<>(), links);
        return new Chain(new ArrayList<>(links.values()));
    }

    /**
     * Adds a run behind all that it was made from.
     *
     * @param met every run visited so far, its parents followed or not: damaged cards may name each other
     */
    private static Link follow(RunStore store, String id, Map<String, Link> met, Map<String, Link> links) {
        if (met.containsKey(id)) {
            return met.get(id);
        }
        var card = store.has(id) ? store.card(id) : null;
        var link = card == null
                ? new Link(id, id, "", "not in this store", new LinkedHashSet<>())
                : new Link(id, card.label(), card.kind(), card.outcome().toString(), new LinkedHashSet<>());
        met.put(id, link);
        if (card != null) {
            if (card.recipe().get("tokenizer_hash") instanceof String hash) {
                var tokenizer = new Link(hash, hash, TOKENIZER, "", new LinkedHashSet<>());
                links.computeIfAbsent(hash, _ -> tokenizer).serves().add(TOKENIZER + " of " + card.label());
            }
            card.parents()
                    .forEach((role, parent) ->
                            follow(store, parent, met, links).serves().add(role + " of " + card.label()));
        }
        links.put(id, link);
        return link;
    }

    /** The ids of the runs, the oldest first. */
    public List<String> runs() {
        return links.stream()
                .filter(link -> !link.kind().equals(TOKENIZER))
                .map(Link::id)
                .toList();
    }

    /** A row for each: columns "id", "name" if a run has one, "kind", "outcome", "serves as". */
    public Table table() {
        boolean named = links.stream().anyMatch(link -> !link.name().equals(link.id()));
        var table =
                Table.create("chain", StringColumn.create("id", links.stream().map(Link::id)));
        if (named) {
            table.addColumns(StringColumn.create("name", links.stream().map(Link::name)));
        }
        return table.addColumns(
                StringColumn.create("kind", links.stream().map(Link::kind)),
                StringColumn.create("outcome", links.stream().map(Link::outcome)),
                StringColumn.create("serves as", links.stream().map(link -> String.join(", ", link.serves()))));
    }

    @Override
    public String toString() {
        return links.stream()
                .map(link -> link.kind().equals(TOKENIZER) ? TOKENIZER + " " + link.id() : link.name())
                .collect(Collectors.joining(" → "));
    }
}
