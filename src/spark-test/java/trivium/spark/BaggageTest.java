package trivium.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import elsewhere.Gadget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.sweep.TrialFunction;
import trivium.text.Tokenizer;

class BaggageTest {

    private record Recipe(Optional<Path> place, List<Inner> parts, double[] numbers) {}

    private record Inner(String name, Class<?> type) {}

    private static Object there(Object object) throws Exception {
        return Baggage.unpack(Baggage.pack(object, Accepted.USUAL), Accepted.USUAL)
                .object();
    }

    @Test
    void recordsTokenizersAndRunsTravel() throws Exception {
        var recipe = (Recipe) there(new Recipe(
                Optional.of(Path.of("a", "b")), List.of(new Inner("x", int.class)), new double[] {0.1, Double.NaN}));
        assertEquals(Optional.of(Path.of("a", "b")), recipe.place());
        assertEquals(List.of(new Inner("x", int.class)), recipe.parts());
        assertArrayEquals(new double[] {0.1, Double.NaN}, recipe.numbers());

        var corpus = new Corpus("rhyme", List.of("one two three four five ".repeat(9)));
        var words = Tokenizer.bpe(corpus, 270);
        var run = Pretraining.of(Gpt.small().layers(1).context(8).width(16).heads(2), words, corpus)
                .steps(2)
                .workers(1)
                .run();
        var travelled = (Run) there(run);
        assertEquals(run.card(), travelled.card());
        assertArrayEquals(
                run.model().parameters().values().toArray(),
                travelled.model().parameters().values().toArray());
        assertArrayEquals(words.encode("five two"), travelled.tokenizer().encode("five two"));
        assertEquals(run.metrics().toString(), travelled.metrics().toString());
    }

    @Test
    void whatCannotTravelIsNamedInASentence() {
        Supplier<String> local = () -> "here";
        TrialFunction trainer = trial -> Map.of("length", (double) local.get().length());
        var error = assertThrows(IllegalArgumentException.class, () -> Baggage.pack(trainer, Accepted.USUAL));
        assertTrue(
                error.getMessage().contains("it uses a lambda made in trivium.spark.BaggageTest; make that"),
                error.getMessage());
    }

    /** What somebody may send who knows how the bytes are made: {@link Baggage#pack} would refuse. */
    private static byte[] plain(Object object) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static byte[] hostile(Object object) throws IOException {
        return plain(new Baggage(Map.of(), plain(new Baggage.Content(List.of(), object))));
    }

    @Test
    void anObjectOfAnotherLibraryIsRefusedBeforeItRunsAnything() throws Exception {
        Gadget.ran = false;
        for (var wrapped : List.of(new Gadget(), new Object[] {new Gadget()}, new ArrayList<>(List.of(new Gadget())))) {
            var error =
                    assertThrows(InvalidClassException.class, () -> Baggage.unpack(hostile(wrapped), Accepted.USUAL));
            assertTrue(
                    error.getMessage().contains("elsewhere.Gadget, a class that workers do not accept"),
                    error.getMessage());
        }
        assertThrows(InvalidClassException.class, () -> Baggage.unpack(plain(new Gadget()), Accepted.USUAL));
        assertThrows(
                InvalidClassException.class,
                () -> Baggage.read(
                        plain(Map.of("rate", new Gadget())), getClass().getClassLoader(), Accepted.USUAL));
        assertFalse(Gadget.ran);
        Baggage.unpack(hostile(new Gadget()), Accepted.USUAL.and("elsewhere"));
        assertTrue(Gadget.ran, "it would have");
    }

    /** Java's own classes reach the network, too: hashing a URL asks for its host's address. */
    @Test
    void ofJavasClassesOnlyPlainDataIsRead() throws Exception {
        var table = new HashMap<Object, Integer>(
                Map.of(URI.create("http://127.0.0.1/").toURL(), 1));
        assertThrows(InvalidClassException.class, () -> Baggage.unpack(hostile(table), Accepted.USUAL));
        var proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Comparable.class}, (Serializable & InvocationHandler)
                        (_, _, _) -> 0);
        assertThrows(InvalidClassException.class, () -> Baggage.unpack(hostile(proxy), Accepted.USUAL));
    }

    @Test
    void whatWorkersWouldRefuseIsNotSent() throws Exception {
        var error =
                assertThrows(IllegalArgumentException.class, () -> Baggage.pack(List.of(new Gadget()), Accepted.USUAL));
        assertEquals(
                "what a trial does cannot be sent to another machine: it uses elsewhere.Gadget, a class that workers do not"
                        + " accept; if it is yours, say so with Spark's accept(\"elsewhere\")",
                error.getMessage());
        var mine = Accepted.USUAL.and("elsewhere");
        assertTrue(Baggage.unpack(Baggage.pack(new Gadget(), mine), mine).object() instanceof Gadget);
    }
}
