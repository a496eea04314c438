package trivium.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import trivium.figure.Labels;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.Markup;
import trivium.text.Numbers;

/**
 * Where each run comes from: tokenizers and runs, and the weights and rewards that went from one to the other.
 *
 * @param nodes sources before what was made of them
 */
record Lineage(List<Node> nodes, List<Edge> edges) {

    /**
     * A tokenizer or a run.
     *
     * @param id unique on the page
     * @param name as the page says it: that of the run, or its id
     * @param what it is, such as "fine-tuning"
     * @param detail a short line about it
     * @param known whether it is part of the report, or only named by one that is
     */
    record Node(String id, String name, String what, String detail, boolean known) {}

    /**
     * A run or judge from which another run was made.
     *
     * @param reward whether {@code from} judged {@code to}; otherwise {@code to} began from it
     */
    record Edge(String from, String to, boolean reward) {}

    private static final int WIDTH = 176;
    private static final int HEIGHT = 66;
    private static final int GAP = 38;
    private static final int ROW_GAP = 26;
    private static final int LETTERS = 22;

    static Lineage of(List<Run> runs) {
        var nodes = new LinkedHashMap<String, Node>();
        var edges = new ArrayList<Edge>();
        for (var run : runs) {
            var card = run.card();
            nodes.put(card.id(), new Node(card.id(), run.label(), Labels.kind(card.kind()), detail(run), true));
        }
        for (var run : runs) {
            var card = run.card();
            if (card.parent() != null) {
                link(nodes, edges, elsewhere(card.parent()), new Edge(card.parent(), card.id(), false));
            } else {
                var words = tokenizer(run);
                link(nodes, edges, words, new Edge(words.id(), card.id(), false));
            }
            var judge = judge(card);
            if (judge != null) {
                link(nodes, edges, elsewhere(judge), new Edge(judge, card.id(), true));
            }
        }
        return new Lineage(sorted(nodes, edges), edges);
    }

    /** The id of the reward model that judged; null where no run did. */
    static String judge(RunCard card) {
        var recipe = card.recipe();
        var name = recipe.getOrDefault("reward_name", recipe.get("reward"));
        return recipe.containsKey("reward_hash") && name != null ? name.toString() : null;
    }

    private static void link(Map<String, Node> nodes, List<Edge> edges, Node source, Edge edge) {
        nodes.putIfAbsent(source.id(), source);
        edges.add(edge);
    }

    private static Node elsewhere(String id) {
        return new Node(id, id, "run", "not in this report", false);
    }

    private static Node tokenizer(Run run) {
        var hash = run.card().recipe().get("tokenizer_hash");
        var id = hash == null ? "words" : hash.toString();
        return new Node(id, id, "tokenizer", entries(run), true);
    }

    private static String entries(Run run) {
        return run.tokenizer() == null ? "" : Numbers.count(run.tokenizer().size(), "entry");
    }

    /** The number that says most about a run. */
    private static String detail(Run run) {
        if (run.has("reward")) {
            return "reward " + Numbers.brief(run.last("reward"));
        }
        if (run.has("validation_accuracy")) {
            var scores = run.tables().get("validation_scores");
            return "accuracy " + Numbers.percent(run.last("validation_accuracy"))
                    + (scores == null ? "" : " of " + Numbers.count(scores.rowCount()));
        }
        return run.has("validation_loss") ? "validation loss " + Numbers.brief(run.last("validation_loss")) : "";
    }

    /** Sources first; nodes that form a circle, which no training makes, come last. */
    private static List<Node> sorted(Map<String, Node> nodes, List<Edge> edges) {
        var sorted = new ArrayList<Node>();
        var done = new HashSet<String>();
        while (done.size() < nodes.size()) {
            var ready = nodes.values().stream()
                    .filter(node -> !done.contains(node.id()))
                    .filter(node -> edges.stream().allMatch(e -> !e.to().equals(node.id()) || done.contains(e.from())))
                    .toList();
            var next = ready.isEmpty()
                    ? nodes.values().stream()
                            .filter(node -> !done.contains(node.id()))
                            .toList()
                    : ready;
            next.forEach(node -> done.add(node.id()));
            sorted.addAll(next);
        }
        return sorted;
    }

