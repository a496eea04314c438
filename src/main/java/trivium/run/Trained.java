package trivium.run;

/**
 * The result of {@code .run()} of a recipe: a {@link Run}, or what holds one, such as a reward model. Figures, reports
 * and stores take both.
 */
@FunctionalInterface
public interface Trained {

    /** The run itself. */
    Run run();
}
