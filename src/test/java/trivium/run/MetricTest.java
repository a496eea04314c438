package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import elsewhere.OwnMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import trivium.run.Metric.Better;

/** What is known of metrics by their names, declared or not. */
class MetricTest {

    /** The page is what the code says; its table is printed by this test's message. */
    @Test
    void thePageListsEveryDeclaredMetric() throws IOException {
        var table = Metric.declared().stream()
                .filter(metric -> !new OwnMetrics().metrics().contains(metric))
                .map(metric -> "| `%s` | %s | %s | %s | %s |"
                        .formatted(
                                metric.name(),
                                metric.label(),
                                metric.unit(),
                                metric.better().name().toLowerCase(Locale.ROOT),
                                metric.meaning()))
                .collect(Collectors.joining("\n"));
        var page = Files.readString(Path.of("docs", "metrics.md"));
        assertTrue(page.contains(table), "docs/metrics.md should have these rows:\n" + table);
    }

    @Test
    void oneThatIsMadeOfAnotherIsReadLikeIt() {
        var best = Metric.of("best_validation_loss");
        assertEquals("best validation loss (nats/token)", best.axis());
        assertEquals(Better.LOWER, best.better());
        assertEquals(Better.HIGHER, Metric.of("reward_p90").better());
        assertEquals(Better.NEITHER, Metric.of("loss_sd").better());
        assertTrue(Metric.isDeclared("gold_p50"));
    }

    /** The rule of Hugging Face's Trainer. */
    @Test
    void oneThatNobodyDeclaredGoesByItsName() {
        assertFalse(Metric.isDeclared("value_loss"));
        assertEquals(Better.LOWER, Metric.of("value_loss").better());
        assertEquals("exact at evaluations", Metric.of("eval/exact").label(), "questions of its own or held-out ones");
        assertEquals(Better.LOWER, Metric.of("perplexity").better());
        assertEquals(Better.HIGHER, Metric.of("glossary").better());
        assertEquals("my score", Metric.of("my/score").axis());
    }

    @Test
    void aLossHasTheUnitOfItsPhase() {
        assertEquals("loss (nats/token)", Metric.LOSS.in("pretrain").axis());
        assertEquals("loss (nats/comparison)", Metric.LOSS.in("reward-model").axis());
        assertEquals("loss", Metric.LOSS.in("align").axis());
        assertEquals("reward", Metric.REWARD.in("reward-model").axis());
    }
}
