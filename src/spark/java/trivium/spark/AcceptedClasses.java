package trivium.spark;

import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The classes whose objects may be sent and read: plain data of Java's own, all of Trivium's classes, and those of the
 * packages named here. Java serialisation by itself makes an object of any class that its bytes name, and there are
 * libraries in which that alone runs a command.
 *
 * @param packages whose classes are accepted as well, with those of packages below them; "" for classes without one
 */
record AcceptedClasses(List<String> packages) implements Serializable {

    private static final Set<String> OF_JAVA = Set.of(
            "java.lang",
            "java.math",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.function",
            "java.util.regex");

    /** Of packages that hold more than plain data. */
    private static final Set<String> NAMES =
            Set.of("java.io.File", "java.lang.invoke.SerializedLambda", "java.net.URI");

    static final AcceptedClasses DEFAULT = new AcceptedClasses(List.of("trivium"));

    AcceptedClasses {
        packages = List.copyOf(packages);
    }

    AcceptedClasses and(String name) {
        return packages.contains(name)
                ? this
                : new AcceptedClasses(
                        Stream.concat(packages.stream(), Stream.of(name)).toList());
    }

    boolean takes(Class<?> type) {
        var element = element(type);
        if (element.isPrimitive() || NAMES.contains(element.getName())) {
            return true;
        }
        var of = element.getPackageName();
        return element.getClassLoader() == null && (OF_JAVA.contains(of) || Path.class.isAssignableFrom(element))
                || packages.stream().anyMatch(name -> of.equals(name) || of.startsWith(name + "."));
    }

    /**
     * A filter that refuses objects of other classes.
     *
     * @param shipped whether a class was sent with the payload, as those of notebook cells are
     * @param refused is called with the class that was refused
     */
    ObjectInputFilter filter(Predicate<Class<?>> shipped, Consumer<Class<?>> refused) {
        return seen -> {
            var type = seen.serialClass();
            if (type == null) {
                return ObjectInputFilter.Status.UNDECIDED; // the filter is asked about the size, not about a class
            }
            if (takes(type) || shipped.test(element(type))) {
                return ObjectInputFilter.Status.ALLOWED;
            }
            refused.accept(type);
            return ObjectInputFilter.Status.REJECTED;
        };
    }

    static Class<?> element(Class<?> type) {
        var element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        return element;
    }

    /** The sentence about a class that is not accepted. */
    static String refusal(Class<?> type) {
        var element = element(type);
        return element.getName() + ", a class that workers do not accept; if it is yours, say so with Spark's accept(\""
                + element.getPackageName() + "\")";
    }
}
