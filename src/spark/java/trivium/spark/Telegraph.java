package trivium.spark;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import trivium.run.Progress;

/**
 * Carries the progress of trials from the workers to this JVM, and back whether to stop, over Spark's own connections.
 * Spark makes this plugin by its class name.
 */
public final class Telegraph implements SparkPlugin {

    /** What a trial tells. */
    sealed interface News extends Serializable {
        record Started(String title, long total) implements News {}

        record Stepped(long done, Map<String, Double> metrics) implements News {}

        record Ended(String outcome) implements News {}
    }

    /**
     * A message.
     *
     * @param trial whose
     * @param attempt which of its beginnings; later ones have larger numbers
     */
    record Message(String trial, long attempt, News news) implements Serializable {}

    private static final Map<String, Listener> LISTENERS = new ConcurrentHashMap<>();

    /** On a worker, the way to the driver. */
    private static volatile PluginContext line;

    /** Spark's constructor. */
    public Telegraph() {}

    static void listen(String trial, Progress progress) {
        LISTENERS.put(trial, new Listener(progress));
    }

    static void forget(String trial) {
        LISTENERS.remove(trial);
    }

    /** On a worker: sends the message, and answers whether the trial should stop. */
    static boolean tell(Message message) throws Exception {
        return (Boolean) line.ask(message);
    }

    /** Hears of one trial, in its newest attempt. */
    private static final class Listener {

        private final Progress progress;
        private long newest = -1;
        /** The step at which the trial was told to stop, in whatever attempt; it stops there in all of them. */
        private long end = Long.MAX_VALUE;

        Listener(Progress progress) {
            this.progress = progress;
        }

        synchronized boolean hear(Message message) {
            if (message.attempt() < newest) {
                return true; // the worker was thought lost, and another one runs the trial
            }
            newest = message.attempt();
            switch (message.news()) {
                case News.Started(var title, var total) -> progress.start(title, total);
                case News.Ended(var outcome) -> progress.finish(outcome);
                case News.Stepped(var done, var metrics) -> {
                    progress.step(done, metrics);
                    if (progress.stop().isPresent()) {
                        end = Math.min(end, done);
                    }
                    return done >= end;
                }
            }
            return progress.stop().isPresent();
        }
    }

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public Map<String, String> init(SparkContext context, PluginContext plugin) {
                return Map.of();
            }

            @Override
            public Object receive(Object message) {
                var told = (Message) message;
                var listener = LISTENERS.get(told.trial());
                return listener == null || listener.hear(told);
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext plugin, Map<String, String> extra) {
                line = plugin;
            }
        };
    }
}