    /** A row for each run: its kind, the run that it started from, the judge that rewarded it. */
    List<List<String>> rows() {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("what", "name", "began from", "judged by", ""));
        for (var node : nodes) {
            rows.add(List.of(node.what(), node.name(), sources(node, false), sources(node, true), node.detail()));
        }
        return rows;
    }

    private String sources(Node node, boolean reward) {
        return String.join(
                ", ",
                edges.stream()
                        .filter(edge -> edge.to().equals(node.id()) && edge.reward() == reward)
                        .map(edge -> name(edge.from()))
                        .toList());
    }

    private String name(String id) {
        return nodes.stream()
                .filter(node -> node.id().equals(id))
                .map(Node::name)
                .findFirst()
                .orElse(id);
    }

    /** In words: "tokenizer → base → tuned". */
    String sentence() {
        return String.join(" → ", nodes.stream().map(Node::what).toList());
    }

    private record Place(int column, int row) {
        int x() {
            return 2 + column * (WIDTH + GAP);
        }

        int y() {
            return 2 + row * (HEIGHT + ROW_GAP);
        }
    }

    /** Each to the right of its sources, beside the run it began from; judges one row below. */
    private Map<String, Place> places() {
        var places = new HashMap<String, Place>();
        Set<Place> taken = new HashSet<>();
        for (var node : nodes) {
            int column = 0;
            int row = 0;
            for (var edge : edges) {
                var source = edge.to().equals(node.id()) ? places.get(edge.from()) : null;
                if (source != null) {
                    column = Math.max(column, source.column() + 1);
                    row = edge.reward() ? row : source.row();
                }
            }
            boolean judges = edges.stream().anyMatch(e -> e.reward() && e.from().equals(node.id()));
            var place = new Place(column, judges ? row + 1 : row);
            while (!taken.add(place)) {
                place = new Place(column, place.row() + 1);
            }
            places.put(node.id(), place);
        }
        return places;
    }

    /** The whole as an SVG element that needs nothing beside it. */
    String svg() {
        var places = places();
        int width =
                4 + WIDTH + places.values().stream().mapToInt(Place::x).max().orElse(0);
        int height =
                4 + HEIGHT + places.values().stream().mapToInt(Place::y).max().orElse(0);
        var svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(width + " " + height + "\" width=\"" + width + "\" height=\"" + height)
                .append("\" role=\"img\" font-family=\"system-ui,sans-serif\" style=\"max-width:100%;height:auto\">")
                .append("<title>" + Markup.escape(sentence()) + "</title>")
                .append("<rect width=\"" + width + "\" height=\"" + height + "\" fill=\"#fff\"/>");
        edges.forEach(edge -> arrow(svg, places.get(edge.from()), places.get(edge.to()), edge.reward()));
        nodes.forEach(node -> box(svg, node, places.get(node.id())));
        return svg.append("</svg>").toString();
    }

    private static void arrow(StringBuilder svg, Place from, Place to, boolean reward) {
        int x = from.x() + WIDTH;
        int y = from.y() + HEIGHT / 2;
        int tipX = to.x() - 2;
        int tipY = to.y() + HEIGHT / 2 + (reward ? 16 : 0);
        int bend = Math.max(18, (tipX - x) / 2);
        svg.append("<path d=\"M" + x + " " + y + " C" + (x + bend) + " " + y + " " + (tipX - bend) + " " + tipY + " "
                + (tipX - 7) + " " + tipY + "\" fill=\"none\" stroke=\"#222\" stroke-width=\"1.6\""
                + (reward ? " stroke-dasharray=\"5 4\"" : "") + "/>");
        svg.append("<path d=\"M" + tipX + " " + tipY + " l-9 -4 v8 z\" fill=\"#222\"/>");
    }

    private static void box(StringBuilder svg, Node node, Place place) {
        svg.append("<rect x=\"" + place.x() + "\" y=\"" + place.y() + "\" width=\"" + WIDTH + "\" height=\"" + HEIGHT
                + "\" rx=\"6\" fill=\"" + (node.known() ? "#f2f6fa" : "#fff") + "\" stroke=\"#0072b2\""
                + (node.known() ? "" : " stroke-dasharray=\"3 3\"") + "/>");
        line(svg, place, 20, "font-size=\"13\" font-weight=\"bold\"", node.what());
        line(svg, place, 38, "font-size=\"11\"", shortened(node));
        line(svg, place, 55, "font-size=\"11\"", node.detail());
    }

    private static void line(StringBuilder svg, Place place, int below, String style, String text) {
        svg.append("<text x=\"" + (place.x() + 10) + "\" y=\"" + (place.y() + below) + "\" fill=\"#222\" " + style + ">"
                + Markup.escape(text) + "</text>");
    }

    /** A name cut at its end, or an id cut at its beginning, for the number at an id's end tells runs apart. */
    private static String shortened(Node node) {
        var name = node.name();
        if (name.length() <= LETTERS) {
            return name;
        }
        return name.equals(node.id())
                ? "…" + name.substring(name.length() - LETTERS + 1)
                : name.substring(0, LETTERS - 1) + "…";
    }
}
