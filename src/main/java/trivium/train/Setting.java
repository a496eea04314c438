package trivium.train;

/**
 * A value that a run's card holds by name, that is read back from it, and that a report prints: a record of settings,
 * or an interface whose records are choices, such as {@link Optimizer}. {@link Settings} says how.
 *
 * <p>Choices of other packages are found by Java's {@link java.util.ServiceLoader}: name the record, which needs a
 * constructor without arguments beside its own, in {@code META-INF/services/} and the interface's name.
 */
public interface Setting {}
