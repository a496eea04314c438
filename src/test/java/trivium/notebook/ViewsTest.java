package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import trivium.data.Corpus;
import trivium.text.Markup;

public class ViewsTest {

    interface Animal {}

    record Cat(String name) implements Animal {}

    record Dog(String name) implements Animal {}

    record Stone(int weight) {}

    @Test
    void mostSpecificTypeDecides() {
        Views.register(Animal.class, animal -> new PlainText("an animal"));
        Views.register(Cat.class, cat -> new Html("<b>" + Markup.escape(cat.name()) + "</b>", cat.name()));
        assertEquals(Optional.of(new Html("<b>&lt;Tom&gt;</b>", "<Tom>")), Views.of(new Cat("<Tom>")));
        assertEquals(Optional.of(new PlainText("an animal")), Views.of(new Dog("Rex")));
        assertEquals(Optional.empty(), Views.of(new Stone(1)));
    }

    @Test
    void listOfRecordsIsATableAndOthersAreText() {
        assertEquals(
                "weight\n     3\n    20",
                Views.of(List.of(new Stone(3), new Stone(20))).orElseThrow().text());
        assertEquals(Optional.of(new PlainText("[1, a]")), Views.of(List.of(1, "a")));
        assertEquals(Optional.of(new PlainText("[]")), Views.of(List.of()));
    }

    @Test
    void imageSurvivesItsEncoding() throws IOException {
        var image = new BufferedImage(37, 23, BufferedImage.TYPE_INT_RGB);
        var random = new Random(5);
        for (int i = 0; i < 37 * 23; i++) {
            image.setRGB(i % 37, i / 37, random.nextInt());
        }
        var file = new ByteArrayOutputStream();
        ImageIO.write(image, "png", file);
        var sent = Base64.getDecoder()
                .decode(new Png(file.toByteArray(), "noise").bundle().get("image/png"));
        assertArrayEquals(file.toByteArray(), sent);
        assertEquals(
                image.getRGB(36, 22),
                ImageIO.read(new ByteArrayInputStream(sent)).getRGB(36, 22));
    }

    @Test
    void whatIsNoPngIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Png(new byte[] {1, 2, 3}, "x"));
    }

    /** IJava's library renders our types, found by reflection as in IJava itself. */
    @Test
    void kernelsRendererUsesOurViews() {
        var kernel = new StockKernel();
        var host = new BaseKernelHost(kernel);
        Views.types().forEach(host::register);
        var html = kernel.getRenderer().render(new Html("<i>x</i>", "x"));
        assertEquals("<i>x</i>", html.getData(MIMEType.TEXT_HTML));
        assertEquals("x", html.getData(MIMEType.TEXT_PLAIN));
        assertEquals("[1, 2]", kernel.getRenderer().render(List.of(1, 2)).getData(MIMEType.TEXT_PLAIN));

        // A card needs no verb of Trivium's before it.
        var card = kernel.getRenderer().render(Corpus.of(List.of("Once there was a card.")));
        assertTrue(card.getData(MIMEType.TEXT_HTML).toString().contains("1 document"), card.toString());

        var id = host.display(new Html("<i>y</i>", "y"));
        assertEquals(id, kernel.shown.getDisplayId());
        assertEquals("<i>y</i>", kernel.shown.getData(MIMEType.TEXT_HTML));
        host.update(id, "later"); // no cell is running: dropped, not failed
    }

    /** A kernel on the library that IJava is built on. */
    public static final class StockKernel extends BaseKernel {

        private DisplayData shown;

        @Override
        public DisplayData eval(String code) {
            return null;
        }

        @Override
        public LanguageInfo getLanguageInfo() {
            return new LanguageInfo.Builder("Java").build();
        }

        @Override
        public void display(DisplayData data) {
            shown = data;
        }
    }
}
