package trivium.notebook;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A running kernel, called by reflection: IJava and JJava have the same methods in different packages, and neither is
 * on the class path at compile time. Trivium's own kernel is called in the same way, so that every notebook run with it
 * tests these calls.
 *
 * @param kernel a {@code BaseKernel} of the kernel's own library
 */
record BaseKernelHost(Object kernel) implements Host {

    /** Class and static method that answer the running kernel, for each kernel known and each of its generations. */
    private static final List<Map.Entry<String, String>> KNOWN = List.of(
            Map.entry("io.github.spencerpark.ijava.IJava", "getKernelInstance"),
            Map.entry("org.dflib.jjava.jupyter.kernel.BaseKernel", "notebookKernel"),
            Map.entry("org.dflib.jjava.JJava", "getKernelInstance"));

    static Optional<Host> find() {
        return KNOWN.stream()
                .flatMap(known -> Reflected.types(known.getKey()).map(type -> running(type, known.getValue())))
                .filter(Objects::nonNull)
                .findFirst()
                .map(BaseKernelHost::new);
    }

    private static Object running(Class<?> type, String method) {
        try {
            return type.getMethod(method).invoke(null);
        } catch (ReflectiveOperationException | LinkageError e) {
            return null; // this kernel does not run, or is on the class path as a library only
        }
    }

    @Override
    public void register(Class<?> type) {
        var registration = call(call(kernel, "getRenderer"), "createRegistration", type);
        var register = Reflected.method(registration, "register", 1);
        var proxy = Reflected.implement(
                register.getParameterTypes()[0],
                "Trivium's renderer of " + type.getSimpleName(),
                Map.of("render", arguments -> {
                    Reflected.fill(call(arguments[1], "getOutputContainer"), arguments[0]);
                    return null;
                }));
        Reflected.invoke(register, registration, proxy);
    }

    @Override
    public String display(Object value) {
        var data = rendered(value);
        var id = UUID.randomUUID().toString();
        call(data, "setDisplayId", id);
        call(kernel, "display", data);
        return id;
    }

    @Override
    public void update(String id, Object value) {
        try {
            var io = call(kernel, "getIO");
            var stream = io.getClass().getField("display").get(io);
            Reflected.invoke(Reflected.method(stream, "updateDisplay", 2), stream, id, rendered(value));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The kernel " + kernel.getClass().getName() + " has no display stream.", e);
        }
    }

    private Object rendered(Object value) {
        return call(call(kernel, "getRenderer"), "render", value == null ? "null" : value);
    }

    private static Object call(Object target, String name, Object... arguments) {
        return Reflected.call(target, name, arguments);
    }
}
