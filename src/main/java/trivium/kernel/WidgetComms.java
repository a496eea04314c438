package trivium.kernel;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.github.spencerpark.jupyter.messages.ContentType;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageContext;
import io.github.spencerpark.jupyter.messages.MessageType;
import io.github.spencerpark.jupyter.messages.comm.CommCloseCommand;
import io.github.spencerpark.jupyter.messages.comm.CommMsgCommand;
import io.github.spencerpark.jupyter.messages.comm.CommOpenCommand;
import io.github.spencerpark.jupyter.messages.publish.PublishUpdateDisplayData;
import io.github.spencerpark.jupyter.messages.reply.CommInfoReply;
import io.github.spencerpark.jupyter.messages.request.CommInfoRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

/**
 * Carries controls to the browser by Jupyter's comm messages, as its widget protocol describes: a comm of target
 * {@code jupyter.widget} for each model, and one of target {@code jupyter.widget.control} by which a page that was
 * loaded anew asks for all states at once (jupyter-widgets/ipywidgets, packages/schema/messages.md, version 2.1).
 */
final class WidgetComms implements FrontEnd {

    private static final String WIDGET = "jupyter.widget";
    private static final String CONTROL = "jupyter.widget.control";
    private static final Map<String, Object> VERSION = Map.of("version", "2.1.0");
    private static final MIMEType VIEW = MIMEType.parse("application/vnd.jupyter.widget-view+json");
    private static final Gson JSON = new Gson();

    private final Connection connection;
    private final Outbox outbox;
    private volatile MessageContext parent; // the message to which what is sent now belongs

    WidgetComms(Connection connection, Outbox outbox) {
        this.connection = connection;
        this.outbox = outbox;
    }

    /** Takes the comm messages of a connection. */
    void handle(JupyterConnection connection) {
        connection.setHandler(MessageType.COMM_OPEN_COMMAND, this::opened);
        connection.setHandler(MessageType.COMM_MSG_COMMAND, this::received);
        connection.setHandler(MessageType.COMM_CLOSE_COMMAND, (env, message) -> {
            env.setBusyDeferIdle();
            Widgets.closed(message.getContent().getCommID());
        });
        connection.setHandler(MessageType.COMM_INFO_REQUEST, WidgetComms::inform);
    }

    /** Whether this shows a control. */
    static boolean isControl(DisplayData shown) {
        return shown.hasDataForType(VIEW);
    }

    /** Whether a message may be handled while a cell runs. */
    static boolean concerns(Message<?> message) {
        return message.getHeader().getType().getName().startsWith("comm_");
    }

    /** What is opened and changed from now on belongs to this cell. */
    void cell(MessageContext context) {
        parent = context;
    }

    @Override
    public void open(String model, Map<String, Object> state) {
        publish(CommOpenCommand.MESSAGE_TYPE, new CommOpenCommand(model, WIDGET, data("state", state)));
    }

    @Override
    public void update(String model, Map<String, Object> changes) {
        var data = data("state", changes);
        data.addProperty("method", "update");
        publish(CommMsgCommand.MESSAGE_TYPE, new CommMsgCommand(model, data));
    }

    @Override
    public void close(String model) {
        publish(CommCloseCommand.MESSAGE_TYPE, new CommCloseCommand(model, new JsonObject()));
    }

    @Override
    public void replace(String display, Map<String, String> bundle) {
        var data = new DisplayData();
        bundle.forEach(data::putData);
        data.setDisplayId(display);
        publish(PublishUpdateDisplayData.MESSAGE_TYPE, new PublishUpdateDisplayData(data));
    }

    private static JsonObject data(String name, Object states) {
        var data = new JsonObject();
        data.add(name, JSON.toJsonTree(states));
        data.add("buffer_paths", JSON.toJsonTree(List.of()));
        return data;
    }

    /** Without buffers: of an empty list of them the base library never sends the end. */
    private <T extends ContentType<T>> void publish(MessageType<T> type, T content) {
        var message = new Message<>(parent, type, content, null, VERSION);
        outbox.send(() -> connection.publish(message));
    }

    /** A page opens its control comm; the kernel has no other target that a front end could open. */
    private void opened(ShellReplyEnvironment env, Message<CommOpenCommand> message) {
        env.setBusyDeferIdle();
        if (CONTROL.equals(message.getContent().getTargetName())) {
            Widgets.watch();
        } else {
            env.publish(new CommCloseCommand(message.getContent().getCommID(), new JsonObject()));
        }
    }

    private void received(ShellReplyEnvironment env, Message<CommMsgCommand> message) {
        env.setBusyDeferIdle();
        var id = message.getContent().getCommID();
        var data = message.getContent().getData();
        var method = data != null && data.has("method") ? data.get("method").getAsString() : "";
        switch (method) {
            case "request_states" -> {
                var states = Widgets.states().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> described(entry.getValue())));
                var answer = data("states", states);
                answer.addProperty("method", "update_states");
                env.publish(new Message<>(
                        message, CommMsgCommand.MESSAGE_TYPE, new CommMsgCommand(id, answer), null, VERSION));
            }
            case "request_state" ->
                Widgets.state(id).ifPresent(state -> {
                    var answer = data("state", state);
                    answer.addProperty("method", "update");
                    env.publish(new Message<>(
                            message, CommMsgCommand.MESSAGE_TYPE, new CommMsgCommand(id, answer), null, VERSION));
                });
            case "update" -> Widgets.changed(id, map(data.get("state")));
            case "custom" -> {
                var content = data.getAsJsonObject("content");
                var event = content != null && content.has("event")
                        ? content.get("event").getAsString()
                        : "";
                switch (event) {
                    case "click" -> Widgets.pressed(id);
                    case "submit" -> Widgets.entered(id); // Enter in a line of text
                    default -> {}
                }
            }
            default -> {}
        }
    }

    /** A state as {@code update_states} has it: the model and its module stand beside what it holds. */
    private static Map<String, Object> described(Map<String, Object> state) {
        return Map.of(
                "model_name", state.get("_model_name"),
                "model_module", state.get("_model_module"),
                "model_module_version", state.get("_model_module_version"),
                "state", state);
    }

    private static Map<String, Object> map(JsonElement state) {
        return JSON.fromJson(state, new TypeToken<Map<String, Object>>() {}.getType());
    }

    private static void inform(ShellReplyEnvironment env, Message<CommInfoRequest> message) {
        env.setBusyDeferIdle();
        var target = message.getContent().getTargetName();
        Map<String, CommInfoReply.CommInfo> comms = target == null || target.isEmpty() || target.equals(WIDGET)
                ? Widgets.states().keySet().stream()
                        .collect(Collectors.toMap(id -> id, _ -> new CommInfoReply.CommInfo(WIDGET)))
                : Map.of();
        env.reply(new Replies.Comms(comms));
    }
}
