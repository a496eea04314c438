package trivium.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.RunStore;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.TrialBackend;
import trivium.sweep.TrialBackendContract;
import trivium.sweep.TrialTask;
import trivium.text.Tokenizer;

/** The contract, with Spark in this JVM. */
class SparkLocalTest extends TrialBackendContract {

    @Override
    protected TrialBackend site(int trials) {
        return Spark.master("local[" + trials + "]");
    }

    @Test
    void withASharedStoreTheWorkersWriteThereThemselves(@TempDir Path folder) throws Exception {
        var corpus = new Corpus("rhyme", List.of("one two three four five ".repeat(9)));
        var letters = Tokenizer.characters(corpus);
        var store = RunStore.open(folder);
        var result = Sweep.grid(Hyperparameter.values("steps", 2, 3))
                .on(Spark.master("local[1]").withSharedStore())
                .run(
                        store,
                        trial -> Pretraining.of(
                                        Gpt.small()
                                                .layers(1)
                                                .context(8)
                                                .width(16)
                                                .heads(2),
                                        letters,
                                        corpus)
                                .steps(trial.integer("steps"))
                                .workers(1)
                                .run());
        assertEquals(2, store.ids().size());
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    result.trials().get(i).metrics().get("loss"),
                    store.load(store.ids().get(i)).last("loss"));
        }
    }

    @Test
    void aClusterNeedsASecretWhichIsMadeOnce(@TempDir Path folder) throws Exception {
        var work = new TrialTask.Measuring(_ -> Map.of("x", 1.0));
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> Spark.master("spark://127.0.0.1:1").open(work, false));
        assertTrue(
                refused.getMessage().contains("needs the secret that its master and workers share"),
                refused.getMessage());

        var file = folder.resolve("secret");
        var secret = Spark.master("spark://127.0.0.1:1").secret(file).settings().get("spark.authenticate.secret");
        assertTrue(secret.matches("[0-9a-f]{64}"), secret);
        assertEquals(secret, Files.readString(file).strip());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        var again = Spark.master("spark://127.0.0.1:1").secret(file);
        assertEquals(secret, again.settings().get("spark.authenticate.secret"));
        assertFalse(again.toString().contains(secret), "what is shown in a cell");
    }

    @Test
    void whatIsNoMasterIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Spark.master("head:7077"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Spark.master("local[1]")
                        .open(new TrialTask.Measuring(_ -> Map.of("x", (double) hashCode())), false),
                "a function that takes this test with it");
    }
}
