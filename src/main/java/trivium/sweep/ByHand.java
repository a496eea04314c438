package trivium.sweep;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import trivium.run.Progress;

/**
 * What somebody asks of a sweep while it runs, and the numbers of its trials: those of the search count from 0 as if
 * nobody had added any, and those that are added follow all that the search plans.
 */
final class ByHand implements RunningSweep {

    private final List<Hyperparameter> hyperparameters;
    private final List<Long> seeds;
    /** Where the trials that are added are written down, or null. */
    private final SweepFolder folder;

    /** Which part of the budget is spent for trials that are added, if one is. */
    private final Supplier<Optional<String>> spent;

    private final Map<Integer, PruningProgress> running = new ConcurrentHashMap<>();
    /** Trials that were added and that no worker has taken. */
    private final Queue<Trial> waiting = new ArrayDeque<>();
    /** Numbers of all trials that were added, also to this sweep in an earlier process. */
    private final Set<Integer> added = new HashSet<>();

    /** How many were added since {@link #more} was asked. */
    private int more;
    /** The search's next number, unless it is one of those that were added. */
    private int next;
    /** The number behind all that the search plans. */
    private int planned;

    private boolean takes = true;
    private volatile boolean stopping;

    ByHand(Sweep sweep, SweepFolder folder, Supplier<Optional<String>> spent) {
        hyperparameters = sweep.search().hyperparameters();
        seeds = sweep.extent().seeds();
        this.folder = folder;
        this.spent = spent;
        if (folder != null) {
            folder.endedByHand().forEach(result -> added.add(result.trial().number()));
            folder.waiting()
                    .forEach(trial ->
                            add(new Trial(trial.number(), trial.seed(), typed(trial.values()), trial.progress())));
        }
    }

    /** Trials whose settings were read from the folder, with values of the kinds that the search has. */
    List<TrialResult> typed(List<TrialResult> read) {
        return read.stream()
                .map(result -> result.with(typed(result.trial().values())))
                .toList();
    }

    private Map<String, Object> typed(Map<String, Object> read) {
        return hyperparameters.isEmpty() ? read : new Space(hyperparameters).typed(read);
    }

    /** A setting that somebody wrote, of the kinds that the search has. */
    private Map<String, Object> checked(Map<String, ?> setting) {
        if (!hyperparameters.isEmpty()) {
            return new Space(hyperparameters).checkedKinds(setting);
        }
        setting.forEach((name, value) -> {
            if (!(value instanceof Number || value instanceof String || value instanceof Boolean)) {
                throw new IllegalArgumentException("the setting " + setting + " cannot be enqueued, for \"" + name
                        + "\" is " + value + ": expected a number, a text, true or false");
            }
        });
        return new LinkedHashMap<>(setting);
    }

    @Override
    public boolean stop(int trial) {
        var progress = running.get(trial);
        if (progress != null) {
            progress.stopByHand();
        }
        return progress != null;
    }

    @Override
    public synchronized int enqueue(Map<String, Object> setting) {
        if (!takes || stopping) {
            throw new IllegalStateException("the search is over: no more settings can be tried in this sweep");
        }
        spent.get().ifPresent(what -> {
            throw new IllegalStateException(
                    "the budget of " + what + " is spent: no more settings can be tried in this sweep");
        });
        var checked = checked(setting);
        int number = Math.max(planned, next);
        var trials = new ArrayList<Trial>();
        for (long seed : seeds) {
            while (added.contains(number)) {
                number++;
            }
            trials.add(trial(number++, checked, seed, Progress.SILENT));
        }
        if (folder != null) {
            folder.enqueue(trials);
        }
        trials.forEach(this::add);
        return trials.size();
    }

    /** A trial of a setting, which may have a seed of its own. */
    static Trial trial(int number, Map<String, Object> setting, long seed, Progress progress) {
        return new Trial(
                number,
                setting.get(Trials.SEED) instanceof Number chosen ? chosen.longValue() : seed,
                new LinkedHashMap<>(setting),
                progress);
    }

    private void add(Trial trial) {
        added.add(trial.number());
        waiting.add(trial);
        more++;
    }

    @Override
    public void stopAll() {
        stopping = true;
        running.values().forEach(PruningProgress::stopByHand);
    }

    boolean isStopping() {
        return stopping;
    }

    /** Numbers that are given from now on follow these of the search. */
    synchronized void plan(long trials) {
        planned = (int) Math.min(trials, Integer.MAX_VALUE / 2);
    }

    /** The number of the search's next trial. */
    synchronized int next() {
        while (added.contains(next)) {
            next++;
        }
        return next;
    }

    /** The number of a trial of the search that begins. */
    synchronized int take() {
        int number = next();
        next++;
        return number;
    }

    /** How many trials were added, also in an earlier process. */
    synchronized int count() {
        return added.size();
    }

    /** Whether somebody added the trial of this number. */
    synchronized boolean has(int trial) {
        return added.contains(trial);
    }

    /** The trial that was added first of those that no worker has taken. */
    synchronized Optional<Trial> poll() {
        return Optional.ofNullable(waiting.poll());
    }

    /** How many trials were added since this was asked the last time. */
    synchronized int more() {
        int count = more;
        more = 0;
        return count;
    }

    /** From now on no setting is taken; false, and nothing changes, while there are trials to be begun. */
    synchronized boolean close() {
        takes &= more > 0;
        return !takes;
    }

    void begun(int trial, PruningProgress progress) {
        running.put(trial, progress);
        if (stopping) {
            progress.stopByHand();
        }
    }

    void ended(int trial) {
        running.remove(trial);
    }
}
