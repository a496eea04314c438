package trivium.run;

import java.util.List;

/** Tells a listener of a training, and does to it what was done by hand to the training that it repeats. */
record Repetition(Progress listener, List<Intervention> interventions) implements ForwardingProgress {

    @Override
    public void between(RunningTraining training) {
        interventions.stream()
                .filter(intervention -> intervention.step() == training.step() + 1)
                .forEach(intervention -> training.learningRateFactor(intervention.learningRateFactor()));
        listener.between(training);
    }
}
