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
public final class ProgressPlugin implements SparkPlugin {

    /** What a trial reports. */
    sealed interface ProgressEvent extends Serializable {
        record Started(String title, long total) implements ProgressEvent {}

        record Stepped(long done, Map<String, Double> metrics) implements ProgressEvent {}

        record Ended(String outcome) implements ProgressEvent {}
    }

    /**
     * A message from a worker to the driver.
     *
     * @param trial the trial that reports
     * @param attempt Spark's id of the attempt to run the trial; later attempts have larger ids
     */
    record ProgressMessage(String trial, long attempt, ProgressEvent event) implements Serializable {}

    private static final Map<String, Listener> LISTENERS = new ConcurrentHashMap<>();

    /** On a worker, the connection to the driver. */
    private static volatile PluginContext context;

    /** Spark's constructor. */
    public ProgressPlugin() {}

    static void register(String trial, Progress progress) {
        LISTENERS.put(trial, new Listener(progress));
    }

    static void unregister(String trial) {
        LISTENERS.remove(trial);
    }

    /** On a worker: sends the message, and answers whether the trial should stop. */
    static boolean send(ProgressMessage message) throws Exception {
        return (Boolean) context.ask(message);
    }

    /** Receives the messages of one trial, those of its newest attempt. */
    private static final class Listener {

        private final Progress progress;
        private long newest = -1;
        /** The step at which the trial was told to stop, in whatever attempt; it stops there in all of them. */
        private long end = Long.MAX_VALUE;

        Listener(Progress progress) {
            this.progress = progress;
        }

        synchronized boolean receive(ProgressMessage message) {
            if (message.attempt() < newest) {
                return true; // the worker was thought lost, and another one runs the trial
            }
            newest = message.attempt();
            switch (message.event()) {
                case ProgressEvent.Started(var title, var total) -> progress.start(title, total);
                case ProgressEvent.Ended(var outcome) -> progress.finish(outcome);
                case ProgressEvent.Stepped(var done, var metrics) -> {
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
                var sent = (ProgressMessage) message;
                var listener = LISTENERS.get(sent.trial());
                return listener == null || listener.receive(sent);
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext plugin, Map<String, String> extra) {
                context = plugin;
            }
        };
    }
}
