package trivium.notebook;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import trivium.align.Reward;
import trivium.data.PreferenceLabels;
import trivium.run.ConsoleProgress;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.text.Printable;
import trivium.widget.Control;
import trivium.widget.Widgets;

/**
 * The notebook this program runs in, whichever kernel it is: Trivium's own, IJava, JJava or rapaio's. Outside a
 * notebook, what would be displayed is printed as text. Trivium's own kernel shows the library's types as their views
 * from its first cell on; IJava and JJava from the first use of this class or of a verb of {@code Trivium} on, or from
 * their first cell where their start-up script says {@code trivium.notebook.Notebook.attach();}
 * (environment/README.md).
 */
public final class Notebook {

    private static Host host;

    private Notebook() {}

    /**
     * Looks for the kernel and tells it how the library's types show. Safe to call often; the verbs of {@code Trivium}
     * call it.
     */
    public static void attach() {
        host();
    }

    /** Whether a kernel listens, so that displays can be updated. */
    public static boolean present() {
        return host() != null;
    }

    /**
     * Shows a value below the cell that is running.
     *
     * @return the display's id, for {@link #update}; empty outside a notebook, where the text is printed
     */
    public static String display(Object value) {
        var kernel = host();
        if (kernel != null) {
            return kernel.display(value);
        }
        System.out.println(Printable.of(Views.of(value).map(View::text).orElseGet(() -> String.valueOf(value))));
        return "";
    }

    /**
     * Replaces what a display shows. Does nothing outside a notebook; kernels drop updates after the cell has ended.
     */
    public static void update(String id, Object value) {
        var kernel = host();
        if (kernel != null) {
            kernel.update(id, value);
        }
    }

    /**
     * A listener that shows long work: a live display in a notebook, a line a second elsewhere. Make a new one for each
     * piece of work.
     */
    public static Progress progress() {
        return present()
                ? new LiveProgress(
                        Notebook::display,
                        Notebook::update,
                        System::nanoTime,
                        LiveDisplay.TWICE_A_SECOND,
                        Widgets.watched()
                                ? Optional.of(new TrainingControls(Notebook::display, Notebook::update))
                                : Optional.empty())
                : new ConsoleProgress();
    }

    /** The same for a sweep: a live leaderboard in a notebook, a line a second elsewhere. */
    public static Progress sweepProgress() {
        return present()
                ? new LiveSweep(
                        Notebook::display,
                        Notebook::update,
                        System::nanoTime,
                        LiveDisplay.TWICE_A_SECOND,
                        Widgets.watched()
                                ? Optional.of(new SweepControls(Notebook::display, Notebook::update))
                                : Optional.empty())
                : new ConsoleProgress();
    }

    /** What models make of a prompt, to be touched; in kernels without controls it asks on standard input. */
    public static Control<?> play(String prompt, List<Run> runs) {
        return asks() ? Playground.ask(prompt, runs, Questions.ofThisCell()) : Playground.of(prompt, runs);
    }

    /** A conversation with a model, to be touched; in kernels without controls it asks on standard input. */
    public static Control<?> chat(Run run) {
        return asks() ? ChatView.ask(run, Questions.ofThisCell()) : ChatView.of(run);
    }

    /** Whether this is a kernel without controls; a program of one's own is asked nothing. */
    private static boolean asks() {
        return present() && !Widgets.present();
    }

    /**
     * Shows pairs of answers to be labelled; where nothing can be touched, asks for them on standard input.
     *
     * @return the controls, or a sentence on what was labelled
     */
    public static Object label(List<String> prompts, Path file, List<Run> runs) {
        var labelling = new Labelling(prompts, file, runs, 1);
        if (Widgets.present()) {
            return LabellingView.of(labelling);
        }
        LabellingView.ask(
                labelling, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
        return labelling.labels().list().size() + " labels in " + file;
    }

    /**
     * Shows pairs of answers to be labelled where a page can show controls; where none can, as when a program runs the
     * notebook, a rule labels them in a person's place, unless enough of a person's labels are there.
     *
     * @param standIn of two answers the one that it scores higher is chosen
     * @return the controls, or what was labelled
     */
    public static Object label(List<String> prompts, Path file, Reward standIn, List<Run> runs) {
        if (Widgets.watched()) {
            return label(prompts, file, runs);
        }
        var own = StandIn.own(prompts, file);
        if (StandIn.isEnough(own, prompts)) {
            return own.list().size() + " labels of a person are in " + file
                    + " and count; to begin anew, take another file name.";
        }
        var theirs = StandIn.file(file);
        StandIn.forget(theirs);
        return StandIn.label(new Labelling(prompts, theirs, runs, 1), theirs, standIn);
    }

    /**
     * The labels of these prompts: a person's, or where no page can show controls and no person has given enough, the
     * stand-in's.
     *
     * @throws IllegalStateException in a sentence that says what to do, if fewer than ten chose, or than half as many
     *     as there are prompts, and there are prompts left to label; or if all are ties
     */
    public static PreferenceLabels labels(List<String> prompts, Path file) {
        var own = StandIn.own(prompts, file);
        if (StandIn.isEnough(own, prompts)) {
            return own;
        }
        if (!Widgets.watched()) {
            var theirs = StandIn.own(prompts, StandIn.file(file));
            if (StandIn.chosen(theirs) > 0) {
                System.out.println("These are labels of a stand-in, not of a person.");
                return theirs;
            }
        }
        if (StandIn.areAllLabelled(own, prompts)) {
            throw new IllegalStateException("All " + prompts.size() + " labels in " + file + " are ties, of which"
                    + " nothing can be learned: add prompts, then run the cell above, this cell and those below it.");
        }
        throw new IllegalStateException(StandIn.chosen(own) + " of the " + prompts.size()
                + " pairs have a better answer so far (" + file + "), and " + StandIn.enough(prompts)
                + " are needed to go on: choose in the cell above, then run this cell and those below it.");
    }

    /**
     * Takes this kernel as the one of the process; from here on it shows the library's types as their views.
     *
     * @param kernel a {@code BaseKernel} of IJava's or JJava's kernel library
     */
    public static void adopt(Object kernel) {
        var types = Views.types(); // before the lock: views that register take it
        synchronized (Notebook.class) {
            adopt(new BaseKernelHost(kernel), types);
        }
    }

    private static void adopt(Host found, Collection<Class<?>> types) {
        host = found;
        types.forEach(host::register);
    }

    /** Has the running kernel render a type that was registered with {@link Views}. */
    static synchronized void registered(Class<?> type) {
        if (host != null) {
            host.register(type);
        }
    }

    private static Host host() {
        var types = Views.types(); // before the lock, as above
        synchronized (Notebook.class) {
            if (host == null) { // a kernel may still be about to start
                Host.find().ifPresent(found -> adopt(found, types));
            }
            return host;
        }
    }
}
