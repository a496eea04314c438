package trivium;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps the floors of the house: a package imports only from floors below its own, packages on one floor don't know
 * each other, and each foreign library stays behind the one door it came in by.
 */
class FloorsTest {
    /** The packages under {@code trivium}, from the ground up; {@code trivium} itself is on the top floor. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("tensor", "text"),
            List.of("model", "data"),
            List.of("train", "lstm"),
            List.of("generate", "measure"),
            List.of("run"),
            List.of("pretrain", "pretrained", "finetune", "align", "track"),
            List.of("figure", "sweep", "exercise"),
            List.of("report", "widget"),
            List.of("notebook", "cli", "spark", "toytown"),
            List.of("", "kernel"));

    private static final JavaClasses TRIVIUM = new ClassFileImporter()
            .withImportOption(place -> !place.contains("/test-classes/")) // of whatever profile
            .importPackages("trivium");

    /** Guards the other tests: rules over no classes would all hold. */
    @Test
    void classesOfThisJavaVersionAreRead() {
        assertTrue(TRIVIUM.contain("trivium.tensor.Floats") && TRIVIUM.contain("trivium.cli.Main"));
    }

    @Test
    void packagesImportOnlyFromFloorsBelow() {
        var house = layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (var name : (Iterable<String>) packages(0, FLOORS.size())::iterator) {
            house = house.layer(label(name)).definedBy(pattern(name));
        }
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            var below = packages(0, floor).map(FloorsTest::label).toArray(String[]::new);
            for (var name : FLOORS.get(floor)) {
                var here = house.whereLayer(label(name));
                house = below.length == 0 ? here.mayNotAccessAnyLayer() : here.mayOnlyAccessLayers(below);
            }
        }
        house.check(TRIVIUM);
    }

    @Test
    void everyPackageHasItsFloor() {
        classes()
                .should()
                .resideInAnyPackage(patterns(packages(0, FLOORS.size())))
                .check(TRIVIUM);
    }

    @Test
    void nativeMemoryVectorsAndBlasStayInTensor() {
        onlyIn(Stream.of("tensor"), "jdk.incubator.vector..", "java.lang.foreign..", "org.bytedeco..");
    }

    /** Nobody else knows an ND4J array but the LSTM, for Deeplearning4j speaks in them. */
    @Test
    void nd4jStaysInTensorAndTheLstm() {
        onlyIn(Stream.of("tensor", "lstm"), "org.nd4j..");
    }

    @Test
    void deeplearning4jStaysInTheLstm() {
        onlyIn(Stream.of("lstm"), "org.deeplearning4j..");
    }

    @Test
    void tablesStartWhereResultsDo() {
        onlyIn(Stream.concat(Stream.of("measure"), packages(4, FLOORS.size())), "tech.tablesaw..");
    }

    /** Intervals, quantiles and tests in measure; lines through points in figure; sequences and densities in sweep. */
    @Test
    void statisticsStayWhereTheyAreShown() {
        onlyIn(Stream.of("measure", "figure", "sweep"), "org.apache.commons.math3..");
    }

    @Test
    void chartsStayInFigure() {
        onlyIn(Stream.of("figure"), "org.knowm.xchart..", "de.erichseifert..", "org.apache.pdfbox..");
    }

    @Test
    void theKernelLibraryStaysInKernel() {
        onlyIn(Stream.of("kernel"), "io.github.spencerpark..", "org.zeromq..", "jdk.jshell..", "com.sun.source..");
    }

    /** A made-up world for whoever wants it, from a source root of its own. */
    @Test
    void nothingNeedsToyTown() {
        noClasses()
                .that()
                .resideOutsideOfPackage("trivium.toytown..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("trivium.toytown..")
                .check(TRIVIUM);
        assertTrue(TRIVIUM.contain("trivium.toytown.ToyTown"), "the rule is about something");
    }

    /** A package that only the profile "spark" builds; without it the rule is about none. */
    @Test
    void sparkStaysInSpark() {
        onlyIn(Stream.of("spark"), "org.apache.spark..", "scala..");
    }

    private static void onlyIn(Stream<String> homes, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackages(patterns(homes))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(TRIVIUM);
    }

    private static Stream<String> packages(int fromFloor, int toFloor) {
        return FLOORS.subList(fromFloor, toFloor).stream().flatMap(List::stream);
    }

    private static String[] patterns(Stream<String> names) {
        return names.map(FloorsTest::pattern).toArray(String[]::new);
    }

    private static String pattern(String name) {
        return name.isEmpty() ? "trivium" : "trivium." + name + "..";
    }

    private static String label(String name) {
        return name.isEmpty() ? "trivium" : name;
    }
}
