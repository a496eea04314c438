package trivium.fuzz;

import static trivium.fuzz.Damage.Form.CSV;
import static trivium.fuzz.Damage.Form.GZIP;
import static trivium.fuzz.Damage.Form.JSON;
import static trivium.fuzz.Damage.Form.JSON_LINES;
import static trivium.fuzz.Damage.Form.SAFETENSORS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.model.Gpt;
import trivium.model.Safetensors.Entry;
import trivium.model.Transformer;
import trivium.run.MetricsTable;
import trivium.run.Origin;
import trivium.run.Outcome;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.run.Trainer;
import trivium.run.Training;
import trivium.run.TrainingData;
import trivium.run.TrainingLog;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.tensor.Floats;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.Ending;
import trivium.train.Stateful;

/** Folders of runs and of sweeps, and all that reads them. */
final class RunFiles {

    private static final Instant START = Instant.parse("2026-11-21T14:30:12Z");
    private static final Tokenizer WORDS = Tokenizers.bpe(List.of("the cat sat on the mat, the cat sat"), 264);
    private static final Conversations LESSONS = new Conversations(
            "lessons",
            List.of(
                    new Conversation("What does a cat say?", " Meow."),
                    new Conversation("What does a dog say?", " Woof, \"woof\".")));

    private RunFiles() {}

    static List<Loader> loaders() {
        return List.of(
                new Loader("run.json, listed", "cat/run.json", JSON, false, RunFiles::store, RunFiles::listed),
                new Loader("run.json, its card", "cat/run.json", JSON, false, RunFiles::store, RunFiles::card),
                new Loader("run.json, loaded", "cat/run.json", JSON, false, RunFiles::store, RunFiles::loaded),
                new Loader("model.json of a run", "cat/model.json", JSON, true, RunFiles::store, RunFiles::loaded),
                new Loader(
                        "weights of a run",
                        "cat/model.safetensors",
                        SAFETENSORS,
                        true,
                        RunFiles::store,
                        RunFiles::loaded),
                new Loader(
                        "tokenizer.json of a run", "cat/tokenizer.json", JSON, true, RunFiles::store, RunFiles::loaded),
                new Loader(
                        "template.json of a run", "cat/template.json", JSON, true, RunFiles::store, RunFiles::loaded),
                new Loader(
                        "template.json, unchecked",
                        "cat/template.json",
                        JSON,
                        false,
                        RunFiles::unchecked,
                        RunFiles::loaded),
                new Loader("metrics.csv, listed", "cat/metrics.csv", CSV, false, RunFiles::store, RunFiles::listed),
                new Loader(
                        "metrics.csv, read",
                        "cat/metrics.csv",
                        CSV,
                        false,
                        RunFiles::store,
                        place -> csv(RunStore.open(place).metrics("cat"))),
                new Loader("metrics.csv, loaded", "cat/metrics.csv", CSV, false, RunFiles::store, RunFiles::loaded),
                new Loader("samples.csv, loaded", "cat/samples.csv", CSV, false, RunFiles::store, RunFiles::loaded),
                new Loader("data of a run", "cat/data.jsonl.gz", GZIP, true, RunFiles::store, RunFiles::data),
                new Loader(
                        "checkpoint.json",
                        "run/checkpoint/checkpoint.json",
                        JSON,
                        false,
                        RunFiles::stop,
                        RunFiles::goOn),
                new Loader(
                        "weights of a checkpoint",
                        "run/checkpoint/step-4.safetensors",
                        SAFETENSORS,
                        true,
                        RunFiles::stop,
                        RunFiles::goOn),
                new Loader("run.json, gone on with", "run/run.json", JSON, false, RunFiles::stop, RunFiles::goOn),
                new Loader("metrics.csv, gone on with", "run/metrics.csv", CSV, false, RunFiles::stop, RunFiles::goOn),
                new Loader("notes.csv, gone on with", "run/notes.csv", CSV, false, RunFiles::stop, RunFiles::goOn),
                new Loader("trials.jsonl", "trials.jsonl", JSON_LINES, false, RunFiles::sweep, RunFiles::sweepOn));
    }

    /** Two runs, of which one is damaged. */
    private static void store(Path folder) {
        var store = RunStore.open(folder);
        store.save(run("cat"));
        store.save(run("dog"));
    }

    /** Two runs without a checksum of their chat templates. */
    private static void unchecked(Path folder) throws IOException {
        store(folder);
        var card = folder.resolve("cat/run.json");
        Files.writeString(card, Files.readString(card).replace("template.json", "no file"));
    }

