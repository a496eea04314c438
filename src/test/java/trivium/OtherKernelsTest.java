package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.Trivium.finetune;
import static trivium.Trivium.pretrain;
import static trivium.Trivium.report;
import static trivium.Trivium.sweep;

import com.google.gson.Gson;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.figure.Figures;
import trivium.model.Llama;
import trivium.run.Fingerprint;
import trivium.run.RunStore;
import trivium.sweep.Hyperparameter;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/**
 * What the library needs of IJava, whose Gson 2.8.5 stands before ours on the class path of its cells. The build copies
 * that release to {@code target/ijava}; it is on no class path but the one made here.
 */
class OtherKernelsTest {

    private static final Path GSON = Path.of("target", "ijava", "gson-2.8.5.jar");

    /** Everything the library calls in Gson, looked up in the old release. */
    @Test
    void theLibraryCallsNothingThatGsonOfIjavaLacks() throws IOException {
        var classes = new ClassFileImporter()
                .withImportOption(place -> !place.contains("/test-classes/"))
                .importPackages("trivium");
        var missing = new TreeSet<String>();
        int looked = 0;
        try (var old = new URLClassLoader(new URL[] {GSON.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (var access : (Iterable<JavaAccess<?>>)
                    classes.stream().flatMap(type -> type.getAccessesFromSelf().stream())::iterator) {
                if (access.getTargetOwner().getPackageName().startsWith("com.google.gson")) {
                    looked++;
                    if (!has(old, access)) {
                        missing.add(access.getDescription());
                    }
                }
            }
        }
        assertTrue(looked > 100, looked + " calls of Gson were found");
        assertEquals(List.of(), List.copyOf(missing));
    }

    private static boolean has(ClassLoader old, JavaAccess<?> access) {
        try {
            var type = Class.forName(access.getTargetOwner().getName(), false, old);
            if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
                return Arrays.stream(type.getFields())
                        .anyMatch(field -> field.getName().equals(access.getName()));
            }
            var parameters = target.getRawParameterTypes().stream()
                    .map(JavaClass::getName)
                    .toList();
            var found = access.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
                    ? Arrays.stream(type.getDeclaredConstructors()).map(one -> names(one.getParameterTypes()))
                    : Arrays.stream(type.getMethods())
                            .filter(method -> method.getName().equals(access.getName())
                                    && method.getReturnType()
                                            .getName()
                                            .equals(target.getRawReturnType().getName()))
                            .map(one -> names(one.getParameterTypes()));
            return found.anyMatch(parameters::equals);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static List<String> names(Class<?>[] types) {
        return Arrays.stream(types).map(Class::getName).toList();
    }

    /** From data to a report, with that Gson first: the same numbers as here, to the last bit. */
    @Test
    void theShortRoadUnderGsonOfIjava(@TempDir Path folder) throws Exception {
        var there = AnotherJvm.builder(
                List.of(), Road.class, folder.resolve("there").toString());
        there.command()
                .replaceAll(word -> word.equals(System.getProperty("java.class.path"))
                        ? GSON.toAbsolutePath() + File.pathSeparator + word
                        : word);
        var process = there.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        var last = said.strip().lines().reduce("", (before, line) -> line);
        assertEquals("gson-2.8.5.jar " + Road.walk(folder.resolve("here")), last);
    }

    /** Every file that the library writes and reads in JSON, once. */
    static final class Road {

        private Road() {}

        public static void main(String[] arguments) throws Exception {
            var gson = Gson.class.getProtectionDomain().getCodeSource().getLocation();
            System.out.println(Path.of(gson.toURI()).getFileName() + " " + walk(Path.of(arguments[0])));
        }

        /** What all of it comes to. */
        static String walk(Path folder) throws IOException {
            var store = RunStore.open(folder.resolve("runs"));
            var documents = Stream.of("ab ba abba ab.", "abba ab.", "ba ba ab baab ba.", "baab.")
                    .toList();
            var letters = Tokenizers.bpe(documents, 262).withSpecials(ChatTemplate.DEFAULT.specials());
            letters = Tokenizers.fromJson(letters.toJson());
            pretrain(Llama.of(12, 16, 1, 2, 2), letters, Corpus.of(documents))
                    .steps(4)
                    .batchSize(2)
                    .seed(1)
                    .keep(store.folder("base"))
                    .run();
            var base = store.load("base");
            var questions = Files.writeString(
                    Files.createDirectories(folder).resolve("questions.jsonl"),
                    "{\"prompt\": \"ab\", \"completion\": \"ba\"}\n".repeat(3)
                            + "{\"prompt\": \"b\", \"completion\": \"a\"}\n");
            var list = Files.writeString(
                    folder.resolve("choices.json"), "[{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"a\"}]");
            var tuned = store.load(store.save(finetune(base, Conversations.read(questions))
                            .epochs(1)
                            .seed(2)
                            .run())
                    .id());
            var found = sweep(Hyperparameter.values("rate", 0.001, 0.01))
                    .keep(folder.resolve("sweep"))
                    .run(trial -> finetune(
                                    tuned,
                                    Conversations.of(List.of(new Conversation("ab", "ba"), new Conversation("b", "a"))))
                            .epochs(1)
                            .learningRate(trial.real("rate"))
                            .seed(3)
                            .run());
            report(store, "base").with("The loss", Figures.loss(base)).save(folder.resolve("report.html"));
            var pages = Files.readString(folder.resolve("report.html"));
            return Stream.of(
                            Fingerprint.of(tuned),
                            found.table().doubleColumn("loss").asList(),
                            Comparisons.read(list).size(),
                            pages.contains("ab"),
                            base.card().recipe())
                    .map(Object::toString)
                    .collect(Collectors.joining(" "));
        }
    }
}
