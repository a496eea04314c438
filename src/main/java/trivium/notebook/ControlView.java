package trivium.notebook;

import java.util.LinkedHashMap;
import java.util.Map;
import trivium.widget.Control;
import trivium.widget.Widgets;

/**
 * A control that can be touched, and what stands in its place where nothing can: in kernels without widgets, and in a
 * saved notebook that is only read.
 *
 * @param model the front end's model to view; empty where there is none
 */
record ControlView(String model, Html still) implements View {

    private static final String WIDGET = "application/vnd.jupyter.widget-view+json";

    /**
     * Opens the control. Where a page shows it, its picture stands in a display of its own, which follows it; a
     * notebook that is run by a program has the picture alone: its pages would look for the control in vain.
     */
    static View of(Control<?> control) {
        if (Widgets.watched()) {
            var shown = Widgets.show(
                    control, bundle -> Notebook.display(new Html(bundle.get("text/html"), bundle.get("text/plain"))));
            if (shown.isPresent()) {
                return new ControlView(shown.get(), new Html("", ""));
            }
        }
        return passing(control);
    }

    /** Opens a control that goes when what it controls has ended. */
    static View passing(Control<?> control) {
        var still = new Html(control.still(), control.toString());
        if (!Widgets.present()) {
            return still.above(hint("In Trivium's own kernel these controls can be touched."));
        }
        var read = Widgets.watched()
                ? still
                : still.above(hint("In JupyterLab or Notebook with jupyterlab_widgets, these controls can be"
                        + " touched: run the cell there."));
        return Widgets.unattended()
                ? read
                : Widgets.show(control)
                        .<View>map(model -> new ControlView(model, read))
                        .orElse(read);
    }

    private static Html hint(String sentence) {
        return new Html("<small>" + sentence + "</small>", "(" + sentence + ")");
    }

    @Override
    public String text() {
        return still.text();
    }

    @Override
    public Map<String, ?> bundle() {
        var bundle = new LinkedHashMap<String, Object>(still.bundle());
        bundle.put(WIDGET, Map.of("version_major", 2, "version_minor", 0, "model_id", model));
        return bundle;
    }
}
