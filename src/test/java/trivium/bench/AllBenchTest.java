package trivium.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.tensor.Workers;
import trivium.text.PlainJson;

/** The command that measures every figure of a page and writes the page's tables, with jobs that measure nothing. */
class AllBenchTest {

    private static final Path PAGE = Path.of("docs/performance.md");

    @TempDir
    Path folder;

    private final List<List<String>> asked = new ArrayList<>();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Path page;

    /** Prose around each pair of markers. */
    @BeforeEach
    void write() throws IOException {
        page = folder.resolve("page.md");
        Files.writeString(
                page,
                PerformancePage.names().stream()
                        .map(name -> "Before " + name + ".\n<!-- bench:" + name + " -->\n| as it was |\n<!-- /bench:"
                                + name + " -->\nAfter.\n")
                        .collect(Collectors.joining("\n")));
    }

    private int run(AllBench.Jobs jobs, String... arguments) {
        var all = Stream.concat(
                        Stream.of(
                                "--page",
                                page.toString(),
                                "--records",
                                folder.resolve("records.jsonl").toString()),
                        Stream.of(arguments))
                .toList();
        return AllBench.run(all, jobs, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private static String after(List<String> arguments, String option, String otherwise) {
        int at = arguments.indexOf(option);
        return at < 0 ? otherwise : arguments.get(at + 1);
    }

    /** What each benchmark would print; three rounds of which the middle one is the median. */
    private List<JsonObject> fake(List<String> arguments) {
        asked.add(arguments);
        boolean peer = arguments.contains("--peer") || arguments.contains("--peer-hf");
        var job = arguments.getFirst().startsWith("--k") || arguments.getFirst().equals("pretrain")
                ? arguments.getFirst()
                : after(arguments, "--job", "");
        var line = switch (job) {
            case "machine" ->
                "{'workers':2,'peak_gflops':[500,520.4,510],'gigabytes_per_s':[40,41,42.26],'products':'oneDNN 3'}";
            case "train", "generate" ->
                "{'job':'" + job + "','case':'" + after(arguments, "--case", "") + "','model':'GPT, 1 layer','batch':4,"
                        + "'workers':" + after(arguments, "--workers", "2") + ",'precision':'"
                        + after(arguments, "--precision", "FLOAT32") + "','rounds':[1000,3000,2000],"
                        + (peer ? "'peer_rounds':[1000,1500,800]," : "")
                        + "'memory_bytes':2097152,'memory_counted_bytes':1048576"
                        + (job.equals("train") ? ",'process_grew_bytes':3145728,'heap_bytes_per_step':96}" : "}");
            case "sft", "reward", "dpo", "align" ->
                "{'job':'" + job + "','seconds_per_step':[0.2,0.1,0.3]"
                        + (peer ? ",'peer_seconds_per_step':[0.4,0.5,0.6]" : "")
                        + (job.equals("align") ? ",'sampling_seconds':0.05}" : "}");
            case "full", "lora", "greedy" ->
                "{'job':'" + job + "','batch':" + after(arguments, "--rows", "4") + ",'weights':'"
                        + after(arguments, "--weights", "FLOAT32") + "','rounds':[100,300,200],'most_bytes':2097152"
                        + (peer ? ",'peer_rounds':[50,100,160],'peer_most_bytes':4194304}" : "}");
            case "sweep" ->
                "{'job':'sweep','case':'width-32-long','trials':40,'steps':200,'together_trials_per_min':[60,50,55],"
                        + "'in_turn_trials_per_min':[30,31,32]"
                        + (peer ? ",'peer_trials_per_min':[10,11,12]}" : "}");
            case "pretrain" ->
                "{'job':'pretrain','seed':" + arguments.get(2) + ",'validation_loss':1.7" + arguments.get(2) + "}";
            default ->
                "{'kernel':'Dropout drop','size':'medium','takes_ns':1500,'floor_ns':1000,'set_by':'arithmetic'}";
        };
        return List.of(PlainJson.parse(line.replace('\'', '"')).getAsJsonObject());
    }

    private String table(String name) {
        return PerformancePage.table(page, name);
    }

    private static final String[] EVERYTHING = {
        "--peer",
        "torch.py",
        "--trl",
        "trl.py --data /there",
        "--optuna",
        "optuna.py",
        "--peer-hf",
        "hf.py",
        "--data",
        "/there",
        "--text",
        "/a.txt"
    };

    @Test
    void everyTableIsWrittenFromWhatWasMeasured() throws IOException {
        assertEquals(0, run(this::fake, EVERYTHING));
        assertTrue(
                table("machine").contains("| 2 | 510 (500 to 520) | 41.0 (40.0 to 42.3) | oneDNN 3 |"),
                table("machine"));
        // medians 2,000 and 1,000; round by round 1, 2 and 2.5
        assertTrue(
                table("train")
                        .contains(
                                "| small: GPT, 1 layer | 4 | 2,000 (1,000 to 3,000) | 1,000 (800 to 1,500) | 2.00 (1.00"
                                        + " to 2.50, too noisy to tell) | 3 | 96 |"),
                table("train"));
        assertTrue(table("generate").contains("| gpt2-124m: GPT, 1 layer |"), table("generate"));
        assertTrue(table("precision").contains("| medium: GPT, 1 layer, bfloat16 | 4 |"), table("precision"));
        assertTrue(
                table("workers")
                        .contains("| " + Workers.available() + " | 2,000 (1,000 to 3,000) | 1.00 (1.00 to 1.00) | 9 |"),
                table("workers"));
        assertTrue(table("loss").contains("| float32 | 1.7100 | 1.7200 | 1.7300 |"), table("loss"));
        // seconds: less is better; medians 0.2 and 0.5, round by round 2, 5 and 2
        assertTrue(
                table("recipes")
                        .contains(
                                "| align | 0.200 (0.100 to 0.300) | 0.500 (0.400 to 0.600) | 2.50 (2.00 to 5.00, too noisy"
                                        + " to tell) | 3 | sampling 0.050 |"),
                table("recipes"));
        assertTrue(
                table("transformers")
                        .contains(
                                "| greedy | 4 | bfloat16 | 200 (100 to 300) | 100 (50 to 160) | 2.00 (1.25 to 3.00, too"
                                        + " noisy to tell) | 3 | 2 | 4 | 0.50 |"),
                table("transformers"));
        assertTrue(table("transformers").contains("| greedy | 32 | float32 |"), table("transformers"));
        assertTrue(
                table("sweep")
                        .contains(
                                "| width-32-long, 40 × 200 steps | 55 (50 to 60) | 31 (30 to 32) | 11 (10 to 12) | 5.00"
                                        + " (4.55 to 6.00, too noisy to tell) | 3 |"),
                table("sweep"));
        assertTrue(table("kernels").contains("| Dropout drop | medium | 1.5 µs | 1.0 µs | arithmetic | 1.5 |"));
        assertTrue(table("memory").contains("| small, training | 4 | 1 | 2 | 3 |"), table("memory"));
        assertTrue(table("memory").contains("| small, generating | 4 | 1 | 2 | – |"), table("memory"));
        var text = Files.readString(page);
        assertFalse(text.contains("as it was"));
        assertTrue(text.contains("Before sweep.\n") && text.endsWith("After.\n"));
        assertTrue(
                table("train").contains("cores of ") && table("train").contains("`environment/lab bench --job train"));
        assertTrue(
                table("train")
                        .contains(
                                "`environment/lab bench --job train --case small|medium|llama|gpt2-124m --rounds 3 --peer"
                                        + " PYTORCH`."),
                table("train"));
        // no place of this machine on the page
        assertTrue(
                table("recipes").contains("--data DATA") && table("recipes").contains("--peer TRL"), table("recipes"));
        assertFalse(text.contains("/there") || text.contains("torch.py"));
        // and the jobs got what was meant
        assertTrue(asked.contains(List.of(
                "--job",
                "train",
                "--case",
                "medium",
                "--precision",
                "BF16",
                "--rounds",
                "3",
                "--peer",
                "torch.py --dtype bf16",
                "--json")));
        assertTrue(asked.contains(List.of(
                "--job", "sft", "--data", "/there", "--rounds", "3", "--peer", "trl.py --data /there", "--json")));
        assertTrue(asked.contains(List.of("pretrain", "/a.txt", "3", "BF16")));
        assertTrue(asked.contains(List.of(
                "--job", "greedy", "--weights", "BF16", "--rounds", "3", "--peer-hf", "hf.py --dtype bf16", "--json")));
    }

    /** What is missing leaves its column, or its table, and is said; the rest is measured. */
    @Test
    void missingPeersLeaveTheirColumnEmpty() {
        assertEquals(1, run(this::fake, "--rounds", "1", "--steps", "few"));
        assertTrue(table("train").contains("| small: GPT, 1 layer | 4 | 2,000 (1,000 to 3,000) | – | – | 3 | 96 |"));
        assertTrue(table("train").contains("No peer was there to compare with."), table("train"));
        assertFalse(table("machine").contains("No peer"), table("machine"));
        assertEquals("| as it was |", table("loss"));
        assertEquals("| as it was |", table("recipes"));
        var words = said.toString(StandardCharsets.UTF_8);
        assertTrue(words.contains("train: without a peer; its column stays empty"), words);
        assertTrue(words.contains("loss: add --text FILE") && words.contains("recipes: add --data FOLDER"), words);
        assertTrue(words.contains("without loss, recipes, whose tables are as they were"), words);
        assertTrue(asked.contains(
                List.of("--job", "train", "--case", "small", "--rounds", "1", "--steps", "2", "--json")));
        assertTrue(asked.contains(List.of("--kernels", "--json", "-wi", "1", "-i", "1", "Dropout")));
    }

    @Test
    void oneFigureIsMeasuredAnewAndTheOthersStay() throws IOException {
        run(this::fake, EVERYTHING);
        var before = Files.readString(page);
        var records = AllBench.read(folder.resolve("records.jsonl"));
        run(
                arguments -> fake(arguments).stream()
                        .map(row -> PlainJson.parse(row.toString().replace("[60,50,55]", "[77,77,77]"))
                                .getAsJsonObject())
                        .toList(),
                "--only",
                "sweep",
                "--optuna",
                "optuna.py");
        assertTrue(table("sweep").contains("| 77 (77 to 77) |"), table("sweep"));
        assertEquals(
                before.replace(sweep(before), ""), Files.readString(page).replace(sweep(Files.readString(page)), ""));
        assertEquals(
                records.size(), AllBench.read(folder.resolve("records.jsonl")).size());
    }

    private static String sweep(String text) {
        return text.substring(text.indexOf("<!-- bench:sweep"), text.indexOf("<!-- /bench:sweep"));
    }

    /** A benchmark that fails costs its own table only. */
    @Test
    void whatFailsIsSaidAndTheRestIsMeasured() {
        AllBench.Jobs jobs = arguments -> {
            if (arguments.contains("generate")) {
                throw new IllegalArgumentException("the peer's command failed; try it by itself: torch.py");
            }
            return fake(arguments);
        };
        assertEquals(1, run(jobs, EVERYTHING));
        assertEquals("| as it was |", table("generate"));
        assertTrue(
                table("memory").contains("small, training") && !table("memory").contains("generating"));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("generate: the peer's command failed"));
    }

    @Test
    void whatIsAskedWronglyIsOneSentenceBeforeAnythingIsMeasured() throws IOException {
        for (var wrong : List.of(
                List.of("--steps", "3"), List.of("--only", "speed"), List.of("--quick"), List.of("--rounds", "0"))) {
            assertThrows(IllegalArgumentException.class, () -> run(this::fake, wrong.toArray(String[]::new)));
        }
        Files.writeString(page, Files.readString(page).replace("<!-- /bench:sweep -->", ""));
        var message = assertThrows(IllegalArgumentException.class, () -> run(this::fake))
                .getMessage();
        assertTrue(message.contains("should have a line <!-- bench:sweep -->"), message);
        assertEquals(List.of(), asked);
    }

    /** The page has room for every table, and those that were measured are what the records say. */
    @Test
    void thePageSaysWhatItsRecordsSay() {
        PerformancePage.check(PAGE);
        PageTables.of(AllBench.read(Path.of("docs/performance.jsonl")))
                .forEach((name, table) -> assertEquals(table, PerformancePage.table(PAGE, name), name));
    }
}
