package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.junit.jupiter.api.Test;

/**
 * The two kernel libraries that {@link Host} speaks to by reflection, compiled against: IJava's (the base kernel) and
 * JJava's. A method they rename is seen here.
 */
class HostTest {

    private record Colour(String name) {}

    private static final Html CARD = new Html("<b>red</b>", "red \u001b[2J");

    /** As JJava's kernel is made, without its evaluator. */
    private static final class JJava extends org.dflib.jjava.jupyter.kernel.BaseKernel {

        private final List<org.dflib.jjava.jupyter.kernel.display.DisplayData> shown = new ArrayList<>();

        JJava() {
            super(
                    "test",
                    "1",
                    new org.dflib.jjava.jupyter.kernel.LanguageInfo.Builder("Java").build(),
                    List.of(),
                    null,
                    new JupyterIO(StandardCharsets.UTF_8),
                    new CommManager(),
                    new Renderer(),
                    null,
                    new MagicsRegistry(),
                    false,
                    new StringStyler.Builder().build());
        }

        @Override
        public void display(org.dflib.jjava.jupyter.kernel.display.DisplayData data) {
            shown.add(data);
        }

        @Override
        public Object evalRaw(String code) {
            return code;
        }

        @Override
        public org.dflib.jjava.jupyter.kernel.display.DisplayData inspect(String code, int at, boolean detailed) {
            return null;
        }

        @Override
        public ReplacementOptions complete(String code, int at) {
            return null;
        }

        @Override
        public String isComplete(String code) {
            return IS_COMPLETE_YES;
        }
    }

    /** As IJava's kernel is made, without its evaluator. */
    private static final class IJava extends io.github.spencerpark.jupyter.kernel.BaseKernel {

        private final List<DisplayData> shown = new ArrayList<>();

        @Override
        public void display(DisplayData data) {
            shown.add(data);
        }

        @Override
        public DisplayData eval(String code) {
            return null;
        }

        @Override
        public io.github.spencerpark.jupyter.kernel.LanguageInfo getLanguageInfo() {
            return null;
        }
    }

    @Test
    void cardsShowUnderJJava() {
        Views.register(Colour.class, colour -> CARD);
        var kernel = new JJava();
        var host = new BaseKernelHost(kernel);
        host.register(Colour.class);
        var id = host.display(new Colour("red"));
        host.update(id, new Colour("blue")); // outside a cell the kernel drops it, and says nothing
        var data = kernel.shown.getFirst();
        assertEquals(id, data.getDisplayId());
        assertEquals(CARD.html(), data.getData(org.dflib.jjava.jupyter.kernel.display.mime.MIMEType.TEXT_HTML));
        assertEquals("red \\u001b[2J", data.getData(org.dflib.jjava.jupyter.kernel.display.mime.MIMEType.TEXT_PLAIN));
        assertTrue(Host.find().isEmpty(), "JJava's classes without a notebook are no running kernel");
    }

    @Test
    void cardsShowUnderIJava() {
        Views.register(Colour.class, colour -> CARD);
        var kernel = new IJava();
        var host = new BaseKernelHost(kernel);
        host.register(Colour.class);
        var id = host.display(new Colour("red"));
        host.update(id, new Colour("blue"));
        var data = kernel.shown.getFirst();
        assertEquals(id, data.getDisplayId());
        assertEquals(CARD.html(), data.getData(MIMEType.TEXT_HTML));
        assertEquals("red \\u001b[2J", data.getData(MIMEType.TEXT_PLAIN));
    }

    /** What stands in rapaio's kernel 3.0.4 under these names, as far as it is called. */
    public interface DisplayRenderer {
        Class<?> rendererClass();

        boolean canRender(String mime);

        DisplayedData render(String mime, Object value);
    }

    public static final class DisplayedData {
        final Map<String, Object> data = new HashMap<>();

        public static DisplayedData fromText(String text) {
            var shown = new DisplayedData();
            shown.putData("text/plain", text);
            return shown;
        }

        public void putData(String mime, Object value) {
            data.put(mime, value);
        }

        public void putMetaData(String key, Object value) {}
    }

    public static final class DisplaySystem {
        private final List<DisplayRenderer> systemDisplayRenderers = new ArrayList<>();

        DisplayedData render(Object value) {
            return systemDisplayRenderers.stream()
                    .filter(each -> each.rendererClass().isInstance(value) && each.canRender(null))
                    .findFirst()
                    .orElseThrow()
                    .render(null, value);
        }
    }

    public static final class Global {
        private static final DisplaySystem DISPLAYS = new DisplaySystem();
        private static final List<Object> SHOWN = new ArrayList<>();

        public static DisplaySystem displaySystem() {
            return DISPLAYS;
        }

        public static String display(Object value) {
            SHOWN.add(DISPLAYS.render(value).data.get("text/html"));
            return "id";
        }

        public static String display(String mime, Object value) {
            SHOWN.add("a MIME type stands first here, not " + mime);
            return "none";
        }

        public static void updateDisplay(String id, Object value) {
            SHOWN.add(id + " " + DISPLAYS.render(value).data.get("text/plain"));
        }
    }

    @Test
    void cardsShowUnderRapaiosKernel() {
        Views.register(Colour.class, colour -> CARD);
        var host = RapaioHost.of(Global.class);
        host.register(Colour.class);
        host.update(host.display(new Colour("red")), new Colour("blue"));
        assertEquals(List.of(CARD.html(), "id red \\u001b[2J"), Global.SHOWN);
    }
}
