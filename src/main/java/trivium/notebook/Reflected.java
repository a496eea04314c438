package trivium.notebook;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import trivium.text.Printable;

/** Calls methods of kernels that are not on the class path at compile time. */
final class Reflected {

    private Reflected() {}

    /** Calls the public method of this name that takes these arguments. */
    static Object call(Object target, String name, Object... arguments) {
        return invoke(method(target.getClass(), name, arguments), target, arguments);
    }

    /** The same of a class's static methods. */
    static Object callStatic(Class<?> type, String name, Object... arguments) {
        return invoke(method(type, name, arguments), null, arguments);
    }

    static Object invoke(Method method, Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The kernel does not let " + method + " be called.", e);
        }
    }

    private static Method method(Class<?> type, String name, Object... arguments) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && takes(method.getParameterTypes(), arguments))
                .findFirst()
                .orElseThrow(() -> missing(type, name));
    }

    static Method method(Object target, String name, int parameters) {
        return Arrays.stream(target.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == parameters)
                .findFirst()
                .orElseThrow(() -> missing(target.getClass(), name));
    }

    static boolean takes(Class<?>[] types, Object... arguments) {
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    /** An object of one of the kernel's interfaces: what each method, by its name, does with its arguments. */
    static Object implement(Class<?> type, String description, Map<String, Function<Object[], Object>> methods) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            var does = methods.get(method.getName());
            if (does != null) {
                return does.apply(arguments);
            }
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                default -> description;
            };
        });
    }

    /** Puts a value's view into what the kernel shows: an object with {@code putData} and {@code putMetaData}. */
    static void fill(Object container, Object value) {
        var put = setter(container, "putData");
        var describe = setter(container, "putMetaData");
        Views.of(value).ifPresent(view -> {
            view.bundle()
                    .forEach((mime, data) -> invoke(
                            put, container, mime, mime.equals("text/plain") ? Printable.of(data.toString()) : data));
            view.metadata().forEach((mime, data) -> invoke(describe, container, mime, data));
        });
    }

    private static Method setter(Object container, String name) {
        try {
            return container.getClass().getMethod(name, String.class, Object.class);
        } catch (NoSuchMethodException e) {
            throw missing(container.getClass(), name);
        }
    }

    /** The classes of this name that the kernel's loaders have, one of each loader. */
    static Stream<Class<?>> types(String name) {
        return Stream.of(
                        Reflected.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader(),
                        ClassLoader.getSystemClassLoader())
                .filter(Objects::nonNull)
                .distinct()
                .flatMap(loader -> {
                    try {
                        return Stream.of(Class.forName(name, true, loader));
                    } catch (ReflectiveOperationException | LinkageError e) {
                        return Stream.<Class<?>>empty();
                    }
                });
    }

    private static IllegalStateException missing(Class<?> type, String name) {
        return new IllegalStateException("This kernel's " + type.getName() + " has no method " + name
                + "; Trivium knows IJava 1.3, JJava 1.0, rapaio's kernel 3.0 and its own.");
    }
}
