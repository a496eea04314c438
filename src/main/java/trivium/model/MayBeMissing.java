package trivium.model;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A setting whose 0, {@code false}, empty list or null group means "nothing": that leaves nothing in a run's card, and
 * a card without the setting, such as one of a version that did not know it, is read as nothing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface MayBeMissing {}
