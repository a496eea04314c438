package trivium.notebook;

import java.lang.reflect.ParameterizedType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * rapaio's kernel, called by reflection (org.rapaio.jupyter.kernel, 3.0). It renders by a list of renderers that it
 * fills from service files on its own class path and lets nobody add to; ours are put there all the same.
 *
 * @param global the class of its functions {@code display(value)} and {@code updateDisplay(id, value)}
 * @param displays the one object of its class {@code DisplaySystem}
 */
record RapaioHost(Class<?> global, Object displays) implements Host {

    static Optional<Host> find() {
        return Reflected.types("org.rapaio.jupyter.kernel.global.Global")
                .findFirst()
                .map(RapaioHost::of);
    }

    /** The kernel with this class {@code Global}. */
    static Host of(Class<?> global) {
        return new RapaioHost(global, Reflected.callStatic(global, "displaySystem"));
    }

    @Override
    @SuppressWarnings("unchecked") // a list of the kernel's interface, which is its one type argument
    public void register(Class<?> type) {
        try {
            var field = displays.getClass().getDeclaredField("systemDisplayRenderers");
            field.setAccessible(true);
            var renderers = (List<Object>) field.get(displays);
            var renderer = (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
            var data = renderer.getMethod("render", String.class, Object.class).getReturnType();
            renderers.addFirst(Reflected.implement(
                    renderer,
                    "Trivium's renderer of " + type.getSimpleName(),
                    Map.of(
                            "rendererClass", _ -> type,
                            "canRender", _ -> true,
                            "render", arguments -> rendered(data, arguments[1]))));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This kernel's " + displays.getClass().getName()
                            + " keeps its renderers elsewhere than in version 3.0, which Trivium knows.",
                    e);
        }
    }

    private static Object rendered(Class<?> data, Object value) {
        var container = Reflected.callStatic(data, "fromText", "");
        Reflected.fill(container, value);
        return container;
    }

    @Override
    public String display(Object value) {
        return (String) Reflected.callStatic(global, "display", value == null ? "null" : value);
    }

    @Override
    public void update(String id, Object value) {
        Reflected.callStatic(global, "updateDisplay", id, value == null ? "null" : value);
    }
}
