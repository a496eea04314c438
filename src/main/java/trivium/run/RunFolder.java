package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.run.Checkpoint.Position;
import trivium.tensor.Floats;
import trivium.train.Stateful;

/**
 * A run's folder while its training goes on: the card, metrics that grow, tables, and the newest checkpoint. One
 * process at a time, held by a lock that ends with it.
 *
 * <p>All files are written on threads of their own: an interrupt, which is how people stop a training, would close a
 * file that the interrupted thread is writing.
 */
final class RunFolder implements AutoCloseable {

    private static final String MODEL = "model.json";

    private final Path place;
    private final RunStore store;
    private final FolderLock lock;
    private RunCard card;
    private Checkpoint checkpoint;
    /** The best state in the checkpoint's folder, or null. */
    private Checkpoint.Weights bestWeights;

    private MetricsLog log;
    private Table rows;

    private RunFolder(Path place, FolderLock lock) {
        this.place = place;
        this.lock = lock;
        store = RunStore.open(place.getParent());
    }

    /**
     * Opens {@code folder} for the work that {@code begun} describes, or refuses in a sentence why the work cannot go
     * on there.
     */
    static RunFolder open(Path folder, RunCard begun, TrainingData data) {
        var place = folder.toAbsolutePath().normalize();
        var named = begun.named(String.valueOf(place.getFileName()));
        return shielded(() -> {
            try {
                var opened = new RunFolder(place, FolderLock.take(place, "training"));
                try {
                    opened.find(named, data);
                    return opened;
                } catch (IOException | RuntimeException e) {
                    opened.close();
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot keep a run in " + place + ": " + e.getMessage(), e);
            }
        });
    }

    private void find(RunCard begun, TrainingData data) throws IOException {
        if (!Files.exists(place.resolve(RunStore.CARD))) {
            refuseForeign();
            card = begun;
        } else {
            store.tooOld(begun.id()).ifPresent(why -> {
                throw new IllegalArgumentException(
                        place + " holds a training that cannot be continued: " + why + "; keep this one elsewhere");
            });
            card = store.card(begun.id()).named(begun.id());
            refuseOther(card, begun, RunStore.CARD);
            if (ended()) {
                return;
            }
            checkpoint = Checkpoint.find(place).orElse(null);
            if (checkpoint != null) {
                refuseOther(checkpoint.card(), begun, Checkpoint.FILE);
                bestWeights = checkpoint.best();
            }
            // What was concluded from the steps so far, when they stopped, is concluded anew from all.
            var said =
                    Optional.ofNullable(checkpoint).map(newest -> newest.card().origin());
            card = card.with(Outcome.running(card.outcome().started()))
                    .from(card.origin()
                            .marked(
                                    said.map(Origin::notes).orElse(List.of()),
                                    said.map(Origin::interventions).orElse(List.of())));
        }
        rows = metrics();
        // A model that an interrupt left is older than the one that follows.
        Files.deleteIfExists(place.resolve(MODEL));
        Files.deleteIfExists(place.resolve(RunStore.BEST));
        log = store.begin(card, whole());
        data.write(place);
    }

    private void refuseForeign() throws IOException {
        try (var files = Files.list(place)) {
            if (files.anyMatch(file -> !file.getFileName().toString().startsWith("."))) {
                throw new IllegalArgumentException(
                        place + " has files, but no run among them; keep the run in a folder of its own");
            }
        }
    }

    private void refuseOther(RunCard there, RunCard begun, String file) {
        there.difference(begun).ifPresent(difference -> {
            throw new IllegalArgumentException(place + " holds another training (" + file + "): " + difference
                    + "; go on with the recipe it was begun with, or keep this one in another folder");
        });
    }

    /** The rows of all steps that are over; they must all be there. */
    private Table metrics() {
        var file = place.resolve(Run.METRICS + ".csv");
        long last = whole();
        var all = Files.exists(file) ? MetricsLog.read(file) : new MetricsTable().table();
        var needed = all.where(all.longColumn(MetricsTable.STEP).isLessThanOrEqualTo(last));
        var steps = needed.longColumn(MetricsTable.STEP);
        for (int i = 0; i < last; i++) {
            if (i >= steps.size() || steps.getLong(i) != i + 1) {
                throw new IllegalArgumentException("cannot go on from step " + last + ": " + file
                        + " should have a row for each step until then, but not for step " + (i + 1)
                        + "; delete the folder " + place + " to begin anew");
            }
        }
        return needed;
    }

    private long whole() {
        return checkpoint == null ? 0 : checkpoint.position().whole();
    }

    /** Whether the training has ended. One that failed goes on: what made it fail may have been mended. */
    boolean ended() {
        return isOver(card);
    }

    private static boolean isOver(RunCard card) {
        var status = card.outcome().status();
        return status.hasEnded() && !(status instanceof Status.Failed);
    }

    RunCard card() {
        return card;
    }

    /** Where the training goes on from, if it does not begin. */
    Optional<Position> position() {
        return Optional.ofNullable(checkpoint).map(Checkpoint::position);
    }

    /** The metrics of all steps that are over; rows that are added are written to the folder. */
    MetricsTable table() {
        return new MetricsTable(rows, log);
    }

    /** The tables beside the metrics, up to the last step that is over. */
    Map<String, Table> notes() {
        var notes = new LinkedHashMap<String, Table>();
        if (checkpoint != null) {
            checkpoint.tables().forEach((name, types) -> {
                var file = TableFile.place(place, name);
                try {
                    var table = TableFile.read(file, name, types, Checkpoint.FILE);
                    if (!(table.columnCount() > 0
                            && table.column(0) instanceof LongColumn steps
                            && steps.name().equals(MetricsTable.STEP))) {
                        throw new IllegalArgumentException(file + " is damaged: its first column, by " + Checkpoint.FILE
                                + " too, should be \"" + MetricsTable.STEP + "\", whole numbers");
                    }
                    notes.put(name, table.where(steps.isLessThanOrEqualTo(whole())));
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
                }
            });
        }
        return notes;
    }

    /** Writes a table beside the metrics. */
    void note(Table table) {
        shielded(() -> {
            try {
                TableFile.write(table, TableFile.place(place, table.name()));
                return table;
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        });
    }

    /**
     * Brings a training to where the checkpoint is.
     *
     * @param best receives the best state until then; null if only the last state is wanted
     */
    void restore(Map<String, Stateful> state, BestState best, Optional<LanguageModel> model) {
        shielded(() -> {
            checkpoint.restore(place, state);
            if (best != null) {
                best.restore(rows, model.map(this::bestValues).orElse(null));
            }
            return state;
        });
    }

    private Floats bestValues(LanguageModel model) {
        if (bestWeights == null) {
            return null;
        }
        var tensors = model.parameters().tensors();
        var values = Floats.zeros(model.parameters().count());
        checkpoint.restoreBest(place, new Parameters(values, tensors));
        return values;
    }

    /**
     * Writes a checkpoint.
     *
     * @param origin with what the steps and the data have shown until then, and what was changed by hand
     * @param best with the best state so far; null if only the last is wanted
     * @param model whose states they are
     */
    void write(
            Origin origin,
            Position position,
            Map<String, Stateful> state,
            Map<String, Table> notes,
            BestState best,
            Optional<LanguageModel> model) {
        var types = new LinkedHashMap<String, List<String>>();
        notes.forEach((name, table) -> types.put(name, TableFile.types(table)));
        shielded(() -> {
            try {
                log.sync();
                if (best != null && best.values() != null && model.isPresent()) {
                    var parameters = new Parameters(
                            best.values(), model.get().parameters().tensors());
                    bestWeights = Checkpoint.writeBest(
                            place, best.step().orElseThrow().step(), parameters, bestWeights);
                }
                Checkpoint.write(
                        place,
                        card.from(card.origin().marked(origin.notes(), origin.interventions())),
                        position,
                        state,
                        types,
                        bestWeights);
                return position;
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        });
    }

    /** Numbers that are in the folder, or are computed and put there. */
    double[] once(String name, int count, Supplier<double[]> compute) {
        var file = place.resolve(name + ".f64");
        var there = shielded(() -> {
            try {
                return NumbersFile.read(file, count);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
            }
        });
        return there.orElseGet(() -> {
            double[] numbers = compute.get();
            return shielded(() -> {
                try {
                    NumbersFile.write(file, numbers);
                    return numbers;
                } catch (IOException e) {
                    throw cannotWrite(e);
                }
            });
        });
    }

    /** The run that ended here. */
    Run load() {
        return shielded(() -> store.load(card.id()));
    }

    /** Writes the whole run; its checkpoint stays for as long as there is something left to do. */
    Run save(Run run) {
        log.close();
        return shielded(() -> {
            try {
                var saved = store.save(run);
                if (isOver(run.card())) {
                    Checkpoint.delete(place);
                }
                return saved;
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        });
    }

    private UncheckedIOException cannotWrite(IOException e) {
        return new UncheckedIOException("cannot write to " + place + ": " + e.getMessage(), e);
    }

    /** Writes why the training could not go on; the checkpoint stays, if there is one. */
    void fail(RunCard failed) {
        shielded(() -> {
            store.mark(failed);
            return failed;
        });
    }

    /** Does the work on a thread that no interrupt reaches; an interrupted caller stays interrupted. */
    static <T> T shielded(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, Thread::startVirtualThread)
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
        lock.close();
    }
}
