package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What somebody asks of a sweep while it runs; the sweep does it when it comes to it. */
final class ByHand implements RunningSweep {

    private final int seeds;
    private final Map<Integer, PruningProgress> running = new ConcurrentHashMap<>();
    private final List<Map<String, Object>> enqueued = new ArrayList<>();
    private boolean takes = true;
    private volatile boolean stopping;

    ByHand(int seeds) {
        this.seeds = seeds;
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
        enqueued.add(new LinkedHashMap<>(setting));
        return seeds;
    }

    @Override
    public void stopAll() {
        stopping = true;
        running.values().forEach(PruningProgress::stopByHand);
    }

    boolean isStopping() {
        return stopping;
    }

    /** The settings that were enqueued since the last call. */
    synchronized List<Map<String, Object>> take() {
        var taken = List.copyOf(enqueued);
        enqueued.clear();
        return taken;
    }

    /** A last time; from now on none is taken. */
    synchronized void close() {
        takes = false;
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
