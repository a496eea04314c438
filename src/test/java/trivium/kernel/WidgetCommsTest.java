package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.kernel.FrontEnd.Received;

/** Controls as a front end sees them: the messages of ipywidgets' packages/schema/messages.md, written here by hand. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WidgetCommsTest {

    private static FrontEnd front;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        front = new FrontEnd(folder);
        front.subscribed();
        front.result("import trivium.widget.*; 1");
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    static JsonObject state(Received opened) {
        return opened.content().getAsJsonObject("data").getAsJsonObject("state");
    }

    static Received model(List<Received> outputs, String name) {
        return outputs.stream()
                .filter(message -> message.type().equals("comm_open")
                        && state(message).get("_model_name").getAsString().equals(name))
                .reduce((_, last) -> last)
                .orElseThrow(() -> new AssertionError("no " + name + " in " + outputs));
    }

    static String id(Received opened) {
        return opened.text("comm_id");
    }

    private static String send(String comm, String data) {
        return front.request(
                FrontEnd.Channel.SHELL, "comm_msg", "{\"comm_id\": \"" + comm + "\", \"data\": " + data + "}");
    }

    private static String moved(String comm, String key, String value) {
        return send(
                comm, "{\"method\": \"update\", \"state\": {\"" + key + "\": " + value + "}, \"buffer_paths\": []}");
    }

    /** The next change that the kernel makes to a model. */
    private static String changed(String comm, String key) {
        while (true) {
            var message = front.nextPublished();
            if (message.type().equals("comm_msg") && message.text("comm_id").equals(comm)) {
                var data = message.content().getAsJsonObject("data");
                assertEquals("update", data.get("method").getAsString());
                return data.getAsJsonObject("state").get(key).getAsString();
            }
        }
    }

    @Test
    void whatAStateNamesIsOpenedBeforeItAndTheViewIsOfTheLast() {
        var outputs = front.outputs(front.execute("""
                Controls.column(Controls.slider("t", 0, 2, 0.05, 1), Controls.choice("c", List.of("a", "b")))"""));
        var known = new HashSet<String>();
        var last = "";
        for (var message : outputs) {
            if (message.type().equals("comm_open")) {
                assertEquals("jupyter.widget", message.text("target_name"));
                var named = state(message).toString().split("IPY_MODEL_");
                for (int i = 1; i < named.length; i++) {
                    assertTrue(known.contains(named[i].substring(0, 32)), "named before it was opened: " + message);
                }
                last = id(message);
                known.add(last);
            }
        }
        var view = outputs.getLast().content().getAsJsonObject("data");
        assertEquals(
                last,
                view.getAsJsonObject("application/vnd.jupyter.widget-view+json")
                        .get("model_id")
                        .getAsString());
        assertEquals(
                "t: 1.00 (0.00 to 2.00)\nc: [a] b\n(In JupyterLab or Notebook with jupyterlab_widgets, these controls"
                        + " can be touched: run the cell there.)",
                view.get("text/plain").getAsString().replaceAll("\n+", "\n"));
    }

    @Test
    void aSliderThatIsMovedIsAnswered() {
        var outputs = front.outputs(front.execute("""
                var t = Controls.slider("t", 0, 2, 0.05, 1);
                var said = Controls.html("");
                t.onChange(v -> said.set("at " + v));
                Controls.column(said, t)"""));
        moved(id(model(outputs, "FloatSliderModel")), "value", "1.5");
        var html = outputs.stream()
                .filter(m -> m.type().equals("comm_open")
                        && state(m).get("_model_name").getAsString().equals("HTMLModel"))
                .findFirst()
                .orElseThrow();
        assertEquals("at 1.5", changed(id(html), "value"));
        assertEquals("1.5", front.result("t.value()"));
        moved(id(model(outputs, "FloatSliderModel")), "value", "99");
        assertEquals("at 2.0", changed(id(html), "value"));
    }

    @Test
    void aButtonStopsTheCellThatRunsAndWhatWaitsIsAnsweredAfterIt() {
        var cell = front.execute("""
                boolean enough = false;
                display(Controls.button("enough", () -> enough = true));
                while (!enough) { Thread.sleep(5); }
                "was stopped"
                """);
        var shown = front.published("comm_open", cell); // the first of several; the button is among those that follow
        while (!state(shown).get("_model_name").getAsString().equals("ButtonModel")) {
            shown = front.published("comm_open", cell);
        }
        var waiting = front.execute("\"after it\"");
        send(id(shown), "{\"method\": \"custom\", \"content\": {\"event\": \"click\"}}");
        assertEquals("was stopped", front.published("execute_result", cell).shown());
        assertEquals("after it", front.published("execute_result", waiting).shown());
    }

    @Test
    void anErrorShowsBelowTheControl() {
        var outputs = front.outputs(front.execute(
                "Controls.button(\"b\", () -> { throw new IllegalStateException(\"no <such> luck\"); })"));
        var errors = model(outputs, "HTMLModel");
        send(id(model(outputs, "ButtonModel")), "{\"method\": \"custom\", \"content\": {\"event\": \"click\"}}");
        assertTrue(changed(id(errors), "value").contains("no &lt;such&gt; luck"));
    }

    @Test
    void soDoesAnErrorOfWhatIsDoneAtOnce() {
        var outputs = front.outputs(
                front.execute(
                        "Controls.button(\"b\", () -> {}).onTouch(() -> { throw new IllegalStateException(\"no <such> luck\"); })"));
        var errors = model(outputs, "HTMLModel");
        send(id(model(outputs, "ButtonModel")), "{\"method\": \"custom\", \"content\": {\"event\": \"click\"}}");
        assertTrue(changed(id(errors), "value").contains("no &lt;such&gt; luck"));
    }

    /** As nbclient and nbconvert do: a saved model that nobody keeps would be a gap on every page that looks for it. */
    @Test
    void aProgramThatRunsANotebookGetsThePictureAlone() {
        var outputs = front.outputs(front.execute("Controls.slider(\"t\", 0, 2, 0.05, 1)", false));
        assertEquals(
                List.of("execute_result"), outputs.stream().map(Received::type).toList());
        var shown = outputs.getFirst().content().getAsJsonObject("data");
        assertEquals(Set.of("text/plain", "text/html"), shown.keySet());
        assertTrue(
                shown.get("text/plain").getAsString().startsWith("t: 1.00 (0.00 to 2.00)\n"),
                shown.get("text/plain").getAsString());
    }

    /** A number stands beside a result only, and a page that cannot show the control would have it beside nothing. */
    @Test
    void aControlHasNoNumber() {
        var outputs = front.outputs(front.execute("Controls.checkBox(\"b\", true)"));
        assertEquals("display_data", outputs.getLast().type());
    }

    @Test
    void aCommThatNobodyServesIsClosed() {
        var asked = front.request(
                FrontEnd.Channel.SHELL,
                "comm_open",
                "{\"comm_id\": \"x\", \"target_name\": \"somebody.else\", \"data\": {}}");
        assertEquals("x", front.published("comm_close", asked).text("comm_id"));
        assertFalse(front.result("1").isEmpty());
    }
}
