package trivium.notebook;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import trivium.text.Printable;

/**
 * A running kernel, called by reflection: IJava and JJava have the same methods in different packages, and neither is
 * on the class path at compile time. Trivium's own kernel is called in the same way, so that every notebook run with it
 * tests these calls.
 *
 * @param kernel a {@code BaseKernel} of the kernel's own library
 */
record Host(Object kernel) {

    /** Class and static method that answer the running kernel, for each kernel known and each of its generations. */
    private static final List<Map.Entry<String, String>> KNOWN = List.of(
            Map.entry("io.github.spencerpark.ijava.IJava", "getKernelInstance"),
            Map.entry("org.dflib.jjava.jupyter.kernel.BaseKernel", "notebookKernel"),
            Map.entry("org.dflib.jjava.JJava", "getKernelInstance"));

    static Optional<Object> find() {
        return KNOWN.stream()
                .map(known -> running(known.getKey(), known.getValue()))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static Object running(String type, String method) {
        return Stream.of(
                        Host.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader(),
                        ClassLoader.getSystemClassLoader())
                .filter(Objects::nonNull)
                .distinct()
                .map(loader -> running(type, method, loader))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Object running(String type, String method, ClassLoader loader) {
        try {
            return Class.forName(type, true, loader).getMethod(method).invoke(null);
        } catch (ReflectiveOperationException | LinkageError e) {
            return null; // this kernel does not run, or is on the class path as a library only
        }
    }

    /** Has the kernel render values of this type by {@link Views}. */
    void register(Class<?> type) {
        var registration = call(call(kernel, "getRenderer"), "createRegistration", type);
        var register = method(registration, "register", 1);
        var function = register.getParameterTypes()[0];
        var proxy = Proxy.newProxyInstance(
                function.getClassLoader(),
                new Class<?>[] {function},
                (self, method, arguments) -> switch (method.getName()) {
                    case "render" -> render(arguments[0], arguments[1]);
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "Trivium's renderer of " + type.getSimpleName();
                });
        invoke(register, registration, proxy);
    }

    private static Object render(Object value, Object context) {
        var container = call(context, "getOutputContainer");
        var put = setter(container, "putData");
        var describe = setter(container, "putMetaData");
        Views.of(value).ifPresent(view -> {
            view.bundle()
                    .forEach((mime, data) -> invoke(
                            put, container, mime, mime.equals("text/plain") ? Printable.of(data.toString()) : data));
            view.metadata().forEach((mime, data) -> invoke(describe, container, mime, data));
        });
        return null;
    }

    /** Shows the value and answers the display's id. */
    String display(Object value) {
        var data = rendered(value);
        var id = UUID.randomUUID().toString();
        call(data, "setDisplayId", id);
        call(kernel, "display", data);
        return id;
    }

    void update(String id, Object value) {
        try {
            var io = call(kernel, "getIO");
            var stream = io.getClass().getField("display").get(io);
            invoke(method(stream, "updateDisplay", 2), stream, id, rendered(value));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The kernel " + kernel.getClass().getName() + " has no display stream.", e);
        }
    }

    private Object rendered(Object value) {
        return call(call(kernel, "getRenderer"), "render", value == null ? "null" : value);
    }

    private static Object call(Object target, String name, Object... arguments) {
        return invoke(method(target, name, arguments), target, arguments);
    }

    private static Object invoke(Method method, Object target, Object... arguments) {
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

    private static Method method(Object target, String name, Object... arguments) {
        return Arrays.stream(target.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && takes(method.getParameterTypes(), arguments))
                .findFirst()
                .orElseThrow(() -> missing(target, name));
    }

    private static Method method(Object target, String name, int parameters) {
        return Arrays.stream(target.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == parameters)
                .findFirst()
                .orElseThrow(() -> missing(target, name));
    }

    private static Method setter(Object container, String name) {
        try {
            return container.getClass().getMethod(name, String.class, Object.class);
        } catch (NoSuchMethodException e) {
            throw missing(container, name);
        }
    }

    private static boolean takes(Class<?>[] types, Object... arguments) {
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

    private static IllegalStateException missing(Object target, String name) {
        return new IllegalStateException("This kernel's " + target.getClass().getName() + " has no method " + name
                + "; Trivium knows IJava 1.3, JJava 1.0 and its own kernel.");
    }
}
