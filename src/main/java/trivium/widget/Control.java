package trivium.widget;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Something in a notebook that can be touched: it has a label and a value that a reader or the program changes. Made by
 * {@link Controls}; shown where it is a cell's last value. What is to happen at a change runs on one thread beside the
 * cells ({@link Widgets}).
 *
 * @param <T> of its values
 */
public final class Control<T> {

    private volatile String label;
    private final Shape<T> shape;
    private final Model model;
    private final List<Model> parts = new ArrayList<>();
    private final Model layout = Model.layout(Map.of());
    private final List<Consumer<? super T>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> urgent = new CopyOnWriteArrayList<>();
    private final List<Runnable> entered = new CopyOnWriteArrayList<>();
    private volatile T value;
    private volatile boolean hidden;
    private volatile Control<String> errors; // null before it is shown

    Control(String label, Shape<T> shape, T value) {
        this.label = label;
        this.shape = shape;
        this.value = finite(value);
        var state = new LinkedHashMap<>(shape.state());
        state.put("description", label);
        state.put("layout", layout.reference());
        parts.add(layout);
        if (!shape.style().isEmpty()) {
            boolean describes = !(shape instanceof Shape.Button);
            var style = Model.style(shape.style(), describes ? Map.of("description_width", "initial") : Map.of());
            parts.add(style);
            state.put("style", style.reference());
        }
        switch (shape) {
            case Shape.Button _ -> {}
            case Shape.Box box -> {
                state.remove("description");
                state.put("titles", value);
            }
            default -> state.put(key(), shape.toJson(value));
        }
        model = Model.control(shape.model(), state);
    }

    /** JSON has no other numbers: one NaN would take the states of all controls from a page that asks for them. */
    private T finite(T candidate) {
        if (candidate instanceof Double number && !Double.isFinite(number)) {
            throw new IllegalArgumentException("the control" + (label.isEmpty() ? "" : " \"" + label + "\"")
                    + " cannot show " + number + ": expected a finite number");
        }
        return Objects.requireNonNull(candidate, "value");
    }

    /** The part of the state that holds the value. */
    private String key() {
        return shape instanceof Shape.Dropdown ? "index" : "value";
    }

    public T value() {
        return value;
    }

    /** Changes the value; what listens is not told, since it is the program that changes it. */
    public void set(T newValue) {
        value = finite(newValue);
        if (!(shape instanceof Shape.Button || shape instanceof Shape.Box)) {
            model.set(key(), shape.toJson(newValue));
        }
        Widgets.changed(errors);
    }

    /** Gives it another label, as a button has whose next press does something else. */
    public void relabel(String newLabel) {
        label = newLabel;
        model.set("description", newLabel);
        Widgets.changed(errors);
    }

    /** What happens when a reader changes the value, or presses the button. */
    public Control<T> onChange(Consumer<? super T> listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * What happens at once when a reader touches it, even while something else is being answered, which it may end; it
     * must not take long.
     */
    public Control<T> onTouch(Runnable action) {
        urgent.add(action);
        return this;
    }

    /**
     * What happens when a reader presses Enter in a line of text. The front end may send the text after it says so,
     * which is waited for a moment.
     */
    public Control<T> onEnter(Runnable action) {
        entered.add(action);
        return this;
    }

    /** Shows it, or takes it away from the page and from its picture. */
    public void show(boolean visible) {
        hidden = !visible;
        layout.set("display", visible ? "" : "none");
        Widgets.changed(errors);
    }

    /** Words that an empty field shows. */
    public Control<T> placeholder(String words) {
        model.set("placeholder", words);
        return this;
    }

    /** Lets a reader touch it, or not. */
    public void enable(boolean enabled) {
        model.set("disabled", !enabled);
    }

    /** As CSS says it, such as {@code 100%} or {@code 20em}. */
    public Control<T> width(String css) {
        layout.set("width", css);
        return this;
    }

    String reference() {
        return model.reference();
    }

    /** Label and value, line by line where it is a box; nothing for a button, which a text has no use for. */
    @Override
    public String toString() {
        if (hidden) {
            return "";
        }
        var text = shape.text(value);
        return shape instanceof Shape.Button ? "" : label.isEmpty() ? text : label + ": " + text;
    }

    /** A picture of it as it is now, in HTML, for where nothing can be touched. */
    public String still() {
        return hidden ? "" : shape.still(label, value);
    }

    String id() {
        return model.id();
    }

    /** Opens it and everything in it, what is named first. */
    void open(FrontEnd frontEnd, Control<String> below) {
        errors = below;
        if (shape instanceof Shape.Box box) {
            box.children().forEach(child -> child.open(frontEnd, below));
        }
        parts.forEach(part -> {
            Widgets.register(part, null);
            part.open(frontEnd);
        });
        Widgets.register(model, this);
        model.open(frontEnd);
    }

    /** Takes it and everything in it away, on the page too. */
    void close() {
        if (shape instanceof Shape.Box box) {
            box.children().forEach(Control::close);
        }
        Stream.concat(Stream.of(model), parts.stream()).forEach(each -> {
            each.close();
            Widgets.closed(each.id());
        });
    }

    /** The front end has changed the state; answers whether the value is another now. */
    boolean received(Map<String, Object> state) {
        if (!state.containsKey(key())) {
            state.forEach(model::received);
            return false;
        }
        var fresh = shape.fromJson(state.get(key()));
        model.received(key(), shape.toJson(fresh));
        boolean changed = !fresh.equals(value);
        value = fresh;
        if (changed) {
            Widgets.changed(errors);
        }
        return changed;
    }

    /** The front end says that the button was pressed. */
    @SuppressWarnings("unchecked") // a button's values are counts
    boolean pressed() {
        if (shape instanceof Shape.Button) {
            value = (T) (Integer) ((Integer) value + 1);
            return true;
        }
        return false;
    }

    void touched() {
        urgent.forEach(Runnable::run);
    }

    boolean takesEnter() {
        return !entered.isEmpty();
    }

    void enter() {
        entered.forEach(Runnable::run);
    }

    void tell() {
        for (var listener : listeners) {
            listener.accept(value);
        }
    }

    Control<String> errors() {
        return errors;
    }
}
