package trivium.text.jinja;

import java.util.List;

/** The variable {@code loop}. */
final class Loop {

    static final String NAME = "loop";

    private final List<Object> items;
    private int index;
    private List<Object> lastChanged;

    Loop(List<Object> items) {
        this.items = items;
    }

    void at(int item) {
        index = item;
    }

    int length() {
        return items.size();
    }

    Object attribute(String name, Budget budget) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> 1L;
            case "depth0" -> 0L;
            case "previtem" -> index == 0 ? new Undefined("there is no item before the first") : items.get(index - 1);
            case "nextitem" ->
                index == items.size() - 1 ? new Undefined("there is no item after the last") : items.get(index + 1);
            case "cycle" -> new Function("loop.cycle", this::cycle);
            case "changed" -> new Function("loop.changed", arguments -> changed(arguments.positional(), budget));
            default -> new Undefined("loop has no attribute \"" + name + "\"");
        };
    }

    private Object cycle(Arguments arguments) {
        var values = arguments.positional();
        if (values.isEmpty()) {
            throw new Failure("loop.cycle needs values to go through");
        }
        return values.get(index % values.size());
    }

    private boolean changed(List<Object> values, Budget budget) {
        boolean changed = lastChanged == null || !Comparer.equal(lastChanged, values, budget);
        lastChanged = values;
        return changed;
    }
}
