package trivium.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.kernel.WidgetCommsTest.id;
import static trivium.kernel.WidgetCommsTest.model;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.kernel.FrontEnd.Channel;
import trivium.kernel.FrontEnd.Received;

/** Controls on a page that has said that it shows them, as JupyterLab does when it is connected. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WidgetPageTest {

    private static FrontEnd front;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        front = new FrontEnd(folder);
        front.subscribed();
        front.request(
                Channel.SHELL,
                "comm_open",
                "{\"comm_id\": \"page\", \"target_name\": \"jupyter.widget.control\", \"data\": {}}");
        front.result("import trivium.widget.*; 1");
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    private static String send(String comm, String data) {
        return front.request(Channel.SHELL, "comm_msg", "{\"comm_id\": \"" + comm + "\", \"data\": " + data + "}");
    }

    private static void moved(String comm, String key, String value) {
        send(comm, "{\"method\": \"update\", \"state\": {\"" + key + "\": " + value + "}, \"buffer_paths\": []}");
    }

    private static String displayId(Received message) {
        return message.content().getAsJsonObject("transient").get("display_id").getAsString();
    }

    private static JsonObject data(Received message) {
        return message.content().getAsJsonObject("data");
    }

    /** What the display shows at the end: the updates until one has this text, each of the same display. */
    private static Received updated(String display, String text) {
        while (true) {
            var message = front.nextPublished();
            if (message.type().equals("update_display_data")) {
                assertEquals(display, displayId(message));
                if (data(message).get("text/plain").getAsString().equals(text)) {
                    return message;
                }
            }
        }
    }

    @Test
    void aPictureOfItsOwnFollowsTheControlAfterTheCellHasEnded() {
        var outputs = front.outputs(front.execute("""
                var t = Controls.slider("t", 0, 2, 0.05, 1);
                var said = Controls.html("untouched");
                t.onChange(v -> said.set("<i>at " + v + "</i>"));
                Controls.column(t, said)"""));
        var picture = outputs.stream()
                .filter(message -> message.type().equals("display_data"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                "t: 1.00 (0.00 to 2.00)\nuntouched",
                data(picture).get("text/plain").getAsString());
        var view = data(outputs.getLast());
        assertTrue(view.has("application/vnd.jupyter.widget-view+json"));
        assertEquals("", view.get("text/plain").getAsString(), "what is saved says the state twice, once as it was");
        assertFalse(picture.content().getAsJsonObject("data").has("application/vnd.jupyter.widget-view+json"));
        var slider = id(model(outputs, "FloatSliderModel"));
        for (int i = 1; i <= 20; i++) {
            moved(slider, "value", String.valueOf(1 + i * 0.05));
        }
        var last = updated(displayId(picture), "t: 2.00 (0.00 to 2.00)\nat 2.0");
        assertTrue(data(last).get("text/html").getAsString().contains("<i>at 2.0</i>"), last::toString);
        front.execute("said.set(\"by the program\");");
        updated(displayId(picture), "t: 2.00 (0.00 to 2.00)\nby the program");
    }

    @Test
    void theStyleThatComesWithTheControlHidesItsPicture() {
        var outputs = front.outputs(front.execute("Controls.checkBox(\"b\", true)"));
        var picture = outputs.stream()
                .filter(message -> message.type().equals("display_data"))
                .findFirst()
                .orElseThrow();
        var name = data(picture).get("text/html").getAsString().replaceFirst("(?s)^<div class=\"([^\"]+)\".*", "$1");
        assertTrue(
                outputs.stream()
                        .filter(message -> message.type().equals("comm_open"))
                        .map(message -> WidgetCommsTest.state(message).toString())
                        .anyMatch(state -> state.contains("." + name + "{display:none}")),
                name);
    }

    @Test
    void aPageThatIsLoadedAnewGetsAllStatesAsTheyAreNow() {
        var outputs = front.outputs(front.execute("Controls.slider(\"n\", 1, 9, 3)"));
        var slider = id(model(outputs, "IntSliderModel"));
        moved(slider, "value", "7");
        moved(slider, "tooltip", "null");
        assertEquals("7", front.result("7"));
        front.request(
                Channel.SHELL,
                "comm_open",
                "{\"comm_id\": \"page\", \"target_name\": \"jupyter.widget.control\", \"data\": {}}");
        var asked = send("page", "{\"method\": \"request_states\"}");
        var answer = front.published("comm_msg", asked).content().getAsJsonObject("data");
        assertEquals("update_states", answer.get("method").getAsString());
        var entry = answer.getAsJsonObject("states").getAsJsonObject(slider);
        assertEquals("IntSliderModel", entry.get("model_name").getAsString());
        assertEquals(7, entry.getAsJsonObject("state").get("value").getAsInt());
        var infos = front.reply(
                Channel.SHELL,
                front.request(Channel.SHELL, "comm_info_request", "{\"target_name\": \"jupyter.widget\"}"));
        assertEquals(
                answer.getAsJsonObject("states").keySet().stream().sorted().collect(Collectors.toList()),
                infos.content().getAsJsonObject("comms").keySet().stream()
                        .sorted()
                        .collect(Collectors.toList()));
    }
}
