package trivium.widget;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** A front end's object: an id and a state that both sides may change. */
final class Model {

    private static final String CONTROLS = "@jupyter-widgets/controls";
    private static final String BASE = "@jupyter-widgets/base";
    private static final String VERSION = "2.0.0";

    private final String id = UUID.randomUUID().toString().replace("-", "");
    private final Map<String, Object> state = new LinkedHashMap<>();
    private FrontEnd shown; // null before it is opened

    private Model(String module, String model, String view, Map<String, Object> state) {
        this.state.put("_model_module", module);
        this.state.put("_model_module_version", VERSION);
        this.state.put("_model_name", model);
        this.state.put("_view_module", module);
        this.state.put("_view_module_version", VERSION);
        this.state.put("_view_name", view);
        this.state.putAll(state);
    }

    /** One of {@code @jupyter-widgets/controls}: its model and view are called {@code name}, and Model and View. */
    static Model control(String name, Map<String, Object> state) {
        return new Model(CONTROLS, name + "Model", name + "View", state);
    }

    /** How wide a control is and the like, as CSS says it. */
    static Model layout(Map<String, Object> css) {
        return new Model(BASE, "LayoutModel", "LayoutView", css);
    }

    /** Colours, and how much room a description has. */
    static Model style(String name, Map<String, Object> state) {
        var style = new Model(CONTROLS, name + "StyleModel", "StyleView", state);
        style.state.put("_view_module", BASE);
        return style;
    }

    String id() {
        return id;
    }

    /** How other models' states name this one. */
    String reference() {
        return "IPY_MODEL_" + id;
    }

    synchronized Map<String, Object> state() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(state)); // a page may have set a part to null
    }

    synchronized Object get(String key) {
        return state.get(key);
    }

    /** The front end has changed it. */
    synchronized void received(String key, Object value) {
        state.put(key, value);
    }

    /** The program changes it, which the front end is told. */
    synchronized void set(String key, Object value) {
        if (!value.equals(state.put(key, value)) && shown != null) {
            shown.update(id, Map.of(key, value));
        }
    }

    synchronized void open(FrontEnd frontEnd) {
        if (shown != frontEnd) {
            shown = frontEnd;
            frontEnd.open(id, state());
        }
    }

    synchronized void close() {
        if (shown != null) {
            shown.close(id);
            shown = null;
        }
    }
}
