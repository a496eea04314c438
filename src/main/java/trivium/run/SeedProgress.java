package trivium.run;

import java.util.Map;
import java.util.Optional;

/** Tells a listener of one run of a series, and which it is. */
record SeedProgress(Progress listener, String which) implements Progress {

    @Override
    public void prepare() {
        listener.prepare();
    }

    @Override
    public void start(String title, long total) {
        listener.start(title + ", " + which, total);
    }

    @Override
    public void resume(String title, long total, long done, double seconds) {
        listener.resume(title + ", " + which, total, done, seconds);
    }

    @Override
    public void note(String text) {
        listener.note(text);
    }

    @Override
    public void step(long done, Map<String, Double> metrics) {
        listener.step(done, metrics);
    }

    @Override
    public void between(RunningTraining training) {
        listener.between(training);
    }

    @Override
    public Optional<String> stop() {
        return listener.stop();
    }

    @Override
    public void finish(String outcome) {
        listener.finish(outcome);
    }
}
