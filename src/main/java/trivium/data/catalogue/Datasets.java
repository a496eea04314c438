package trivium.data.catalogue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Data sets that many people have used, so that figures can be compared. Each file is pinned to a commit and to the
 * hash of its content.
 *
 * <pre>{@code
 * var corpus = Corpus.read(Datasets.fetch("tinyshakespeare"));
 * }</pre>
 */
public final class Datasets {

    private static final String GITHUB = "https://raw.githubusercontent.com/";
    private static final String CHAPTERS = GITHUB + "rasbt/LLMs-from-scratch/28c65cdfbc3338e2e040016eea4b7fdf556e4d57/";
    private static final String SUMS =
            GITHUB + "lee-ny/teaching_arithmetic/7e489fa72963f3f335ea61f1a99e56343b6ae88e/data/bal/";
    private static final String COMMANDS = GITHUB + "brendenlake/SCAN/c4b756cbc010d75c912f16c42c8f15dc6b7e6c8f/";

    private static final List<Dataset> CATALOGUE = List.of(
            new Dataset(
                    "tinyshakespeare",
                    "40,000 lines of Shakespeare's plays",
                    "public domain",
                    List.of(part(
                            "input.txt",
                            GITHUB
                                    + "karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
                            1_115_394,
                            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"))),
            new Dataset(
                    "names",
                    "32,033 first names",
                    "MIT; the names from ssa.gov",
                    List.of(part(
                            "names.txt",
                            GITHUB + "karpathy/makemore/988aa59e4d8fefa526d06f3b453ad116258398d4/names.txt",
                            228_145,
                            "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"))),
            new Dataset(
                    "the-verdict",
                    "a short story by Edith Wharton",
                    "public domain",
                    List.of(part(
                            "the-verdict.txt",
                            CHAPTERS + "ch02/01_main-chapter-code/the-verdict.txt",
                            20_479,
                            "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f"))),
            new Dataset(
                    "instructions",
                    "1,100 short instructions with answers, as Alpaca",
                    "Apache 2.0",
                    List.of(part(
                            "instruction-data.json",
                            CHAPTERS + "ch07/01_main-chapter-code/instruction-data.json",
                            203_524,
                            "7e09a9af353722ca15c18bc580f093f9c39d3178335a75177319cb1e1d163944"))),
            new Dataset(
                    "polite-preferences",
                    "1,100 instructions with a polite and a rude answer",
                    "Apache 2.0; answers written by Llama 3.1 under its community licence",
                    List.of(part(
                            "instruction-data-with-preference.json",
                            CHAPTERS + "ch07/04_preference-tuning-with-dpo/instruction-data-with-preference.json",
                            386_968,
                            "305315abf14f65fa42c01a0877572f832606571c2a7d49f152ac1d758b16756e"))),
            new Dataset(
                    "arithmetic",
                    "sums of two numbers",
                    "MIT",
                    List.of(
                            part(
                                    "train_2digit_10000.txt",
                                    SUMS + "train_2digit_10000.txt",
                                    92_895,
                                    "86333c4721e0d531b622b2e6e0b25f11e1b13317e24b9ac452e626dca5d71bd4"),
                            part(
                                    "train_3digit_10000.txt",
                                    SUMS + "train_3digit_10000.txt",
                                    119_890,
                                    "e7afe3c6e284f4acf559169623bb1f57a507f6b84d94a964b88a2b22c2845f8f"),
                            part(
                                    "test_10000.txt",
                                    SUMS + "test_10000.txt",
                                    121_611,
                                    "a42be9b9afee9be3ea4093ff6003c8f76559e06bd474704bed0796ef135fd029"))),
            new Dataset(
                    "scan",
                    "commands and the actions they mean, simple split",
                    "BSD",
                    List.of(
                            part(
                                    "tasks_train_simple.txt",
                                    COMMANDS + "simple_split/tasks_train_simple.txt",
                                    3_267_938,
                                    "941bb8a088c5f53ceff12fde902dc008933cf0c4203cc672c47b5f79d73262dd"),
                            part(
                                    "tasks_test_simple.txt",
                                    COMMANDS + "simple_split/tasks_test_simple.txt",
                                    812_450,
                                    "1fe1c8f5a19d0dc40e41bab94278f45f66f3dc415a978bd29855a23440610fc6"))));

    private Datasets() {}

    /** All there are. */
    public static List<Dataset> catalogue() {
        return CATALOGUE;
    }

    /**
     * The data set of this name.
     *
     * @throws IllegalArgumentException naming those there are, if there is no such one
     */
    public static Dataset named(String name) {
        return CATALOGUE.stream()
                .filter(dataset -> dataset.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no data set \"" + name + "\"; there are "
                        + CATALOGUE.stream().map(Dataset::name).collect(Collectors.joining(", "))));
    }

    /** Fetches a data set without a listener. */
    public static Path fetch(String name) {
        return fetch(name, Listener.SILENT);
    }

    /**
     * Where a data set is on this machine: a file, or a folder if there are several. What is not in the
     * {@linkplain Cache#ofUser() user's cache} yet is downloaded, and what is there is checked by its hash.
     *
     * @throws IllegalArgumentException if there is no such data set, or its address serves something else
     * @throws java.io.UncheckedIOException saying what to do, if it cannot be downloaded
     */
    public static Path fetch(String name, Listener listener) {
        return Cache.ofUser().fetch(named(name), listener);
    }

    private static Part part(String file, String address, long bytes, String sha256) {
        return new Part(file, URI.create(address), sha256, bytes);
    }
}
