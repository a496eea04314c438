package trivium.widget;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import trivium.text.Markup;

/**
 * The controls that a front end shows, and the thread on which they are answered: one after the other, beside the
 * cells, so that a training that runs can be stopped by its button. A slider that moves faster than it is answered is
 * answered for where it has come to. An error shows below the control that brought it about.
 */
public final class Widgets {

    /** For what was typed before Enter, which a page sends after it. */
    private static final long ENTER_MS = 150;

    private record Known(Model model, Control<?> control) {}

    private static final Map<String, Known> KNOWN = new ConcurrentHashMap<>();
    /** The pictures of what is shown, by where its errors show. */
    private static final Map<Control<String>, List<Still>> STILLS = new ConcurrentHashMap<>();

    private static final Set<Control<?>> WAITING = ConcurrentHashMap.newKeySet();
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("controls").daemon().factory());

    private static volatile FrontEnd frontEnd;
    private static volatile boolean watched;
    private static volatile boolean program;
    private static Thread answering; // guarded by the class

    private Widgets() {}

    /** From now on controls are shown by this front end. */
    public static void attach(FrontEnd shows) {
        frontEnd = shows;
    }

    /** Whether there is a front end for controls. */
    public static boolean present() {
        return frontEnd != null;
    }

    /**
     * Opens a control with room for errors below it, and answers the id of the model to be viewed; empty without a
     * front end.
     */
    public static Optional<String> show(Control<?> control) {
        var shows = frontEnd;
        if (shows == null) {
            return Optional.empty();
        }
        var errors = control.errors() == null ? Controls.html("") : control.errors();
        var root = Controls.column(control, errors);
        root.open(shows, errors);
        return Optional.of(root.id());
    }

    /**
     * The same, and a saved notebook keeps a picture of the control's last state, in a display of its own that a page
     * hides where it shows the control.
     *
     * @param display shows a bundle by MIME type and answers the display's id; "" where nothing can be displayed
     */
    public static Optional<String> show(Control<?> control, Function<Map<String, String>, String> display) {
        var shows = frontEnd;
        if (shows == null) {
            return Optional.empty();
        }
        var model = show(Controls.column(control, Controls.html(Still.hiding(control))));
        var drawn = Still.of(control);
        var id = display.apply(drawn);
        if (!id.isEmpty()) {
            STILLS.computeIfAbsent(control.errors(), _ -> new CopyOnWriteArrayList<>())
                    .add(new Still(control, shows, drawn, id));
        }
        return model;
    }

    /** A control that is shown where these errors show has changed. */
    static void changed(Control<String> errors) {
        if (errors != null) {
            STILLS.getOrDefault(errors, List.of()).forEach(Still::changed);
        }
    }

    /** A page that can show controls has spoken up. */
    public static void watch() {
        watched = true;
    }

    /**
     * Whether a page that can show controls has ever spoken up: where a notebook is run without one, nobody could touch
     * what is shown unasked.
     */
    public static boolean watched() {
        return watched;
    }

    /** Says whether the cell that begins is run by a program, which answers no questions and shows no page. */
    public static void runByProgram(boolean runs) {
        program = runs;
    }

    /** Whether nobody can touch what is shown: a program runs the notebook, and no page has ever spoken up. */
    public static boolean unattended() {
        return program && !watched;
    }

    /**
     * Takes a control away that was shown as it is: the page shows it no more, and nothing of it is kept. It can be
     * shown again.
     *
     * @param model what {@link #show(Control)} answered
     */
    public static void close(String model) {
        var known = known(model);
        if (known != null && known.control() != null) {
            known.control().close();
        }
    }

    /** The front end, or the program, knows this model no more. */
    public static void closed(String model) {
        if (model != null) {
            KNOWN.remove(model);
        }
    }

    /** What there is of this id, or null; a message may lack it. */
    private static Known known(String model) {
        return model == null ? null : KNOWN.get(model);
    }

    static void register(Model model, Control<?> control) {
        KNOWN.put(model.id(), new Known(model, control));
    }

    /** The states of all models, for a front end that was loaded anew. */
    public static Map<String, Map<String, Object>> states() {
        return KNOWN.values().stream()
                .map(Known::model)
                .collect(Collectors.toMap(Model::id, Model::state, (a, _) -> a, LinkedHashMap::new));
    }

    /** The state of one model, if there is one of this id. */
    public static Optional<Map<String, Object>> state(String model) {
        return Optional.ofNullable(known(model)).map(known -> known.model().state());
    }

    /** A reader has changed parts of a model's state. */
    public static void changed(String model, Map<String, Object> state) {
        var known = known(model);
        if (known != null
                && known.control() != null
                && state != null
                && known.control().received(state)) {
            answer(known.control());
        }
    }

    /** A reader has pressed a button. */
    public static void pressed(String model) {
        var known = known(model);
        if (known != null && known.control() != null && known.control().pressed()) {
            answer(known.control());
        }
    }

    /** A reader has pressed Enter in a line of text. */
    public static void entered(String model) {
        var known = known(model);
        if (known != null && known.control() != null && known.control().takesEnter()) {
            var control = known.control();
            THREAD.execute(() -> tell(control, () -> {
                Thread.sleep(ENTER_MS);
                control.enter();
            }));
        }
    }

    private static void answer(Control<?> control) {
        try {
            control.touched();
        } catch (RuntimeException | Error e) {
            // behind what is being answered, which would take the error away again
            THREAD.execute(() -> control.errors().set(below(e)));
            return;
        }
        if (WAITING.add(control)) {
            THREAD.execute(() -> {
                WAITING.remove(control);
                tell(control, control::tell);
            });
        }
    }

    /** What answers a reader. */
    @FunctionalInterface
    private interface Answer {
        void run() throws InterruptedException;
    }

    private static void tell(Control<?> control, Answer answer) {
        synchronized (Widgets.class) {
            answering = Thread.currentThread();
        }
        var errors = control.errors();
        try {
            errors.set("");
            answer.run();
        } catch (Throwable e) { // an Error too: the next change is to be answered all the same
            errors.set(below(e));
        } finally {
            synchronized (Widgets.class) {
                answering = null;
                Thread.interrupted();
            }
        }
    }

    /** An error as it stands below a control. */
    private static String below(Throwable e) {
        var sentence = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return "<div style=\"color:#b91c1c;white-space:pre-wrap\">" + Markup.escape(sentence) + "</div>";
    }

    /** Interrupts what is answered now. */
    public static synchronized void interrupt() {
        if (answering != null) {
            answering.interrupt();
        }
    }
}
