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

class PayloadTest {

    private record Recipe(Optional<Path> place, List<Inner> parts, double[] numbers) {}

    private record Inner(String name, Class<?> type) {}

    private static Object there(Object object) throws Exception {
        return Payload.unpack(Payload.pack(object, AcceptedClasses.DEFAULT), AcceptedClasses.DEFAULT)
                .object();
    }

    @Test
    void recordsTokenizersAndRunsAreSent() throws Exception {
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
        var received = (Run) there(run);
        assertEquals(run.card(), received.card());
        assertArrayEquals(
                run.model().parameters().values().toArray(),
                received.model().parameters().values().toArray());
        assertArrayEquals(words.encode("five two"), received.tokenizer().encode("five two"));
        assertEquals(run.metrics().toString(), received.metrics().toString());
    }

    @Test
    void whatCannotBeSentIsNamedInASentence() {
        Supplier<String> local = () -> "here";
        TrialFunction trainer = trial -> Map.of("length", (double) local.get().length());
        var error = assertThrows(IllegalArgumentException.class, () -> Payload.pack(trainer, AcceptedClasses.DEFAULT));
        assertTrue(
                error.getMessage().contains("it uses a lambda made in trivium.spark.PayloadTest; make that"),
                error.getMessage());
    }

    /** What somebody may send who knows how the bytes are made: {@link Payload#pack} would refuse. */
    private static byte[] plain(Object object) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static byte[] hostile(Object object) throws IOException {
        return plain(new Payload(Map.of(), plain(new Payload.Content(List.of(), object))));
    }

    @Test
    void anObjectOfAnotherLibraryIsRefusedBeforeItRunsAnything() throws Exception {
        Gadget.ran = false;
        for (var wrapped : List.of(new Gadget(), new Object[] {new Gadget()}, new ArrayList<>(List.of(new Gadget())))) {
            var error = assertThrows(
                    InvalidClassException.class, () -> Payload.unpack(hostile(wrapped), AcceptedClasses.DEFAULT));
            assertTrue(
                    error.getMessage().contains("elsewhere.Gadget, a class that workers do not accept"),
                    error.getMessage());
        }
        assertThrows(InvalidClassException.class, () -> Payload.unpack(plain(new Gadget()), AcceptedClasses.DEFAULT));
        assertThrows(
                InvalidClassException.class,
                () -> Payload.read(
                        plain(Map.of("rate", new Gadget())), getClass().getClassLoader(), AcceptedClasses.DEFAULT));
        assertFalse(Gadget.ran);
        Payload.unpack(hostile(new Gadget()), AcceptedClasses.DEFAULT.and("elsewhere"));
        assertTrue(Gadget.ran, "it would have");
    }

    /** Java's own classes reach the network, too: hashing a URL asks for its host's address. */
    @Test
    void ofJavasClassesOnlyPlainDataIsRead() throws Exception {
        var table = new HashMap<Object, Integer>(
                Map.of(URI.create("http://127.0.0.1/").toURL(), 1));
        assertThrows(InvalidClassException.class, () -> Payload.unpack(hostile(table), AcceptedClasses.DEFAULT));
        var proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Comparable.class}, (Serializable & InvocationHandler)
                        (_, _, _) -> 0);
        assertThrows(InvalidClassException.class, () -> Payload.unpack(hostile(proxy), AcceptedClasses.DEFAULT));
    }

    @Test
    void whatWorkersWouldRefuseIsNotSent() throws Exception {
        var error = assertThrows(
                IllegalArgumentException.class, () -> Payload.pack(List.of(new Gadget()), AcceptedClasses.DEFAULT));
        assertEquals(
                "what a trial does cannot be sent to another machine: it uses elsewhere.Gadget, a class that workers do not"
                        + " accept; if it is yours, say so with Spark's accept(\"elsewhere\")",
                error.getMessage());
        var mine = AcceptedClasses.DEFAULT.and("elsewhere");
        assertTrue(Payload.unpack(Payload.pack(new Gadget(), mine), mine).object() instanceof Gadget);
    }
}
