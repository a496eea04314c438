package trivium.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells a listener of a training, and does to it what was done by hand to the training that it repeats. */
record Repetition(Progress listener, List<Intervention> interventions) implements Progress {

    @Override
    public void prepare() {
        listener.prepare();
    }

    @Override
    public void start(String title, long total) {
        listener.start(title, total);
    }

    @Override
    public void resume(String title, long total, long done, double seconds) {
        listener.resume(title, total, done, seconds);
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
        interventions.stream()
                .filter(intervention -> intervention.step() == training.step() + 1)
                .forEach(intervention -> training.learningRateFactor(intervention.learningRateFactor()));
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
