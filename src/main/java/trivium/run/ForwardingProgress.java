package trivium.run;

import java.util.Map;
import java.util.Optional;

/** Tells another listener everything; what it says otherwise, an implementation says itself. */
interface ForwardingProgress extends Progress {

    /** Who is told. */
    Progress listener();

    @Override
    default void prepare() {
        listener().prepare();
    }

    @Override
    default void start(String title, long total) {
        listener().start(title, total);
    }

    @Override
    default void resume(String title, long total, long done, double seconds) {
        listener().resume(title, total, done, seconds);
    }

    @Override
    default void note(String text) {
        listener().note(text);
    }

    @Override
    default void step(long done, Map<String, Double> metrics) {
        listener().step(done, metrics);
    }

    @Override
    default void between(RunningTraining training) {
        listener().between(training);
    }

    @Override
    default Optional<String> stop() {
        return listener().stop();
    }

    @Override
    default void finish(String outcome) {
        listener().finish(outcome);
    }
}
