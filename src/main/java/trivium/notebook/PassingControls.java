package trivium.notebook;

import java.util.function.BiConsumer;
import java.util.function.Function;
import trivium.widget.Control;
import trivium.widget.Widgets;

/** The display of controls that are there for as long as what they control runs. */
final class PassingControls {

    private final Function<Object, String> display;
    private final BiConsumer<String, Object> update;
    private View shown;
    private String id = "";

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     */
    PassingControls(Function<Object, String> display, BiConsumer<String, Object> update) {
        this.display = display;
        this.update = update;
    }

    /** Shows them, if they are not there yet. */
    void show(Control<?> controls) {
        if (!areShown()) {
            shown = ControlView.passing(controls);
            id = display.apply(shown);
        }
    }

    boolean areShown() {
        return !id.isEmpty();
    }

    /** Takes them away; what a page has of them is closed. */
    void hide() {
        if (areShown()) {
            update.accept(id, new Html("", ""));
            id = "";
            if (shown instanceof ControlView view) {
                Widgets.close(view.model());
            }
        }
    }
}
