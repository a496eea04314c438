package trivium.notebook;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tech.tablesaw.api.Table;
import trivium.figure.Figure;
import trivium.widget.Control;

/**
 * Which types show how: one function from a value to its {@link View} per type. A value is shown by the function of the
 * most specific type it belongs to; values of other types show as the kernel would show them anyway.
 *
 * <pre>{@code
 * Views.register(Run.class, run -> new Html("<b>" + Markup.escape(run.name()) + "</b>", run.name()));
 * }</pre>
 */
public final class Views {

    private static final Map<Class<?>, Function<Object, View>> BY_TYPE = new LinkedHashMap<>();

    static {
        register(View.class, view -> view);
        register(Grid.class, Grid::view);
        register(Control.class, ControlView::of);
        register(Table.class, table -> Grid.of(table).view());
        register(List.class, Views::list);
        register(Figure.class, FigureView::of);
        RunView.register();
        DataView.register();
    }

    private Views() {}

    /**
     * From now on, values of this type show this way, in the running kernel too. A second registration replaces the
     * first.
     */
    public static <T> void register(Class<T> type, Function<? super T, ? extends View> view) {
        boolean fresh;
        synchronized (BY_TYPE) {
            fresh = BY_TYPE.put(type, value -> view.apply(type.cast(value))) == null;
        }
        if (fresh) {
            Notebook.registered(type);
        }
    }

    /** The view of a value, if one of its types is registered. */
    public static Optional<View> of(Object value) {
        Function<Object, View> view;
        synchronized (BY_TYPE) {
            view = BY_TYPE.entrySet().stream()
                    .filter(entry -> entry.getKey().isInstance(value))
                    .reduce((a, b) -> a.getKey().isAssignableFrom(b.getKey()) ? b : a)
                    .map(Map.Entry::getValue)
                    .orElse(null);
        }
        return Optional.ofNullable(view).map(function -> function.apply(value));
    }

    static Set<Class<?>> types() {
        synchronized (BY_TYPE) {
            return Set.copyOf(BY_TYPE.keySet());
        }
    }

    private static View list(Collection<?> values) {
        var records = !values.isEmpty()
                && values.stream().allMatch(value -> value instanceof Record)
                && values.stream().map(Object::getClass).distinct().count() == 1;
        return records
                ? Grid.ofRecords(values.stream().map(Record.class::cast).toList())
                        .view()
                : new PlainText(values.toString());
    }
}
