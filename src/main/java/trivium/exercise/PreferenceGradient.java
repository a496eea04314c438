package trivium.exercise;

/** How a comparison moves the two scores that a reward model gave. */
@FunctionalInterface
public interface PreferenceGradient {

    /**
     * ∂L/∂chosen and ∂L/∂rejected of L = −ln σ(chosen − rejected).
     *
     * @param chosen the score of the answer that was preferred
     * @param rejected the score of the other one
     * @return two numbers
     */
    double[] of(double chosen, double rejected);
}
