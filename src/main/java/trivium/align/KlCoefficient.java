package trivium.align;

import java.util.List;
import java.util.Map;
import trivium.model.Safetensors.Entry;
import trivium.tensor.Floats;
import trivium.text.Numbers;
import trivium.train.Stateful;

/**
 * {@link Ppo}'s β and how many sets of rollouts it has seen, which the order of minibatches goes by too. β is a float,
 * so that a checkpoint holds all of it.
 */
final class KlCoefficient implements Stateful {

    /**
     * The most that one set of rollouts counts as off the target, relative to it (Ziegler et al. 2019, section 2.2).
     */
    private static final double MOST = 0.2;

    private final Ppo.Kl kl;
    private final Floats beta;
    private long seen;

    /**
     * β at the beginning.
     *
     * @param completions B, of a set of rollouts
     * @throws IllegalArgumentException if one set could make β 0 or less
     */
    KlCoefficient(Ppo.Kl kl, int completions) {
        if (kl.isAdaptive() && MOST * completions >= kl.horizon()) {
            throw new IllegalArgumentException(
                    "a horizon of " + Numbers.value(kl.horizon()) + " completions: one set of "
                            + completions + " could make beta 0 or negative; expected more than "
                            + Numbers.value(MOST * completions) + ", such as " + 100L * completions);
        }
        this.kl = kl;
        beta = Floats.of((float) kl.beta());
    }

    double beta() {
        return beta.get(0);
    }

    /**
     * β ← β (1 + (B / horizon) e) with e = (KL − target) / target within ±0.2, where it is adapted.
     *
     * @param divergence mean over the completions, in nats
     * @param completions B
     */
    void adapt(double divergence, int completions) {
        if (kl.isAdaptive()) {
            double error = Math.clamp(divergence / kl.target() - 1, -MOST, MOST);
            beta.set(0, (float) (beta() * (1 + error * completions / kl.horizon())));
        }
        seen++;
    }

    @Override
    public Map<String, Entry> tensors() {
        return Map.of("beta", new Entry(List.of(1), beta));
    }

    @Override
    public long updates() {
        return seen;
    }

    @Override
    public void updates(long made) {
        seen = made;
    }
}