    private static Run run(String id) {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("model", "transformer");
        recipe.put("vocabulary", WORDS.size());
        recipe.putAll(Gpt.of(4, 4, 1, 2).settings());
        recipe.put("learning_rate", 1e-3);
        recipe.put("data", "lessons.jsonl");
        recipe.put("optimizer", Map.of("name", "adamw", "beta1", 0.9));
        recipe.put("samples", List.of("Once", "Twice"));
        recipe.put("reward_name", "dog");
        recipe.put("reward_hash", "0123456789abcdef");
        var origin = new Origin(42, LESSONS.sha256(), "", Map.of("java", "25"), List.of("1 of 3 was left out"));
        var card = new RunCard(
                id,
                "finetune",
                "dog",
                recipe,
                new Outcome(new Status.Finished(), START, START.plusSeconds(3), 3),
                origin);
        var metrics = new MetricsTable();
        metrics.add(1, Map.of("loss", 3.0, "tokens", 10.0));
        metrics.add(2, Map.of("loss", 2.5, "validation_loss", 2.75));
        metrics.add(3, Map.of("loss", 2.25, "tokens", 30.0));
        var samples = Table.create(
                "samples",
                LongColumn.create("step", 1, 2, 3),
                StringColumn.create("text", " one, two ", "a \"quote\"\nand a second line", "7"),
                DoubleColumn.create("reward", 0.1, Double.NaN, -1.0));
        var tables = new LinkedHashMap<String, Table>();
        tables.put(Run.METRICS, metrics.table());
        tables.put("samples", samples);
        var model = Transformer.of(Gpt.of(4, 4, 1, 2), WORDS.size(), 1);
        return new Run(card, model, WORDS, ChatTemplate.DEFAULT, tables, TrainingData.of(LESSONS), null, null);
    }

    /** The run that is whole is always there, and the other is there or named. */
    private static String listed(Path folder) {
        var store = RunStore.open(folder);
        var ids = store.ids();
        var rows = store.table().stringColumn("id").asList();
        if (!ids.contains("dog") || !rows.equals(ids)) {
            throw new AssertionError("the runs are " + ids + " and the table has " + rows);
        }
        if (ids.size() + store.damaged().size() != 2) {
            throw new AssertionError("of two runs there are " + ids + " and " + store.damaged());
        }
        store.damaged().values().forEach(why -> {
            throw new IllegalArgumentException(why);
        });
        return ids + "\n" + store.table().write().toString("csv");
    }

    private static String card(Path folder) {
        var store = RunStore.open(folder);
        return store.card("cat") + " " + store.chain("cat") + " " + store.diff("cat", "dog");
    }

    private static String loaded(Path folder) {
        var run = RunStore.open(folder).load("cat");
        var text = new StringBuilder(run.card().toString())
                .append(run.model().toJson())
                .append(run.tokenizer().toJson())
                .append(run.template());
        run.tables().forEach((name, table) -> text.append(name).append(csv(table)));
        for (float weight : run.model().parameters().values().toArray()) {
            text.append(Float.floatToRawIntBits(weight)).append(' ');
        }
        return text.toString();
    }

    private static String data(Path folder) {
        var store = RunStore.open(folder);
        return new PastRun(store, store.card("cat"), Map.of())
                .conversations()
                .list()
                .toString();
    }

    private static String csv(Table table) {
        return table.write().toString("csv");
    }

    /** A training that takes as long as six additions, and leaves all that others leave. */
    private static final class Additions implements Trainer, Stateful {
        private final TrainingLog log;
        private final long killed;
        private final Floats sum = Floats.zeros(3);
        private long updates;

        Additions(TrainingLog log, long killed) {
            this.log = log;
            this.killed = killed;
        }

        @Override
        public Map<String, Double> step(long step) {
            if (step == killed) {
                throw new IllegalStateException("killed");
            }
            updates++;
            sum.set(step % 3, sum.get(step % 3) + updates);
            log.note(Table.create(
                    "notes", LongColumn.create("step", step + 1), StringColumn.create("text", "at, \"" + step)));
            return Map.of("loss", 1.0 / updates, "tokens", log.latest("tokens") + 7);
        }

        @Override
        public Map<String, Stateful> state() {
            return Map.of(MODEL, this);
        }

        @Override
        public Map<String, Entry> tensors() {
            return Map.of("sum", new Entry(List.of(3), sum));
        }

        @Override
        public long updates() {
            return updates;
        }

        @Override
        public void updates(long made) {
            updates = made;
        }
    }

    private static String train(Path folder, long killed) {
        var sum = new Floats[1];
        var card = RunCard.begin("test", null, Map.of("rate", 0.9), new Origin(1, "00ff", "", Map.of()));
        var options = RunOptions.NONE.keep(folder.resolve("run"), 4);
        var run = Training.run(card, TrainingData.of(LESSONS), Ending.NONE, options, log -> {
            var work = new Additions(log, killed);
            sum[0] = work.sum;
            log.take("additions", 6, work);
            var model = Transformer.of(Gpt.of(2, 2, 1, 1), WORDS.size(), 1);
            return new Run(log.finish(), model, WORDS, log.tables());
        });
        return sum[0] == null ? "ended before" : List.of(sum[0].get(0), sum[0].get(1), sum[0].get(2)) + " " + run.id();
    }

    private static void stop(Path folder) {
        try {
            train(folder, 5);
        } catch (IllegalStateException e) {
            return; // killed, as it was meant to be
        }
        throw new AssertionError("it should have been killed");
    }

    private static String goOn(Path folder) {
        return train(folder, -1);
    }

    private static Sweep hyperparameters(Path folder) {
        return Sweep.grid(Hyperparameter.values("rate", 0.1, 0.2), Hyperparameter.values("norm", "rms", "layer"))
                .keep(folder);
    }

    private static void sweep(Path folder) {
        hyperparameters(folder).measure(trial -> Map.of("loss", trial.number() == 2 ? Double.NaN : trial.real("rate")));
    }

    private static String sweepOn(Path folder) {
        return csv(hyperparameters(folder)
                .measure(trial -> Map.of("loss", trial.real("rate")))
                .table());
    }
}
