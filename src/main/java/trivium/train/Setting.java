package trivium.train;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A value that a run's card holds by name, that is read back from it, and that a report prints: a record of settings,
 * or an interface whose records are choices, such as {@link Optimizer}. {@link Settings} says how.
 *
 * <p>Choices of other packages are found by Java's {@link java.util.ServiceLoader}: name the record, which needs a
 * constructor without arguments beside its own, in {@code META-INF/services/} and the interface's name.
 */
public interface Setting {

    /**
     * A component whose 0, {@code false}, empty list or null group means "nothing": that leaves nothing in a card, and
     * a card without the component, such as one of a version that did not know it, is read as nothing.
     */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface MayBeMissing {}
}
