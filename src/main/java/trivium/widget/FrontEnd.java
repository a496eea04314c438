package trivium.widget;

import java.util.Map;

/**
 * What shows models and sends back what a reader does with them, as Jupyter's widget protocol describes it (ipywidgets,
 * packages/schema/messages.md, version 2.1). States are what JSON can say: maps, lists, texts, numbers, truth values.
 */
public interface FrontEnd {

    /** A model is there from now on. Models that its state names ({@code IPY_MODEL_…}) were opened before it. */
    void open(String model, Map<String, Object> state);

    /** These parts of a model's state have changed. */
    void update(String model, Map<String, Object> changes);

    /** A model is gone. */
    default void close(String model) {}

    /**
     * Replaces what a display below a cell shows, after the cell has ended too.
     *
     * @param bundle by MIME type
     */
    default void replace(String display, Map<String, String> bundle) {}
}
