package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A simple name means one class wherever people write it: among the packages that the README or a notebook imports
 * together, and the packages that Java and its kernels import for every cell.
 */
class ImportsTest {

    /**
     * What Java imports by itself, and what IJava and JJava add (their {@code Java} and {@code JavaKernel} classes).
     */
    static final Map<String, String> EVERYWHERE = Map.of(
            "java.lang", "java.base",
            "java.util", "java.base",
            "java.util.stream", "java.base",
            "java.util.concurrent", "java.base",
            "java.math", "java.base",
            "java.net", "java.base",
            "java.io", "java.base",
            "java.util.prefs", "java.prefs");

    private static final Pattern IMPORT = Pattern.compile("(?m)^import (trivium(?:\\.[a-z]+)+)\\.\\*;");

    @Test
    void aSimpleNameIsOneClassWhereverItIsWritten() throws IOException {
        var documents = documents();
        assertTrue(documents.size() >= 7, "the README and six notebooks, but there are " + documents.keySet());
        var twice = new TreeSet<String>();
        for (var document : documents.entrySet()) {
            var places = new TreeMap<String, Set<String>>();
            EVERYWHERE.forEach((name, module) -> add(places, name, platform(module, name)));
            for (var name : document.getValue()) {
                var own = library(name);
                assertTrue(!own.isEmpty(), document.getKey() + " imports " + name + ", which has no class");
                add(places, name, own);
            }
            places.forEach((name, packages) -> {
                if (packages.size() > 1) {
                    twice.add(name + " in " + document.getKey() + ": " + packages);
                }
            });
        }
        assertEquals(Set.of(), twice);
    }

    private static void add(Map<String, Set<String>> places, String name, List<String> classes) {
        classes.forEach(
                simple -> places.computeIfAbsent(simple, _ -> new TreeSet<>()).add(name));
    }

    /** The packages that each document imports as a whole. */
    private static Map<String, Set<String>> documents() throws IOException {
        var documents = new LinkedHashMap<String, Set<String>>();
        documents.put("README.md", imports(Files.readString(Path.of("README.md"))));
        try (var files = Files.walk(Path.of("notebooks"))) {
            var notebooks = files.filter(file -> file.toString().endsWith(".ipynb"));
            for (var notebook : (Iterable<Path>) notebooks::iterator) {
                var code = new StringBuilder();
                JsonParser.parseString(Files.readString(notebook))
                        .getAsJsonObject()
                        .getAsJsonArray("cells")
                        .forEach(cell -> {
                            cell.getAsJsonObject()
                                    .getAsJsonArray("source")
                                    .forEach(line -> code.append(line.getAsString()));
                            code.append('\n');
                        });
                documents.put(notebook.toString(), imports(code.toString()));
            }
        }
        return documents;
    }

    private static Set<String> imports(String code) {
        var packages = new LinkedHashSet<String>();
        IMPORT.matcher(code).results().map(found -> found.group(1)).forEach(packages::add);
        return packages;
    }

    private static List<String> library(String name) {
        var classes = URI.create(Trivium.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
        return publicClasses(Path.of(classes).resolve(name.replace('.', '/')), name);
    }

    private static List<String> platform(String module, String name) {
        var modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", module);
        return publicClasses(modules.resolve(name.replace('.', '/')), name);
    }

    private static List<String> publicClasses(Path folder, String name) {
        var found = new ArrayList<String>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.contains("$") && !file.contains("-info"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .filter(simple -> isPublic(name + "." + simple))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean isPublic(String name) {
        try {
            return Modifier.isPublic(Class.forName(name, false, ImportsTest.class.getClassLoader())
                    .getModifiers());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
