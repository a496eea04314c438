package trivium.track;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import trivium.run.Metric;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.run.Tracker.Row;

/**
 * The messages of an event file: {@code Event} of tensorboard/compat/proto/event.proto with the {@code Summary} of
 * summary.proto, whose numbers of fields are those below.
 */
final class Events {

    /** The tag of the event that says how a run ended. */
    static final String END = "_hparams_/session_end_info";

    /** Behind the tag and the value of the time, and the tag of the step. */
    private static final int STEP_AT = 1 + Double.BYTES + 1;

    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;

    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int TENSOR = 8;
    private static final int METADATA = 9;

    private static final int PLUGIN_DATA = 1;
    private static final int DESCRIPTION = 3;
    private static final int DATA_CLASS = 4;
    private static final int CLASS_OF_SCALARS = 1;
    private static final int CLASS_OF_TENSORS = 2;

    private static final int SESSION_START_INFO = 3;
    private static final int SESSION_END_INFO = 4;

    private static final int SESSION_START = 1;
    private static final int DT_FLOAT = 1;
    private static final int DT_STRING = 7;

    private Events() {}

    /** The first event of every file. */
    static byte[] fileVersion(Instant time) {
        return event(time, 0, event -> event.text(FILE_VERSION, "brain.Event:2"));
    }

    /** A run goes on: whoever has read events of {@code step} or later forgets them. */
    static byte[] goesOn(Instant time, long step) {
        return event(time, step, event -> event.message(SESSION_LOG, log -> log.integer(1, SESSION_START)));
    }

    /** The metrics of a step, each a scalar. The first time that a metric is written it says what it is. */
    static byte[] scalars(Row row, Set<String> described) {
        return event(
                row.time(),
                row.step(),
                event -> event.message(
                        SUMMARY,
                        summary -> row.metrics()
                                .forEach((name, value) -> summary.message(VALUE, scalar -> {
                                    scalar.text(TAG, name).real32(SIMPLE_VALUE, value.floatValue());
                                    if (described.add(name)) {
                                        scalar.message(METADATA, metadata -> scalar(metadata, Metric.of(name)));
                                    }
                                }))));
    }

    private static void scalar(Protobuf metadata, Metric metric) {
        plugin(metadata, "scalars", new byte[0], CLASS_OF_SCALARS);
        metadata.text(DESCRIPTION, metric.axis() + (metric.meaning().isEmpty() ? "" : ": " + metric.meaning()));
    }

    /** Markdown. */
    static byte[] text(Instant time, long step, String tag, String markdown) {
        return tensor(
                time,
                step,
                tag,
                tensor -> tensor.integer(1, DT_STRING).message(2, _ -> {}).text(8, markdown),
                metadata -> plugin(metadata, "text", new byte[0], CLASS_OF_TENSORS));
    }

    /** The settings of a run for the page HPARAMS: numbers and truth values as such, all else as text. */
    static byte[] settings(Instant time, RunCard card) {
        var settings = new TreeMap<>(card.flatRecipe());
        settings.put("seed", card.origin().seed());
        return hparams(
                time,
                "_hparams_/session_start_info",
                data -> data.message(SESSION_START_INFO, start -> {
                    settings.forEach((name, value) -> {
                        if (value != null) {
                            start.message(1, entry -> entry.text(1, name).message(2, typed -> setting(typed, value)));
                        }
                    });
                    start.real(5, seconds(card.outcome().started()));
                }));
    }

    private static void setting(Protobuf typed, Object value) {
        switch (value) {
            case Number number -> typed.real(2, number.doubleValue());
            case Boolean truth -> typed.integer(4, truth ? 1 : 0);
            case List<?> list -> typed.text(3, CardText.setting(list));
            default -> typed.text(3, value.toString());
        }
    }

    /** How the run ended. */
    static byte[] ended(Instant time, Status status) {
        return hparams(
                time,
                END,
                data -> data.message(
                        SESSION_END_INFO, end -> end.integer(1, number(status)).real(2, seconds(time))));
    }

    /** The enum {@code Status} of tensorboard/plugins/hparams/api.proto, which has no word for an interrupt. */
    private static int number(Status status) {
        return switch (status) {
            case Status.Finished _,
                    Status.Stopped _,
                    Status.StoppedByFinding _,
                    Status.Pruned _,
                    Status.OutOfBudget _ -> 1;
            case Status.Failed _, Status.Diverged _ -> 2;
            case Status.Running _ -> 3;
            case Status.Interrupted _, Status.InterruptedAtStep _, Status.InterruptedSweep _, Status.EndedEarly _ -> 0;
        };
    }

    /** An event whose value is a tensor of no numbers: what it says stands in its metadata. */
    private static byte[] hparams(Instant time, String tag, Consumer<Protobuf> data) {
        return tensor(
                time,
                0,
                tag,
                tensor -> tensor.integer(1, DT_FLOAT).message(2, shape -> shape.message(2, _ -> {})),
                metadata -> plugin(metadata, "hparams", Protobuf.message(data), CLASS_OF_TENSORS));
    }

    /** An event with one value, a tensor. */
    private static byte[] tensor(
            Instant time, long step, String tag, Consumer<Protobuf> tensor, Consumer<Protobuf> metadata) {
        return event(
                time,
                step,
                event -> event.message(
                        SUMMARY,
                        summary -> summary.message(
                                VALUE,
                                value -> value.text(TAG, tag)
                                        .message(TENSOR, tensor)
                                        .message(METADATA, metadata))));
    }

    private static void plugin(Protobuf metadata, String name, byte[] content, int dataClass) {
        metadata.message(PLUGIN_DATA, plugin -> plugin.text(1, name).bytes(2, content))
                .integer(DATA_CLASS, dataClass);
    }

    /** The step of an event that was written here: a number behind the time, which takes nine bytes. */
    static long step(byte[] event) {
        long step = 0;
        int at = STEP_AT;
        for (int shift = 0; at < event.length; shift += 7, at++) {
            step |= (long) (event[at] & 0x7f) << shift;
            if (event[at] >= 0) {
                break;
            }
        }
        return step;
    }

    /** Whether an event that was written here says how the run ended. */
    static boolean isEnd(byte[] event) {
        return new String(event, StandardCharsets.ISO_8859_1).contains(END);
    }

    private static byte[] event(Instant time, long step, Consumer<Protobuf> what) {
        return Protobuf.message(event -> {
            event.real(WALL_TIME, seconds(time)).integer(STEP, step);
            what.accept(event);
        });
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }
}
