package trivium.align;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import trivium.generate.Sampling;
import trivium.model.JsonFields;
import trivium.run.AtomicFile;
import trivium.run.Fingerprint;
import trivium.run.Run;

/**
 * The part of a frontier that takes no training: what the best of 1, 2, 4, … n completions earn, by the reward that
 * chooses and by gold, for all at once from the same n completions of each prompt, as expectations.
 */
record BestOfCurve(List<Point> points) {

    /** Means over prompts for the best of {@code k}. */
    record Point(int k, double reward, double gold) {}

    /**
     * What the curve depends on.
     *
     * @param task whose reward chooses and whose gold is only measured
     * @param prompts to answer
     */
    record Question(Run start, FrontierStudy.Task task, List<String> prompts, int n, Sampling sampling) {

        BestOfCurve answer() {
            var drawn = BestOfN.draw(start, prompts, task.reward(), n, sampling);
            var gold = drawn.candidates().stream()
                    .map(each -> Scores.of(
                            FrontierTable.GOLD,
                            task.gold(),
                            Collections.nCopies(each.size(), each.prompt()),
                            each.texts(),
                            each.finishes()))
                    .toList();
            var points = new ArrayList<Point>();
            for (int k = 1; k <= n; k *= 2) {
                double[] chances = OrderStatistics.bestOf(n, k);
                double rewarded = 0;
                double wanted = 0;
                for (int i = 0; i < gold.size(); i++) {
                    int[] order = OrderStatistics.rising(drawn.rewards().get(i));
                    for (int rank = 0; rank < order.length; rank++) {
                        rewarded += chances[rank] * drawn.rewards().get(i)[order[rank]] / gold.size();
                        wanted += chances[rank] * gold.get(i)[order[rank]] / gold.size();
                    }
                }
                points.add(new Point(k, rewarded, wanted));
            }
            return new BestOfCurve(points);
        }

        /** The same from the file, if it answers this question; otherwise it is answered and written there. */
        BestOfCurve answer(Path file) {
            boolean isInterrupted = false;
            try {
                if (Files.exists(file)) {
                    var json = JsonFields.read(file);
                    if (json.text("question").equals(text())) {
                        return new BestOfCurve(json.objects("points").stream()
                                .map(each ->
                                        new Point(each.integer("k", 1), each.number("reward"), each.number("gold")))
                                .toList());
                    }
                }
                var curve = answer();
                isInterrupted = Thread.interrupted(); // it could close the file that is written here
                AtomicFile.write(file, aside -> Files.writeString(aside, json(curve)));
                return curve;
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot keep the best of " + n + " as " + file + ": " + e.getMessage(), e);
            } finally {
                if (isInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private String json(BestOfCurve curve) {
            var points = new JsonArray();
            for (var each : curve.points) {
                var point = new JsonObject();
                point.addProperty("k", each.k);
                point.addProperty("reward", each.reward);
                point.addProperty("gold", each.gold);
                points.add(point);
            }
            var json = new JsonObject();
            json.addProperty("question", text());
            json.add("points", points);
            return json.toString();
        }

        /** As cards have it: models by their content, functions by their names. */
        private String text() {
            var settings = new LinkedHashMap<String, Object>();
            settings.put("start_hash", Fingerprint.of(start));
            RewardCard.describe(task.reward(), settings);
            RewardCard.describe(List.of(Evaluation.of(FrontierTable.GOLD, task.gold())), settings);
            settings.put("prompts_sha256", Prompts.of(prompts).sha256());
            settings.put("n", n);
            settings.put("sampling", sampling);
            return settings.toString();
        }
    }
}
